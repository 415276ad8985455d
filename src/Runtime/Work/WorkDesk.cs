using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Work;

/// <summary>The work queue for operators: what is to be done, what failed too often and was set aside, and what becomes of that.</summary>
/// <param name="store">Where work is.</param>
/// <param name="signal">Hears of work that is due.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="access">The gate.</param>
public sealed class WorkDesk(IWorkflowStore store, IWorkSignal signal, TimeProvider clock, IAccess access)
{
    /// <summary>A page of work, oldest first.</summary>
    /// <param name="isBuried">True: what was set aside; false: what is alive.</param>
    /// <param name="instanceId">Only of this instance; null means all.</param>
    /// <param name="after">Number of the last one of the page before; 0 for the first page.</param>
    /// <param name="take">At most.</param>
    /// <param name="ct">Cancels.</param>
    public Task<IReadOnlyList<WorkRow>> ListAsync(bool isBuried, string? instanceId, long after, int take, CancellationToken ct)
    {
        access.Demand(Permissions.WorkRead);
        return store.ListWorkAsync(isBuried, string.IsNullOrWhiteSpace(instanceId) ? null : instanceId.Trim(), after, take, ct);
    }

    /// <summary>How much there is, and how late.</summary>
    public Task<WorkDepths> MeasureAsync(CancellationToken ct)
    {
        access.Demand(Permissions.WorkRead);
        return store.MeasureWorkAsync(clock.GetUtcNow(), ct);
    }

    /// <summary>Brings work back that was set aside; it is tried at once, with all its attempts.</summary>
    /// <returns>How many it was.</returns>
    public Task<int> ReviveAsync(IReadOnlyList<long> ids, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.WorkRepair, "work.retry", Named(ids)),
            async () =>
            {
                var now = clock.GetUtcNow();
                var count = await store.ReviveWorkAsync(ids, now, ct);
                signal.Ring(now);
                return count;
            },
            count => Facts.Of(("count", $"{count}")),
            ct
        );

    /// <summary>Removes what is still set aside; what is alive, or was brought back meanwhile, stays.</summary>
    /// <returns>How many it was.</returns>
    public Task<int> DiscardAsync(IReadOnlyList<long> ids, CancellationToken ct) =>
        access.ActAsync(
            new Deed(Permissions.WorkRepair, "work.discard", Named(ids)),
            async () =>
            {
                var buried = new List<long>();

                foreach (var id in ids)
                    if (await store.ListWorkAsync(isBuried: true, null, id - 1, 1, ct) is [var row] && row.Id == id)
                        buried.Add(id);

                return buried.Count == 0 ? 0 : await store.CompleteWorkAsync(buried, ct);
            },
            count => Facts.Of(("count", $"{count}")),
            ct
        );

    private static string Named(IReadOnlyList<long> ids) => string.Join(", ", ids);
}
