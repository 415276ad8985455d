using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Secrets;

namespace ServiceLoop.Workflows.Api.Instances;

/// <summary>Executions of activities as the journal of their instance tells; their values are recalled from it. All doors only read.</summary>
internal static class ActivityExecutionsApi
{
    // Beyond that, nobody reads; the newest are shown.
    private const int MaxRecords = 1000;

    /// <summary>Which activities to report on.</summary>
    internal sealed record ReportRequest(string? WorkflowInstanceId, string[]? ActivityNodeIds);

    /// <summary>What became of activities; one entry for each that ran.</summary>
    internal sealed record ReportView(IReadOnlyList<ExecutionStatsView> Stats);

    /// <summary>How many executions.</summary>
    internal sealed record CountView(long Count);

    /// <summary>An execution and those above it, the outermost first.</summary>
    internal sealed record CallStackView(string ActivityExecutionId, IReadOnlyList<ExecutionView> Items, long TotalCount);

    /// <summary>A failed attempt that was begun again.</summary>
    internal sealed record RetryView(
        string ActivityInstanceId,
        string ActivityId,
        string WorkflowInstanceId,
        int AttemptNumber,
        TimeSpan RetryDelay,
        DateTimeOffset Timestamp,
        IReadOnlyDictionary<string, string?> Details
    );

    public static RouteGroupBuilder MapActivityExecutions(this RouteGroupBuilder routes)
    {
        var executions = routes.MapGroup("").Needs(Permissions.InstancesRead).WithTags("Activity executions");
        executions.MapGet("/activity-executions/list", ListAsync);
        executions.MapGet("/activity-executions/count", CountAsync);
        executions.MapGet("/activity-executions/by-id", FindAsync);
        executions.MapGet("/activity-executions/{id}", FindAsync);
        executions.MapGet("/activity-executions/{id}/call-stack", CallStackAsync);
        executions.MapPost("/activity-executions/report", ReportAsync);
        executions.MapGet("/activity-execution-summaries/list", ListSummariesAsync);
        executions.MapGet("/resilience/retries/{activityInstanceId}", RetriesAsync);
        return routes;
    }

