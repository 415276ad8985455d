using System.Collections.Immutable;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Instances;

/// <summary>The wish to take an instance through one burst.</summary>
internal sealed record BurstRequest
{
    /// <summary>The instance.</summary>
    public required string InstanceId { get; init; }

    /// <summary>What happens to it; null when <see cref="Choose"/> tells.</summary>
    public Stimulus? Stimulus { get; init; }

    /// <summary>Tells what happens to it once it is known what it is; null means nothing.</summary>
    public Func<WorkflowState, Stimulus?>? Choose { get; init; }

    /// <summary>Set: the instance is created, on this graph.</summary>
    public WorkflowGraph? NewOn { get; init; }

    /// <summary>Work that the burst does; 0 for none.</summary>
    public long DoneWorkId { get; init; }

    /// <summary>Work to be written with its first commit.</summary>
    public ImmutableArray<NewWork> AlsoWork { get; init; } = [];

    /// <summary>The same, told once <see cref="Choose"/> has seen the instance; null for none.</summary>
    public Func<ImmutableArray<NewWork>>? AlsoWorkThen { get; init; }

    /// <summary>Who causes it; null for the system.</summary>
    public string? Who { get; init; }

    /// <summary>Where its host activities find services; null means a scope of its own.</summary>
    public IServiceProvider? Services { get; init; }
}

/// <summary>How a burst ended.</summary>
internal enum BurstEnd
{
    /// <summary>It is durable.</summary>
    Committed,

    /// <summary>The stimulus did not apply; nothing was written.</summary>
    Unchanged,

    /// <summary>The work that it was to do is gone; nothing was written.</summary>
    WorkGone,

    /// <summary>There is no such instance.</summary>
    NotFound,

    /// <summary>The instance that was to be created is there already.</summary>
    Exists,
}

/// <summary>What became of a burst.</summary>
/// <param name="End">How it ended.</param>
/// <param name="State">The instance afterwards; null when it is not known.</param>
internal readonly record struct BurstResult(BurstEnd End, WorkflowState? State);

/// <summary>What a commit carries besides what the steps asked for.</summary>
internal readonly record struct CommitRequest
{
    public CommitRequest() { }

    public string? Who { get; init; }

    public long DoneWorkId { get; init; }

    public ImmutableArray<NewWork> Work { get; init; } = [];

    public ImmutableArray<string> Dropped { get; init; } = [];

    public string? Owner { get; init; }

    public DateTimeOffset? KeepsLeaseUntil { get; init; }
}
