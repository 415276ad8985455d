using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api.Instances;

/// <summary>The list of instances: POST as Elsa Studio asks every ten seconds, GET for people and scripts. Both only read.</summary>
internal static class InstanceListApi
{
    private const int MaxPage = 500;
    private const int UsualPage = 25;

    /// <summary>A limit of time.</summary>
    /// <param name="Column"><c>CreatedAt</c>, <c>UpdatedAt</c> or <c>FinishedAt</c>.</param>
    /// <param name="Operator"><c>Is</c>, <c>IsNot</c>, <c>LessThan</c>, <c>GreaterThan</c>, <c>LessThanOrEqual</c> or <c>GreaterThanOrEqual</c>.</param>
    /// <param name="Timestamp">The moment.</param>
    internal sealed record TimestampFilter(string? Column, string? Operator, DateTimeOffset? Timestamp);

    /// <summary>Which instances to list; nulls and empty lists do not count.</summary>
    /// <param name="Page">From 0.</param>
    /// <param name="PageSize">1 to 500; 25 when nothing is said.</param>
    /// <param name="SearchTerm">The beginning of an id, a part of the name or of the correlation id, or the definition.</param>
    /// <param name="DefinitionId">Line of versions.</param>
    /// <param name="DefinitionIds">Lines of versions, any of them.</param>
    /// <param name="Version">Number of a version.</param>
    /// <param name="CorrelationId">Correlation id, exactly.</param>
    /// <param name="ParentWorkflowInstanceId">The instance that started them.</param>
    /// <param name="HasIncidents">True: only those with incidents; false: only those without.</param>
    /// <param name="IsSystem">True finds nothing: there are no system workflows here.</param>
    /// <param name="Status"><c>Running</c> or <c>Finished</c>.</param>
    /// <param name="Statuses">Any of them.</param>
    /// <param name="SubStatus">For example <c>Suspended</c>.</param>
    /// <param name="SubStatuses">Any of them.</param>
    /// <param name="OrderBy"><c>Created</c>, also when nothing is said, <c>LastExecuted</c>, <c>Finished</c> or <c>Name</c>.</param>
    /// <param name="OrderDirection"><c>Ascending</c> or <c>Descending</c>, also when nothing is said.</param>
    /// <param name="TimestampFilters">Limits of time; all must fit.</param>
    internal sealed record ListRequest(
        int? Page,
        int? PageSize,
        string? SearchTerm,
        string? DefinitionId,
        string[]? DefinitionIds,
        int? Version,
        string? CorrelationId,
        string? ParentWorkflowInstanceId,
        bool? HasIncidents,
        bool? IsSystem,
        string? Status,
        string[]? Statuses,
        string? SubStatus,
        string[]? SubStatuses,
        string? OrderBy,
        string? OrderDirection,
        TimestampFilter[]? TimestampFilters
    );

    /// <summary>The same in a query string, without limits of time.</summary>
    internal sealed record ListQuery(
        int? Page,
        int? PageSize,
        string? SearchTerm,
        string? DefinitionId,
        string[]? DefinitionIds,
        int? Version,
        string? CorrelationId,
        string? ParentWorkflowInstanceId,
        bool? HasIncidents,
        bool? IsSystem,
        string? Status,
        string[]? Statuses,
        string? SubStatus,
        string[]? SubStatuses,
        string? OrderBy,
        string? OrderDirection
    )
    {
        public ListRequest ToRequest() =>
            new(
                Page,
                PageSize,
                SearchTerm,
                DefinitionId,
                DefinitionIds,
                Version,
                CorrelationId,
                ParentWorkflowInstanceId,
                HasIncidents,
                IsSystem,
                Status,
                Statuses,
                SubStatus,
                SubStatuses,
                OrderBy,
                OrderDirection,
                null
            );
    }

    private static readonly ListRequest Everything = new ListQuery(
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null
    ).ToRequest();

    public static RouteGroupBuilder MapInstanceList(this RouteGroupBuilder routes)
    {
        routes
            .MapPost(
                "/workflow-instances",
                (ListRequest? request, WorkflowRuntime runtime, CancellationToken ct) => ListAsync(request ?? Everything, runtime, ct)
            )
            .WithSummary("Instances, a page at a time, by what is asked for; a query although it is a POST.");
        routes
            .MapGet(
                "/workflow-instances",
                ([AsParameters] ListQuery query, WorkflowRuntime runtime, CancellationToken ct) => ListAsync(query.ToRequest(), runtime, ct)
            )
            .WithSummary("Instances, a page at a time, by what is asked for.");
        return routes;
    }

