using ServiceLoop.Engine.State;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Engine.Tests.Properties;

/// <summary>Stimuli that no sensible caller sends, to instances in every state: only the documented exceptions may leave the engine.</summary>
public sealed class HostileStimuliTests
{
    private const int AtEachState = 2;

    /// <summary>Many throw, which is slow; <c>SERVICELOOP_SEEDS</c> hunts longer.</summary>
    private const int Lives = 120;

    [Fact]
    public void Whatever_comes_only_documented_exceptions_leave_the_engine()
    {
        var (taken, refused) = (0, 0);

        Seeds.Check(
            life =>
            {
                var dice = new Dice((ulong)life.History.Now.Ticks ^ 0xBAD);
                var states = life.History.Steps.Select(s => s.Step.State).Prepend(WorkflowState.New("wf-1", life.Graph));

                foreach (var state in states)
                    for (var i = 0; i < AtEachState; i++)
                    {
                        var stimulus = Any(dice, life, state);

                        if (TryTake(life, state, stimulus) is not { } step)
                        {
                            refused++;
                            continue;
                        }

                        taken++;
                        ShouldBeSound(step.State, stimulus);

                        // And what came of it can be repaired again and again, or ended.
                        foreach (
                            var next in (Stimulus[])[new Stimulus.Retry(), new Stimulus.Retry(), new Stimulus.Cancel(dice.Percent(50))]
                        )
                        {
                            step = WorkflowEngine.Advance(life.Graph, step.State, next, life.History.Now);
                            ShouldBeSound(step.State, next);
                        }
                    }
            },
            Lives
        );

        if (Environment.GetEnvironmentVariable("SERVICELOOP_SEED") is null)
        {
            taken.ShouldBeGreaterThan(100);
            refused.ShouldBeGreaterThan(20);
        }
    }

    private static Step? TryTake(Seeds.Life life, WorkflowState state, Stimulus stimulus)
    {
        var before = StepText.Of(state);

        try
        {
            return WorkflowEngine.Advance(life.Graph, state, stimulus, life.History.Now);
        }
        catch (AlterationException e) when (stimulus is Stimulus.Alter)
        {
            e.Message.Length.ShouldBeGreaterThan(20);
        }
        catch (ArgumentException e) when (stimulus is Stimulus.Start or Stimulus.Resume)
        {
            e.Message.ShouldStartWith("The input 'bad' cannot be kept: ");
        }

        StepText.ShouldBeSame(StepText.Of(state), before, $"the state was changed by {stimulus}");
        return null;
    }

    private static void ShouldBeSound(WorkflowState state, Stimulus stimulus)
    {
        var alive = state.Frames.Select(f => f.Id).ToHashSet();
        var when = $"after {stimulus}";

        StepText.ShouldBeSame(StepText.Of(StateJson.Read(StateJson.Write(state))), StepText.Of(state), when);
        state.Bookmarks.ShouldAllBe(b => alive.Contains(b.FrameId), when);
        state.Queue.ShouldAllBe(q => q.Owner == 0 || alive.Contains(q.Owner), when);

        if (state.SubStatus is WorkflowSubStatus.Finished or WorkflowSubStatus.Cancelled)
            (state.Frames.Length + state.Queue.Length + state.Bookmarks.Length).ShouldBe(0, when);
    }

    private static Stimulus Any(Dice dice, Seeds.Life life, WorkflowState state) =>
        dice.Below(7) switch
        {
            0 => new Stimulus.Returned(AnyFrame(dice, state), dice.Percent(10) ? default : [.. Many(dice, () => AnyAction(dice, life))]),
            1 => new Stimulus.Threw(AnyFrame(dice, state), new FaultDetail("") { Kind = (IncidentKind)dice.Below(4) }),
            2 => new Stimulus.Retry(dice.Percent(50) ? AnyIncident(dice, state) : dice.Of(-1L, 0, long.MaxValue)),
            3 => new Stimulus.Resume(AnyBookmark(dice, state)) { Input = AnyInput(dice) },
            4 => new Stimulus.Start { Inputs = AnyInput(dice), TriggerActivityId = "nobody" },
            _ => new Stimulus.Alter(dice.Percent(5) ? default : [.. Many(dice, () => AnyAlteration(dice, life, state))]),
        };

