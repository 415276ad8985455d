using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Clocks;

/// <summary>Clocks as rows of <c>sla_clock</c>: read by column, written many at once as one JSON list.</summary>
internal static class ClockRows
{
    public static SlaClock Read(NpgsqlDataReader row) =>
        new()
        {
            Id = row.GetString(0),
            CaseId = row.GetString(1),
            InstanceId = row.FindText(2),
            Metric = row.GetString(3),
            PolicyId = row.GetString(4),
            PolicyVersion = row.GetInt32(5),
            CalendarId = row.GetString(6),
            CalendarVersion = row.GetInt32(7),
            Priority = row.FindText(8),
            Target = new(row.GetInt32(9), (TargetUnit)row.GetInt16(10)),
            Extension = TimeSpan.FromMilliseconds(row.GetInt64(11)),
            State = (ClockState)row.GetInt16(12),
            StartedAt = row.GetTime(13),
            Runs = RunsOf(row.GetFieldValue<DateTimeOffset[]>(14)),
            Consumed = TimeSpan.FromMilliseconds(row.GetInt64(15)),
            DueAt = row.FindTime(16),
            PauseReason = row.FindText(17),
            BreachedAt = row.FindTime(18),
            BreachReason = row.FindText(19),
            ReprieveAt = row.FindTime(20),
            StoppedAt = row.FindTime(21),
            Thresholds = [.. row.GetFieldValue<int[]>(22)],
            Fired = [.. row.GetFieldValue<int[]>(23)],
            NextPercent = row.IsDBNull(24) ? null : row.GetInt32(24),
            NextAt = row.FindTime(25),
            Generation = row.GetInt32(26),
            Rev = row.GetInt32(27),
        };

    public static NpgsqlParameter Write(IEnumerable<SlaClock> clocks) => Arg.Text(JsonSerializer.Serialize(clocks.Select(RowOf)));

    private static Row RowOf(SlaClock c) =>
        new(
            c.Id,
            c.CaseId,
            c.InstanceId,
            c.Metric,
            c.PolicyId,
            c.PolicyVersion,
            c.CalendarId,
            c.CalendarVersion,
            c.Priority,
            c.Target.Amount,
            (short)c.Target.Unit,
            (long)c.Extension.TotalMilliseconds,
            (short)c.State,
            c.StartedAt,
            [.. c.Runs.SelectMany(r => r.To is { } to ? new[] { r.From, to } : [r.From])],
            (long)c.Consumed.TotalMilliseconds,
            c.DueAt,
            c.PauseReason,
            c.BreachedAt,
            c.BreachReason,
            c.ReprieveAt,
            c.StoppedAt,
            [.. c.Thresholds],
            [.. c.Fired],
            c.NextPercent,
            c.NextAt,
            c.Generation,
            c.Rev
        );

    private static ImmutableArray<ClockRun> RunsOf(DateTimeOffset[] moments) =>
        [.. moments.Chunk(2).Select(pair => new ClockRun(pair[0], pair.Length == 2 ? pair[1] : null))];

#pragma warning disable IDE1006 // The names are those of the columns.
    private sealed record Row(
        string id,
        string case_id,
        string? instance_id,
        string metric,
        string policy_id,
        int policy_version,
        string calendar_id,
        int calendar_version,
        string? priority,
        int target_amount,
        short target_unit,
        long extension,
        short state,
        DateTimeOffset started_at,
        DateTimeOffset[] runs,
        long consumed,
        DateTimeOffset? due_at,
        string? pause_reason,
        DateTimeOffset? breached_at,
        string? breach_reason,
        DateTimeOffset? reprieve_at,
        DateTimeOffset? stopped_at,
        int[] thresholds,
        int[] fired,
        int? next_percent,
        DateTimeOffset? next_at,
        int generation,
        int rev
    );
#pragma warning restore IDE1006
}
