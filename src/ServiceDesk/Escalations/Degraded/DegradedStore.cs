using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Escalations.Degraded;

/// <summary>A start that a switch may be meant for.</summary>
/// <param name="InstanceId">Id of the new instance.</param>
/// <param name="SubjectId">The contact, or the case.</param>
/// <param name="QueueId">The queue, where it is known.</param>
/// <param name="Category">The category, where it is known.</param>
/// <param name="Channel">The channel.</param>
internal sealed record ContactStart(string InstanceId, string SubjectId, string? QueueId, string? Category, string? Channel);

/// <summary>The way that a start goes: one that it went before, or a definition that it is to go to.</summary>
internal sealed record FoundWay(string EscalationId, string? VersionId, string? TriggerId, string? DefinitionId);

/// <summary>The tables <c>degraded_switch</c> and <c>degraded_start</c>.</summary>
internal sealed class DegradedStore(Database database)
{
    // What all contacts suffer from.
    private static readonly string[] ForAll = ["system", "engine", "security"];

    private static readonly string PutSql = SqlFile.Beside<DegradedStore>("degraded_switch.put");
    private static readonly string EndSql = SqlFile.Beside<DegradedStore>("degraded_switch.end");
    private static readonly string FaultSql = SqlFile.Beside<DegradedStore>("degraded_switch.fault");
    private static readonly string FindSql = SqlFile.Beside<DegradedStore>("degraded_switch.find");
    private static readonly string ListSql = SqlFile.Beside<DegradedStore>("degraded_switch.list");
    private static readonly string OfEscalationSql = SqlFile.Beside<DegradedStore>("degraded_switch.of_escalation");
    private static readonly string InsertStart = SqlFile.Beside<DegradedStore>("degraded_start.insert");
    private static readonly string CountOpen = SqlFile.Beside<DegradedStore>("escalation.count_open");

    /// <summary>Switches, in the transaction that raises the level.</summary>
    /// <returns>False when the escalation tells neither queue nor cause nor channel, and is not about all of the house: nothing is switched.</returns>
    public static async Task<bool> PutAsync(
        NpgsqlConnection db,
        Escalation escalation,
        string definitionId,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var channel = escalation.SubjectKind == "channel" ? escalation.SubjectId : null;

        if (escalation is { QueueId: null, Cause: null } && channel is null && !ForAll.Contains(escalation.SubjectKind))
            return false;

        await db.DoAsync(
            PutSql,
            ct,
            Arg.Text(escalation.Id),
            Arg.Text(definitionId),
            Arg.Text(escalation.QueueId),
            Arg.Text(escalation.Cause),
            Arg.Text(channel),
            Arg.Time(now)
        );
        return true;
    }

    /// <summary>Switches back, in the transaction that ends the escalation.</summary>
    /// <returns>False when nothing was switched.</returns>
    public static async Task<bool> EndAsync(NpgsqlConnection db, string escalationId, DateTimeOffset now, CancellationToken ct) =>
        await db.DoAsync(EndSql, ct, Arg.Text(escalationId), Arg.Time(now)) == 1;

    public Task FaultAsync(string escalationId, string? why, CancellationToken ct) =>
        database.RepeatableAsync(FaultSql, ct, Arg.Text(escalationId), Arg.Text(why));

    public async Task<FoundWay?> FindAsync(ContactStart start, CancellationToken ct) =>
        (
            await database.ReadAsync(
                FindSql,
                r => new FoundWay(r.GetString(0), r.FindText(1), r.FindText(2), r.FindText(3)),
                ct,
                Arg.Text(start.InstanceId),
                Arg.Text(start.QueueId),
                Arg.Text(start.Category),
                Arg.Text(start.Channel)
            )
        ).SingleOrDefault();

    /// <returns>False: another start for the same contact went there.</returns>
    public async Task<bool> TryNoteAsync(
        ContactStart start,
        string escalationId,
        string versionId,
        string triggerId,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        await database.OnceAsync(
            InsertStart,
            ct,
            Arg.Text(start.InstanceId),
            Arg.Text(start.SubjectId),
            Arg.Text(escalationId),
            Arg.Text(versionId),
            Arg.Text(triggerId),
            Arg.Time(now)
        ) == 1;

    /// <summary>The definition that an escalation has switched to; null when it has not.</summary>
    public async Task<string?> OfEscalationAsync(string escalationId, CancellationToken ct) =>
        (await database.ReadAsync(OfEscalationSql, r => r.GetString(0), ct, Arg.Text(escalationId))).SingleOrDefault();

    public async Task<EscalationStatus> StatusAsync(CancellationToken ct) =>
        new(
            await database.ReadAsync(CountOpen, r => new LevelCount(r.GetInt16(0), r.GetInt64(1), r.GetInt64(2)), ct),
            await database.ReadAsync(
                ListSql,
                r => new DegradedSwitch(
                    r.GetString(0),
                    r.GetString(1),
                    r.FindText(2),
                    r.FindText(3),
                    r.FindText(4),
                    r.GetTime(5),
                    r.FindText(6),
                    r.GetInt64(7)
                ),
                ct
            )
        );
}
