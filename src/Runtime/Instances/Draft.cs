using System.Collections.Immutable;
using ServiceLoop.Engine;
using ServiceLoop.Engine.Execution;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tasks;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Runtime.Instances;

/// <summary>Collects what the steps of a burst ask for since its last commit, and makes the next commit of it.</summary>
/// <param name="begin">Where it began: the state of the last commit.</param>
internal sealed class Draft(Loaded begin)
{
    private const string TaskBookmark = "Elsa.RunTask";

    private readonly List<TimedStimulus> stimuli = new(2);
    private readonly List<JournalEntry> entries = new(16);
    private readonly List<Effect.WriteLine> lines = [];
    private readonly List<Bookmark> added = [];
    private readonly List<Bookmark> burned = [];
    private readonly List<NewWork> work = [];
    private readonly List<RecordedRow> records = [];
    private bool hasEnded;

    /// <summary>Lines that were printed.</summary>
    public IReadOnlyList<Effect.WriteLine> Lines => lines;

    /// <summary>True before the first step.</summary>
    public bool IsEmpty => stimuli.Count == 0;

    /// <summary>When the earliest work of the commit is due; null when it has none.</summary>
    public DateTimeOffset? EarliestDueAt { get; private set; }

    /// <summary>Takes one step.</summary>
    public void Add(Stimulus stimulus, DateTimeOffset now, Step step)
    {
        stimuli.Add(new(stimulus, now));
        entries.AddRange(step.Journal);

        foreach (var effect in step.Effects)
            Add(step.State, effect, now);
    }

    /// <summary>Makes the commit.</summary>
    /// <param name="state">The state after the last step.</param>
    /// <param name="request">What the burst is about.</param>
    /// <param name="now">The moment.</param>
    public InstanceCommit Build(WorkflowState state, in CommitRequest request, DateTimeOffset now)
    {
        var graph = begin.Graph;

        if (hasEnded && state.ParentInstanceId is { } parent)
            AddChildEnd(state, parent, now);

        AddTaskEnds(state, now);
        AddEnding(state, now);
        using var sheet = Sheet.Take();
        var stored = sheet.Write(state, static (w, s) => StateJson.Write(w, s));
        var hash = StateHash.Of(sheet.Peek(stored));
        var input = sheet.Write(stimuli, static (w, s) => StimulusJson.Write(w, s));
        var happened = sheet.Write(
            (request.Who, Version: begin.RowVersion == 0 ? graph.DefinitionVersionId : null, entries, lines),
            static (w, j) => JournalJson.Write(w, j.Who, j.Version, j.entries, j.lines)
        );
        var firstPayload = happened + 1;

        foreach (var bookmark in added)
            sheet.Write(bookmark, static (w, b) => BookmarkJson.Write(w, b));

        var copy = sheet.Copy();
        var commit = Commits.Of(state, graph, begin.RowVersion, sheet.Part(copy, stored), now, begin.IsSealed) with
        {
            Added = NewBookmarks(state, sheet, copy, firstPayload),
            Burned = burned.Count == 0 ? [] : [.. burned.Select(b => b.Id)],
            Work = work.Count == 0 ? request.Work : [.. work, .. request.Work],
            DoneWorkId = request.DoneWorkId,
            Dropped = request.Dropped,
            Owner = request.Owner,
            KeepsLeaseUntil = request.KeepsLeaseUntil,
            Journal = new NewJournal(begin.RowVersion + 1, sheet.Part(copy, input), sheet.Part(copy, happened), hash),
            Records = records.Count == 0 ? [] : [.. records],
        };
        NoteDue(commit);

        // Writers of rows ask for work in the same transaction, which nobody else can know of.
        if (records.Count > 0)
            NoteDue(now);

        return commit;
    }

    /// <summary>How many incidents were opened.</summary>
    public static int NewIncidents(WorkflowState before, WorkflowState after)
    {
        var opened = 0;

        foreach (var incident in after.Incidents)
            if (!before.Incidents.Any(i => i.Id == incident.Id))
                opened++;

        return opened;
    }

    private void Add(WorkflowState state, Effect effect, DateTimeOffset now)
    {
        switch (effect)
        {
            case Effect.BookmarkAdded waiter:
                if (burned.RemoveAll(b => b == waiter.Bookmark) == 0)
                    added.Add(waiter.Bookmark);

                break;
            case Effect.BookmarkBurned waiter:
                Burn(waiter.Bookmark);
                break;
            case Effect.Dispatch dispatch:
                work.Add(StartOf(state, dispatch, now));
                break;
            case Effect.Publish publish:
                work.Add(
                    new NewWork
                    {
                        Key = WorkKeys.Publish(publish.Key),
                        Kind = WorkKind.Publish,
                        InstanceId = state.InstanceId,
                        DueAt = now,
                        Payload = Sheet.One(
                            new PublishPayload(
                                publish.EventName,
                                publish.Payload,
                                publish.CorrelationId,
                                publish.IsLocal ? state.InstanceId : null,
                                Who: null
                            ),
                            WorkJson.Write
                        ),
                    }
                );
                break;
            case Effect.InvokeLater later:
                work.Add(
                    new NewWork
                    {
                        Key = WorkKeys.Invoke(state.InstanceId, later.FrameId),
                        Kind = WorkKind.Invoke,
                        InstanceId = state.InstanceId,
                        Target = later.FrameId,
                        DueAt = now,
                    }
                );
                break;
            case Effect.Record record:
                records.Add(new RecordedRow(state.InstanceId, record.FrameId, record.Row, now));
                break;
            case Effect.WriteLine line:
                lines.Add(line);
                break;
            case Effect.Ended:
                hasEnded = true;
                break;
            case Effect.Invoke or Effect.Checkpoint:
                break;
            default:
                throw new InvalidOperationException($"Unknown effect {effect.GetType().Name}.");
        }
    }

