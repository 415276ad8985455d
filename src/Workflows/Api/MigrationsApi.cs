using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Engine.Migration;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Migrating;

namespace ServiceLoop.Workflows.Api;

/// <summary>Migration of running instances: plan, dry run, run, undo. Every refusal is a ProblemDetails with a stable code.</summary>
internal static class MigrationsApi
{
    private const int MaxPage = 500;

    /// <summary>A new run.</summary>
    /// <param name="TargetVersionId">Id of a version that was published once.</param>
    /// <param name="SourceVersionIds">Only instances on these versions; nothing means every version but the target.</param>
    /// <param name="InstanceIds">Only these instances; nothing means all.</param>
    /// <param name="CorrelationId">Only with this correlation id.</param>
    /// <param name="Plan">How; nothing means everything by the same id.</param>
    /// <param name="Note">Why, for people.</param>
    internal sealed record CreateRequest(
        string? TargetVersionId,
        string[]? SourceVersionIds,
        string[]? InstanceIds,
        string? CorrelationId,
        JsonElement? Plan,
        string? Note
    );

    /// <summary>Another plan for a draft.</summary>
    internal sealed record EditRequest(JsonElement? Plan, string[]? SourceVersionIds, string[]? InstanceIds, string? CorrelationId);

    /// <summary>How fast; members that are left out have their standard values, and nothing at all keeps the pace of the run.</summary>
    internal sealed record PaceRequest(int? BatchSize, double? PerSecond, int? Lanes, int? StopAfterFailures);

    /// <summary>Two versions and a plan between them.</summary>
    internal sealed record CompareRequest(string? FromVersionId, string? ToVersionId, JsonElement? Plan);

    public static IEndpointRouteBuilder MapMigrations(this IEndpointRouteBuilder routes)
    {
        var runs = routes.MapGroup("/migrations").Needs(Permissions.InstancesMigrate).WithTags("Migrations");
        runs.MapGet("", ListAsync).Needs(Permissions.InstancesRead).WithSummary("Lists runs, newest first.");
        runs.MapPost("", CreateAsync).WithSummary("Makes a draft; nothing is moved.");
        runs.MapPost("/compare", CompareAsync)
            .Needs(Permissions.DefinitionsRead)
            .WithSummary("Says where each activity of a version goes by a plan.");
        runs.MapGet("/{id}", GetAsync).Needs(Permissions.InstancesRead).WithSummary("A run, and how far it is.");
        runs.MapPut("/{id}", EditAsync).WithSummary("Gives a draft another plan.");
        runs.MapGet("/{id}/dry-run", SummariseAsync)
            .Needs(Permissions.InstancesRead)
            .WithSummary("What it would do to all of its instances, counted.");
        runs.MapGet("/{id}/dry-run/instances", DryRunAsync)
            .Needs(Permissions.InstancesRead)
            .WithSummary("What it would do to each instance, page by page.");
        runs.MapGet("/{id}/instances", ListItemsAsync)
            .Needs(Permissions.InstancesRead)
            .WithSummary("What became of each instance, page by page.");
        runs.MapPost("/{id}/start", StartAsync).WithSummary("Begins to move instances in the background.");
        runs.MapPost("/{id}/pause", (string id, MigrationService s, CancellationToken ct) => ViewAsync(s.PauseAsync(id, ct)))
            .WithSummary("Begins no more batches.");
        runs.MapPost("/{id}/resume", ResumeAsync).WithSummary("Goes on; what could not be moved is tried again.");
        runs.MapPost("/{id}/stop", (string id, MigrationService s, CancellationToken ct) => ViewAsync(s.StopAsync(id, ct)))
            .WithSummary("Ends it for good; what was moved stays moved.");
        runs.MapPost("/{id}/undo", (string id, MigrationService s, CancellationToken ct) => ViewAsync(s.UndoAllAsync(id, ct)))
            .WithSummary("Moves all instances back that have not gone on since.");
        runs.MapPost("/{id}/instances/{instanceId}/undo", UndoAsync).WithSummary("Moves one instance back, unless it has gone on since.");
        return routes;
    }

    private static async Task<Ok<IReadOnlyList<MigrationView>>> ListAsync(
        string? definitionId,
        int? skip,
        int? take,
        MigrationService service,
        CancellationToken ct
    ) =>
        TypedResults.Ok<IReadOnlyList<MigrationView>>([
            .. (
                await service.ListAsync(
                    string.IsNullOrWhiteSpace(definitionId) ? null : definitionId,
                    Math.Max(0, skip ?? 0),
                    Math.Clamp(take ?? 50, 1, MaxPage),
                    ct
                )
            ).Select(r => MigrationView.Of(r)),
        ]);

