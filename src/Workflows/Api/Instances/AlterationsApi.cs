using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Migrating;

namespace ServiceLoop.Workflows.Api.Instances;

/// <summary>Changes of instances by hand, in Elsa's words.</summary>
internal static class AlterationsApi
{
    /// <summary>Which instances to repair.</summary>
    /// <param name="WorkflowInstanceIds">The instances.</param>
    /// <param name="ActivityIds">Only incidents of these activities; null or empty for all.</param>
    internal sealed record RetryRequest(string[]? WorkflowInstanceIds, string[]? ActivityIds);

    /// <summary>Changes by hand.</summary>
    internal sealed record AlterRequest(string[]? WorkflowInstanceIds, JsonElement? Alterations);

    /// <summary>Which instances a plan is about; what is not given does not count, and nothing at all stands for none.</summary>
    /// <param name="WorkflowInstanceIds">Ids, exactly.</param>
    /// <param name="CorrelationIds">Correlation ids, any of them.</param>
    /// <param name="DefinitionIds">Lines of versions, any of them.</param>
    /// <param name="DefinitionVersionIds">Versions, any of them.</param>
    /// <param name="SearchTerm">As in the list.</param>
    /// <param name="HasIncidents">As in the list.</param>
    /// <param name="IsSystem">As in the list.</param>
    /// <param name="Statuses">As in the list.</param>
    /// <param name="SubStatuses">As in the list.</param>
    /// <param name="TimestampFilters">As in the list.</param>
    /// <param name="EmptyFilterSelectsAll">True: a filter without anything stands for all instances.</param>
    internal sealed record PlanFilter(
        string[]? WorkflowInstanceIds,
        string[]? CorrelationIds,
        string[]? DefinitionIds,
        string[]? DefinitionVersionIds,
        string? SearchTerm,
        bool? HasIncidents,
        bool? IsSystem,
        string[]? Statuses,
        string[]? SubStatuses,
        InstanceListApi.TimestampFilter[]? TimestampFilters,
        bool? EmptyFilterSelectsAll
    );

    /// <summary>Changes for all instances that fit.</summary>
    internal sealed record PlanRequest(JsonElement? Alterations, PlanFilter? Filter);

    /// <summary>A plan; it is carried out when the answer comes.</summary>
    internal sealed record PlanView(string PlanId, IReadOnlyList<BulkItemView> Results);

    /// <summary>Instances that a filter means.</summary>
    internal sealed record DryRunView(IReadOnlyList<string> WorkflowInstanceIds);

    public static RouteGroupBuilder MapAlterations(this RouteGroupBuilder routes)
    {
        var alterations = routes.MapGroup("/alterations").Needs(Permissions.InstancesRepair).WithTags("Alterations");
        alterations.MapPost("/workflows/retry", RetryAsync);
        alterations.MapPost("/run", AlterAsync);
        alterations.MapPost("/submit", SubmitAsync);
        alterations.MapPost("/dry-run", DryRunAsync);
        return routes;
    }

    /// <summary>Begins failed activities of instances again.</summary>
    private static async Task<Results<Ok<BulkView>, ProblemHttpResult>> RetryAsync(
        RetryRequest request,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        if (request.WorkflowInstanceIds is not { Length: > 0 } ids)
            return Problems.Invalid("bulk.unnamed", "Name the instances in workflowInstanceIds.");

        var items = await Bulk.RunAsync(ids, (id, token) => RetryOneAsync(id, request.ActivityIds, runtime, token), ct);
        return TypedResults.Ok(new BulkView([.. items.Select(BulkItemView.Of)]));
    }

    private static async Task RetryOneAsync(string id, string[]? activityIds, WorkflowRuntime runtime, CancellationToken ct)
    {
        if (activityIds is not { Length: > 0 })
        {
            await runtime.RetryAsync(id, null, ct);
            return;
        }

        var view = await runtime.FindAsync(id, ct) ?? throw new InstanceNotFoundException(id);

        foreach (var incident in view.State.Incidents.Where(i => activityIds.Contains(i.ActivityId, StringComparer.Ordinal)))
            await runtime.RetryAsync(id, incident.Id, ct);
    }

