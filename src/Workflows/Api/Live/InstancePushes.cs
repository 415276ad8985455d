using Microsoft.AspNetCore.SignalR;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Workflows.Api.Instances;

namespace ServiceLoop.Workflows.Api.Live;

/// <summary>Tells viewers of this node what is new about instances.</summary>
internal sealed class InstancePushes(
    IHubContext<InstanceHub> hub,
    Observers observers,
    Histories histories,
    IWorkflowStore store,
    IAccess access,
    TimeProvider clock
)
{
    // What moved this shortly before somebody began to look may have moved after it was read.
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(10);

    /// <summary>Looks whether instances have moved, and tells who looks at them.</summary>
    /// <param name="instanceIds">The instances.</param>
    /// <param name="newOnes">Those of them that somebody has just begun to look at.</param>
    /// <param name="ct">Cancels.</param>
    public async Task LookAsync(IReadOnlyCollection<string> instanceIds, IReadOnlySet<string> newOnes, CancellationToken ct)
    {
        if (instanceIds.Count == 0)
            return;

        // Whoever observes was asked when they came.
        using var system = access.AsSystem();

        foreach (var standing in await store.FindStandingsAsync([.. instanceIds], ct))
        {
            if (observers.Find(standing.Summary.Id) is not { } observed)
                continue;

            var isNew = newOnes.Contains(standing.Summary.Id);
            var told = observed.Told;
            observed.Told = standing.RowVersion;

            if (told is null || isNew)
            {
                if (clock.GetUtcNow() - standing.Summary.UpdatedAt < Doubt)
                    await TellAsync(standing, null, ct);
            }
            else if (told != standing.RowVersion)
            {
                await TellAsync(standing, told, ct);
            }
        }
    }

    private async Task TellAsync(InstanceStanding standing, long? told, CancellationToken ct)
    {
        var id = standing.Summary.Id;
        var viewers = hub.Clients.Group(id);

        if (await histories.FindAsync(id, ct) is { } history)
        {
            var nodes = told is { } burst ? history.NodesSince(burst) : null;
            var stats = await ActivityExecutionsApi.StatsAsync(history, nodes, histories, isAsked: false, ct);

            if (stats.Count > 0)
                await viewers.SendAsync(ViewerCalls.Stats, new StatsMessage(stats), ct);
        }

        await viewers.SendAsync(ViewerCalls.Journal, new JournalMessage(), ct);
        await viewers.SendAsync(ViewerCalls.Instance, new InstanceMessage(id), ct);
    }
}
