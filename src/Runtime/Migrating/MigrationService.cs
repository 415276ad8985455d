using System.Collections.Immutable;
using System.Globalization;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Migrating;

/// <summary>Carries running instances from one version of their definition to another, and back: the one service behind the door, the page and Elsa's alteration.</summary>
/// <remarks>
/// Safe for all threads and nodes. A run works in batches that any node may take; a node that dies in the middle harms nothing. Each instance is moved
/// in one transaction, or not at all. Methods throw <see cref="MigrationRefusedException"/> when what they are asked for does not fit, and
/// <see cref="StoreUnavailableException"/> when the database does not answer.
/// </remarks>
public sealed class MigrationService
{
    private readonly MigrationStore runs;
    private readonly IWorkflowStore store;
    private readonly GraphCache graphs;
    private readonly TimeProvider clock;
    private readonly Forecasts forecasts;
    private readonly Mover mover;
    private readonly Lanes lanes;
    private readonly IAccess access;

    internal MigrationService(MigrationStore runs, Bursts bursts, Forecasts forecasts, Mover mover, Lanes lanes, IAccess access)
    {
        (this.runs, this.forecasts, this.mover, this.lanes, this.access) = (runs, forecasts, mover, lanes, access);
        (store, graphs, clock) = (bursts.Store, bursts.Graphs, bursts.Clock);
    }

    /// <summary>The runs, for those who may look.</summary>
    private MigrationStore Shown
    {
        get
        {
            access.Demand(Permissions.InstancesRead);
            return runs;
        }
    }

    /// <summary>Makes a draft. Nothing is moved.</summary>
    /// <exception cref="DefinitionNotFoundException">There is no such version.</exception>
    public Task<MigrationRun> CreateAsync(MigrationRequest request, CancellationToken ct) =>
        ActAsync("migration.create", request.TargetVersionId, Facts.Of(("note", request.Note)), () => DraftAsync(request, ct), ct);

    private async Task<MigrationRun> DraftAsync(MigrationRequest request, CancellationToken ct)
    {
        var target =
            await store.FindDefinitionAsync(request.TargetVersionId, ct)
            ?? throw new DefinitionNotFoundException($"There is no definition version '{request.TargetVersionId}'.");

        if (target.PublishedAt is null)
            throw new MigrationRefusedException(
                "migration.target",
                $"Version {target.Version} of '{target.DefinitionId}' is a draft, which may still change. Publish it first."
            );

        await CheckAsync(request.Plan, request.Scope, target, ct);
        var run = new MigrationRun
        {
            Id = Guid.CreateVersion7().ToString("N"),
            DefinitionId = target.DefinitionId,
            TargetVersionId = target.Id,
            TargetVersion = target.Version,
            Scope = request.Scope,
            Plan = request.Plan,
            Pace = new(),
            Status = MigrationStatus.Draft,
            Note = request.Note,
            Who = access.Actor.Who,
            CreatedAt = clock.GetUtcNow(),
        };
        await runs.InsertAsync(run, ct);
        return run;
    }

    /// <summary>A run; null when there is none with this id.</summary>
    public Task<MigrationRun?> FindAsync(string runId, CancellationToken ct) => Shown.FindAsync(runId, ct);

    /// <summary>Runs, newest first.</summary>
    /// <param name="definitionId">Only of this line; null means all.</param>
    /// <param name="skip">How many to leave out.</param>
    /// <param name="take">At most.</param>
    /// <param name="ct">Cancels.</param>
    public Task<IReadOnlyList<MigrationRun>> ListAsync(string? definitionId, int skip, int take, CancellationToken ct) =>
        Shown.ListAsync(definitionId, skip, take, ct);

    /// <summary>Gives a draft another plan.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="plan">The plan from now on.</param>
    /// <param name="scope">The scope from now on; null leaves it.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="MigrationRefusedException">It has begun.</exception>
    public Task<MigrationRun> EditAsync(string runId, MigrationPlan plan, MigrationScope? scope, CancellationToken ct) =>
        ActAsync("migration.edit", runId, Facts.None, () => ChangeAsync(runId, plan, scope, ct), ct);

    private async Task<MigrationRun> ChangeAsync(string runId, MigrationPlan plan, MigrationScope? scope, CancellationToken ct)
    {
        var run = await GetAsync(runId, ct);
        var edited = run with { Plan = plan, Scope = scope ?? run.Scope };
        var target = (await store.FindDefinitionAsync(run.TargetVersionId, ct))!;
        await CheckAsync(plan, edited.Scope, target, ct);
        return await runs.EditAsync(edited, ct)
            ? edited
            : throw new MigrationRefusedException(
                "migration.status",
                $"Run '{runId}' is {run.Status}: its plan is fixed. Make a new one for what is left."
            );
    }

