using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Workflows.Api;

/// <summary>The work queue, for operators: what fails, what was set aside, and what to do with it.</summary>
internal static class WorkApi
{
    private const int MaxPage = 500;

    /// <summary>Which work.</summary>
    internal sealed record WorkIdsRequest(long[]? Ids);

    /// <summary>How many it was.</summary>
    internal sealed record CountView(int Count);

    /// <summary>A piece of work.</summary>
    internal sealed record WorkView(
        long Id,
        string Key,
        string Kind,
        string? InstanceId,
        DateTimeOffset DueAt,
        int Attempts,
        string? Error,
        DateTimeOffset? BuriedAt
    )
    {
        public static WorkView Of(WorkRow row) =>
            new(row.Id, row.Key, row.Kind.ToString(), row.InstanceId, row.DueAt, row.Attempts, row.Error, row.BuriedAt);
    }

    /// <summary>A page, and where the next begins.</summary>
    /// <param name="Items">The rows.</param>
    /// <param name="Next">Value of <c>after</c> for the next page; null when there is none.</param>
    internal sealed record WorkPageView(IReadOnlyList<WorkView> Items, long? Next);

    public static RouteGroupBuilder MapWork(this RouteGroupBuilder routes)
    {
        var work = routes.MapGroup("/work").Needs(Permissions.WorkRead).WithTags("Work");
        work.MapGet(
                "",
                (string? instanceId, long? after, int? take, WorkDesk desk, CancellationToken ct) =>
                    ListAsync(false, instanceId, after, take, desk, ct)
            )
            .WithSummary("Work that is to be done, oldest first.");
        work.MapGet(
                "/buried",
                (string? instanceId, long? after, int? take, WorkDesk desk, CancellationToken ct) =>
                    ListAsync(true, instanceId, after, take, desk, ct)
            )
            .WithSummary("Work that was set aside because it failed too often.");
        work.MapGet("/depths", async (WorkDesk desk, CancellationToken ct) => TypedResults.Ok(await desk.MeasureAsync(ct)))
            .WithSummary("How much work there is, and how late it is.");
        work.MapPost("/retry", RetryAsync).Needs(Permissions.WorkRepair);
        work.MapPost("/discard", DiscardAsync).Needs(Permissions.WorkRepair);
        return routes;
    }

    private static async Task<Ok<WorkPageView>> ListAsync(
        bool isBuried,
        string? instanceId,
        long? after,
        int? take,
        WorkDesk desk,
        CancellationToken ct
    )
    {
        var size = Math.Clamp(take ?? 100, 1, MaxPage);
        var rows = await desk.ListAsync(isBuried, instanceId, after ?? 0, size, ct);
        return TypedResults.Ok(new WorkPageView([.. rows.Select(WorkView.Of)], rows.Count == size ? rows[^1].Id : null));
    }

    /// <summary>Brings work back that was set aside; it is tried at once, with all its attempts.</summary>
    private static async Task<Results<Ok<CountView>, ProblemHttpResult>> RetryAsync(
        WorkIdsRequest request,
        WorkDesk desk,
        CancellationToken ct
    )
    {
        if (request.Ids is not { Length: > 0 } ids)
            return Unnamed();

        return TypedResults.Ok(new CountView(await desk.ReviveAsync(ids, ct)));
    }

    /// <summary>Removes work that was set aside. Work that is alive stays.</summary>
    private static async Task<Results<Ok<CountView>, ProblemHttpResult>> DiscardAsync(
        WorkIdsRequest request,
        WorkDesk desk,
        CancellationToken ct
    )
    {
        if (request.Ids is not { Length: > 0 } ids)
            return Unnamed();

        return TypedResults.Ok(new CountView(await desk.DiscardAsync(ids, ct)));
    }

    private static ProblemHttpResult Unnamed() =>
        Problems.Invalid("work.unnamed", "Name the work: { \"ids\": [1, 2] }. The ids stand in GET /api/operations/work/buried.");
}
