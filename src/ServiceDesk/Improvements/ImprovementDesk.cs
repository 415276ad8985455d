using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Changes;

namespace ServiceLoop.ServiceDesk.Improvements;

/// <summary>Improvements: one PDCA cycle each, from a finding to a standard. Each step is let through by its gate only.</summary>
/// <param name="database">Where they are.</param>
/// <param name="access">The gate.</param>
/// <param name="clock">Tells the time.</param>
public sealed class ImprovementDesk(Database database, IAccess access, TimeProvider clock)
{
    /// <summary>A page of improvements, the newest first.</summary>
    public async Task<IReadOnlyList<Improvement>> ListAsync(
        string? state,
        string? team,
        (DateTimeOffset At, string Id)? after,
        int take,
        CancellationToken ct
    )
    {
        access.Demand(Permissions.ImprovementsRead);
        return await database.ReadFittedAsync(
            ImprovementStore.List,
            ImprovementStore.RowOf,
            ct,
            Arg.Text(state is null ? null : Words.Of(Words.Read<ImprovementState>(state, "state"))),
            Arg.Text(team),
            Arg.Time(after?.At),
            Arg.Text(after?.Id),
            Arg.Integer(take)
        );
    }

    /// <summary>An improvement.</summary>
    public async Task<Improvement> GetAsync(string id, CancellationToken ct)
    {
        access.Demand(Permissions.ImprovementsRead);
        return (await database.ReadAsync(ImprovementStore.Find, ImprovementStore.RowOf, ct, Arg.Text(id))).SingleOrDefault()
            ?? throw Unknown(id);
    }

