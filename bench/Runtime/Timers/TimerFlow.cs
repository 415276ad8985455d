using System.Text;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Instances;

namespace ServiceLoop.Runtime.Bench.Timers;

/// <summary>Waits for a time and ends.</summary>
internal static class TimerFlow
{
    public const string Long = "waits-long";
    public const string Short = "waits-short";

    /// <summary>How long the short one waits.</summary>
    public static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(2);

    public static async Task PublishAsync(BenchNode node, CancellationToken ct)
    {
        await PublishAsync(node, Long, "30.00:00:00", ct);
        await PublishAsync(node, Short, ShortWait.ToString("c"), ct);
    }

    /// <summary>Starts an instance that waits for a month.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> StartAsync(BenchNode node, CancellationToken ct)
    {
        var started = await node.Runtime.StartAsync(new StartInstanceRequest(Long), ct);
        return started.State is { SubStatus: WorkflowSubStatus.Suspended }
            ? started.InstanceId!
            : throw new InvalidOperationException($"The instance does not wait: {started.State?.SubStatus}.");
    }

    private static Task PublishAsync(BenchNode node, string id, string span, CancellationToken ct) =>
        node.Definitions.ImportAsync(
            ElsaJson.Read(
                Encoding.UTF8.GetBytes(
                    $$"""{ "definitionId": "{{id}}", "name": "{{id}}", "root": { "type": "Elsa.Sequence", "activities": [ { "id": "Wait", "type": "Elsa.Delay", "timeSpan": "{{span}}" } ] } }"""
                )
            ),
            note: null,
            ct
        );
}
