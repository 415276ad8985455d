using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Changes;

/// <summary>Change requests: assessed, approved by four eyes, communicated, implemented, tracked; or taken back.</summary>
/// <param name="database">Where they are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
public sealed class ChangeDesk(Database database, IAccess access, TimeProvider clock)
{
    private string Who => access.Actor.Who ?? "system";

    /// <summary>A page of change requests, the newest first.</summary>
    public async Task<IReadOnlyList<ChangeRequest>> ListAsync(
        string? state,
        (DateTimeOffset At, string Id)? after,
        int take,
        CancellationToken ct
    )
    {
        access.Demand(Permissions.ImprovementsRead);
        return await database.ReadFittedAsync(
            ChangeStore.List,
            ChangeStore.RowOf,
            ct,
            Arg.Text(state is null ? null : Words.Of(Words.Read<ChangeState>(state, "state"))),
            Arg.Time(after?.At),
            Arg.Text(after?.Id),
            Arg.Integer(take)
        );
    }

    /// <summary>A change request.</summary>
    public async Task<ChangeRequest> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.ImprovementsRead);
        return (await database.ReadAsync(ChangeStore.Find, ChangeStore.RowOf, ct, Arg.Text(id))).SingleOrDefault() ?? throw Unknown(id);
    }

    /// <summary>Asks for a change.</summary>
    /// <param name="draft">What.</param>
    /// <param name="id">Its id; null: a new one. The same one again changes nothing.</param>
    /// <param name="ct">Cancels.</param>
    public Task<ChangeRequest> DraftAsync(ChangeDraft draft, string? id, CancellationToken ct) => DraftAsync(draft, id, Who, ct);

    /// <summary>Goes one step on.</summary>
    /// <param name="id">Which.</param>
    /// <param name="step">Where to, and what it says.</param>
    /// <param name="operation">The same one again changes nothing.</param>
    /// <param name="ct">Cancels.</param>
    public Task<ChangeRequest> StepAsync(string id, ChangeStep step, string operation, CancellationToken ct) =>
        StepAsync(id, step, operation, Who, ct);

    /// <summary>The same by somebody who answered a task of a workflow.</summary>
    public Task<ChangeRequest> DraftAsync(ChangeDraft draft, string? id, string author, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var wanted = id ?? Guid.CreateVersion7(now).ToString("N");
        return access.ActAsync(
            new Deed(Permissions.ImprovementsManage, "change.draft", wanted),
            async () =>
            {
                var made = draft.Read(wanted, TextRules.Required(author, "author", 200), now);
                await database.TransactionAsync((db, _) => ChangeStore.InsertAsync(db, made, ct), ct);
                return await GetAsync(wanted, ct);
            },
            ct
        );
    }

    /// <summary>The same by somebody who answered a task of a workflow.</summary>
    public Task<ChangeRequest> StepAsync(string id, ChangeStep step, string operation, string by, CancellationToken ct) =>
        access.ActAsync(
            new Deed(PermissionFor(step), "change.step", id) { Wanted = Facts.Of(("to", TextRules.Quote(step.To)), ("by", by)) },
            async () =>
            {
                var key = TextRules.Required(operation, "operationId", 200);
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        var (change, last) = await ChangeStore.LockAsync(db, id, ct) ?? throw Unknown(id);

                        if (last != key)
                            await ChangeStore.UpdateAsync(db, step.Apply(change, by, clock.GetUtcNow()), key, ct);
                    },
                    ct
                );
                return await GetAsync(id, ct);
            },
            c => Facts.Of(("state", Words.Of(c.State))),
            ct
        );

    private static string PermissionFor(ChangeStep step) =>
        Words.Find<ChangeState>(step.To) == ChangeState.Approved ? Permissions.ChangesApprove : Permissions.ImprovementsManage;

    private static DeskRefusedException Unknown(string id) =>
        DeskRefusedException.Unknown("change.unknown", $"There is no change request '{TextRules.Quote(id)}'.");
}

/// <summary>Statements about change requests.</summary>
internal static class ChangeStore
{
    public static readonly string Find = SqlFile.Beside<ChangeRequest>("change_request.find");
    public static readonly string List = SqlFile.Beside<ChangeRequest>("change_request.list");
    private static readonly string Lock = SqlFile.Beside<ChangeRequest>("change_request.lock");
    private static readonly string Insert = SqlFile.Beside<ChangeRequest>("change_request.insert");
    private static readonly string Update = SqlFile.Beside<ChangeRequest>("change_request.update");

    public static ChangeRequest RowOf(NpgsqlDataReader r) => DeskJson.Read<ChangeRequest>(r.GetString(0)) with { Rev = r.GetInt64(1) };

    public static async Task<(ChangeRequest Row, string Operation)?> LockAsync(NpgsqlConnection db, string id, CancellationToken ct)
    {
        var rows = await db.ReadAsync(Lock, r => (RowOf(r), r.GetString(2)), ct, Arg.Text(id));
        return rows is [var row] ? row : null;
    }

    /// <summary>True when it may be made for an improvement, or was made and not taken back. One that belongs to another improvement allows nothing.</summary>
    public static async Task<bool> IsApprovedAsync(NpgsqlConnection db, string id, string improvementId, CancellationToken ct) =>
        (await db.ReadAsync(Find, RowOf, ct, Arg.Text(id))).SingleOrDefault()
            is { State: not (ChangeState.Draft or ChangeState.Assessed or ChangeState.Rejected or ChangeState.RolledBack) } change
        && (change.ImprovementId ?? improvementId) == improvementId;

    public static Task InsertAsync(NpgsqlConnection db, ChangeRequest row, CancellationToken ct) =>
        db.DoAsync(Insert, ct, Columns(row, "draft"));

    public static Task UpdateAsync(NpgsqlConnection db, ChangeRequest row, string operation, CancellationToken ct) =>
        db.DoAsync(Update, ct, Columns(row, operation));

    private static NpgsqlParameter[] Columns(ChangeRequest row, string operation) =>
        [
            Arg.Text(row.Id),
            Arg.Text(Words.Of(row.State)),
            Arg.Text(Words.Of(row.Kind)),
            Arg.Text(row.Title),
            Arg.Text(DeskJson.Write(row)),
            Arg.Text(operation),
            Arg.Time(row.ChangedAt),
        ];
}
