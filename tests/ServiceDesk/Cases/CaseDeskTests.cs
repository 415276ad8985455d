using Npgsql;
using ServiceLoop.Runtime.Store;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Cases;

public sealed class CaseDeskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private DeskUnderTest desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CaseDesk Cases => desk.Get<CaseDesk>();

    public async ValueTask InitializeAsync() =>
        desk = await DeskUnderTest.OpenAsync(postgres, new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(8)));

    public ValueTask DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task The_table_of_transitions_is_the_one_of_the_program()
    {
        var table = new List<(string, string)>();
        await using var command = desk.Source.CreateCommand("select from_status, to_status from service_case_transition");
        await using var reader = await command.ExecuteReaderAsync(Ct);

        while (await reader.ReadAsync(Ct))
            table.Add((reader.GetString(0), reader.GetString(1)));

        table.ShouldBe(CaseTransitions.All.Select(t => (Words.Of(t.From), Words.Of(t.To))), ignoreOrder: true);
    }

    [Fact]
    public async Task A_case_has_a_number_for_people_and_a_priority()
    {
        var first = await Cases.OpenAsync(new() { Impact = "many", Urgency = "normal" }, Ct);
        var second = await Cases.OpenAsync(
            new()
            {
                Impact = "one",
                Urgency = "low",
                IsAngry = true,
            },
            Ct
        );

        (first.Priority, second.Priority, second.Urgency).ShouldBe((2, 3, CaseUrgency.Normal));
        second.Number.ShouldBe(first.Number + 1);
        (await Cases.GetAsync(second.Label, Ct)).Id.ShouldBe(second.Id);
        (await Cases.HistoryAsync(first.Id, 0, 10, Ct)).ShouldHaveSingleItem().Action.ShouldBe("open");
    }

    [Fact]
    public async Task Anger_raises_the_urgency_once_however_often_the_case_is_changed()
    {
        var opened = await Cases.OpenAsync(new() { Urgency = "low", Impact = "one" }, Ct);

        var angry = await Cases.ChangeAsync(opened.Id, opened.Rev, new() { IsAngry = true }, Ct);
        var again = await Cases.ChangeAsync(opened.Id, angry.Rev, new() { IsAngry = true, Title = "still" }, Ct);
        var calm = await Cases.ChangeAsync(opened.Id, again.Rev, new() { Urgency = "low" }, Ct);

        (angry.Urgency, again.Urgency, calm.Urgency).ShouldBe((CaseUrgency.Normal, CaseUrgency.Normal, CaseUrgency.Low));
    }

    [Fact]
    public async Task The_third_contact_raises_the_urgency_once_however_often_the_case_is_changed()
    {
        var customer = (await desk.Get<CustomerDesk>().CreateAsync(new(), null, Ct)).Id;
        var about = new CaseRequest
        {
            CustomerId = customer,
            Category = "water",
            Urgency = "low",
        };
        await Cases.OpenAsync(about, Ct);
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        await Cases.OpenAsync(about, Ct);
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        var third = await Cases.OpenAsync(about, Ct);
        await Cases.LinkSimilarAsync(third.Id, null, 7, Ct);
        var raised = await Cases.GetAsync(third.Id, Ct);

        var changed = await Cases.ChangeAsync(third.Id, raised.Rev, new() { Title = "again" }, Ct);

        (raised.Urgency, changed.Urgency, changed.Title).ShouldBe((CaseUrgency.Normal, CaseUrgency.Normal, "again"));
    }

    [Fact]
    public async Task The_history_rebuilds_where_a_case_stands()
    {
        var random = new Random(7);
        var statuses = Enum.GetValues<CaseStatus>().Where(s => s != CaseStatus.Merged).ToArray();

        for (var round = 0; round < 25; round++)
        {
            var opened = await Cases.OpenAsync(new(), Ct);

            for (var step = 0; step < 12; step++)
            {
                desk.Clock.Advance(TimeSpan.FromMinutes(1));

                if (random.Next(5) == 0)
                    await Cases.ProjectAsync(new(opened.Id, "reopen", CaseStatus.InDiagnosis, "back"), Ct);
                else
                    await Cases.ProjectAsync(new(opened.Id, "stage", statuses[random.Next(statuses.Length)], "why"), Ct);
            }

            var now = await Cases.GetAsync(opened.Id, Ct);
            var history = await Cases.HistoryAsync(opened.Id, 0, 100, Ct);
            var rebuilt = CaseStanding.Of(
                history
                    .Where(e => e.Status is not null)
                    .Select(e => new CasePosition(e.Status!.Value, e.At, e.Action == "reopen", e.MergedInto))
            );

            rebuilt.ShouldBe(new(now.Status, now.ResolvedAt, now.ClosedAt, now.ReopenCount, now.MergedInto));
            history.Count(e => e.IsApplied).ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public async Task A_closed_case_changes_no_more_even_by_hand()
    {
        var closed = await Cases.OpenAsync(new() { Title = "Anna's printer" }, Ct);
        await Cases.ProjectAsync(new(closed.Id, "resolve", CaseStatus.Resolved, null), Ct);
        await Cases.ProjectAsync(new(closed.Id, "close", CaseStatus.Closed, null), Ct);
        var seen = await Cases.GetAsync(closed.Id, Ct);

        (
            await Should.ThrowAsync<DeskRefusedException>(() => Cases.ChangeAsync(closed.Id, seen.Rev, new() { Title = "x" }, Ct))
        ).Kind.ShouldBe(DeskRefusal.Gone);
        (await Should.ThrowAsync<DeskRefusedException>(() => Cases.ReopenAsync(closed.Id, "back", Ct))).Kind.ShouldBe(DeskRefusal.Gone);
        await Cases.ProjectAsync(new(closed.Id, "stage", CaseStatus.InSolution, null), Ct);
        var error = await Should.ThrowAsync<PostgresException>(() =>
            desk.ReadAsync<object>("update service_case set title = 'x' where id = $1 returning id", closed.Id)
        );

        error.SqlState.ShouldBe("SL001");
        (await Cases.GetAsync(closed.Id, Ct)).ShouldBe(seen, new SameCase());
        (await Cases.HistoryAsync(closed.Id, 0, 10, Ct))[^1].IsApplied.ShouldBeFalse();
    }

    [Fact]
    public async Task Erasing_reaches_closed_cases()
    {
        var customer = (await desk.Get<CustomerDesk>().CreateAsync(new() { Name = "Ann" }, null, Ct)).Id;
        var closed = await Cases.OpenAsync(new() { Title = "Anna's printer", CustomerId = customer }, Ct);
        await Cases.ProjectAsync(new(closed.Id, "resolve", CaseStatus.Resolved, "Anna said yes"), Ct);
        await Cases.ProjectAsync(new(closed.Id, "close", CaseStatus.Closed, null), Ct);

        await desk.Get<CustomerDesk>().EraseAsync(customer, "asked", Ct);

        var after = await Cases.GetAsync(closed.Id, Ct);
        (after.Title, after.Status).ShouldBe((null, CaseStatus.Closed));
        (await Cases.HistoryAsync(closed.Id, 0, 10, Ct)).ShouldAllBe(e => e.Reason == null);
    }

    [Fact]
    public async Task The_third_contact_about_the_same_is_told_and_raises_the_urgency_once()
    {
        var customer = (await desk.Get<CustomerDesk>().CreateAsync(new(), null, Ct)).Id;
        var wanted = new CaseRequest
        {
            CustomerId = customer,
            Category = "billing",
            Impact = "many",
            Urgency = "low",
        };
        var old = await Cases.OpenAsync(wanted, Ct);
        desk.Clock.Advance(TimeSpan.FromDays(8));
        var first = await Cases.OpenAsync(wanted, Ct);
        await Cases.OpenAsync(wanted with { Category = "delivery" }, Ct);
        desk.Clock.Advance(TimeSpan.FromDays(2));
        var second = await Cases.OpenAsync(wanted, Ct);
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        var third = await Cases.OpenAsync(wanted, Ct);

        (await Cases.LinkSimilarAsync(second.Id, null, 7, Ct)).ShouldBe(new SimilarCases(2, [first.Id], 3), new SameSimilar());
        var found = await Cases.LinkSimilarAsync(third.Id, "billing", 7, Ct);
        var again = await Cases.LinkSimilarAsync(third.Id, "billing", 7, Ct);

        found.ContactNo.ShouldBe(3);
        found.Similar.ShouldBe([second.Id, first.Id]);
        (found.Priority, again.Priority).ShouldBe((2, 2));
        var after = await Cases.GetAsync(third.Id, Ct);
        (after.ContactNo, after.Urgency).ShouldBe((3, CaseUrgency.Normal));
        after.Links.Select(l => l.OtherId).ShouldBe([first.Id, second.Id], ignoreOrder: true);
        after.Links.ShouldNotContain(l => l.OtherId == old.Id);
    }

    [Fact]
    public async Task A_merged_case_points_to_the_one_that_goes_on()
    {
        var (loser, winner) = (await Cases.OpenAsync(new(), Ct), await Cases.OpenAsync(new(), Ct));

        var merged = await Cases.MergeAsync(loser.Id, winner.Id, "twice", Ct);

        (merged.Status, merged.MergedInto).ShouldBe((CaseStatus.Merged, winner.Id));
        (await Should.ThrowAsync<DeskRefusedException>(() => Cases.MergeAsync(winner.Id, loser.Id, "back", Ct))).Code.ShouldBe("case.over");
    }

    [Fact]
    public void Nothing_offers_to_set_a_status()
    {
        typeof(CaseRequest).GetProperty("Status").ShouldBeNull();
        typeof(CaseDesk)
            .GetMethods()
            .SelectMany(m => m.GetParameters())
            .ShouldNotContain(p => p.ParameterType == typeof(CaseStatus) || p.ParameterType == typeof(CaseMove));
    }

    [Fact]
    public async Task Opening_and_reopening_tell_workflows_in_the_same_transaction()
    {
        var opened = await Cases.OpenAsync(new(), Ct);
        await Cases.ProjectAsync(new(opened.Id, "resolve", CaseStatus.Resolved, null), Ct);
        await Cases.ReopenAsync(opened.Id, "still broken", Ct);

        var keys = (await desk.Get<IWorkflowStore>().ListWorkAsync(false, null, 0, 1000, Ct)).Select(w => w.Key).ToList();
        keys.ShouldContain(k => k.Contains($"{opened.Id}:opened"));
        keys.ShouldContain(k => k.Contains($"{opened.Id}:reopen:1"));
    }

    [Theory]
    [InlineData("C-000123", 123L)]
    [InlineData("Re: [c-000123] again", 123L)]
    [InlineData("ABC-000123", null)]
    [InlineData("C-12", null)]
    [InlineData("C-99999999999999999999999", 9999999999999999L)]
    [InlineData("", null)]
    public void A_number_is_found_in_a_text(string text, long? number) => CaseNumber.FindIn(text).ShouldBe(number);

    private sealed class SameCase : IEqualityComparer<ServiceCase>
    {
        public bool Equals(ServiceCase? x, ServiceCase? y) => x! with { Links = [] } == y! with { Links = [] };

        public int GetHashCode(ServiceCase obj) => 0;
    }

    private sealed class SameSimilar : IEqualityComparer<SimilarCases>
    {
        public bool Equals(SimilarCases? x, SimilarCases? y) =>
            x!.ContactNo == y!.ContactNo && x.Priority == y.Priority && x.Similar.SequenceEqual(y.Similar);

        public int GetHashCode(SimilarCases obj) => 0;
    }
}
