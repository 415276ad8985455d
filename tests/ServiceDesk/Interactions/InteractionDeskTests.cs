using System.Text.Json;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Interactions;

public sealed class InteractionDeskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static int serial;
    private DeskUnderTest desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private InteractionDesk Contacts => desk.Get<InteractionDesk>();

    private CaseDesk Cases => desk.Get<CaseDesk>();

    public async ValueTask InitializeAsync() =>
        desk = await DeskUnderTest.OpenAsync(postgres, new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(8)));

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task The_same_contact_is_kept_once_however_often_and_at_once_it_is_sent()
    {
        var request = Mail(NewId());

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Contacts.ReceiveAsync(request, Ct)));

        answers.Count(a => a.IsNew).ShouldBe(1);
        answers.Select(a => a.Interaction.Id).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Another_contact_under_the_same_id_is_a_conflict()
    {
        var request = Mail(NewId());
        await Contacts.ReceiveAsync(request, Ct);

        var refused = await Should.ThrowAsync<DeskRefusedException>(() => Contacts.ReceiveAsync(request with { Body = "else" }, Ct));

        (refused.Kind, refused.Code).ShouldBe((DeskRefusal.Conflict, "interaction.differs"));
        (await Contacts.ReceiveAsync(request with { Channel = "chat", Body = "else" }, Ct)).IsNew.ShouldBeTrue();
    }

    [Fact]
    public async Task A_customer_goes_on_with_the_open_case_from_any_channel()
    {
        var (customer, mail) = await CustomerAsync();
        var open = await Cases.OpenAsync(new() { CustomerId = customer, Category = "billing" }, Ct);

        var chat = await Contacts.ReceiveAsync(
            new()
            {
                Channel = "chat",
                ExternalId = NewId(),
                ThreadKey = "t1",
                Sender = new("email", mail),
            },
            Ct
        );
        var later = await Contacts.ReceiveAsync(
            new()
            {
                Channel = "chat",
                ExternalId = NewId(),
                ThreadKey = "t1",
            },
            Ct
        );

        (chat.Correlation, chat.Interaction.CaseId).ShouldBe((Correlation.OpenCase, open.Id));
        (later.Interaction.CaseId, later.Interaction.CustomerId).ShouldBe((open.Id, customer));
        later.Interaction.ConversationId.ShouldBe(chat.Interaction.ConversationId);
        (await Contacts.ListAsync(open.Id, null, null, null, 10, Ct)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task With_two_open_cases_the_number_in_the_subject_decides_but_only_for_its_owner()
    {
        var (customer, mail) = await CustomerAsync();
        var (_, foreign) = await CustomerAsync();
        await Cases.OpenAsync(new() { CustomerId = customer, Category = "billing" }, Ct);
        var second = await Cases.OpenAsync(new() { CustomerId = customer, Category = "delivery" }, Ct);
        var subject = $"Re: [{second.Label}] still broken";

        var unclear = await Contacts.ReceiveAsync(Mail(NewId(), mail), Ct);
        var named = await Contacts.ReceiveAsync(Mail(NewId(), mail) with { Subject = subject }, Ct);
        var guessed = await Contacts.ReceiveAsync(Mail(NewId(), foreign) with { Subject = subject }, Ct);

        unclear.Correlation.ShouldBe(Correlation.None);
        named.Interaction.CaseId.ShouldBe(second.Id);
        guessed.Interaction.CaseId.ShouldBeNull();
    }

    [Fact]
    public async Task A_settled_case_is_reopened_for_seven_days_and_followed_after()
    {
        var (customer, mail) = await CustomerAsync();
        var settled = await Cases.OpenAsync(new() { CustomerId = customer, Category = "billing" }, Ct);
        await ResolveAsync(settled.Id);

        var soon = await Contacts.ReceiveAsync(Mail(NewId(), mail), Ct);
        var reopened = await Cases.GetAsync(settled.Id, Ct);

        (soon.Correlation, soon.Interaction.CaseId).ShouldBe((Correlation.Reopened, settled.Id));
        (reopened.Status, reopened.ReopenCount).ShouldBe((CaseStatus.InDiagnosis, 1));

        await ResolveAsync(settled.Id);
        desk.Clock.Advance(TimeSpan.FromDays(7.1));
        var late = await Contacts.ReceiveAsync(Mail(NewId(), mail), Ct);

        (late.Correlation, late.Interaction.CaseId).ShouldBe((Correlation.Follows, null));
        (await Cases.GetAsync(settled.Id, Ct)).ReopenCount.ShouldBe(1);
    }

    [Fact]
    public async Task The_first_answer_to_the_customer_is_noted()
    {
        var (customer, _) = await CustomerAsync();
        var open = await Cases.OpenAsync(new() { CustomerId = customer }, Ct);

        await Contacts.ReceiveAsync(
            new()
            {
                Channel = "email",
                ExternalId = NewId(),
                Direction = "outbound",
                CaseId = open.Id,
            },
            Ct
        );
        var first = (await Cases.GetAsync(open.Id, Ct)).FirstResponseAt;
        desk.Clock.Advance(TimeSpan.FromHours(1));
        await Contacts.ReceiveAsync(
            new()
            {
                Channel = "email",
                ExternalId = NewId(),
                Direction = "outbound",
                CaseId = open.Id,
            },
            Ct
        );

        first.ShouldBe(desk.Clock.GetUtcNow().AddHours(-1));
        (await Cases.GetAsync(open.Id, Ct)).FirstResponseAt.ShouldBe(first);
    }

    public static TheoryData<InteractionRequest, string> Bad =>
        new()
        {
            {
                new() { ExternalId = "1" },
                "channel"
            },
            {
                new() { Channel = "e mail", ExternalId = "1" },
                "channel"
            },
            {
                new() { Channel = "email" },
                "externalId"
            },
            {
                new() { Channel = "email", ExternalId = new string('x', 301) },
                "externalId"
            },
            {
                new()
                {
                    Channel = "email",
                    ExternalId = "1",
                    Direction = "sideways",
                },
                "direction"
            },
            {
                new()
                {
                    Channel = "email",
                    ExternalId = "1",
                    Body = "a\0b",
                },
                "body"
            },
            {
                new()
                {
                    Channel = "email",
                    ExternalId = "1",
                    Body = new string('x', 100_001),
                },
                "body"
            },
            {
                new()
                {
                    Channel = "email",
                    ExternalId = "1",
                    CaseId = "none",
                },
                "caseId"
            },
            {
                new()
                {
                    Channel = "email",
                    ExternalId = "1",
                    CustomerId = "none",
                },
                "customerId"
            },
            {
                new()
                {
                    Channel = "email",
                    ExternalId = "1",
                    Sender = new("email", "nobody"),
                },
                "sender.value"
            },
            {
                new()
                {
                    Channel = "email",
                    ExternalId = "1",
                    StartedAt = DateTimeOffset.MaxValue,
                },
                "startedAt"
            },
            {
                new()
                {
                    Channel = "email",
                    ExternalId = "1",
                    StartedAt = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero),
                },
                "startedAt"
            },
            {
                new()
                {
                    Channel = "email",
                    ExternalId = "1",
                    EndedAt = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
                },
                "endedAt"
            },
            {
                new()
                {
                    Channel = "email",
                    ExternalId = "1",
                    Transcript = Json("""{ "a": 1 }"""),
                },
                "transcript"
            },
            {
                new()
                {
                    Channel = "email",
                    ExternalId = "1",
                    Transcript = Json("""[{ "text": "a\u0000b" }]"""),
                },
                "transcript"
            },
            {
                new()
                {
                    Channel = "email",
                    ExternalId = "1",
                    Attachments = Json("""["\ud800"]"""),
                },
                "attachments"
            },
        };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Bad_values_are_refused_with_their_field_and_nothing_is_kept(InteractionRequest request, string field)
    {
        (await Should.ThrowAsync<DeskRefusedException>(() => Contacts.ReceiveAsync(request, Ct))).Fields.Keys.ShouldBe([field]);

        (await desk.ReadAsync<long>("select count(*) from interaction where external_id = '1'")).ShouldBe(0);
    }

    [Fact]
    public async Task Text_stays_text()
    {
        const string Evil = "'); drop table interaction; -- {{ date.now }} ${process.exit()} <img onerror=alert(1)>";
        var received = await Contacts.ReceiveAsync(
            Mail(NewId()) with
            {
                Subject = Evil,
                Body = Evil,
                Transcript = Json($"[{JsonSerializer.Serialize(Evil)}]"),
            },
            Ct
        );

        (await Contacts.GetAsync(received.Interaction.Id, Ct)).Body.ShouldBe(Evil);
    }

    private Task ResolveAsync(string caseId) => Cases.ProjectAsync(new(caseId, "resolve", CaseStatus.Resolved, null), Ct);

    private async Task<(string Id, string Mail)> CustomerAsync()
    {
        var mail = $"{NewId()}@example.org";
        return ((await desk.Get<CustomerDesk>().CreateAsync(new(), [new("email", mail)], Ct)).Id, mail);
    }

    private static InteractionRequest Mail(string id, string? from = null) =>
        new()
        {
            Channel = "email",
            ExternalId = id,
            Subject = "Help",
            Body = "It is broken.",
            Sender = from is null ? null : new("email", from),
        };

    private static string NewId() => $"contact{Interlocked.Increment(ref serial)}";

    private static JsonElement Json(string text) => JsonElement.Parse(text);
}