    /// <summary>Statistics of some activities, or of all that ran when none is named; those that did not run are left out.</summary>
    /// <param name="history">The instance.</param>
    /// <param name="nodeIds">Paths of the activities; null for all.</param>
    /// <param name="histories">Recalls.</param>
    /// <param name="isAsked">False: nobody asks for it, so it must not cost more than it has to.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<IReadOnlyList<ExecutionStatsView>> StatsAsync(
        InstanceHistory history,
        IReadOnlyCollection<string>? nodeIds,
        Histories histories,
        bool isAsked,
        CancellationToken ct
    )
    {
        List<IReadOnlyList<ExecutionRecord>> activities = nodeIds is null
            ? [.. history.Executions().GroupBy(e => e.Node.NodeId, StringComparer.Ordinal).Select(g => g.ToList())]
            : [.. nodeIds.Distinct(StringComparer.Ordinal).Select(history.OfNode).Where(records => records.Count > 0)];
        var all = activities.SelectMany(records => records);
        var repetitions = isAsked
            ? await Repetitions.OfAsync(history, all, histories, ct)
            : await Repetitions.AtHandAsync(history, all, histories, ct);
        return [.. activities.Select(records => ExecutionStatsView.Of(records, repetitions))];
    }

    /// <summary>Executions of activities of an instance, with their values.</summary>
    private static async Task<Results<Ok<ListView<ExecutionView>>, ProblemHttpResult>> ListAsync(
        string? workflowInstanceId,
        string? activityNodeId,
        bool? completed,
        Histories histories,
        Secrecy secrecy,
        CancellationToken ct
    )
    {
        if (await histories.FindAsync(workflowInstanceId ?? "", ct) is not { } history)
            return InstancesApi.Unknown(workflowInstanceId ?? "");

        var records = Chosen(history, activityNodeId, completed);
        var recalled = await histories.RecallAsync(history.InstanceId, [.. records.Select(r => r.FrameId)], ct);
        // After it: what was recalled tells the secrets, too.
        var mask = await secrecy.OfAsync(history.InstanceId, ct);
        return TypedResults.Ok(
            new ListView<ExecutionView>([.. records.Select(r => ExecutionView.Of(history, r, recalled, mask))], records.Count)
        );
    }

    /// <summary>Executions of activities of an instance, without their values.</summary>
    private static async Task<Results<Ok<ListView<ExecutionSummaryView>>, ProblemHttpResult>> ListSummariesAsync(
        string? workflowInstanceId,
        string? activityNodeId,
        bool? completed,
        Histories histories,
        CancellationToken ct
    )
    {
        if (await histories.FindAsync(workflowInstanceId ?? "", ct) is not { } history)
            return InstancesApi.Unknown(workflowInstanceId ?? "");

        var records = Chosen(history, activityNodeId, completed);
        var repetitions = await Repetitions.OfAsync(history, records, histories, ct);
        return TypedResults.Ok(
            new ListView<ExecutionSummaryView>([.. records.Select(r => ExecutionSummaryView.Of(history, r, repetitions))], records.Count)
        );
    }

    /// <summary>How many executions an activity has.</summary>
    private static async Task<Results<Ok<CountView>, ProblemHttpResult>> CountAsync(
        string? workflowInstanceId,
        string? activityNodeId,
        bool? completed,
        Histories histories,
        CancellationToken ct
    ) =>
        await histories.FindAsync(workflowInstanceId ?? "", ct) is { } history
            ? TypedResults.Ok(new CountView(Fitting(history, activityNodeId, completed).Count()))
            : InstancesApi.Unknown(workflowInstanceId ?? "");

    /// <summary>An execution of an activity, with its values.</summary>
    private static async Task<Results<Ok<ExecutionView>, ProblemHttpResult>> FindAsync(
        string? id,
        Histories histories,
        Secrecy secrecy,
        CancellationToken ct
    )
    {
        if (await PlaceAsync(id, histories, ct) is not (var history, { } record))
            return Unknown(id);

        var recalled = await histories.RecallAsync(history.InstanceId, [record.FrameId], ct);
        var mask = await secrecy.OfAsync(history.InstanceId, ct);
        return TypedResults.Ok(ExecutionView.Of(history, record, recalled, mask));
    }

    /// <summary>By which executions an execution was scheduled, outermost first.</summary>
    private static async Task<Results<Ok<CallStackView>, ProblemHttpResult>> CallStackAsync(
        string id,
        int? skip,
        int? take,
        bool? includeCrossWorkflowChain,
        Histories histories,
        Secrecy secrecy,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        if (await PlaceAsync(id, histories, ct) is not (var history, { } wanted))
            return Unknown(id);

        List<(InstanceHistory History, ExecutionRecord Record)> chain = [.. history.Chain(wanted.FrameId).Select(r => (history, r))];

        // The instance that started this one as a child stands above it, as a whole: which of its executions did is not kept.
        if (includeCrossWorkflowChain == true)
            chain.InsertRange(0, await AboveAsync(history.InstanceId, histories, runtime, ct));

        var page = chain.Skip(Math.Max(0, skip ?? 0)).Take(Math.Clamp(take ?? MaxRecords, 0, MaxRecords)).ToList();
        var recalled = await histories.RecallAsync(
            history.InstanceId,
            [.. page.Where(p => p.History == history).Select(p => p.Record.FrameId)],
            ct
        );
        var items = new List<ExecutionView>(page.Count);

        foreach (var (from, record) in page)
            items.Add(ExecutionView.Of(from, record, from == history ? recalled : null, await secrecy.OfAsync(from.InstanceId, ct)));

        return TypedResults.Ok(new CallStackView(id, items, chain.Count));
    }

    /// <summary>What became of the executions of activities: what the badges of a diagram show.</summary>
    private static async Task<Results<Ok<ReportView>, ProblemHttpResult>> ReportAsync(
        ReportRequest request,
        Histories histories,
        CancellationToken ct
    ) =>
        await histories.FindAsync(request.WorkflowInstanceId ?? "", ct) is { } history
            ? TypedResults.Ok(new ReportView(await StatsAsync(history, request.ActivityNodeIds ?? [], histories, isAsked: true, ct)))
            : InstancesApi.Unknown(request.WorkflowInstanceId ?? "");

    /// <summary>Attempts of an execution that failed and were repeated, by the strategy of its activity or by a repair; oldest first.</summary>
    private static async Task<Results<Ok<PageView<RetryView>>, ProblemHttpResult>> RetriesAsync(
        string activityInstanceId,
        int? skip,
        int? take,
        Histories histories,
        Secrecy secrecy,
        CancellationToken ct
    )
    {
        if (await PlaceAsync(activityInstanceId, histories, ct) is not (var history, { } found))
            return Unknown(activityInstanceId);

        var repetitions = await Repetitions.OfAsync(history, [found], histories, ct);
        var mask = await secrecy.OfAsync(history.InstanceId, ct);
        var record = Secrecy.Shown(found, mask);
        List<RetryView> attempts =
        [
            .. record
                .Retries.Select(retry => ViewOf(history, record, retry))
                .Concat(repetitions.Of(record).Select(attempt => ViewOf(history, record, attempt)))
                .OrderBy(view => view.Timestamp)
                .Select(
                    (view, n) =>
                        view with
                        {
                            AttemptNumber = n + 1,
                            Details = view.Details.ToDictionary(d => d.Key, d => mask.Past(d.Value), StringComparer.Ordinal),
                        }
                ),
        ];
        return TypedResults.Ok(
            new PageView<RetryView>(
                [.. attempts.Skip(Math.Max(0, skip ?? 0)).Take(Math.Clamp(take ?? MaxRecords, 0, MaxRecords))],
                attempts.Count
            )
        );
    }

    private static RetryView ViewOf(InstanceHistory history, ExecutionRecord record, ExecutionRetry retry) =>
        ViewOf(
            history,
            record,
            TimeSpan.Zero,
            retry.At,
            ("Message", retry.Fault.Message),
            ("Exception", retry.Fault.ExceptionType),
            ("Who", retry.Who)
        );

    private static RetryView ViewOf(InstanceHistory history, ExecutionRecord record, RepeatedAttempt attempt) =>
        ViewOf(
            history,
            record,
            attempt.Delay,
            attempt.At,
            ("Message", attempt.Message),
            ("StatusCode", attempt.StatusCode?.ToString(CultureInfo.InvariantCulture))
        );

    private static RetryView ViewOf(
        InstanceHistory history,
        ExecutionRecord record,
        TimeSpan delay,
        DateTimeOffset at,
        params (string Name, string? Value)[] details
    ) =>
        new(
            Places.ExecutionId(history.InstanceId, record.FrameId)!,
            record.Node.Id,
            history.InstanceId,
            0,
            delay,
            at,
            details.Where(d => d.Value is not null).ToDictionary(d => d.Name, d => d.Value, StringComparer.Ordinal)
        );

    private static IEnumerable<ExecutionRecord> Fitting(InstanceHistory history, string? nodeId, bool? completed) =>
        (string.IsNullOrEmpty(nodeId) ? history.Executions() : history.OfNode(nodeId)).Where(r =>
            completed is null || completed == (r.CompletedAt is not null)
        );

    private static List<ExecutionRecord> Chosen(InstanceHistory history, string? nodeId, bool? completed) =>
        [.. Fitting(history, nodeId, completed).TakeLast(MaxRecords)];

    private static async Task<(InstanceHistory History, ExecutionRecord? Record)?> PlaceAsync(
        string? id,
        Histories histories,
        CancellationToken ct
    ) =>
        Places.Parse(id) is (var instanceId, var frameId) && await histories.FindAsync(instanceId, ct) is { } history
            ? (history, history.Find(frameId))
            : null;

    /// <summary>The first execution of each instance above, the outermost first.</summary>
    private static async Task<List<(InstanceHistory, ExecutionRecord)>> AboveAsync(
        string instanceId,
        Histories histories,
        WorkflowRuntime runtime,
        CancellationToken ct
    )
    {
        const int MaxGenerations = 50;
        var above = new List<(InstanceHistory, ExecutionRecord)>();
        var child = instanceId;

        while (above.Count < MaxGenerations)
        {
            if (await runtime.FindStandingAsync(child, ct) is not { Summary.ParentId: { } parent })
                break;

            if (await histories.FindAsync(parent, ct) is { } history && history.Executions() is [var first, ..])
                above.Insert(0, (history, first));

            child = parent;
        }

        return above;
    }

    private static ProblemHttpResult Unknown(string? id) =>
        Problems.NotFound("execution.unknown", $"There is no execution '{id}'. An id is that of the instance, a colon and a number.");
}