    /// <summary>Registers an improvement. The same problem (category, cause, KPI) is worked on once: then the one that does so gets the findings too.</summary>
    /// <param name="request">What is wrong.</param>
    /// <param name="id">Its id; null: a new one. The same one again changes nothing.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The improvement; its id is another than the given one when it was there before.</returns>
    public Task<Improvement> RegisterAsync(ImprovementRequest request, string? id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var wanted = id ?? Guid.CreateVersion7(now).ToString("N");
        return access.ActAsync(
            new Deed(Permissions.ImprovementsManage, "improvement.register", wanted),
            async () =>
            {
                var made = request.Read(wanted, now);
                Improvement? result = null;
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        if (await ImprovementStore.InsertAsync(db, made, "register", ct))
                            result = made;
                        else
                            result = await MergeAsync(db, made, now, ct);

                        await db.DoAsync(ImprovementFindings.Promote, ct, Arg.Texts(made.FindingIds), Arg.Text(result.Id), Arg.Time(now));
                    },
                    ct
                );
                return await GetAsync(result!.Id, ct);
            },
            ct
        );
    }

    /// <summary>Gives the findings to the one that works on the problem already; what was done to it last stays known.</summary>
    private static async Task<Improvement> MergeAsync(NpgsqlConnection db, Improvement made, DateTimeOffset now, CancellationToken ct)
    {
        if (
            await ImprovementStore.SameAsync(db, made, ct) is not { } same
            || await ImprovementStore.LockAsync(db, same.Id, ct) is not var (row, last)
            || (row.Id != made.Id && row.State.IsOver())
        )
            throw DeskRefusedException.Conflict(
                "improvement.changed",
                $"The improvement that worked on '{TextRules.Quote(made.RootCause)}' has just ended. Register it again."
            );

        if (row.Id == made.Id)
            return row;

        var merged = row with { FindingIds = [.. row.FindingIds.Union(made.FindingIds, StringComparer.Ordinal)], ChangedAt = now };
        await ImprovementStore.UpdateAsync(db, merged, last, ct);
        return merged;
    }

    /// <summary>Takes from the top of a team's list until it works on as many as it may.</summary>
    /// <param name="team">The team.</param>
    /// <param name="limit">Most that it works on at once.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>What was taken.</returns>
    public Task<IReadOnlyList<Improvement>> TakeAsync(string team, int limit, CancellationToken ct) =>
        access.ActAsync<IReadOnlyList<Improvement>>(
            new Deed(Permissions.ImprovementsManage, "improvement.take", team),
            async () =>
            {
                var now = clock.GetUtcNow();
                var taken = new List<Improvement>();
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        taken.Clear();
                        var room = Math.Clamp(limit, 1, 20) - await ImprovementStore.InWorkAsync(db, team, ct);
                        var next = await db.ReadAsync(
                            ImprovementStore.Ranked,
                            ImprovementStore.RowOf,
                            ct,
                            Arg.Text(team),
                            Arg.Integer(Math.Max(room, 0))
                        );

                        foreach (var row in next)
                        {
                            taken.Add(row with { State = ImprovementState.Analysing, ChangedAt = now });
                            await ImprovementStore.UpdateAsync(db, taken[^1], "take", ct);
                        }
                    },
                    ct
                );
                return taken;
            },
            t => Facts.Of(("taken", $"{t.Count}")),
            ct
        );

    /// <summary>Writes down causes and hypothesis. One that waits for its turn is begun, if its team has room.</summary>
    public Task<Improvement> AnalyseAsync(string id, AnalysisRequest request, string operation, CancellationToken ct) =>
        ChangeAsync(
            id,
            "improvement.analyse",
            operation,
            (_, row) =>
                row.State is ImprovementState.Registered or ImprovementState.Analysing
                    ? Task.FromResult(request.Into(row) with { State = ImprovementState.Analysing })
                    : throw WrongPlace(row, ImprovementState.Analysing),
            ct
        );

    /// <summary>Says what is to be changed, and by which change request.</summary>
    public Task<Improvement> PlanAsync(string id, DesignRequest request, string? changeId, string operation, CancellationToken ct) =>
        MoveAsync(
            id,
            "improvement.plan",
            operation,
            ImprovementState.Designed,
            row => row with { Design = request.Read(), ChangeId = TextRules.Optional(changeId, "changeId", 100) },
            ct
        );

    /// <summary>Goes on once the change request is approved.</summary>
    public Task<Improvement> ApproveAsync(string id, string operation, CancellationToken ct) =>
        MoveAsync(id, "improvement.approve", operation, ImprovementState.ChangeApproved, row => row, ct);

    /// <summary>Begins the pilot; its indicator is fixed from now on.</summary>
    public Task<Improvement> PilotAsync(string id, PilotRequest request, string operation, CancellationToken ct) =>
        MoveAsync(id, "improvement.pilot", operation, ImprovementState.Piloting, row => row with { Pilot = request.Read() }, ct);

    /// <summary>Both at once, for a workflow that has waited for the approval.</summary>
    public async Task<Improvement> BeginPilotAsync(string id, PilotRequest request, string operation, CancellationToken ct)
    {
        if ((await GetAsync(id, ct)).State == ImprovementState.Designed)
            await ApproveAsync(id, $"{operation}:approve", ct);

        return await PilotAsync(id, request, operation, ct);
    }

    /// <summary>Looks at the numbers, and decides: promote, extend or go back.</summary>
    public Task<Improvement> EvaluateAsync(string id, Evaluation evaluation, string operation, CancellationToken ct) =>
        ChangeAsync(
            id,
            "improvement.evaluate",
            operation,
            (_, row) =>
            {
                var said = evaluation.Checked();
                // What was planned before the pilot is not made less by what is known after it.
                var looked = said with
                {
                    MinimumCases = Math.Max(said.MinimumCases, row.Pilot?.Cases ?? 0),
                };
                Demand(row with { Evaluation = looked }, ImprovementState.Evaluating, isApproved: true);
                return Task.FromResult(row with { Evaluation = looked, State = looked.Decide() });
            },
            ct
        );

    /// <summary>Writes down article and reading; closes it when the effect has held for 30 days.</summary>
    public Task<Improvement> StandardiseAsync(string id, StandardRequest request, string operation, CancellationToken ct) =>
        ChangeAsync(
            id,
            "improvement.standardise",
            operation,
            (_, row) =>
            {
                var taught = row with { Standard = request.Read() };

                if (taught.State == ImprovementState.Promoting)
                    taught = taught with { State = ImprovementState.Standardising };

                if (taught.State != ImprovementState.Standardising)
                    throw WrongPlace(row, ImprovementState.Standardising);

                return Task.FromResult(
                    ImprovementGates.Missing(taught, ImprovementState.Closed, true).IsEmpty
                        ? taught with
                        {
                            State = ImprovementState.Closed,
                        }
                        : taught
                );
            },
            ct
        );

    /// <summary>Goes to another place by hand: back to the analysis, aside, on again, or out.</summary>
    /// <param name="id">Which.</param>
    /// <param name="to">A word: <c>analysing</c>, <c>parked</c>, <c>rejected</c>, or for a parked one where it stood.</param>
    /// <param name="reason">Why.</param>
    /// <param name="until">For parked: until when.</param>
    /// <param name="operation">The same one again changes nothing.</param>
    /// <param name="ct">Cancels.</param>
    public Task<Improvement> SendAsync(string id, string? to, string? reason, DateTimeOffset? until, string operation, CancellationToken ct)
    {
        var state = Words.Read<ImprovementState>(to, "to");

        // The others have gates of their own, with something to say at each.
        if (
            state
            is not (
                ImprovementState.Analysing
                or ImprovementState.Parked
                or ImprovementState.Rejected
                or ImprovementState.Registered
                or ImprovementState.Designed
                or ImprovementState.ChangeApproved
            )
        )
            throw DeskRefusedException.Invalid(
                "improvement.to",
                "to",
                $"'to' is '{to}': an improvement gets there by what is done for it, not by hand."
            );

        return MoveAsync(
            id,
            "improvement.send",
            operation,
            state,
            row =>
                row with
                {
                    Reason = TextRules.Required(reason, "reason", 500),
                    ParkedUntil = state == ImprovementState.Parked ? until?.ToUniversalTime() : null,
                    ParkedFrom = state == ImprovementState.Parked ? row.State : null,
                },
            ct
        );
    }

    private Task<Improvement> MoveAsync(
        string id,
        string action,
        string operation,
        ImprovementState to,
        Func<Improvement, Improvement> change,
        CancellationToken ct
    ) =>
        ChangeAsync(
            id,
            action,
            operation,
            async (db, row) =>
            {
                var wanted = change(row);
                var isApproved = wanted.ChangeId is { } changeId && await ChangeStore.IsApprovedAsync(db, changeId, id, ct);
                Demand(wanted, to, isApproved, row.ParkedFrom);
                return wanted with { State = to };
            },
            ct
        );

    private Task<Improvement> ChangeAsync(
        string id,
        string action,
        string operation,
        Func<NpgsqlConnection, Improvement, Task<Improvement>> change,
        CancellationToken ct
    ) =>
        access.ActAsync(
            new Deed(Permissions.ImprovementsManage, action, id),
            async () =>
            {
                var key = TextRules.Required(operation, "operationId", 200);
                await database.TransactionAsync(
                    async (db, _) =>
                    {
                        var (row, last) = await ImprovementStore.LockAsync(db, id, ct) ?? throw Unknown(id);

                        if (last == key)
                            return;

                        var changed = await change(db, row) with { ChangedAt = clock.GetUtcNow() };
                        await DemandPlaceAsync(db, row, changed, ct);
                        await ImprovementStore.UpdateAsync(db, changed, key, ct);
                    },
                    ct
                );
                return await GetAsync(id, ct);
            },
            i => Facts.Of(("state", Words.Of(i.State))),
            ct
        );

    /// <summary>Whichever way one comes into work: its team has room, and nobody else works on its problem.</summary>
    private static async Task DemandPlaceAsync(NpgsqlConnection db, Improvement before, Improvement after, CancellationToken ct)
    {
        if (before.State.IsInWork() || !after.State.IsInWork())
            return;

        if (after.Risk != RiskClass.R3 && await ImprovementStore.InWorkAsync(db, after.Team, ct) >= ImprovementCycle.UsualLimit)
            throw DeskRefusedException.Conflict(
                "improvement.limit",
                $"Team '{after.Team}' works on {ImprovementCycle.UsualLimit} improvements already. Close or park one first."
            );

        if (before.State.IsOver() && await ImprovementStore.SameAsync(db, after with { Id = "" }, ct) is { } other)
            throw DeskRefusedException.Conflict(
                "improvement.same",
                $"Improvement '{other.Id}' works on the same problem by now. Go on with that one."
            );
    }

    private static void Demand(Improvement row, ImprovementState to, bool isApproved, ImprovementState? parkedFrom = null)
    {
        if (!ImprovementCycle.Allows(row.State, to, parkedFrom))
            throw WrongPlace(row, to);

        if (row.State != ImprovementState.Parked && ImprovementGates.Missing(row, to, isApproved) is { IsEmpty: false } missing)
            throw DeskRefusedException.Conflict(
                "improvement.gate",
                $"Improvement '{row.Id}' cannot go to {Words.Of(to)} yet. It lacks: {string.Join("; ", missing)}."
            );
    }

    private static DeskRefusedException WrongPlace(Improvement row, ImprovementState to) =>
        DeskRefusedException.Conflict(
            "improvement.state",
            $"Improvement '{row.Id}' stands at {Words.Of(row.State)}, and cannot go to {Words.Of(to)} from there."
        );

    private static DeskRefusedException Unknown(string id) =>
        DeskRefusedException.Unknown("improvement.unknown", $"There is no improvement '{TextRules.Quote(id)}'.");
}

/// <summary>What becomes of findings that improvements are made of.</summary>
internal static class ImprovementFindings
{
    public static readonly string Promote = Runtime.Postgres.SqlFile.Beside<Improvement>("finding.promote");
}
