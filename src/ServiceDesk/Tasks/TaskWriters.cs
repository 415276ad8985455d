using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Tasks;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Routing;
using ServiceLoop.ServiceDesk.Webhooks;

namespace ServiceLoop.ServiceDesk.Tasks;

/// <summary>Writes the tasks that bursts ask for, in their transaction; each is told to routing by a message of the same transaction.</summary>
internal sealed class TaskRequestWriter : IRecordWriter
{
    private static readonly string Insert = SqlFile.Beside<TaskRequestWriter>("task.insert");

    /// <inheritdoc/>
    public Type RowType => typeof(TaskRequest);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var tasks = rows.Select(r => (TaskRequest)r.Row).ToList();
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(Insert)
            {
                Parameters =
                {
                    Arg.Texts(tasks.Select(t => t.Id)),
                    Arg.Texts(rows.Select(r => r.InstanceId)),
                    Arg.Numbers([.. tasks.Select(t => t.BookmarkId)]),
                    Arg.Texts(tasks.Select(t => t.CaseId)),
                    Arg.Texts(tasks.Select(t => t.CustomerId)),
                    Arg.Texts(tasks.Select(t => t.Type)),
                    Arg.Texts(tasks.Select(t => t.Title)),
                    Arg.Texts(tasks.Select(t => t.Form)),
                    Lists(tasks.Select(t => t.Outcomes)),
                    Arg.Texts(tasks.Select(t => t.Content)),
                    Arg.Smalls(tasks.Select(t => (short)t.Priority)),
                    Arg.Texts(tasks.Select(t => t.Channel)),
                    Arg.Integers(tasks.Select(t => t.Weight ?? Channels.WeightOf(t.Channel))),
                    Arg.Times(tasks.Select(t => t.DueAt)),
                    Arg.Times(tasks.Select(t => t.FollowUpAt)),
                    Arg.Times(tasks.Select(t => t.TimesOutAt)),
                    Arg.Texts(tasks.Select(t => t.QueueId)),
                    Arg.Texts(tasks.Select(t => SkillJson.ToText(t.Required))),
                    Arg.Texts(tasks.Select(t => SkillJson.ToText(t.Preferred))),
                    Arg.Texts(tasks.Select(t => t.Language)),
                    Lists(tasks.Select(t => t.Candidates)),
                    Lists(tasks.Select(t => t.Excluded)),
                    Arg.Texts(tasks.Select(t => t.Assignee)),
                    Arg.Times(rows.Select(r => (DateTimeOffset?)r.Now)),
                },
            }
        );

        var arrived = rows.Select(r => Arrivals.Of(((TaskRequest)r.Row).Id, r.Now)).ToList();
        batch.BatchCommands.Add(WorkRowsCommand.Adding(arrived));
        batch.BatchCommands.Add(WebhookEvents.Adding([.. rows.Select(r => Told("task.created", (TaskRequest)r.Row, r.Now))]));
    }

    private static NewWork Told(string name, TaskRequest task, DateTimeOffset now) =>
        WebhookEvents.Telling(
            name,
            new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["taskId"] = task.Id,
                ["caseId"] = task.CaseId,
                ["type"] = task.Type,
                ["queueId"] = task.QueueId,
            },
            $"{name}:{task.Id}",
            now
        );

    // PostgreSQL has no array of arrays of different lengths: each list goes as JSON text.
    private static NpgsqlParameter Lists(IEnumerable<ImmutableArray<string>> lists) =>
        Arg.Texts(lists.Select(l => JsonSerializer.Serialize(l.IsDefault ? [] : l)));
}

/// <summary>Ends tasks in the transaction of the burst that decided it, whatever somebody is doing with them.</summary>
internal sealed class TaskEndWriter : IRecordWriter
{
    private static readonly string End = SqlFile.Beside<TaskEndWriter>("task.end");

    /// <inheritdoc/>
    public Type RowType => typeof(DeskTaskEnd);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        // That nobody waits any more is recorded for every end; the reason, where there is one, counts more.
        var ends = rows.GroupBy(r => ((DeskTaskEnd)r.Row).TaskId).Select(g => g.MaxBy(r => ((DeskTaskEnd)r.Row).Ending)!).ToList();
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(End)
            {
                Parameters =
                {
                    Arg.Texts(ends.Select(r => ((DeskTaskEnd)r.Row).TaskId)),
                    Arg.Smalls(ends.Select(r => (short)StateOf(((DeskTaskEnd)r.Row).Ending))),
                    Arg.Times(ends.Select(r => (DateTimeOffset?)r.Now)),
                    new NpgsqlParameter
                    {
                        Value = ends.Select(r => VerbOf(((DeskTaskEnd)r.Row).Ending)).ToArray(),
                        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                    },
                },
            }
        );

        batch.BatchCommands.Add(WebhookEvents.Adding([.. ends.Select(Told)]));

        // An answer freed its agent when it was given.
        var freed = ends.Where(r => ((DeskTaskEnd)r.Row).Ending != DeskTaskEnding.Completed)
            .Select(r => Arrivals.Freed(((DeskTaskEnd)r.Row).TaskId, r.Now))
            .ToList();

        if (freed.Count > 0)
            batch.BatchCommands.Add(WorkRowsCommand.Adding(freed));
    }

    private static NewWork Told(RecordedRow row)
    {
        var end = (DeskTaskEnd)row.Row;
        return WebhookEvents.Telling(
            "task.ended",
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["taskId"] = end.TaskId, ["state"] = Words.Of(StateOf(end.Ending)) },
            $"task.ended:{end.TaskId}",
            row.Now
        );
    }

    private static TaskState StateOf(DeskTaskEnding ending) =>
        ending switch
        {
            DeskTaskEnding.Completed => TaskState.Completed,
            DeskTaskEnding.TimedOut => TaskState.TimedOut,
            _ => TaskState.Cancelled,
        };

    private static string VerbOf(DeskTaskEnding ending) =>
        ending switch
        {
            DeskTaskEnding.Completed => "confirm",
            DeskTaskEnding.TimedOut => "time-out",
            _ => "cancel",
        };
}
