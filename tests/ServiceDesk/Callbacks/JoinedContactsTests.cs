using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.FollowUps;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Messages;
using ServiceLoop.ServiceDesk.Surveys;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Callbacks;

/// <summary>What callbacks and follow-ups tell customers and people, once, and what becomes of those that nobody goes on with.</summary>
public sealed class JoinedContactsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Morning = new(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(8));
    private DeskUnderTest desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CallbackDesk Callbacks => desk.Get<CallbackDesk>();

    public async ValueTask InitializeAsync()
    {
        desk = await DeskUnderTest.OpenAsync(
            postgres,
            Morning,
            services => services.AddSingleton(new ContactOptions { LinkBase = "https://service.example.com/" })
        );
        await desk.ExecuteAsync("delete from work; delete from callback_slot; delete from callback_rate");
    }

    public async ValueTask DisposeAsync()
    {
        desk.Failures.ShouldBeEmpty();
        await desk.DisposeAsync();
    }

    [Fact]
    public async Task Who_has_no_number_is_written_to_gives_one_with_the_link_and_is_called()
    {
        var (customer, caseId) = await CustomerAsync(number: null, "en");
        var asked = await Callbacks.RequestAsync(Of(caseId), Ct);
        await desk.PumpAsync();

        (await Callbacks.GetAsync(asked.Id, Ct)).NeedsBooking.ShouldBeTrue();
        var letter = (await MessagesAsync(customer)).ShouldHaveSingleItem();
        (letter.Template, letter.Recipient, letter.Status).ShouldBe(("callback-book", customer, MessageStatus.Sent));
        letter.Body.ShouldContain("have no number of yours");
        var token = TokenIn(letter, "https://service.example.com/api/callbacks/bookings/");
        var slot = (await Callbacks.SlotsByLinkAsync(token, Ct))[4];

        (await Should.ThrowAsync<DeskRefusedException>(() => Callbacks.BookByLinkAsync(token, slot.Start, null, Ct))).Code.ShouldBe(
            "callback.number"
        );
        await Should.ThrowAsync<DeskRefusedException>(() =>
            Callbacks.BookByLinkAsync(token, slot.Start, "call me', drop table callback", Ct)
        );
        await Callbacks.BookByLinkAsync(token, slot.Start, "13800138000", Ct);

        var booked = await Callbacks.GetAsync(asked.Id, Ct);
        (booked.State, booked.Numbers.Single(), booked.Window!.Value.Start).ShouldBe(
            (CallbackState.Scheduled, "+8613800138000", slot.Start)
        );

        // The link was used: that it would have expired means nothing any more.
        await Callbacks.RescheduleAsync(asked.Id, (await Callbacks.SlotsAsync(asked.Id, Ct))[^1].Start, "later", Ct);
        await desk.PassAsync(TimeSpan.FromDays(7.5));
        (await Callbacks.GetAsync(asked.Id, Ct)).EndReason.ShouldNotBe("link-not-used");
    }

    [Fact]
    public async Task A_link_that_nobody_uses_and_a_call_that_nobody_reports_end_with_a_reason()
    {
        var (_, caseId) = await CustomerAsync(number: null);
        var asked = await Callbacks.RequestAsync(Of(caseId), Ct);
        var (_, other) = await CustomerAsync("+8613800138001");
        var dialled = await Callbacks.RequestAsync(Of(other), Ct);
        await desk.PumpAsync();
        await desk.PassUntilAsync((await Callbacks.GetAsync(dialled.Id, Ct)).Window!.Value.Start);
        await Callbacks.DialAsync(dialled.Id, Ct);

        await desk.PassAsync(TimeSpan.FromHours(3.9));
        (await Callbacks.GetAsync(dialled.Id, Ct)).State.ShouldBe(CallbackState.Dialling);
        await desk.PassAsync(TimeSpan.FromHours(0.2));
        var lost = await Callbacks.GetAsync(dialled.Id, Ct);
        (lost.State, lost.EndReason).ShouldBe((CallbackState.Exhausted, "call-not-reported"));

        await desk.PassAsync(TimeSpan.FromDays(7));
        var unused = await Callbacks.GetAsync(asked.Id, Ct);
        (unused.State, unused.EndReason).ShouldBe((CallbackState.Exhausted, "link-not-used"));
    }

    [Fact]
    public async Task A_broken_call_asks_for_one_at_once_and_a_wrong_number_for_the_right_one_each_once()
    {
        var (customer, caseId) = await CustomerAsync("+8613800138002");
        var asked = await Callbacks.RequestAsync(Of(caseId), Ct);
        await desk.PumpAsync();
        var window = (await Callbacks.GetAsync(asked.Id, Ct)).Window!.Value;
        await desk.PassUntilAsync(window.Start - TimeSpan.FromMinutes(11));

        // The same work on several nodes at once, and again after a node has died.
        var generation = (await Callbacks.GetAsync(asked.Id, Ct)).Generation;
        desk.Clock.SetUtcNow(window.Start - TimeSpan.FromMinutes(5));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => desk.Get<CallbackPlans>().DueAsync(asked.Id, generation, Ct)));
        await desk.Get<CallbackPlans>().DueAsync(asked.Id, generation, Ct);
        (await EventsAsync(asked.Id, "callback-due")).ShouldBe(1);
        await desk.PumpAsync();

        await desk.PassUntilAsync(window.Start);
        await Callbacks.ReportAttemptAsync(asked.Id, 1, "dropped", null, Ct);
        var again = await Callbacks.GetAsync(asked.Id, Ct);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.Get<CallbackPlans>().DueAsync(asked.Id, again.Generation, Ct)));
        (await EventsAsync(asked.Id, "callback-call-now")).ShouldBe(1);
        (await EventsAsync(asked.Id, "callback-due")).ShouldBe(0);
        await desk.PumpAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Callbacks.ReportAttemptAsync(asked.Id, 2, "wrong-number", null, Ct)));
        (await EventsAsync(asked.Id, "contact-fix-needed")).ShouldBe(1);
        var told = await desk.ReadAsync<string>(
            "select convert_from(payload, 'UTF8') from work where key like $1",
            $"%{asked.Id}:contact-fix-needed:%"
        );
        told.ShouldContain(customer);
        told.ShouldContain(caseId);
        told.ShouldContain("wrong-number");
        told.ShouldContain("DueAt");
        told.ShouldNotContain("13800138002", Case.Sensitive, "ids, not what is personal");
    }

    [Fact]
    public async Task A_survey_is_sent_once_with_a_link_that_answers_it()
    {
        var (customer, caseId) = await CustomerAsync(null);
        var id = await AskAsync(caseId, Morning);
        await desk.PassUntilAsync(Morning.AddHours(1.9));
        desk.Clock.SetUtcNow(Morning.AddHours(2).ToUniversalTime());
        var followUps = desk.Get<FollowUpDesk>();
        var generation = (await followUps.GetAsync(id, Ct)).Generation;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => followUps.SendAsync(id, generation, Ct)));
        await desk.PumpAsync();

        var letter = (await MessagesAsync(customer)).ShouldHaveSingleItem();
        (letter.Template, letter.Language, letter.CaseId).ShouldBe(("survey-invitation", "zh", caseId));
        letter.Body.ShouldContain("2026-03-11 10:00", Case.Sensitive, "until when, by the clock of the customer");
        var token = TokenIn(letter, "https://service.example.com/api/surveys/");
        await desk.Get<SurveyDesk>().AnswerAsync(token, 1, "slow", Ct);
        var told = await desk.ReadAsync<string>(
            "select convert_from(payload, 'UTF8') from work where key like $1",
            $"p:desk:survey:{id}:low"
        );
        told.ShouldContain("slow");
        told.ShouldContain("SurveyId");
    }

    [Fact]
    public async Task What_the_product_writes_is_in_the_language_of_the_last_contact_where_the_customer_has_named_none()
    {
        var (customer, caseId) = await CustomerAsync(null);
        await desk.Get<InteractionDesk>()
            .ReceiveAsync(
                new()
                {
                    Channel = "email",
                    ExternalId = $"asks-{caseId}",
                    CustomerId = customer,
                    CaseId = caseId,
                    Language = "en",
                    Body = "Where is my card?",
                },
                Ct
            );
        var id = await AskAsync(caseId, Morning);
        desk.Clock.SetUtcNow(Morning.AddHours(2).ToUniversalTime());
        var followUps = desk.Get<FollowUpDesk>();

        await followUps.SendAsync(id, (await followUps.GetAsync(id, Ct)).Generation, Ct);

        var letter = (await MessagesAsync(customer)).ShouldHaveSingleItem();
        (letter.Template, letter.Language).ShouldBe(("survey-invitation", "en"));
        letter.Body.ShouldStartWith("Thank you for contacting us.");
    }

    [Fact]
    public async Task Of_two_that_are_due_at_once_for_one_customer_one_goes()
    {
        var (customer, caseId) = await CustomerAsync(null);
        var second = (await desk.Get<CaseDesk>().OpenAsync(new() { CustomerId = customer }, Ct)).Id;
        string[] ids = [await AskAsync(caseId, Morning), await AskAsync(second, Morning)];
        desk.Clock.SetUtcNow(Morning.AddHours(2).ToUniversalTime());
        var followUps = desk.Get<FollowUpDesk>();
        var planned = await Task.WhenAll(ids.Select(i => followUps.GetAsync(i, Ct)));

        await Task.WhenAll(planned.Select(f => followUps.SendAsync(f.Id, f.Generation, Ct)));

        var after = await Task.WhenAll(ids.Select(i => followUps.GetAsync(i, Ct)));
        after.Select(f => f.State).ShouldBe([FollowUpState.Sent, FollowUpState.Suppressed], ignoreOrder: true);
        after.Single(f => f.State == FollowUpState.Suppressed).Reason.ShouldBe("surveyed-recently");
        (await MessagesAsync(customer)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Erasure_reaches_promises_threads_ids_and_what_came_before_the_customer_was_known()
    {
        var mail = $"li-{Guid.NewGuid():N}@example.com";
        var interactions = desk.Get<InteractionDesk>();
        InteractionRequest Contact(string id) =>
            new()
            {
                Channel = "email",
                ExternalId = $"{id}-{mail}",
                ThreadKey = $"thread-{mail}",
                Sender = new("email", mail),
                Subject = "private",
            };
        var early = await interactions.ReceiveAsync(Contact("early"), Ct);
        early.Interaction.CustomerId.ShouldBeNull();
        var customer = (await desk.Get<CustomerDesk>().CreateAsync(new() { Name = "Li" }, [new("email", mail)], Ct)).Id;
        var about = await desk.Get<CaseDesk>().OpenAsync(new() { CustomerId = customer }, Ct);
        await desk.ExecuteAsync(
            $"insert into promise (id, case_id, customer_id, what, due_at, made_at) values ('{about.Id}-p', '{about.Id}', '{customer}', 'call {mail}', now(), now())"
        );

        await desk.Get<CustomerDesk>().EraseAsync(customer, "asked for it", Ct);

        (
            await desk.ReadAsync<long>(
                """
                select (select count(*) from interaction i where i::text like '%' || $1 || '%')
                  + (select count(*) from conversation c where c::text like '%' || $1 || '%')
                  + (select count(*) from promise p where p::text like '%' || $1 || '%')
                """,
                mail
            )
        ).ShouldBe(0);
        (await interactions.ReceiveAsync(Contact("early"), Ct)).IsNew.ShouldBeFalse("it was sent before, and is still the same");
    }

    private async Task<(string Customer, string CaseId)> CustomerAsync(string? number, string? locale = null)
    {
        var customer = await desk.Get<CustomerDesk>()
            .CreateAsync(new() { Zone = "Asia/Shanghai", Locale = locale }, number is null ? null : [new("phone", number)], Ct);
        return (customer.Id, (await desk.Get<CaseDesk>().OpenAsync(new() { CustomerId = customer.Id }, Ct)).Id);
    }

    private static CallbackRequest Of(string caseId) => new(caseId, null, null, null, "to explain", null, null, null);

    private Task<IReadOnlyList<Message>> MessagesAsync(string customer) =>
        desk.Get<MessageService>().ListAsync(new() { CustomerId = customer }, 50, Ct);

    private Task<long> EventsAsync(string id, string name) =>
        desk.ReadAsync<long>("select count(*) from work where key like $1", $"p:desk:callback:{id}:{name}:%");

    private static string TokenIn(Message letter, string start)
    {
        letter.Body.ShouldContain(start);
        var from = letter.Body.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return letter.Body[from..].Split('\n')[0].Trim();
    }

    private async Task<string> AskAsync(string about, DateTimeOffset settledAt)
    {
        var now = desk.Clock.GetUtcNow();
        var id = Guid.NewGuid().ToString("N");
        var wish = new FollowUpWish(
            id,
            about,
            null,
            null,
            FollowUpKind.Survey,
            SurveyMetric.Csat,
            FollowUpCause.Conversation,
            "email",
            false,
            settledAt.ToUniversalTime()
        );
        await desk.Get<Database>()
            .TransactionAsync((db, _) => db.DoAsync(FollowUpStore.Insert, Ct, FollowUpStore.Columns([(wish, null, now)])), Ct);
        await desk.Get<FollowUpDesk>().PlanAsync(id, Ct);
        return id;
    }
}
