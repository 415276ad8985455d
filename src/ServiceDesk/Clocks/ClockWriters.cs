using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>Writes clocks that steps start, with their timers.</summary>
internal sealed class StartedClockWriter : IRecordWriter
{
    public Type RowType => typeof(StartedClock);

    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        foreach (var command in ClockWrites.New([.. rows.Select(r => (StartedClock)r.Row)], "workflow", rows[0].Now))
            batch.BatchCommands.Add(command);
    }
}

/// <summary>Writes what steps ask of clocks, with the message that applies it.</summary>
internal sealed class ClockAskWriter : IRecordWriter
{
    private static readonly string Insert = SqlFile.Beside<ClockStore>("clock_command.insert");

    public Type RowType => typeof(ClockAsk);

    public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows)
    {
        var asks = rows.Select(r => (ClockAsk)r.Row).ToList();
        batch.BatchCommands.Add(
            ClockWrites.Command(
                Insert,
                Arg.Texts(asks.Select(a => a.Id)),
                Arg.Texts(asks.Select(a => a.ClockId)),
                Arg.Texts(asks.Select(a => a.ClockId is null ? a.CaseId : null)),
                Arg.Texts(asks.Select(a => a.ClockId is null ? a.Metric : null)),
                Arg.Smalls(asks.Select(a => (short)a.Verb)),
                Arg.Times(asks.Select(a => (DateTimeOffset?)a.At)),
                new()
                {
                    Value = asks.Select(a => DeskJson.Write(new AskValue(a.Reason, a.Target, a.Priority, a.Minutes))).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                }
            )
        );
        batch.BatchCommands.Add(WorkRowsCommand.Adding([.. rows.Select(r => ClockWork.Commanded(((ClockAsk)r.Row).Id, r.Now))]));
    }
}
