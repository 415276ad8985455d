using System.Collections.Concurrent;
using ServiceLoop.Engine.Graph;
using ServiceLoop.TestKit.Chance;

namespace ServiceLoop.Engine.Tests.Properties;

/// <summary>Runs a property over many random workflows and names the seeds that break it.</summary>
/// <remarks>
/// <c>SERVICELOOP_SEED=17</c> in the environment replays one seed alone; <c>SERVICELOOP_SEEDS=5000</c> runs so many instead of the usual number.
/// </remarks>
internal static class Seeds
{
    public const int Usual = 300;

    private const int Stimuli = 20;

    // The tests only look: one life serves them all.
    private static readonly ConcurrentDictionary<ulong, Life> Lives = new();

    public static void Check(Action<Life> property, int count = Usual)
    {
        var broken = new List<string>();

        foreach (var seed in Chosen(count))
        {
            var life = Lives.GetOrAdd(seed, Life.Of);

            try
            {
                property(life);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                broken.Add($"seed {seed} ({life.Workflow.Semantics}): {e.Message}\n{e.StackTrace}\n{life.Workflow}");
            }
        }

        broken.ShouldBeEmpty(
            $"{broken.Count} seeds break it: {string.Join(' ', broken.Select(b => b.Split(' ')[1]))}\n{string.Join("\n\n", broken.OrderBy(b => b.Length).Take(3))}\n"
        );
    }

    public static IEnumerable<ulong> Chosen(int count)
    {
        if (ulong.TryParse(Environment.GetEnvironmentVariable("SERVICELOOP_SEED"), out var one))
            return [one];

        var many = int.TryParse(Environment.GetEnvironmentVariable("SERVICELOOP_SEEDS"), out var wanted) ? wanted : count;
        return Enumerable.Range(1, many).Select(n => (ulong)n);
    }

    /// <summary>A random workflow with the history of one instance.</summary>
    internal sealed record Life(RandomWorkflow Workflow, WorkflowGraph Graph, RandomHistory History)
    {
        public static Life Of(ulong seed)
        {
            var workflow = RandomWorkflow.Of(seed);
            var graph = workflow.Graph();
            return new(workflow, graph, RandomHistory.Of(graph, seed, Stimuli));
        }
    }
}
