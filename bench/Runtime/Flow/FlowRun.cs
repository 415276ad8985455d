using System.Diagnostics;
using System.Diagnostics.Metrics;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Bench.Measuring;
using ServiceLoop.Runtime.Bench.Server;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Telemetry;

namespace ServiceLoop.Runtime.Bench.Flow;

/// <summary>Callers that take flows from start to end, each its own, one burst after the other.</summary>
internal static class FlowRun
{
    /// <param name="Bursts">How many.</param>
    /// <param name="Seconds">In which time.</param>
    /// <param name="Latency">Milliseconds of a resume, sorted.</param>
    /// <param name="Groups">Transactions of the commit queue.</param>
    /// <param name="Allocated">Bytes that this process allocated.</param>
    public sealed record Result(long Bursts, double Seconds, double[] Latency, long Groups, long Allocated)
    {
        public double Rate => Bursts / Seconds;

        public double Group => (double)Bursts / Math.Max(1, Groups);
    }

    public static Task<Result> RunAsync(BenchNode node, int concurrency, int seconds, CancellationToken ct) =>
        RunAsync(node, StageFlow.DefinitionId, concurrency, seconds, ct);

    public static async Task<Result> RunAsync(BenchNode node, string definitionId, int concurrency, int seconds, CancellationToken ct)
    {
        var latencies = new Latencies();
        var groups = 0L;
        using var listener = Listen(() => Interlocked.Increment(ref groups));
        var allocated = GC.GetTotalAllocatedBytes();
        var start = Stopwatch.GetTimestamp();
        var bursts = await Task.WhenAll(
            Enumerable.Range(0, concurrency).Select(_ => CallAsync(node, definitionId, IsOpen, latencies.Part(), ct))
        );
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new(bursts.Sum(), elapsed, latencies.Sorted(), groups, GC.GetTotalAllocatedBytes() - allocated);

        bool IsOpen() => Stopwatch.GetElapsedTime(start).TotalSeconds < seconds;
    }

    /// <summary>Counts the transactions of the commit queue.</summary>
    public static MeterListener Listen(Action onGroup)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == RuntimeTelemetry.Name && instrument.Name == "serviceloop.commit.group_size")
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, _, _, _) => onGroup());
        listener.Start();
        return listener;
    }

    private static async Task<long> CallAsync(
        BenchNode node,
        string definitionId,
        Func<bool> isOpen,
        List<double> latency,
        CancellationToken ct
    )
    {
        await Task.Yield();
        var bursts = 0L;
        WorkflowState? state = null;

        while (isOpen())
        {
            ct.ThrowIfCancellationRequested();

            if (state is null)
            {
                state = (await node.Runtime.StartAsync(new StartInstanceRequest(definitionId), ct)).State;
            }
            else
            {
                var start = Stopwatch.GetTimestamp();
                var result = await node.Runtime.ResumeAsync(state.InstanceId, state.Bookmarks[0].Id, null, null, ct);
                latency.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);

                if (result is not { Outcome: ResumeOutcome.Resumed, State: { } next })
                    throw new InvalidOperationException($"The resume of {state.InstanceId} was answered with {result.Outcome}.");

                state = next.Status == WorkflowStatus.Finished ? Ended(next) : next;
            }

            bursts++;
        }

        return bursts;
    }

    private static WorkflowState? Ended(WorkflowState state) =>
        state is { SubStatus: WorkflowSubStatus.Finished, Incidents.IsEmpty: true }
            ? null
            : throw new InvalidOperationException($"Instance {state.InstanceId} ended as {state.SubStatus}.");
}
