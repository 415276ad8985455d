using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Runtime.InMemory;

/// <summary>How an in-memory host runs.</summary>
public sealed record InMemoryOptions
{
    /// <summary>The semantics of all flowcharts; null lets every definition choose.</summary>
    public FlowSemantics? Semantics { get; init; }

    /// <summary>True: after every step the state is written and read again, so that nothing works only in memory.</summary>
    public bool StatesRoundTrip { get; init; } = true;

    /// <summary>True: timers of published triggers start instances; false: only waiting instances have timers.</summary>
    public bool TimersStartInstances { get; init; } = true;

    /// <summary>Takes down what executions of the first instance got and gave; null takes down nothing.</summary>
    public ExecutionValues? Values { get; init; }

    /// <summary>Told of every line that an activity prints, at once; null collects only.</summary>
    public Action<PrintedLine>? OnLine { get; init; }

    /// <summary>Makes the services that host activities may ask for; null means none.</summary>
    public Func<InMemoryWorkflows, IServiceProvider>? Services { get; init; }

    /// <summary>Bursts that one call may cause before it is taken for an endless exchange of events.</summary>
    public int BurstBudget { get; init; } = 10_000;

    /// <summary>Calls of host activities back into the host, inside each other, before they are refused: each takes stack.</summary>
    public int MaxNesting { get; init; } = 50;
}
