using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Calendars;

/// <summary>The tables of calendars.</summary>
internal sealed class CalendarStore(Database database)
{
    private static readonly string Insert = SqlFile.Beside<CalendarStore>("business_calendar.insert");
    private static readonly string Advance = SqlFile.Beside<CalendarStore>("business_calendar.advance");
    private static readonly string ClearDefault = SqlFile.Beside<CalendarStore>("business_calendar.clear_default");
    private static readonly string SetDefault = SqlFile.Beside<CalendarStore>("business_calendar.set_default");
    private static readonly string FindVersion = SqlFile.Beside<CalendarStore>("business_calendar.version");
    private static readonly string FindDefault = SqlFile.Beside<CalendarStore>("business_calendar.find_default");
    private static readonly string ListAll = SqlFile.Beside<CalendarStore>("business_calendar.list");
    private static readonly string InsertVersion = SqlFile.Beside<CalendarStore>("business_calendar_version.insert");

    public async Task<int?> VersionAsync(string id, CancellationToken ct) =>
        await database.ReadValueAsync(FindVersion, ct, Arg.Text(id)) as int?;

    public async Task<string?> DefaultAsync(CancellationToken ct) => await database.ReadValueAsync(FindDefault, ct) as string;

    public async Task<IReadOnlyList<CalendarView>> ListAsync(string? id, CancellationToken ct)
    {
        var rows = await database.ReadAsync(ListAll, RowOf, ct, Arg.Text(id));
        return
        [
            .. rows.GroupBy(r => r.Id)
                .Select(g => new CalendarView(
                    new(g.Key, g.First().Name, g.First().Zone, [.. g.Select(r => r.Version)]),
                    g.First().IsDefault,
                    g.First().ChangedAt,
                    [.. g.Select(r => r.Origin)]
                )),
        ];
    }

    /// <summary>Writes a new calendar.</summary>
    public Task InsertAsync(string id, string name, string zone, CalendarVersion version, CalendarOrigin origin, CancellationToken ct) =>
        database.TransactionAsync(
            async (connection, transaction) =>
            {
                await using var batch = new NpgsqlBatch(connection, transaction);
                batch.BatchCommands.Add(Command(Insert, Arg.Text(id), Arg.Text(name), Arg.Text(zone), Arg.Time(origin.MadeAt)));
                batch.BatchCommands.Add(VersionCommand(id, version, origin));
                await batch.ExecuteNonQueryAsync(ct);
            },
            ct
        );

    /// <summary>Writes the next version, and whatever must go with it.</summary>
    /// <returns>False when somebody else was faster.</returns>
    public async Task<bool> AdvanceAsync(
        string id,
        string name,
        CalendarVersion version,
        CalendarOrigin origin,
        Func<IEnumerable<NpgsqlBatchCommand>> besides,
        CancellationToken ct
    )
    {
        var isWritten = false;
        await database.TransactionAsync(
            async (connection, transaction) =>
            {
                await using var first = new NpgsqlBatch(connection, transaction);
                first.BatchCommands.Add(
                    Command(Advance, Arg.Text(id), Arg.Text(name), Arg.Integer(version.Number - 1), Arg.Time(origin.MadeAt))
                );

                if (await first.ExecuteNonQueryAsync(ct) != 1)
                    return;

                await using var second = new NpgsqlBatch(connection, transaction);
                second.BatchCommands.Add(VersionCommand(id, version, origin));

                foreach (var command in besides())
                    second.BatchCommands.Add(command);

                await second.ExecuteNonQueryAsync(ct);
                isWritten = true;
            },
            ct
        );
        return isWritten;
    }

    public Task SetDefaultAsync(string id, CancellationToken ct) =>
        database.TransactionAsync(
            async (connection, transaction) =>
            {
                await using var batch = new NpgsqlBatch(connection, transaction);
                batch.BatchCommands.Add(new NpgsqlBatchCommand(ClearDefault));
                batch.BatchCommands.Add(Command(SetDefault, Arg.Text(id)));
                await batch.ExecuteNonQueryAsync(ct);
            },
            ct
        );

    private static NpgsqlBatchCommand VersionCommand(string id, CalendarVersion version, CalendarOrigin origin) =>
        Command(
            InsertVersion,
            Arg.Text(id),
            Arg.Integer(version.Number),
            new() { Value = (object?)version.EffectiveFrom ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date },
            Arg.Text(CalendarJson.Write(version)),
            Arg.Text(origin.Reason),
            Arg.Text(origin.MadeBy),
            Arg.Time(origin.MadeAt)
        );

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);

        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);

        return command;
    }

    private static Row RowOf(NpgsqlDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            row.GetBoolean(3),
            row.GetTime(4),
            CalendarJson.Read(row.GetInt32(5), row.IsDBNull(6) ? null : row.GetFieldValue<DateOnly>(6), row.GetString(7)),
            new(row.GetInt32(5), row.GetString(8), row.GetString(9), row.GetTime(10))
        );

    private sealed record Row(
        string Id,
        string Name,
        string Zone,
        bool IsDefault,
        DateTimeOffset ChangedAt,
        CalendarVersion Version,
        CalendarOrigin Origin
    );
}
