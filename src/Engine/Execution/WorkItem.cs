using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.Nodes;

namespace ServiceLoop.Engine.Execution;

/// <summary>An activity that was scheduled and has not begun. The queue of these is first in, first out across the whole workflow.</summary>
internal sealed class WorkItem
{
    public Node Node { get; private set; } = null!;

    /// <summary>The execution that scheduled it; it may have ended since, in Elsa's modes.</summary>
    public Frame? Owner { get; private set; }

    /// <summary>The existing execution to run again; null makes a new one.</summary>
    public Frame? Existing { get; set; }

    public long Tag { get; set; }

    public string? Callback { get; set; }

    public bool Backward { get; set; }

    public bool IsUndo { get; set; }

    public IReadOnlyDictionary<string, object?>? Variables { get; set; }

    public LiveStep? Live { get; set; }

    public bool Checkpointed { get; set; }

    /// <summary>True when the owner had already completed: Elsa's token mode then still hears of the completion.</summary>
    public bool OwnerHadEnded { get; private set; }

    public bool IsCancelled { get; set; }

    public WorkItem Of(Node node, Frame? owner)
    {
        (Node, Owner, OwnerHadEnded) = (node, owner, owner is { IsAlive: false });
        return this;
    }

    /// <summary>Forgets everything, so that the item can serve again in the same step.</summary>
    public void Clear()
    {
        Existing = null;
        Tag = 0;
        Callback = null;
        Variables = null;
        Live = null;
        Backward = IsUndo = Checkpointed = IsCancelled = false;
    }
}