    private static async Task<Results<Created<MigrationView>, ProblemHttpResult>> CreateAsync(
        CreateRequest request,
        MigrationService service,
        CancellationToken ct
    )
    {
        if (string.IsNullOrWhiteSpace(request.TargetVersionId))
            return Problems.Invalid("migration.target", "Name the version to go to in targetVersionId.");

        var run = await service.CreateAsync(
            new MigrationRequest(request.TargetVersionId)
            {
                Scope = ScopeOf(request.SourceVersionIds, request.InstanceIds, request.CorrelationId),
                Plan = PlanOf(request.Plan),
                Note = request.Note,
            },
            ct
        );
        return TypedResults.Created($"/api/migrations/{run.Id}", MigrationView.Of(run));
    }

    private static async Task<Results<Ok<MigrationView>, ProblemHttpResult>> EditAsync(
        string id,
        EditRequest request,
        MigrationService service,
        CancellationToken ct
    ) =>
        TypedResults.Ok(
            MigrationView.Of(
                await service.EditAsync(
                    id,
                    PlanOf(request.Plan),
                    request is { SourceVersionIds: null, InstanceIds: null, CorrelationId: null }
                        ? null
                        : ScopeOf(request.SourceVersionIds, request.InstanceIds, request.CorrelationId),
                    ct
                )
            )
        );

    private static async Task<Results<Ok<PlanOverview>, ProblemHttpResult>> CompareAsync(
        CompareRequest request,
        MigrationService service,
        CancellationToken ct
    ) =>
        request is { FromVersionId: { Length: > 0 } from, ToVersionId: { Length: > 0 } to }
            ? TypedResults.Ok(await service.CompareAsync(from, to, PlanOf(request.Plan), ct))
            : Problems.Invalid("migration.target", "Name two versions in fromVersionId and toVersionId.");

    private static async Task<Ok<MigrationView>> GetAsync(string id, MigrationService service, CancellationToken ct)
    {
        var progress = await service.ProgressAsync(id, ct);
        return TypedResults.Ok(MigrationView.Of(progress.Run, progress));
    }

    private static async Task<Ok<SummaryView>> SummariseAsync(string id, MigrationService service, CancellationToken ct) =>
        TypedResults.Ok(SummaryView.Of(await service.SummariseAsync(id, ct)));

    private static async Task<Results<Ok<ForecastsView>, ProblemHttpResult>> DryRunAsync(
        string id,
        string? after,
        int? take,
        string? verdict,
        MigrationService service,
        CancellationToken ct
    )
    {
        var page = await service.DryRunAsync(id, Given(after), take ?? 100, Choice.Find<MigrationVerdict>(verdict, "verdict"), ct);
        return TypedResults.Ok(ForecastsView.Of(page));
    }

    private static async Task<Results<Ok<ItemsView>, ProblemHttpResult>> ListItemsAsync(
        string id,
        string? after,
        int? take,
        string? status,
        MigrationService service,
        CancellationToken ct
    )
    {
        var size = Math.Clamp(take ?? 100, 1, MaxPage);
        var items = await service.ListItemsAsync(id, Choice.Find<MigrationItemStatus>(status, "status"), Given(after), size, ct);
        return TypedResults.Ok(ItemsView.Of(items, size));
    }

    private static Task<Ok<MigrationView>> StartAsync(string id, PaceRequest? request, MigrationService service, CancellationToken ct) =>
        ViewAsync(service.StartAsync(id, PaceOf(request), ct));

    private static Task<Ok<MigrationView>> ResumeAsync(string id, PaceRequest? request, MigrationService service, CancellationToken ct) =>
        ViewAsync(service.ResumeAsync(id, PaceOf(request), ct));

    private static async Task<NoContent> UndoAsync(string id, string instanceId, MigrationService service, CancellationToken ct)
    {
        await service.UndoAsync(id, instanceId, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<MigrationView>> ViewAsync(Task<MigrationRun> run) => TypedResults.Ok(MigrationView.Of(await run));

    private static MigrationScope ScopeOf(string[]? sources, string[]? instances, string? correlationId) =>
        new()
        {
            SourceVersionIds = [.. sources ?? []],
            InstanceIds = [.. instances ?? []],
            CorrelationId = Given(correlationId),
        };

    private static MigrationPlan PlanOf(JsonElement? json)
    {
        if (json is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given)
            return MigrationPlan.Default;

        if (given.ValueKind != JsonValueKind.Object)
            throw new RequestException("migration.plan", "'plan' must be an object: activities, variables, timers, accepted.");

        try
        {
            return MigrationJson.ReadPlan(given);
        }
        catch (FormatException e)
        {
            throw new RequestException("migration.plan", e.Message);
        }
    }

    private static MigrationPace? PaceOf(PaceRequest? request)
    {
        if (request is null or { BatchSize: null, PerSecond: null, Lanes: null, StopAfterFailures: null })
            return null;

        var standard = new MigrationPace();
        return new()
        {
            BatchSize = request.BatchSize ?? standard.BatchSize,
            PerSecond = request.PerSecond ?? standard.PerSecond,
            Lanes = request.Lanes ?? standard.Lanes,
            StopAfterFailures = request.StopAfterFailures ?? standard.StopAfterFailures,
        };
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
