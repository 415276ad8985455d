using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Engine.State;
using ServiceLoop.Engine.Tests.Properties;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Engine.Tests.Migration;

/// <summary>A version that means the same: whoever is migrated to it lives on as if nothing had happened.</summary>
public sealed class SameMeaningTests
{
    [Fact]
    public void There_and_back_gives_the_same_state()
    {
        var carried = 0;

        Seeds.Check(life =>
        {
            var other = Other(life);

            foreach (var state in Between(life))
            {
                var there = StateMigration.Map(life.Graph, other, state, MigrationPlan.Default);
                there.Verdict.ShouldBe(MigrationVerdict.Ready, Why(there));

                var back = StateMigration.Map(other, life.Graph, there.State!, MigrationPlan.Default);
                back.Verdict.ShouldBe(MigrationVerdict.Ready, Why(back));
                StepText.ShouldBeSame(StepText.Of(back.State!), StepText.Of(state), "there and back");
                carried++;
            }
        });

        carried.ShouldBeGreaterThan(400);
    }

    [Fact]
    public void The_state_that_was_stored_is_carried_like_the_one_that_was_not()
    {
        Seeds.Check(life =>
        {
            var other = Other(life);

            foreach (var state in Between(life))
            {
                var stored = StateJson.Read(StateJson.Write(state));
                StepText.ShouldBeSame(
                    StepText.Of(StateMigration.Map(life.Graph, other, stored, MigrationPlan.Default).State!),
                    StepText.Of(StateMigration.Map(life.Graph, other, state, MigrationPlan.Default).State!),
                    "stored"
                );
            }
        });
    }

    [Fact]
    public void It_goes_on_as_without()
    {
        var went = 0;

        Seeds.Check(life =>
        {
            var other = Other(life);
            var steps = life.History.Steps;

            for (var i = 1; i < steps.Count; i++)
            {
                if (!IsBetweenBursts(steps[i].Before))
                    continue;

                var state = StateMigration.Map(life.Graph, other, steps[i].Before, MigrationPlan.Default).State.ShouldNotBeNull();

                for (var j = i; j < steps.Count && steps[j].Before.Status == steps[i].Before.Status; j++)
                {
                    if (In(steps[j].Stimulus, life.Graph, other) is not { } stimulus)
                        break;

                    var step = WorkflowEngine.Advance(other, state, stimulus, steps[j].Now);
                    StepText.ShouldBeSame(
                        Text(step, other),
                        Text(steps[j].Step, life.Graph),
                        $"step {j} after a migration before step {i}: {stimulus}"
                    );
                    state = step.State;
                    went++;
                }
            }
        });

        went.ShouldBeGreaterThan(1000);
    }

    private static WorkflowGraph Other(Seeds.Life life) =>
        life.Workflow.Compile(Shuffle.Of(life.Workflow.Main, new Dice(life.Workflow.Seed ^ 0xABBA))).GraphOrThrow();

    private static IEnumerable<WorkflowState> Between(Seeds.Life life) =>
        life.History.Steps.Select(s => s.Step.State).Where(IsBetweenBursts);

    private static bool IsBetweenBursts(WorkflowState state) =>
        state.SubStatus is WorkflowSubStatus.Suspended or WorkflowSubStatus.Faulted && !state.Frames.Any(f => f.Invoking);

    /// <summary>What happened and what is asked for, with nodes by their paths; a state in full as its other version would have it.</summary>
    private static string Text(Step step, WorkflowGraph graph) =>
        string.Join(
            '\n',
            step.State.Frames.Select(f =>
                    $"{f.Id} {graph.Nodes[f.Node].NodeId} {f.Parent} {f.Status} {f.Tag} {f.Callback} {f.IsStep} {f.FaultCount}"
                )
                .Concat(step.State.Queue.Select(q => $"{graph.Nodes[q.Node].NodeId} {q.Owner} {q.Frame} {q.Tag}"))
                .Concat(
                    step.Journal.Select(j =>
                        StepText.Of(j with { Node = 0, Detail = j.Detail is Incident i ? i with { Node = 0 } : j.Detail })
                        + graph.Nodes[j.Node].NodeId
                    )
                )
                .Concat(
                    step.Effects.Select(e =>
                        e is Effect.WriteLine line ? StepText.Of(line with { Node = 0 }) + graph.Nodes[line.Node].NodeId : StepText.Of(e)
                    )
                )
                .Append(
                    StepText.Of(
                        step.State with
                        {
                            DefinitionVersionId = "",
                            Frames = [],
                            Queue = [],
                            Incidents = [],
                            ActivityOutputs = [],
                            Undo = [],
                        }
                    )
                )
        );

    /// <summary>The stimulus with the numbers of the other graph; null when it cannot be told.</summary>
    private static Stimulus? In(Stimulus stimulus, WorkflowGraph from, WorkflowGraph to)
    {
        if (stimulus is not Stimulus.Returned returned)
            return stimulus;

        var places = StateMigration.Places(from, to, MigrationPlan.Default, out _);
        return returned with
        {
            Recorded = [.. returned.Recorded.Select(a => a is HostAction.Schedule s ? s with { Node = places[s.Node].To!.Index } : a)],
        };
    }

    private static string Why(MigrationResult result) => string.Join('\n', result.Refusals.Select(r => $"{r.Code} {r.Reason}"));
}
