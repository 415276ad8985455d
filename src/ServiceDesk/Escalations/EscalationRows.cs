using System.Text.Json;
using Npgsql;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Escalations;

/// <summary>Escalations as rows: read by column, written as one JSON list.</summary>
internal static class EscalationRows
{
    public static Escalation Read(NpgsqlDataReader row) =>
        new()
        {
            Id = row.GetString(0),
            SubjectKind = row.GetString(1),
            SubjectId = row.GetString(2),
            Metric = row.GetString(3),
            CaseId = row.FindText(4),
            Priority = row.FindText(5),
            Cause = row.FindText(6),
            Assignee = row.FindText(7),
            QueueId = row.FindText(8),
            CalendarId = row.FindText(9),
            Level = row.GetInt16(10),
            State = (EscalationState)row.GetInt16(11),
            Reason = row.GetString(12),
            RaisedAt = row.GetTime(13),
            LevelAt = row.GetTime(14),
            AckDeadline = row.FindTime(15),
            AckBy = row.FindText(16),
            AckAt = row.FindTime(17),
            ClearSince = row.FindTime(18),
            EndedAt = row.FindTime(19),
            ParentId = row.FindText(20),
            IsSilent = row.GetBoolean(21),
            Round = row.GetInt32(22),
            NextAt = row.FindTime(23),
            Generation = row.GetInt32(24),
            Rev = row.GetInt32(25),
        };

    public static NpgsqlParameter Write(IEnumerable<Escalation> escalations) =>
        Arg.Text(JsonSerializer.Serialize(escalations.Select(RowOf)));

    private static Row RowOf(Escalation e) =>
        new(
            e.Id,
            e.SubjectKind,
            e.SubjectId,
            e.Metric,
            e.CaseId,
            e.Priority,
            e.Cause,
            e.Assignee,
            e.QueueId,
            e.CalendarId,
            e.Level,
            (int)e.State,
            e.Reason,
            e.RaisedAt,
            e.LevelAt,
            e.AckDeadline,
            e.AckBy,
            e.AckAt,
            e.ClearSince,
            e.EndedAt,
            e.ParentId,
            e.IsSilent,
            e.Round,
            e.NextAt,
            e.Generation,
            e.Rev
        );

#pragma warning disable IDE1006 // The names are those of the columns.
    private sealed record Row(
        string id,
        string subject_kind,
        string subject_id,
        string metric,
        string? case_id,
        string? priority,
        string? cause,
        string? assignee,
        string? queue_id,
        string? calendar_id,
        int level,
        int state,
        string reason,
        DateTimeOffset raised_at,
        DateTimeOffset level_at,
        DateTimeOffset? ack_deadline,
        string? ack_by,
        DateTimeOffset? ack_at,
        DateTimeOffset? clear_since,
        DateTimeOffset? ended_at,
        string? parent_id,
        bool is_silent,
        int round,
        DateTimeOffset? next_at,
        int generation,
        int rev
    );
#pragma warning restore IDE1006
}
