using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Engine.Nodes;
using ServiceLoop.Engine.Values;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Tasks;

/// <summary>A task is no longer open: it was answered, or nobody waits for it any more.</summary>
/// <param name="TaskId">Id of the task.</param>
public sealed record RunTaskEnd(string TaskId);

/// <summary>Writes the tasks that <c>RunTask</c> asks for, each with the waiter that its answer wakes.</summary>
public sealed class RunTaskWriter : IRecordWriter
{
    private static readonly string Insert = SqlFile.Beside<RunTaskWriter>("run_task.insert");

    /// <inheritdoc/>
    public Type RowType => typeof(RunTaskRequest);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var requests = rows.Select(r => (RunTaskRequest)r.Row).ToList();
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(Insert)
            {
                Parameters =
                {
                    new() { Value = requests.Select(r => r.TaskId).ToArray() },
                    new() { Value = rows.Select(r => r.InstanceId).ToArray() },
                    new() { Value = requests.Select(r => r.Name).ToArray() },
                    new()
                    {
                        Value = requests.Select(r => ValueJson.ToText(r.Payload)).ToArray(),
                        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                    },
                    new() { Value = rows.Select(r => r.Now.ToUniversalTime()).ToArray() },
                },
            }
        );
    }
}

/// <summary>Removes tasks that are no longer open.</summary>
public sealed class RunTaskEndWriter : IRecordWriter
{
    private static readonly string Delete = SqlFile.Beside<RunTaskEndWriter>("run_task.delete");

    /// <inheritdoc/>
    public Type RowType => typeof(RunTaskEnd);

    /// <inheritdoc/>
    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows) =>
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(Delete) { Parameters = { new() { Value = rows.Select(r => ((RunTaskEnd)r.Row).TaskId).ToArray() } } }
        );
}
