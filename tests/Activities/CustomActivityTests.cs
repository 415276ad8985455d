using ServiceLoop.Engine;
using ServiceLoop.TestKit;

namespace ServiceLoop.Activities.Tests;

/// <summary>The custom activity of the main README, tested as the guide tells.</summary>
public sealed class CustomActivityTests
{
    private static readonly DateTimeOffset Noon = ActivityTester.Noon;

    [Fact]
    public async Task Callback_waits_for_its_window_and_completes_when_it_opens()
    {
        var run = await ActivityTester.For(new WaitForCallback { At = Noon.AddHours(2) }).At(Noon).RunAsync();
        run.State.ShouldBeSuspendedAt<WaitForCallback>();

        await run.ResumeAsync(at: Noon.AddHours(2));

        run.Outcomes.ShouldBe(["Due"]);
        run.State.ShouldBeFinished();
    }

    [Fact]
    public void Callback_suspends_until_its_due_time()
    {
        var flow = Flow.Of(new WaitForCallback { At = Noon.AddMinutes(30) });

        var step = flow.Start(at: Noon);

        step.State.ShouldBeSuspendedAt<WaitForCallback>();
        step.Effects.ShouldHaveSingleItem().ShouldBeOfType<Effect.BookmarkAdded>().Bookmark.DueAt.ShouldBe(Noon.AddMinutes(30));
    }

    [Fact]
    public async Task An_activity_that_calls_a_service_is_tested_with_a_fake_of_it()
    {
        var desk = new Desk();

        var run = await ActivityTester.For(new Escalate { CaseId = "C-1" }).With<IDesk>(desk).Variable("Team").RunAsync();

        desk.Escalated.ShouldBe(["C-1"]);
        run.Outcomes.ShouldBe(["Escalated"]);
        run.Output("Result").ShouldBe("second line");
        run.Variables["Team"].ShouldBe("second line");
    }

    [Fact]
    public async Task A_missing_service_is_an_incident_that_names_it()
    {
        var run = await ActivityTester.For(new Escalate { CaseId = "C-1" }).RunAsync();

        run.Incident.ShouldNotBeNull().Message.ShouldContain("IDesk");
        run.State.ShouldBeFaulted();
    }

    [Fact]
    public void Connected_activities_run_by_port()
    {
        var wait = new WaitForCallback { Id = "wait", At = Noon.AddHours(1) };
        var late = new WaitForCallback { Id = "late", At = Noon.AddHours(2) };
        var never = new WaitForCallback { Id = "never", At = Noon.AddHours(2) };
        var flow = Flow.Of(wait, late, never).Connect(wait, late, "Due").Connect(wait, never, "Superseded");

        var step = flow.Resume(flow.Start().State, at: Noon.AddHours(1));

        step.State.ShouldBeSuspendedAt("late");
        Should.Throw<ShouldAssertException>(() => step.State.ShouldBeSuspendedAt("never"));
    }

    [Fact]
    public async Task Inputs_are_read_as_an_object_and_outputs_set_by_name()
    {
        var run = await ActivityTester.For(new Parcel { Weight = 3, Label = new((string?)null) }).Variable("Price").RunAsync();

        run.State.ShouldBeFinished();
        run.Output("Text").ShouldBe("3 kg to ?");
        run.Output("Price").ShouldBe(12L, "the text \"12\" is converted to the output's type");
    }

    [Fact]
    public async Task An_object_with_a_member_that_no_input_fills_is_refused()
    {
        var run = await ActivityTester.For(new WrongParcel()).RunAsync();

        run.Incident.ShouldNotBeNull().Message.ShouldContain("Wieght");
    }

    private sealed record Wish
    {
        public long Weight { get; init; }
        public string? Label { get; init; } = "?";
    }

    private sealed record Mistyped
    {
        public long Wieght { get; init; }
    }

    [Activity("CustomerService", "Parcels")]
    private sealed class Parcel : CodeActivity
    {
        [Input]
        public Input<long> Weight { get; set; } = default!;

        [Input]
        public Input<string> Label { get; set; } = default!;

        [Output]
        public Output<string> Text { get; set; } = new();

        [Output]
        public Output<long> Price { get; set; } = new();

        protected override void Execute(ActivityExecutionContext context)
        {
            var wish = context.ReadInputs<Wish>();
            context.SetOutputs(
                new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["Text"] = $"{wish.Weight} kg to {wish.Label}",
                    ["Price"] = "12",
                    ["Colour"] = "no output of that name",
                }
            );
        }
    }

    [Activity("CustomerService", "Parcels")]
    private sealed class WrongParcel : CodeActivity
    {
        [Input]
        public Input<long> Weight { get; set; } = 1;

        protected override void Execute(ActivityExecutionContext context) => context.ReadInputs<Mistyped>();
    }

    [Activity("CustomerService", "Callbacks", "Wait until it is time to call the customer back.")]
    [FlowNode("Due", "Superseded")]
    private sealed class WaitForCallback : Activity
    {
        [Input(Description = "Opening of the promised window, UTC.")]
        public Input<DateTimeOffset> At { get; set; } = default!;

        protected override void Execute(ActivityExecutionContext context) => context.DelayUntil(At.Get(context), OnDue);

        private void OnDue(ActivityExecutionContext context) => context.CompleteWithOutcomes("Due");
    }

    private interface IDesk
    {
        ValueTask<string> EscalateAsync(string caseId, CancellationToken ct);
    }

    [Activity("CustomerService", "Escalation", "Hand a case over to the next team.")]
    [FlowNode("Escalated")]
    private sealed class Escalate : Activity<string>
    {
        [Input(Description = "The case.")]
        public Input<string> CaseId { get; set; } = default!;

        protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
        {
            var team = await context.GetRequiredService<IDesk>().EscalateAsync(CaseId.Get(context)!, context.CancellationToken);
            Result.Set(context, team);
            context.SetVariable("Team", team);
            context.CompleteWithOutcomes("Escalated");
        }
    }

    private sealed class Desk : IDesk
    {
        public List<string> Escalated { get; } = [];

        public ValueTask<string> EscalateAsync(string caseId, CancellationToken ct)
        {
            Escalated.Add(caseId);
            return new("second line");
        }
    }
}