    private static IEnumerable<T> Many<T>(Dice dice, Func<T> make) => Enumerable.Range(0, 1 + dice.Below(3)).Select(_ => make());

    private static HostAction AnyAction(Dice dice, Seeds.Life life) =>
        dice.Below(8) switch
        {
            0 => new HostAction.SetOutput(dice.Of(-1, 0, 99), AnyValue(dice)),
            1 => new HostAction.SetVariable(dice.Of("x", "v1", "", "new"), AnyValue(dice)),
            2 => new HostAction.SetProperty("p", AnyValue(dice)),
            3 => new HostAction.AddBookmark(
                new BookmarkRequest("Test.Any")
                {
                    CallbackName = dice.Of("Nowhere", null),
                    Payload = new Dictionary<string, object?> { ["P"] = AnyValue(dice) },
                    DueAt = dice.Of<DateTimeOffset?>(null, DateTimeOffset.MinValue, DateTimeOffset.MaxValue),
                }
            ),
            4 => new HostAction.Schedule(
                dice.Of(-1, 0, life.Graph.Nodes.Length - 1, life.Graph.Nodes.Length),
                dice.Of("Nowhere", null),
                dice.Of(0, long.MinValue, long.MaxValue),
                [new("given", AnyValue(dice)), new("GIVEN", 1L)]
            ),
            5 => new HostAction.Correlate(dice.Of("", null)),
            6 => new HostAction.Rename(dice.Of("", null)),
            _ => new HostAction.Complete(dice.Percent(30) ? default : [dice.Of("", "Done", "Nowhere")]),
        };

    private static Alteration AnyAlteration(Dice dice, Seeds.Life life, WorkflowState state) =>
        dice.Below(4) switch
        {
            0 => new Alteration.ModifyVariable(dice.Of("x", "x-main", "v1", "v2", "v3", "", "nobody"), AnyValue(dice)),
            1 => dice.Percent(50)
                ? new Alteration.CancelActivity(AnyActivity(dice, life))
                : new Alteration.CancelActivity(null, AnyFrame(dice, state)),
            2 => new Alteration.ScheduleActivity(AnyActivity(dice, life)),
            _ => new Alteration.Skip(AnyFrame(dice, state), dice.Percent(30) ? default : [dice.Of("", "Done", "Nowhere", "True")]),
        };

    private static string AnyActivity(Dice dice, Seeds.Life life) =>
        dice.Percent(20) ? dice.Of("", "nobody") : dice.Of<Graph.Node>(life.Graph.Nodes).Id;

    private static long AnyFrame(Dice dice, WorkflowState state) =>
        state.Frames.IsEmpty || dice.Percent(20) ? dice.Of(-1L, 0, 3, long.MaxValue) : dice.Of<FrameState>(state.Frames).Id;

    private static long AnyBookmark(Dice dice, WorkflowState state) =>
        state.Bookmarks.IsEmpty || dice.Percent(20) ? dice.Of(-1L, 0, 3, long.MaxValue) : dice.Of<Bookmark>(state.Bookmarks).Id;

    private static long? AnyIncident(Dice dice, WorkflowState state) =>
        state.Incidents.IsEmpty || dice.Percent(30) ? null : dice.Of<Incident>(state.Incidents).Id;

    private static Dictionary<string, object?> AnyInput(Dice dice) =>
        dice.Percent(40) ? new(StringComparer.Ordinal) { ["bad"] = HostileValues.Any(dice) } : SampleValues.Bag(dice, "in1", "IN1");

    private static object? AnyValue(Dice dice) => dice.Percent(40) ? HostileValues.Any(dice) : SampleValues.Any(dice);
}
