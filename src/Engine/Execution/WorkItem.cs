using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Execution;

/// <summary>An activity that was scheduled and has not begun. The queue of these is first in, first out across the whole workflow.</summary>
internal sealed class WorkItem(Node node, Frame? owner)
{
    public Node Node { get; } = node;

    /// <summary>The execution that scheduled it; it may have ended since, in Elsa's modes.</summary>
    public Frame? Owner { get; } = owner;

    /// <summary>The existing execution to run again; null makes a new one.</summary>
    public Frame? Existing { get; init; }

    public long Tag { get; init; }

    public string? Callback { get; init; }

    public bool Backward { get; init; }

    public bool IsUndo { get; init; }

    public IReadOnlyDictionary<string, object?>? Variables { get; init; }

    public LiveStep? Live { get; init; }

    public bool Checkpointed { get; set; }

    /// <summary>True when the owner had already completed: Elsa's token mode then still hears of the completion.</summary>
    public bool OwnerHadEnded { get; } = owner is { IsAlive: false };

    public bool IsCancelled { get; set; }
}