    private void Burn(Bookmark bookmark)
    {
        // What came and went since the last commit was never seen by anybody; with it goes the task that it stood for.
        if (added.RemoveAll(b => b.Id == bookmark.Id) == 0)
            burned.Add(bookmark);
        else if (bookmark.Name == TaskBookmark)
            records.RemoveAll(r => r.FrameId == bookmark.FrameId && r.Row is RunTaskRequest);
        else if (bookmark.Name == DeskTaskEnd.BookmarkName)
            records.RemoveAll(r =>
                r.FrameId == bookmark.FrameId && r.Row is IWaitRow { BookmarkName: DeskTaskEnd.BookmarkName } or DeskTaskEnd
            );
    }

    private static NewWork StartOf(WorkflowState state, Effect.Dispatch dispatch, DateTimeOffset now) =>
        new()
        {
            Key = WorkKeys.Start(dispatch.ChildInstanceId),
            Kind = WorkKind.Start,
            InstanceId = dispatch.ChildInstanceId,
            DueAt = now,
            Payload = Sheet.One(
                new StartPayload
                {
                    DefinitionId = dispatch.DefinitionId,
                    Inputs = InMemory.StoredValues.ToObject(dispatch.Inputs),
                    CorrelationId = dispatch.CorrelationId,
                    ParentId = state.InstanceId,
                    IsAwaited = dispatch.Wait,
                },
                WorkJson.Write
            ),
        };

    private void AddChildEnd(WorkflowState state, string parent, DateTimeOffset now) =>
        work.Add(
            new NewWork
            {
                Key = WorkKeys.ChildEnded(state.InstanceId, begin.RowVersion + 1),
                Kind = WorkKind.ChildEnded,
                InstanceId = parent,
                DueAt = now,
                Payload = Sheet.One(
                    new ChildPayload(
                        state.InstanceId,
                        ChildReport.Of(state, Commits.Open(ChildReport.FaultOf(state), state, begin.Graph, begin.IsSealed))
                    ),
                    WorkJson.Write
                ),
            }
        );

    /// <summary>Tasks that were open at the last commit and are no longer: neither waited for nor parked until a repair.</summary>
    private void AddTaskEnds(WorkflowState state, DateTimeOffset now)
    {
        if (begin.State.Parked.IsEmpty && !burned.Exists(b => b.Name is TaskBookmark or DeskTaskEnd.BookmarkName))
            return;

        foreach (var task in begin.State.Bookmarks.AddRange(begin.State.Parked))
            if (
                EndOf(state.InstanceId, task) is { } end
                && !state.Bookmarks.Any(b => b.Id == task.Id)
                && !state.Parked.Any(b => b.Id == task.Id)
            )
                records.Add(new RecordedRow(state.InstanceId, task.FrameId, end, now));
    }

    private void AddEnding(WorkflowState state, DateTimeOffset now)
    {
        if (!hasEnded || (state.SubStatus == WorkflowSubStatus.Finished && state.CorrelationId is null))
            return;

        var how = state.SubStatus switch
        {
            WorkflowSubStatus.Cancelled => "cancelled",
            WorkflowSubStatus.Faulted => "faulted",
            _ => "finished",
        };
        records.Add(new RecordedRow(state.InstanceId, 0, new InstanceEnding(how), now));
    }

    private static object? EndOf(string instanceId, Bookmark task) =>
        task.Name switch
        {
            TaskBookmark => new RunTaskEnd($"{instanceId}:{task.FrameId}"),
            DeskTaskEnd.BookmarkName => new DeskTaskEnd($"{instanceId}:{task.FrameId}", DeskTaskEnding.Left),
            _ => null,
        };

    private ImmutableArray<NewBookmark> NewBookmarks(WorkflowState state, Sheet sheet, byte[] copy, int firstPayload)
    {
        if (added.Count == 0)
            return [];

        var rows = ImmutableArray.CreateBuilder<NewBookmark>(added.Count);

        for (var i = 0; i < added.Count; i++)
        {
            var bookmark = added[i];
            var node = begin.Graph.Nodes[NodeOf(state, bookmark)];
            rows.Add(
                new NewBookmark(
                    bookmark.Id,
                    bookmark.Hash,
                    bookmark.Name,
                    node.Id,
                    node.NodeId,
                    bookmark.DueAt,
                    sheet.Part(copy, firstPayload + i)
                )
            );
        }

        return rows.MoveToImmutable();
    }

    private static int NodeOf(WorkflowState state, Bookmark bookmark)
    {
        foreach (var frame in state.Frames)
            if (frame.Id == bookmark.FrameId)
                return frame.Node;

        throw new InvalidOperationException($"Bookmark {bookmark.Id} of instance '{state.InstanceId}' belongs to no living execution.");
    }

    private void NoteDue(InstanceCommit commit)
    {
        foreach (var item in commit.Work)
            NoteDue(item.DueAt);

        foreach (var waiter in commit.Added)
            if (waiter.DueAt is { } dueAt)
                NoteDue(dueAt);
    }

    private void NoteDue(DateTimeOffset dueAt)
    {
        if (EarliestDueAt is not { } earliest || dueAt < earliest)
            EarliestDueAt = dueAt;
    }
}