    /// <summary>Changes instances by hand.</summary>
    private static async Task<Results<Ok<BulkView>, ProblemHttpResult>> AlterAsync(
        AlterRequest request,
        WorkflowRuntime runtime,
        MigrationService migrations,
        CancellationToken ct
    )
    {
        if (request.WorkflowInstanceIds is not { Length: > 0 } ids)
            return Problems.Invalid("bulk.unnamed", "Name the instances in workflowInstanceIds.");

        var items = await Bulk.RunAsync(ids, Change(request.Alterations, runtime, migrations), ct);
        return TypedResults.Ok(new BulkView([.. items.Select(BulkItemView.Of)]));
    }

    /// <summary>What the alterations of a request do to one instance: cancel or move it, if that is all they say, or change it.</summary>
    private static Func<string, CancellationToken, Task> Change(JsonElement? json, WorkflowRuntime runtime, MigrationService migrations)
    {
        if (AlterationRequests.IsCancel(json))
            return (id, ct) => runtime.CancelAsync(id, compensate: false, ct);

        if (AlterationRequests.FindTargetVersion(json) is { } version)
            return (id, ct) => migrations.MigrateInstanceAsync(id, version, null, ct);

        var alterations = AlterationRequests.Read(json);
        return (id, ct) => runtime.AlterAsync(id, alterations, ct);
    }

    /// <summary>Changes all instances that fit a filter, at most a thousand, before it answers.</summary>
    private static async Task<Results<Ok<PlanView>, ProblemHttpResult>> SubmitAsync(
        PlanRequest request,
        WorkflowRuntime runtime,
        MigrationService migrations,
        CancellationToken ct
    )
    {
        var change = Change(request.Alterations, runtime, migrations);
        var ids = await MeantAsync(request.Filter, runtime, ct);

        if (ids.Count > Bulk.MaxIds)
            return TooMany();

        var items = await Bulk.RunAsync([.. ids], change, ct);
        return TypedResults.Ok(new PlanView(Guid.CreateVersion7().ToString("N"), [.. items.Select(BulkItemView.Of)]));
    }

    /// <summary>Which instances a filter means, at most a thousand; nothing is changed.</summary>
    private static async Task<Results<Ok<DryRunView>, ProblemHttpResult>> DryRunAsync(
        PlanFilter filter,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        var ids = await MeantAsync(filter, runtime, ct);
        return ids.Count > Bulk.MaxIds ? TooMany() : TypedResults.Ok(new DryRunView(ids));
    }

    private static ProblemHttpResult TooMany() =>
        Problems.Invalid(
            "bulk.too-many",
            $"The filter means more than {Bulk.MaxIds} instances. Narrow it, or use {ApiSetup.OperationsRoot}/instances/bulk."
        );

    /// <summary>Instances that a filter means, one more than may be at most.</summary>
    private static async Task<List<string>> MeantAsync(PlanFilter? filter, WorkflowRuntime runtime, CancellationToken ct)
    {
        if (filter is null || (filter.EmptyFilterSelectsAll != true && IsEmpty(filter)))
            return [];

        if (filter.WorkflowInstanceIds is { Length: > 0 } named)
            return [.. named.Distinct(StringComparer.Ordinal).Take(Bulk.MaxIds + 1)];

        var meant = InstanceListApi.FilterOf(
            new(
                null,
                null,
                filter.SearchTerm,
                null,
                filter.DefinitionIds,
                null,
                null,
                null,
                filter.HasIncidents,
                filter.IsSystem,
                null,
                filter.Statuses,
                null,
                filter.SubStatuses,
                null,
                null,
                filter.TimestampFilters
            )
        );

        if (filter.IsSystem == true)
            return [];

        var found = new List<string>();

        var versions = SomeOrNone(filter.DefinitionVersionIds);
        var correlations = SomeOrNone(filter.CorrelationIds);

        foreach (var version in versions)
        foreach (var correlation in correlations)
        {
            var rows = await runtime.ListAsync(meant with { VersionId = version, CorrelationId = correlation }, 0, Bulk.MaxIds + 1, ct);
            found.AddRange(rows.Select(r => r.Id));
        }

        return [.. found.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The values, or one that does not count.</summary>
    private static IEnumerable<string?> SomeOrNone(string[]? values) => values?.DefaultIfEmpty() ?? [null];

    private static bool IsEmpty(PlanFilter filter) =>
        filter
            is {
                WorkflowInstanceIds: null or [],
                CorrelationIds: null or [],
                DefinitionIds: null or [],
                DefinitionVersionIds: null or [],
                SearchTerm: null or "",
                HasIncidents: null,
                Statuses: null or [],
                SubStatuses: null or [],
                TimestampFilters: null or [],
            };
}
