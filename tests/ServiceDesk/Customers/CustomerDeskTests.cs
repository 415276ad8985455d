using ServiceLoop.ServiceDesk.Callbacks;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Windows;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Customers;

public sealed class CustomerDeskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static int serial;
    private DeskUnderTest desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CustomerDesk Customers => desk.Get<CustomerDesk>();

    public async ValueTask InitializeAsync() =>
        desk = await DeskUnderTest.OpenAsync(postgres, new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(8)));

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task A_customer_is_kept_as_it_was_sent()
    {
        var request = new CustomerRequest
        {
            Name = "王小明 '; drop table customer; -- {{ 7*7 }} <script>",
            Zone = "Asia/Shanghai",
            Jurisdiction = "cn",
            ValueTier = 2,
            Preferences = new([new("09:00", "18:00", [1, 2])], [new("22:00", "08:00", null)], ["wechat"]),
        };

        var made = await Customers.CreateAsync(
            request,
            [new("email", "Anna@Example.org"), new("phone", "138 0000 0001", true, "Asia/Urumqi")],
            Ct
        );
        var read = await Customers.GetAsync(made.Id, Ct);

        read.Profile.Name.ShouldBe(request.Name);
        read.Profile.Jurisdiction.ShouldBe("CN");
        read.Profile.Preferences.Quiet.ShouldHaveSingleItem().From.ShouldBe(new(22, 0));
        read.Identities.Select(i => (i.Value, i.IsVerified, i.Zone))
            .ShouldBe([("anna@example.org", false, null), ("+8613800000001", true, "Asia/Urumqi")], ignoreOrder: true);
        (await Customers.HistoryAsync(made.Id, 0, 10, Ct)).ShouldHaveSingleItem().Action.ShouldBe("create");
    }

    [Fact]
    public async Task A_proven_identity_wins_and_several_are_asked()
    {
        var mail = NewMail();
        var claims = await MakeAsync(new IdentityRequest("email", mail));
        (await Customers.ResolveAsync([new("email", mail)], Ct)).CustomerId.ShouldBe(claims.Id);

        var other = await MakeAsync(new IdentityRequest("email", mail));
        (await Customers.ResolveAsync([new("email", mail)], Ct)).Kind.ShouldBe(ResolutionKind.Ambiguous);

        await Customers.AddIdentityAsync(other.Id, new("email", mail, true), Ct);
        var proven = await Customers.ResolveAsync([new("email", mail)], Ct);
        (proven.CustomerId, proven.IsVerified).ShouldBe((other.Id, true));
        (await Customers.ResolveAsync([new("email", NewMail())], Ct)).Kind.ShouldBe(ResolutionKind.New);
    }

    [Fact]
    public async Task A_proven_identity_belongs_to_one_customer()
    {
        var mail = NewMail();
        await MakeAsync(new IdentityRequest("email", mail, true));

        var refused = await Should.ThrowAsync<DeskRefusedException>(() => MakeAsync(new IdentityRequest("email", mail, true)));

        (refused.Kind, refused.Code).ShouldBe((DeskRefusal.Conflict, "identity.taken"));
    }

    [Fact]
    public async Task Many_first_contacts_at_once_make_one_customer()
    {
        var mail = NewMail();

        var found = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Customers.IdentifyAsync($"{mail}:{i}", [new("email", mail)], new(), Ct))
        );

        found.Select(f => f.CustomerId).Distinct().ShouldHaveSingleItem();
        found.Count(f => f.Kind == ResolutionKind.New).ShouldBe(1);
        var again = await Customers.IdentifyAsync(found[0].CustomerId!, [new("email", mail)], new(), Ct);
        again.Kind.ShouldBe(ResolutionKind.New, "asked again, the answer is the first one");
    }

    [Fact]
    public async Task A_merge_loses_nothing_and_can_be_taken_back()
    {
        var (a, b, c) = (
            await MakeAsync(new IdentityRequest("email", NewMail())),
            await MakeAsync(new IdentityRequest("email", NewMail(), true)),
            await MakeAsync(new IdentityRequest("phone", $"+86138{Interlocked.Increment(ref serial):00000000}"))
        );
        var mail = b.Identities[0].Value;

        var first = await Customers.MergeAsync(b.Id, c.Id, "the same", Ct);
        var second = await Customers.MergeAsync(a.Id, b.Id, "the same", Ct);

        var winner = await Customers.GetAsync(a.Id, Ct);
        winner.Identities.Length.ShouldBe(3);
        winner.Absorbed.ShouldBe([b.Id, c.Id], ignoreOrder: true);
        (await Customers.GetAsync(c.Id, Ct)).RootId.ShouldBe(a.Id);
        (await Customers.ResolveAsync([new("email", mail)], Ct)).CustomerId.ShouldBe(a.Id);
        (await Customers.MergesAsync(b.Id, Ct)).Select(m => m.Id).ShouldBe([first.Id, second.Id], ignoreOrder: true);

        await Customers.UndoMergeAsync(second.Id, Ct);

        (await Customers.GetAsync(a.Id, Ct)).Absorbed.ShouldBeEmpty();
        var parted = await Customers.GetAsync(b.Id, Ct);
        (parted.State, parted.RootId).ShouldBe((CustomerState.Active, b.Id));
        parted.Absorbed.ShouldBe([c.Id]);
        (await Customers.ResolveAsync([new("email", mail)], Ct)).CustomerId.ShouldBe(b.Id);
        (await Should.ThrowAsync<DeskRefusedException>(() => Customers.UndoMergeAsync(second.Id, Ct))).Code.ShouldBe("merge.undone");
        (await Customers.HistoryAsync(a.Id, 0, 50, Ct)).Select(e => e.Action).ShouldBe(["create", "merged", "parted"]);
    }

    [Fact]
    public async Task Merges_make_no_circle_however_many_come_at_once()
    {
        var customers = new List<string>();

        for (var i = 0; i < 6; i++)
            customers.Add((await MakeAsync(new IdentityRequest("email", NewMail()))).Id);

        var pairs = from w in customers from l in customers where w != l select (w, l);
        var ends = await Task.WhenAll(
            pairs.Select(async p =>
            {
                try
                {
                    await Customers.MergeAsync(p.w, p.l, "race", Ct);
                    return true;
                }
                catch (DeskRefusedException)
                {
                    return false;
                }
            })
        );

        ends.Count(e => e).ShouldBe(customers.Count - 1);
        var all = await Task.WhenAll(customers.Select(id => Customers.GetAsync(id, Ct)));
        var root = all.Single(c => c.State == CustomerState.Active);
        all.ShouldAllBe(c => c.RootId == root.Id);
        root.Identities.Length.ShouldBe(customers.Count);
    }

    [Fact]
    public async Task A_merged_customer_is_not_changed_and_names_who_goes_on()
    {
        var (a, b) = (await MakeAsync(), await MakeAsync());
        await Customers.MergeAsync(a.Id, b.Id, "the same", Ct);
        var seen = await Customers.GetAsync(b.Id, Ct);

        var refused = await Should.ThrowAsync<DeskRefusedException>(() => Customers.ChangeAsync(b.Id, seen.Rev, new() { Name = "x" }, Ct));

        refused.Code.ShouldBe("customer.merged");
        refused.Message.ShouldContain(a.Id);
        (await Should.ThrowAsync<DeskRefusedException>(() => Customers.MergeAsync(b.Id, a.Id, "back", Ct))).Code.ShouldBe(
            "customer.merged"
        );
        (await Should.ThrowAsync<DeskRefusedException>(() => Customers.MergeAsync(a.Id, a.Id, "self", Ct))).Code.ShouldBe("customer.same");
    }

    [Fact]
    public async Task Erasing_removes_what_is_personal_of_all_that_were_merged()
    {
        var (a, b) = (await MakeAsync(new IdentityRequest("email", NewMail())), await MakeAsync(new IdentityRequest("email", NewMail())));
        await Customers.MergeAsync(a.Id, b.Id, "the same", Ct);

        var erased = await Customers.EraseAsync(a.Id, "asked by the customer", Ct);

        (erased.State, erased.Profile.Name, erased.Identities.Length).ShouldBe((CustomerState.Erased, null, 0));
        (await Customers.GetAsync(b.Id, Ct)).Profile.Name.ShouldBeNull();
        (await Should.ThrowAsync<DeskRefusedException>(() => Customers.EraseAsync(a.Id, "again", Ct))).Kind.ShouldBe(DeskRefusal.Gone);
    }

    [Fact]
    public async Task What_is_personal_in_callbacks_answers_and_messages_is_erased_and_nobody_is_called()
    {
        var callbacks = desk.Get<CallbackDesk>();
        var customer = await MakeAsync(new IdentityRequest("phone", $"+86137{Interlocked.Increment(ref serial):00000000}"));
        var called = await callbacks.RequestAsync(new(null, customer.Id, null, null, "her leg", null, null, null), Ct);
        await desk.PumpAsync();
        var window = (await callbacks.GetAsync(called.Id, Ct)).Window!.Value;
        await callbacks.ReportAttemptAsync(called.Id, 1, "no-answer", "her mother says", Ct);
        await desk.ExecuteAsync(
            $"""
            insert into follow_up (id, customer_id, kind, metric, cause, channel, settled_at, state, expires_at, made_at)
              values ('{called.Id}', '{customer.Id}', 'survey', 'csat', 'advice', 'email', now(), 'answered', now(), now());
            insert into survey_response (follow_up_id, metric, score, verbatim, is_low, channel, answered_at)
              values ('{called.Id}', 'csat', 1, 'I am Anna', true, 'email', now());
            insert into finding (id, source, title, detail, evidence, detected_by, found_at)
              values ('{called.Id}:low', 'survey', 'Low CSAT: 1', 'I am Anna', '[]', 'survey', now());
            insert into message (id, key, channel, recipient, format, subject, body, customer_id, status, created_at)
              values ('{called.Id}', '{called.Id}', 0, 'anna@example.org', 0, 'Anna', 'Dear Anna', '{customer.Id}', 1, now()),
                ('{called.Id}-2', '{called.Id}-2', 0, 'anna@example.org', 0, 'Anna', 'Dear Anna', '{customer.Id}', 0, now());
            """
        );

        await Customers.EraseAsync(customer.Id, "asked by the customer", Ct);

        var after = await callbacks.GetAsync(called.Id, Ct);
        (after.State, after.Numbers.Length, after.Reason).ShouldBe((CallbackState.Cancelled, 0, null));
        after.Attempts.ShouldHaveSingleItem().Note.ShouldBeNull();
        (await desk.ReadAsync<int>("select reserved from callback_slot where starts_at = $1", window.Start)).ShouldBe(0);
        (await desk.ReadAsync<bool>("select verbatim is null from survey_response where follow_up_id = $1", called.Id)).ShouldBeTrue();
        (await desk.ReadAsync<bool>("select detail is null from finding where id = $1", $"{called.Id}:low")).ShouldBeTrue();
        (
            await desk.ReadAsync<string>(
                "select string_agg(recipient || coalesce(subject, '') || body || status, '') from message where customer_id = $1",
                customer.Id
            )
        ).ShouldBe("1");
        var wished = await desk.Get<ContactTimes>()
            .FindAsync(customer.Id, [], new(desk.Clock.GetUtcNow(), desk.Clock.GetUtcNow().AddDays(3)), isWished: true, Ct);
        wished.Spans.ShouldBeEmpty("a wish of before does not bring back who was erased");
    }

    [Fact]
    public async Task Who_saw_an_older_customer_is_told()
    {
        var seen = await MakeAsync();
        await Customers.ChangeAsync(seen.Id, seen.Rev, new() { Name = "first" }, Ct);

        var refused = await Should.ThrowAsync<DeskRefusedException>(() =>
            Customers.ChangeAsync(seen.Id, seen.Rev, new() { Name = "second" }, Ct)
        );

        refused.Code.ShouldBe("customer.changed");
        (await Customers.GetAsync(seen.Id, Ct)).Profile.Name.ShouldBe("first");
    }

    public static TheoryData<CustomerRequest, string> Bad =>
        new()
        {
            {
                new() { Name = new string('x', 201) },
                "name"
            },
            {
                new() { Name = "a\0b" },
                "name"
            },
            {
                new() { Zone = "Mars/Base" },
                "zone"
            },
            {
                new() { Jurisdiction = "CHN" },
                "jurisdiction"
            },
            {
                new() { ValueTier = 4 },
                "valueTier"
            },
            {
                new() { Preferences = new([new("25:00", "18:00", null)], null, null) },
                "preferences.preferred[0].from"
            },
            {
                new() { Preferences = new(null, [new("09:00", "18:00", [7])], null) },
                "preferences.quiet[0].days"
            },
        };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Bad_values_are_refused_with_their_field(CustomerRequest request, string field) =>
        (await Should.ThrowAsync<DeskRefusedException>(() => Customers.CreateAsync(request, null, Ct))).Fields.Keys.ShouldBe([field]);

    private Task<Customer> MakeAsync(params IdentityRequest[] identities) => Customers.CreateAsync(new() { Name = "Ann" }, identities, Ct);

    private static string NewMail() => $"ann{Interlocked.Increment(ref serial)}@example.org";
}
