using System.Collections.Immutable;
using ServiceLoop.Engine.Execution;

namespace ServiceLoop.Engine.Bench.Flows;

/// <summary>The ceiling of a run: steps behind virtual calls, walked by a loop that keeps a journal. No queue, no variables, no joins, no faults.</summary>
internal sealed class HandWalk
{
    private readonly HandStep first;

    public HandWalk(int length)
    {
        HandStep next = new LastStep(length - 1);

        for (var i = length - 2; i >= 0; i--)
            next = new PlainStep(i, next);

        first = next;
    }

    public ImmutableArray<JournalEntry> Run()
    {
        var journal = new List<JournalEntry>();
        var id = 0L;

        for (var step = first; step is not null; )
        {
            id++;
            journal.Add(new(id, 0, step.Index, JournalEvent.Started, null));
            var next = step.Take();
            journal.Add(new(id, 0, step.Index, JournalEvent.Completed, Outcomes.Default));
            step = next;
        }

        return [.. journal];
    }

    private abstract class HandStep(int index)
    {
        public int Index { get; } = index;

        public abstract HandStep? Take();
    }

    private sealed class PlainStep(int index, HandStep next) : HandStep(index)
    {
        public override HandStep? Take() => next;
    }

    private sealed class LastStep(int index) : HandStep(index)
    {
        public override HandStep? Take() => null;
    }
}