    /// <summary>How two versions fit by a plan: where each activity goes.</summary>
    /// <exception cref="DefinitionNotFoundException">There is no such version.</exception>
    public async Task<PlanOverview> CompareAsync(string fromVersionId, string toVersionId, MigrationPlan plan, CancellationToken ct)
    {
        access.Demand(Permissions.DefinitionsRead);
        return Forecasts.Compare(await graphs.GetAsync(fromVersionId, ct), await graphs.GetAsync(toVersionId, ct), plan);
    }

    /// <summary>What the run would do to its instances, a page of them. Nothing is changed.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="after">Where the page before ended; null for the first.</param>
    /// <param name="take">Instances to look at, 1 to 500.</param>
    /// <param name="only">Only with this verdict, so that a page may be shorter; null means all.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<ForecastPage> DryRunAsync(string runId, string? after, int take, MigrationVerdict? only, CancellationToken ct) =>
        await forecasts.PageAsync(await ShowAsync(runId, ct), after, Math.Clamp(take, 1, 500), only, ct);

    /// <summary>What the run would do to all of its instances, counted. Nothing is changed. Looks at every instance: some thousand a second.</summary>
    public async Task<ForecastSummary> SummariseAsync(string runId, CancellationToken ct) =>
        await forecasts.SummariseAsync(await ShowAsync(runId, ct), ct);

    /// <summary>Begins: writes down the instances, and lets all nodes move them in the background.</summary>
    /// <exception cref="MigrationRefusedException">It is no draft.</exception>
    public Task<MigrationRun> StartAsync(string runId, MigrationPace? pace, CancellationToken ct) =>
        ActAsync("migration.start", runId, Facts.None, () => BeginAsync(runId, pace, ct), ct);

    private async Task<MigrationRun> BeginAsync(string runId, MigrationPace? pace, CancellationToken ct)
    {
        var run = await GetAsync(runId, ct);
        var now = clock.GetUtcNow();

        if (run.Status != MigrationStatus.Draft)
            throw Status(run, "started", "A draft can be started; a paused or halted run is resumed.");

        // Twice does no harm, and a node that dies between leaves a draft.
        await runs.FillAsync(run, now, ct);
        return await TurnAsync(
            run,
            [MigrationStatus.Draft],
            new(MigrationStatus.Running) { Pace = Checked(pace ?? run.Pace), StartedAt = now },
            ct
        );
    }

    /// <summary>Lets the batches that are under way end, and begins no others.</summary>
    public Task<MigrationRun> PauseAsync(string runId, CancellationToken ct) =>
        ActAsync(
            "migration.pause",
            runId,
            Facts.None,
            async () => await TurnAsync(await GetAsync(runId, ct), [MigrationStatus.Running], new(MigrationStatus.Paused), ct),
            ct
        );

    /// <summary>Goes on with a run that was paused or has halted; instances that could not be moved are tried again.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="pace">Its pace from now on; null leaves it.</param>
    /// <param name="ct">Cancels.</param>
    public Task<MigrationRun> ResumeAsync(string runId, MigrationPace? pace, CancellationToken ct) =>
        ActAsync("migration.resume", runId, Facts.None, () => GoOnAsync(runId, pace, ct), ct);

    private async Task<MigrationRun> GoOnAsync(string runId, MigrationPace? pace, CancellationToken ct)
    {
        var run = await GetAsync(runId, ct);

        if (run.Status is not (MigrationStatus.Paused or MigrationStatus.Halted))
            throw Status(run, "resumed", "A paused or halted run can be resumed.");

        await runs.ReopenAsync(runId, [MigrationItemStatus.Failed, MigrationItemStatus.Blocked], clock.GetUtcNow(), ct);
        return await TurnAsync(
            run,
            [MigrationStatus.Paused, MigrationStatus.Halted],
            new(MigrationStatus.Running) { Pace = pace is null ? null : Checked(pace) },
            ct
        );
    }

    /// <summary>Ends a run for good. What was moved stays moved, and can be undone.</summary>
    public Task<MigrationRun> StopAsync(string runId, CancellationToken ct) =>
        ActAsync(
            "migration.stop",
            runId,
            Facts.None,
            async () =>
                await TurnAsync(
                    await GetAsync(runId, ct),
                    [MigrationStatus.Running, MigrationStatus.Paused, MigrationStatus.Halted],
                    new(MigrationStatus.Stopped) { EndedAt = clock.GetUtcNow() },
                    ct
                ),
            ct
        );

