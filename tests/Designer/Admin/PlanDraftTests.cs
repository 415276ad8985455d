using System.Collections.Immutable;
using Bunit;
using ServiceLoop.Designer.Admin.Migration;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Runtime.Migrating;

namespace ServiceLoop.Designer.Tests.Admin;

public sealed class PlanDraftTests : IAsyncDisposable
{
    private readonly Page page = new();

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Fact]
    public void A_plan_is_edited_and_stored_without_loss()
    {
        var draft = new PlanDraft { Timers = TimerPolicy.Recompute, AcceptsRepeated = true };
        draft.Activities["W:Ask"] = "W:AskAgain";
        draft.Activities["W:Old"] = null;
        draft.Variables["a"] = "b";
        draft.Values["n"] = "7";
        draft.Values["t"] = "seven";
        draft.Values["empty"] = " ";

        var plan = draft.ToPlan();

        plan.Activities.ShouldBe([new ActivityMove("W:Ask", "W:AskAgain"), new ActivityMove("W:Old", null)]);
        plan.Variables.Length.ShouldBe(3);
        plan.Variables[1].Value.ShouldNotBe("7");
        plan.Accepted.ShouldBe([MigrationCodes.StepRepeated]);
        var again = PlanDraft.Of(plan).ToPlan();
        again.Activities.ShouldBe(plan.Activities.AsEnumerable());
        again.Variables.ShouldBe(plan.Variables.AsEnumerable());
        again.Timers.ShouldBe(TimerPolicy.Recompute);
    }

    [Fact]
    public void A_waiting_point_without_a_place_is_told_and_can_be_given_one()
    {
        var draft = new PlanDraft();
        var isChanged = false;
        var shown = page.Render<MapEditor>(p =>
            p.Add(m => m.Overview, Overview())
                .Add(m => m.Draft, draft)
                .Add(m => m.Waiting, new Dictionary<string, int> { ["W:f:Ask"] = 12 })
                .Add(m => m.Changed, () => isChanged = true)
        );

        shown.FindAll("tbody tr").Count.ShouldBe(1);
        shown.Find("tr.unmapped td.number").TextContent.ShouldBe("12");
        shown.Find("select").QuerySelectorAll("option").Select(o => o.GetAttribute("value")).ShouldBe(["=", "-", "W:f:Question"]);

        shown.Find("select").Change("W:f:Question");

        isChanged.ShouldBeTrue();
        draft.ToPlan().Activities.ShouldBe([new ActivityMove("W:f:Ask", "W:f:Question")]);
    }

    private static PlanOverview Overview() =>
        new(
            "v1",
            "v2",
            [
                new("W:f:Ask", "Ask", "Ask", "Elsa.Event", null, false, CanWait: true),
                new("W:f:Say", "Say", "Say", "Elsa.WriteLine", "W:f:Say", false, CanWait: false),
            ],
            [
                new("W:f:Question", "Question", "Question", "Elsa.Event", null, false, CanWait: true),
                new("W:f:Say", "Say", "Say", "Elsa.WriteLine", null, false, CanWait: false),
            ],
            ImmutableArray<MigrationRefusal>.Empty
        );
}
