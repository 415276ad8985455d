using System.Text.Json.Nodes;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Engine.Tests.Properties;

/// <summary>A commit in the middle of a burst writes the state and reads it back: nobody may see a difference.</summary>
public sealed class TransparentCommitTests
{
    [Theory]
    [InlineData("ActivityExecuted")]
    [InlineData("ActivityExecuting")]
    public void Commits_do_not_change_what_a_workflow_does(string strategy)
    {
        var broken = new List<string>();
        var compared = 0;

        foreach (var seed in Seeds.Chosen(Seeds.Usual))
        {
            var workflow = RandomWorkflow.Of(seed, FlowSemantics.Sound);

            if (Life(workflow, null, seed) is not { } plain || Life(workflow, strategy, seed) is not { } committed)
                continue;

            compared++;

            try
            {
                StepText.ShouldBeSame(committed.World, plain.World, "effects");
                StepText.ShouldBeSame(committed.State, plain.State, "state");
            }
            catch (ShouldAssertException e)
            {
                broken.Add($"seed {seed}: {e.Message}\n{workflow}");
            }
        }

        broken.ShouldBeEmpty(
            $"{broken.Count} seeds: {string.Join(' ', broken.Select(b => b.Split(' ', ':')[1]))}\n{string.Join("\n\n", broken.OrderBy(b => b.Length).Take(3))}\n"
        );

        if (Environment.GetEnvironmentVariable("SERVICELOOP_SEED") is null)
            compared.ShouldBeGreaterThan(Seeds.Usual / 2);
    }

    /// <summary>A life in which everything that waits is woken, oldest first; null when it is long, as each burst has its own budget.</summary>
    private static (string World, string State)? Life(RandomWorkflow workflow, string? strategy, ulong seed)
    {
        var graph = workflow.Compile(WithStrategy(workflow.Main, strategy)).GraphOrThrow();
        var now = RandomHistory.Noon;
        var state = WorkflowState.New("wf-1", graph);
        var step = WorkflowEngine.Advance(graph, state, new Stimulus.Start(), now);
        var world = new List<string>();
        var began = 0;

        for (var waits = 0; ; )
        {
            state = StateJson.Read(StateJson.Write(step.State));
            world.AddRange(step.Effects.Where(IsSeen).Select(StepText.Of));

            if (state.Incidents.Any(i => i.Kind == IncidentKind.Runaway) || (began += step.Journal.Length) > 2_000)
                return null;

            if (step.IsCheckpoint)
                step = WorkflowEngine.Advance(graph, state, new Stimulus.Continue(), now);
            else if (step.Invocation is { } invocation)
                step = WorkflowEngine.Advance(graph, state, Answer(invocation.FrameId), now);
            else if (waits++ == 40 || state.Status == WorkflowStatus.Finished)
                break;
            else if (state.Frames.FirstOrDefault(f => f.Invoking) is { } job)
                step = WorkflowEngine.Advance(graph, state, Answer(job.Id), now);
            else if (!state.Bookmarks.IsEmpty)
                step = WorkflowEngine.Advance(graph, state, new Stimulus.Resume(state.Bookmarks[0].Id), now);
            else
                break;
        }

        return (string.Join('\n', world), StepText.Of(state));

        Stimulus Answer(long frameId) =>
            HostInvocation
                .RunAsync(graph, state, frameId, new TestServices(new Dice(seed ^ (ulong)frameId)), now, CancellationToken.None)
                .AsTask()
                .GetAwaiter()
                .GetResult();
    }

    private static JsonObject WithStrategy(JsonObject definition, string? strategy)
    {
        var copy = (JsonObject)definition.DeepClone();
        copy["options"]!["commitStrategyName"] = strategy;
        Strip(copy);
        return copy;

        static void Strip(JsonNode node)
        {
            if (node is JsonObject json)
            {
                if (json["customProperties"] is JsonObject custom)
                    custom.Remove("commitStrategyName");

                // A chart in a container begins at once, unless there is a commit before it: its turn would come later then.
                if ((string?)json["type"] == "Elsa.FlowNode" && (string?)json["body"]?["type"] == "Elsa.Flowchart")
                    json["body"] = null;

                foreach (var (_, value) in json)
                    if (value is not null)
                        Strip(value);
            }
            else if (node is JsonArray list)
                foreach (var item in list)
                    if (item is not null)
                        Strip(item);
        }
    }

    /// <summary>What reaches the world whenever the commits are; a waiter that comes and goes in one burst is seen with commits only.</summary>
    private static bool IsSeen(Effect effect) =>
        effect is not (Effect.Checkpoint or Effect.Invoke or Effect.BookmarkAdded or Effect.BookmarkBurned);
}
