using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace ServiceLoop.Engine.Execution;

/// <summary>What can happen to an execution; the names are Elsa's and stand in its log.</summary>
public enum JournalEvent
{
    /// <summary>It began.</summary>
    Started,

    /// <summary>It waits.</summary>
    Suspended,

    /// <summary>It was woken.</summary>
    Resumed,

    /// <summary>It ended well; the detail holds its outcomes.</summary>
    Completed,

    /// <summary>It was cancelled.</summary>
    Canceled,

    /// <summary>It failed; the detail holds the incident.</summary>
    Faulted,

    /// <summary>Its precondition said no.</summary>
    PreconditionFailed,

    /// <summary>It runs again after an incident.</summary>
    Retried,

    /// <summary>Somebody went on past it by hand.</summary>
    Skipped,

    /// <summary>Somebody changed the instance by hand; the detail says what.</summary>
    Altered,

    /// <summary>It is undone.</summary>
    Compensating,

    /// <summary>The instance was cancelled.</summary>
    WorkflowCancelled,

    /// <summary>The instance is alive and nothing can wake it; the detail says why.</summary>
    Stuck,

    /// <summary>The instance goes on with another version of its definition; the detail says which.</summary>
    Migrated,

    /// <summary>The instance is what it was before its migration; the detail says which.</summary>
    MigrationUndone,
}

/// <summary>One line of the history of an instance.</summary>
/// <param name="FrameId">The execution.</param>
/// <param name="ParentId">The execution that scheduled it; 0 for the first.</param>
/// <param name="Node">Index of the node in the graph.</param>
/// <param name="Event">What happened.</param>
/// <param name="Detail">Outcomes, an incident or a text, by event; inputs of the execution when it began.</param>
public readonly record struct JournalEntry(long FrameId, long ParentId, int Node, JournalEvent Event, object? Detail)
{
    /// <summary>The name that Elsa's log uses.</summary>
    public string EventName =>
        Event == JournalEvent.PreconditionFailed ? "Precondition Failed"
        : Event == JournalEvent.WorkflowCancelled ? "Workflow cancelled"
        : Event == JournalEvent.MigrationUndone ? "Migration undone"
        : Event.ToString();
}

/// <summary>Collects the history of one step in a rented array, as its length is known only at the end.</summary>
internal sealed class JournalBuffer
{
    private JournalEntry[] entries = [];
    private int count;

    public void Add(in JournalEntry entry)
    {
        if (count == entries.Length)
        {
            var larger = ArrayPool<JournalEntry>.Shared.Rent(Math.Max(64, count * 2));
            entries.AsSpan(0, count).CopyTo(larger);
            GiveBack();
            entries = larger;
        }

        entries[count++] = entry;
    }

    /// <summary>The newest entries, oldest first.</summary>
    public IEnumerable<JournalEntry> Last(int most) => entries.Take(count).TakeLast(most);

    /// <summary>Hands over what was collected; the buffer is empty and must not be used again.</summary>
    public ImmutableArray<JournalEntry> Drain()
    {
        var result = entries.AsSpan(0, count).ToArray();
        GiveBack();
        entries = [];
        return ImmutableCollectionsMarshal.AsImmutableArray(result);
    }

    private void GiveBack()
    {
        if (entries.Length == 0)
            return;

        entries.AsSpan(0, count).Clear();
        ArrayPool<JournalEntry>.Shared.Return(entries);
    }
}