    private static async Task<Ok<PageView<InstanceSummaryView>>> ListAsync(
        ListRequest request,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        var filter = FilterOf(request);
        var order = OrderOf(request);

        if (AsksForNobody(request))
            return TypedResults.Ok(new PageView<InstanceSummaryView>([], 0));

        var size = Math.Clamp(request.PageSize ?? UsualPage, 1, MaxPage);
        var skip = (int)Math.Min(Math.Max(0L, request.Page ?? 0) * size, int.MaxValue - MaxPage);
        var page = await runtime.PageAsync(filter, order, skip, size, ct);
        return TypedResults.Ok(new PageView<InstanceSummaryView>([.. page.Items.Select(InstanceSummaryView.Of)], page.Total));
    }

    /// <summary>Which instances a request means.</summary>
    /// <exception cref="RequestException">A word in it is unknown.</exception>
    public static InstanceFilter FilterOf(ListRequest request)
    {
        var statuses = Values<WorkflowStatus>(request.Statuses, request.Status, "status");
        var filter = new InstanceFilter
        {
            Search = Given(request.SearchTerm)?.Trim(),
            DefinitionId = Given(request.DefinitionId),
            DefinitionIds = [.. (request.DefinitionIds ?? []).Where(id => !string.IsNullOrWhiteSpace(id))],
            Version = request.Version,
            CorrelationId = Given(request.CorrelationId),
            ParentId = Given(request.ParentWorkflowInstanceId),
            HasIncidents = request.HasIncidents,
            SubStatus = IsInterrupted(request.SubStatus) ? null : Choice.Find<WorkflowSubStatus>(request.SubStatus, "subStatus"),
            SubStatuses = [.. Values<WorkflowSubStatus>(request.SubStatuses?.Where(s => !IsInterrupted(s)), null, "subStatus")],
            IsRunning = statuses.Distinct().ToList() is [var only] ? only == WorkflowStatus.Running : null,
        };
        return (request.TimestampFilters ?? []).Aggregate(filter, With);
    }

    private static InstanceOrder OrderOf(ListRequest request) =>
        new(
            Choice.Find<InstanceSort>(request.OrderBy, "orderBy") ?? InstanceSort.Created,
            Given(request.OrderDirection) is { } direction
                && (
                    string.Equals(direction, "Ascending", StringComparison.OrdinalIgnoreCase)
                    || (
                        string.Equals(direction, "Descending", StringComparison.OrdinalIgnoreCase)
                            ? false
                            : throw new RequestException(
                                "filter.value",
                                $"'{direction}' is no orderDirection. Use Ascending or Descending."
                            )
                    )
                )
        );

    private static InstanceFilter With(InstanceFilter filter, TimestampFilter limit)
    {
        // Studio adds a line before its value is chosen.
        if (limit.Timestamp is not { } moment)
            return filter;

        return limit.Column?.ToUpperInvariant() switch
        {
            "CREATEDAT" => filter with { Created = Limited(filter.Created, limit.Operator, moment) },
            "UPDATEDAT" => filter with { Updated = Limited(filter.Updated, limit.Operator, moment) },
            "FINISHEDAT" => filter with { Finished = Limited(filter.Finished, limit.Operator, moment) },
            _ => throw new RequestException(
                "filter.value",
                $"'{limit.Column}' is no column of timestampFilters. Use CreatedAt, UpdatedAt or FinishedAt."
            ),
        };
    }

    private static TimeRange Limited(TimeRange range, string? name, DateTimeOffset moment) =>
        name?.ToUpperInvariant() switch
        {
            "IS" => range.At(moment),
            "ISNOT" => range.NotAt(moment),
            "LESSTHAN" => range.Before(moment),
            "GREATERTHAN" => range.After(moment),
            "LESSTHANOREQUAL" => range.AtOrBefore(moment),
            "GREATERTHANOREQUAL" => range.AtOrAfter(moment),
            _ => throw new RequestException(
                "filter.value",
                $"'{name}' is no operator of timestampFilters. Use Is, IsNot, LessThan, GreaterThan, LessThanOrEqual or GreaterThanOrEqual."
            ),
        };

    /// <summary>True for Elsa's word for what rests between a stop and the next start: nobody does here, the burst goes on elsewhere.</summary>
    private static bool IsInterrupted(string? text) => string.Equals(text, "Interrupted", StringComparison.OrdinalIgnoreCase);

    private static bool AsksForNobody(ListRequest request) =>
        request.IsSystem == true
        || IsInterrupted(request.SubStatus)
        || (request.SubStatuses is { Length: > 0 } statuses && Array.TrueForAll(statuses, IsInterrupted));

    private static List<T> Values<T>(IEnumerable<string?>? texts, string? one, string name)
        where T : struct, Enum => [.. (texts ?? []).Append(one).Select(text => Choice.Find<T>(text, name)).OfType<T>()];

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