    /// <summary>How far a run is.</summary>
    public async Task<MigrationProgress> ProgressAsync(string runId, CancellationToken ct)
    {
        var run = await ShowAsync(runId, ct);
        var counts = await runs.CountAsync(runId, ct);
        return new(run, counts, counts.Values.Sum());
    }

    /// <summary>The instances of a run that has begun, in the order of their ids.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="status">Only in this state; null means all.</param>
    /// <param name="after">Id of the last one of the page before; null for the first page.</param>
    /// <param name="take">At most, 1 to 1000.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<MigrationItem>> ListItemsAsync(
        string runId,
        MigrationItemStatus? status,
        string? after,
        int take,
        CancellationToken ct
    ) => await runs.ListItemsAsync((await ShowAsync(runId, ct)).Id, status, after, Math.Clamp(take, 1, 1000), ct);

    /// <summary>Moves one instance of a run back to what it was: state, waiters and timers exactly.</summary>
    /// <exception cref="MigrationRefusedException">It was not moved by this run, or has gone on since.</exception>
    /// <exception cref="InstanceBusyException">It is inside a burst just now.</exception>
    public Task UndoAsync(string runId, string instanceId, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.InstancesMigrate, "migration.undo", instanceId) { Wanted = Facts.Of(("run", runId)), IsJournalled = true },
            () => MoveBackAsync(runId, instanceId, access.Actor.Who, ct),
            ct
        );

    private async Task MoveBackAsync(string runId, string instanceId, string? who, CancellationToken ct)
    {
        var run = await GetAsync(runId, ct);

        if (!(await runs.LoadAsync(runId, [instanceId], ct)).TryGetValue(instanceId, out var kept))
            throw new MigrationRefusedException("migration.unknown", $"Run '{runId}' has no instance '{instanceId}'.");

        var end = await mover.UndoAsync(run, kept, who, ct);

        if (end.IsBusy)
            throw new InstanceBusyException(instanceId);

        if (end.Status != MigrationItemStatus.Undone)
            throw new MigrationRefusedException("migration.moved-on", end.Reason!);
    }

    /// <summary>Moves all instances of a run back in the background, except those that have gone on since; their items say so.</summary>
    public Task<MigrationRun> UndoAllAsync(string runId, CancellationToken ct) =>
        ActAsync("migration.undo-all", runId, Facts.None, () => BeginUndoAsync(runId, ct), ct);

    private async Task<MigrationRun> BeginUndoAsync(string runId, CancellationToken ct)
    {
        var run = await GetAsync(runId, ct);

        if (run.Status is MigrationStatus.Draft or MigrationStatus.Undoing)
            throw Status(run, "undone", "A run that has begun can be undone, once.");

        return await TurnAsync(
            run,
            [
                MigrationStatus.Running,
                MigrationStatus.Paused,
                MigrationStatus.Halted,
                MigrationStatus.Stopped,
                MigrationStatus.Finished,
                MigrationStatus.Undone,
            ],
            new(MigrationStatus.Undoing),
            ct
        );
    }

    /// <summary>Moves one instance at once, as a run of its own that can be undone: what Elsa's alteration <c>Migrate</c> does.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="targetVersion">Number of the version.</param>
    /// <param name="plan">How; null means everything by the same id.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The run; its one item tells what became of the instance.</returns>
    /// <exception cref="InstanceNotFoundException">There is no such instance.</exception>
    /// <exception cref="DefinitionNotFoundException">There is no such version.</exception>
    /// <exception cref="MigrationRefusedException">It cannot be moved; the message says why. Nothing was changed.</exception>
    /// <exception cref="InstanceBusyException">It is inside a burst just now.</exception>
    public Task<MigrationRun> MigrateInstanceAsync(string instanceId, int targetVersion, MigrationPlan? plan, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.InstancesMigrate, "instance.migrate", instanceId)
            {
                Wanted = Facts.Of(("version", targetVersion.ToString(CultureInfo.InvariantCulture))),
                IsJournalled = true,
            },
            () => MoveOneAsync(instanceId, targetVersion, plan, ct),
            run => Facts.Of(("run", run.Id)),
            ct
        );

    private async Task<MigrationRun> MoveOneAsync(string instanceId, int targetVersion, MigrationPlan? plan, CancellationToken ct)
    {
        var row = await store.FindInstanceAsync(instanceId, ct) ?? throw new InstanceNotFoundException(instanceId);
        var target =
            await store.FindDefinitionAsync(row.DefinitionId, targetVersion, ct)
            ?? throw new DefinitionNotFoundException($"Definition '{row.DefinitionId}' has no version {targetVersion}.");
        var run = await DraftAsync(
            new MigrationRequest(target.Id)
            {
                Scope = new() { InstanceIds = [instanceId] },
                Plan = plan ?? MigrationPlan.Default,
            },
            ct
        );
        var now = clock.GetUtcNow();
        await runs.FillAsync(run, now, ct);
        var end = await mover.MigrateAsync(run, instanceId, ct);
        await runs.NoteAsync(run.Id, MigrationItemStatus.Open, [new(instanceId, end.Status, end.Reason, 0, now)], now, ct);
        await runs.TurnAsync(
            run.Id,
            [MigrationStatus.Draft],
            new(MigrationStatus.Finished) { StartedAt = now, EndedAt = clock.GetUtcNow() },
            ct
        );

        if (end.IsBusy)
            throw new InstanceBusyException(instanceId);

        return end.Status == MigrationItemStatus.Migrated
            ? await GetAsync(run.Id, ct)
            : throw new MigrationRefusedException($"migration.{end.Status.ToString().ToLowerInvariant()}", end.Reason!);
    }

    private Task<MigrationRun> ActAsync(
        string action,
        string subject,
        ImmutableSortedDictionary<string, string?> wanted,
        Func<Task<MigrationRun>> change,
        CancellationToken ct
    ) =>
        access.ActAsync(
            new Deed(Permissions.InstancesMigrate, action, subject) { Wanted = wanted },
            change,
            run =>
                Facts.Of(("run", run.Id), ("definition", run.DefinitionId), ("version", run.TargetVersionId), ("status", $"{run.Status}")),
            ct
        );

    private async Task<MigrationRun> ShowAsync(string runId, CancellationToken ct)
    {
        access.Demand(Permissions.InstancesRead);
        return await GetAsync(runId, ct);
    }

    private async Task<MigrationRun> GetAsync(string runId, CancellationToken ct) =>
        await runs.FindAsync(runId, ct)
        ?? throw new MigrationRefusedException("migration.unknown", $"There is no migration run '{runId}'.");

    private async Task<MigrationRun> TurnAsync(
        MigrationRun run,
        ImmutableArray<MigrationStatus> from,
        MigrationTurn turn,
        CancellationToken ct
    )
    {
        if (await runs.TurnAsync(run.Id, from, turn, ct) is null)
            throw Status(await GetAsync(run.Id, ct), $"{turn.To}", $"It must be {string.Join(" or ", from)}.");

        var turned = await GetAsync(run.Id, ct);
        await lanes.OpenAsync(turned, ct);
        return turned;
    }

    /// <summary>What can be known to be wrong before any instance is looked at.</summary>
    private async Task CheckAsync(MigrationPlan plan, MigrationScope scope, DefinitionRow target, CancellationToken ct)
    {
        foreach (var code in plan.Accepted)
            if (code is not (MigrationCodes.StepSkipped or MigrationCodes.StepRepeated))
                throw new MigrationRefusedException(
                    "migration.plan",
                    $"'{code}' cannot be accepted. Only {MigrationCodes.StepSkipped} and {MigrationCodes.StepRepeated} can."
                );

        foreach (var id in scope.SourceVersionIds)
        {
            var source =
                await store.FindDefinitionAsync(id, ct) ?? throw new DefinitionNotFoundException($"There is no definition version '{id}'.");

            if (source.DefinitionId != target.DefinitionId)
                throw new MigrationRefusedException(
                    "migration.plan",
                    $"Version '{id}' is of the definition '{source.DefinitionId}', but the target is of '{target.DefinitionId}'."
                );
        }
    }

    private static MigrationPace Checked(MigrationPace pace) =>
        pace.BatchSize is < 1 or > 1000 ? throw Pace("batchSize", pace.BatchSize, "1 to 1000")
        : pace.Lanes is < 1 or > 16 ? throw Pace("lanes", pace.Lanes, "1 to 16")
        : pace.PerSecond is < 0 or > 1_000_000 || !double.IsFinite(pace.PerSecond) ? throw Pace("perSecond", pace.PerSecond, "0 to 1000000")
        : pace.StopAfterFailures < 0 ? throw Pace("stopAfterFailures", pace.StopAfterFailures, "0 or more")
        : pace;

    private static MigrationRefusedException Pace(string name, object value, string allowed) =>
        new("migration.pace", $"{name} is {value}; allowed is {allowed}.");

    private static MigrationRefusedException Status(MigrationRun run, string wish, string cure) =>
        new("migration.status", $"Run '{run.Id}' is {run.Status} and cannot be {wish}. {cure}");
}
