using System.Collections.Immutable;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Engine;

/// <summary>All that the world must do for an instance. A closed union.</summary>
public abstract record Effect
{
    private Effect() { }

    /// <summary>Run a host activity now, and answer with <see cref="Stimulus.Returned"/> or <see cref="Stimulus.Threw"/>. At most one, the last of a step.</summary>
    /// <param name="FrameId">The execution.</param>
    /// <param name="Commit">When to commit around it.</param>
    public sealed record Invoke(long FrameId, CommitPoint Commit) : Effect;

    /// <summary>Run a host activity in the background once the step is committed, and answer later.</summary>
    /// <param name="FrameId">The execution.</param>
    public sealed record InvokeLater(long FrameId) : Effect;

    /// <summary>Commit what there is, and go on with <see cref="Stimulus.Continue"/>. At most one, the last of a step.</summary>
    public sealed record Checkpoint : Effect;

    /// <summary>A waiter appeared.</summary>
    public sealed record BookmarkAdded(Bookmark Bookmark) : Effect;

    /// <summary>A waiter is gone.</summary>
    public sealed record BookmarkBurned(Bookmark Bookmark) : Effect;

    /// <summary>Start an instance of another workflow.</summary>
    public sealed record Dispatch : Effect
    {
        /// <summary>Id of the line of versions; its published version is started.</summary>
        public required string DefinitionId { get; init; }

        /// <summary>Id of the new instance; the same when the burst is repeated.</summary>
        public required string ChildInstanceId { get; init; }

        /// <summary>Inputs.</summary>
        public ImmutableArray<NamedValue> Inputs { get; init; } = [];

        /// <summary>Correlation id of the child.</summary>
        public string? CorrelationId { get; init; }

        /// <summary>True: an instance of the parent waits for it.</summary>
        public bool Wait { get; init; }
    }

    /// <summary>Tell the world, or this instance only, that something happened.</summary>
    public sealed record Publish : Effect
    {
        /// <summary>Name of the event; case-sensitive.</summary>
        public required string EventName { get; init; }

        /// <summary>What comes with it.</summary>
        public object? Payload { get; init; }

        /// <summary>Only instances with this correlation id; null means all.</summary>
        public string? CorrelationId { get; init; }

        /// <summary>True: only this instance.</summary>
        public bool IsLocal { get; init; }

        /// <summary>Unique key of this publication, the same when the burst is repeated.</summary>
        public required string Key { get; init; }
    }

    /// <summary>Write a domain row in the transaction of the step.</summary>
    /// <param name="FrameId">The execution that asked for it.</param>
    /// <param name="Row">The row.</param>
    public sealed record Record(long FrameId, object Row) : Effect;

    /// <summary>Print a line.</summary>
    public sealed record WriteLine(string Text) : Effect
    {
        /// <summary>The execution that prints it; the engine sets it.</summary>
        public long FrameId { get; init; }

        /// <summary>The execution that scheduled that one; 0 for none.</summary>
        public long ParentId { get; init; }

        /// <summary>The activity: its place in the graph.</summary>
        public int Node { get; init; }
    }

    /// <summary>The instance has ended.</summary>
    public sealed record Ended(WorkflowSubStatus SubStatus) : Effect;
}
