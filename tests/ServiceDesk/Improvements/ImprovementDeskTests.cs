using ServiceLoop.ServiceDesk.Changes;
using ServiceLoop.ServiceDesk.Findings;
using ServiceLoop.ServiceDesk.Improvements;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Improvements;

public sealed class ImprovementDeskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static int serial;
    private DeskUnderTest house = null!;
    private string mark = "";

    private ImprovementDesk Desk => house.Get<ImprovementDesk>();

    private ChangeDesk Changes => house.Get<ChangeDesk>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        mark = $"t{Interlocked.Increment(ref serial)}";
        house = await DeskUnderTest.OpenAsync(postgres, Monday);
    }

    public ValueTask DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task An_improvement_goes_all_the_way_round()
    {
        var id = (await RegisterAsync("form")).Id;
        await Desk.AnalyseAsync(id, Analysis(), "a", Ct);
        var change = await Changes.DraftAsync(new("New form", ImprovementId: id), null, "ann", Ct);
        await Desk.PlanAsync(id, Design, change.Id, "p", Ct);
        await ApproveAsync(change.Id, "bob");
        await Desk.BeginPilotAsync(id, Pilot, "pilot", Ct);
        (await Desk.EvaluateAsync(id, Numbers(360, 420), "e", Ct)).State.ShouldBe(ImprovementState.Promoting);
        (await Desk.StandardiseAsync(id, new("article", 0.99, null), "s1", Ct)).State.ShouldBe(ImprovementState.Standardising);

        var closed = await Desk.StandardiseAsync(id, new("article", 0.99, 0.7), "s2", Ct);

        closed.State.ShouldBe(ImprovementState.Closed);
        closed.Fishbone[0].Measured!.OddsRatio.ShouldBe(3.857, 0.001);
    }

    [Fact]
    public async Task Each_gate_tells_what_is_missing()
    {
        var id = (await RegisterAsync("gate")).Id;
        await Desk.AnalyseAsync(id, new([new("process", "too long", IsConfirmed: true)], null), "a1", Ct);
        (await RefusalAsync(() => Desk.PlanAsync(id, Design, null, "p", Ct))).ShouldContain("measured contribution", Case.Sensitive);

        await Desk.AnalyseAsync(id, Analysis(), "a2", Ct);
        var change = await Changes.DraftAsync(new("New form"), null, "ann", Ct);
        await Desk.PlanAsync(id, Design, change.Id, "p2", Ct);
        (await RefusalAsync(() => Desk.BeginPilotAsync(id, Pilot, "x", Ct))).ShouldContain("approved change request");

        await ApproveAsync(change.Id, "bob");
        (await RefusalAsync(() => Desk.BeginPilotAsync(id, Pilot with { IsSupportTold = false }, "y", Ct))).ShouldContain("told");
    }

    [Fact]
    public async Task Nobody_approves_a_change_of_his_own()
    {
        var change = await Changes.DraftAsync(new("New form"), null, "ann", Ct);
        await AssessAsync(change.Id);

        (await RefusalAsync(() => Changes.StepAsync(change.Id, new() { To = "approved" }, "own", "ann", Ct))).ShouldContain(
            "somebody else"
        );

        (await Changes.StepAsync(change.Id, new() { To = "approved" }, "other", "bob", Ct)).State.ShouldBe(ChangeState.Approved);
    }

    [Fact]
    public async Task A_change_is_tracked_for_thirty_days_or_taken_back()
    {
        var kept = (await Changes.DraftAsync(new("Kept"), null, "ann", Ct)).Id;
        await ApproveAsync(kept, "bob");
        await StepAsync(
            kept,
            new()
            {
                To = "communicated",
                Ways = ["notice"],
                Coverage = 0.97,
            }
        );
        await StepAsync(kept, new() { To = "implemented" });
        await StepAsync(
            kept,
            new()
            {
                To = "tracked",
                Day = 1,
                Effect = "good",
            }
        );
        (await RefusalAsync(() => StepAsync(kept, new() { To = "closed" }))).ShouldContain("30 days");
        await StepAsync(
            kept,
            new()
            {
                To = "tracked",
                Day = 30,
                Effect = "still good",
            }
        );
        (await StepAsync(kept, new() { To = "closed" })).State.ShouldBe(ChangeState.Closed);
        (await RefusalAsync(() => StepAsync(kept, new() { To = "rolled-back", Reason = "late" }))).ShouldContain("cannot go");

        var back = (await Changes.DraftAsync(new("Taken back"), null, "ann", Ct)).Id;
        await ApproveAsync(back, "bob");
        await StepAsync(back, new() { To = "communicated", Ways = ["notice"] });
        await StepAsync(back, new() { To = "implemented" });
        (await StepAsync(back, new() { To = "rolled-back", Reason = "errors" })).State.ShouldBe(ChangeState.RolledBack);
    }

    [Fact]
    public async Task The_same_problem_is_worked_on_once_and_gets_all_findings()
    {
        var first = await RegisterAsync("same");
        var second = await RegisterAsync("same");

        second.Id.ShouldBe(first.Id);
        second.FindingIds.Length.ShouldBe(2);
        var finding = await house.Get<FindingDesk>().GetAsync(second.FindingIds[1], Ct);
        (finding.State, finding.Reason).ShouldBe((FindingState.Promoted, first.Id));
    }

    [Fact]
    public async Task A_team_takes_from_the_top_until_it_has_enough()
    {
        var low = await RegisterAsync("low", new(1, 1, 1, 1));
        var bound = await RegisterAsync("bound", new(1, 1, 1, 1), risk: "r3");
        var high = await RegisterAsync("high", new(5, 5, 5, 5));
        var middle = await RegisterAsync("middle", new(3, 3, 3, 3));

        var taken = await Desk.TakeAsync(mark, 3, Ct);

        taken.Select(i => i.Id).ShouldBe([bound.Id, high.Id, middle.Id]);
        (await Desk.TakeAsync(mark, 3, Ct)).ShouldBeEmpty();
        (await RefusalAsync(() => Desk.AnalyseAsync(low.Id, Analysis(), "a", Ct))).ShouldContain("works on 3");
    }

    [Fact]
    public async Task A_team_that_has_enough_gets_no_more_by_any_way()
    {
        var parked = await RegisterAsync("parked", new(5, 5, 5, 5));
        await Desk.TakeAsync(mark, 1, Ct);
        await Desk.SendAsync(parked.Id, "parked", "later", null, "park", Ct);

        foreach (var cause in new[] { "one", "two", "three" })
            await RegisterAsync(cause, new(3, 3, 3, 3));

        (await Desk.TakeAsync(mark, 3, Ct)).Count.ShouldBe(3);
        var waits = await RegisterAsync("waits");

        (await RefusalAsync(() => Desk.SendAsync(waits.Id, "analysing", "now", null, "s1", Ct))).ShouldContain("works on 3");
        (await RefusalAsync(() => Desk.SendAsync(parked.Id, "analysing", "now", null, "s2", Ct))).ShouldContain("works on 3");
    }

    [Fact]
    public async Task A_merge_leaves_the_last_step_known()
    {
        var id = (await RegisterAsync("merged")).Id;
        await Desk.AnalyseAsync(id, Analysis(), "key", Ct);
        await RegisterAsync("merged");

        var again = await Desk.AnalyseAsync(id, new([], "other"), "key", Ct);

        again.Hypothesis.ShouldBe(Analysis().Hypothesis);
        again.FindingIds.Length.ShouldBe(2);
    }

    [Fact]
    public async Task The_change_of_another_improvement_allows_nothing()
    {
        var (mine, other) = ((await RegisterAsync("mine")).Id, (await RegisterAsync("other")).Id);
        var change = await Changes.DraftAsync(new("New form", ImprovementId: other), null, "ann", Ct);
        await ApproveAsync(change.Id, "bob");
        await Desk.AnalyseAsync(mine, Analysis(), "a", Ct);
        await Desk.PlanAsync(mine, Design, change.Id, "p", Ct);

        (await RefusalAsync(() => Desk.BeginPilotAsync(mine, Pilot, "x", Ct))).ShouldContain("approved change request");
    }

    [Fact]
    public async Task The_number_of_cases_is_the_planned_one_whatever_the_evaluation_says()
    {
        var id = await PilotingAsync("few", Pilot with { Cases = 5000 });

        var looked = await Desk.EvaluateAsync(id, Numbers(360, 420) with { MinimumCases = 1 }, "e", Ct);

        (looked.State, looked.Evaluation!.MinimumCases).ShouldBe((ImprovementState.Extending, 5000));
    }

    [Fact]
    public async Task A_closed_one_is_not_opened_beside_another_on_the_same_problem()
    {
        var id = await PilotingAsync("again", Pilot);
        await Desk.EvaluateAsync(id, Numbers(360, 420), "e", Ct);
        await Desk.StandardiseAsync(id, new("article", 0.99, 0.7), "s", Ct);
        var next = await RegisterAsync("again");
        next.Id.ShouldNotBe(id);

        (await RefusalAsync(() => Desk.SendAsync(id, "analysing", "fell back", null, "back", Ct))).ShouldContain(next.Id);
    }

    [Fact]
    public async Task Two_who_take_at_once_do_not_take_too_many()
    {
        for (var i = 0; i < 6; i++)
            await RegisterAsync($"race{i}");

        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Desk.TakeAsync(mark, 3, Ct)));

        taken.Sum(t => t.Count).ShouldBe(3);
    }

    [Fact]
    public async Task The_same_operation_again_changes_nothing()
    {
        var id = (await RegisterAsync("twice")).Id;
        var once = await Desk.AnalyseAsync(id, Analysis(), "key", Ct);

        var again = await Desk.AnalyseAsync(id, new([], "other"), "key", Ct);

        (again.Rev, again.Hypothesis).ShouldBe((once.Rev, once.Hypothesis));
    }

    [Fact]
    public async Task Text_stays_text_and_what_cannot_be_kept_is_refused_with_its_field()
    {
        const string hostile = "'; drop table improvement;-- {{ 7*7 }} <script>";
        var made = await RegisterAsync("hostile", problem: hostile);
        (await Desk.GetAsync(made.Id, Ct)).Problem.ShouldBe(hostile);

        var refused = await Should.ThrowAsync<DeskRefusedException>(() => RegisterAsync("nul", problem: "a\0b"));
        refused.Fields.Keys.ShouldContain("problem");
        refused = await Should.ThrowAsync<DeskRefusedException>(() => Desk.RegisterAsync(new([], "p", mark, "x", "csat"), null, Ct));
        refused.Fields.Keys.ShouldContain("findingIds");
    }

    private static readonly DesignRequest Design = new("Form 2", "fewer fields", "tests", "form 1 again");

    private static readonly PilotRequest Pilot = new("csat", 900, 14, ["csat"], true);

    private static AnalysisRequest Analysis() =>
        new([new("process", "too long", true, new(30, 20, 70, 180))], "If the form is shorter, csat rises by 6 points.");

    private static Evaluation Numbers(long before, long after) =>
        new()
        {
            Card = [.. Evaluation.Indicators.Select(n => new Indicator(n.TrimStart('-'), 1, 1))],
            Counts = new(before, 1000, after, 1000),
            Look = 4,
            Days = 20,
            SmallestEffect = 0.06,
            MinimumCases = 900,
        };

    private async Task<Improvement> RegisterAsync(
        string cause,
        ImprovementScore? score = null,
        string? risk = null,
        string problem = "Customers give up."
    )
    {
        var finding = await house.Get<FindingDesk>().ReportAsync(new("staff", cause), Ct);
        return await Desk.RegisterAsync(new([finding.Report.Id], problem, mark, cause, "csat", score, mark, Risk: risk), null, Ct);
    }

    private async Task<string> PilotingAsync(string cause, PilotRequest pilot)
    {
        var id = (await RegisterAsync(cause)).Id;
        await Desk.AnalyseAsync(id, Analysis(), "a", Ct);
        var change = await Changes.DraftAsync(new("New form", ImprovementId: id), null, "ann", Ct);
        await Desk.PlanAsync(id, Design, change.Id, "p", Ct);
        await ApproveAsync(change.Id, "bob");
        await Desk.BeginPilotAsync(id, pilot, "pilot", Ct);
        return id;
    }

    private async Task ApproveAsync(string id, string by)
    {
        await AssessAsync(id);
        await Changes.StepAsync(id, new() { To = "approved" }, "approve", by, Ct);
    }

    private Task AssessAsync(string id) =>
        StepAsync(
            id,
            new()
            {
                To = "assessed",
                Assessment = new(4, 3, 4, "needed"),
                Plan = new("steps", "in May", "ann", "tests", "20 %", "csat falls"),
                RollbackPlan = "the old one",
            }
        );

    private Task<ChangeRequest> StepAsync(string id, ChangeStep step) =>
        Changes.StepAsync(id, step, Guid.NewGuid().ToString("N"), "carl", Ct);

    private static async Task<string> RefusalAsync<T>(Func<Task<T>> act) => (await Should.ThrowAsync<DeskRefusedException>(act)).Message;
}
