namespace ServiceLoop.Workflows.Replay;

/// <summary>The nodes of a replay: started together, one killed on request and started again beside the others.</summary>
internal sealed class ReplayCluster(NodeSettings settings, Doors doors, ReplayTime time) : IAsyncDisposable
{
    private readonly List<ReplayNode> nodes = [];
    private readonly List<ReplayNode> gone = [];
    private Task<ReplayNode>? joining;
    private TimeSpan usedByGone;

    /// <summary>The nodes that run.</summary>
    public IReadOnlyList<ReplayNode> Nodes => [.. nodes];

    /// <summary>Nodes that were killed.</summary>
    public int Killed { get; private set; }

    /// <summary>Processor time of all nodes so far, the killed ones too as far as it was known.</summary>
    public TimeSpan ProcessorTime => usedByGone + nodes.Aggregate(TimeSpan.Zero, (sum, n) => sum + n.ProcessorTime);

    /// <summary>Starts them, the first one alone: it makes the tables.</summary>
    public async Task StartAsync(int count, CancellationToken ct)
    {
        for (var no = 1; no <= count; no++)
        {
            var node = await ReplayNode.StartAsync(settings, $"node-{no}", time.Pace, ct);
            nodes.Add(node);
            Spread();
            await time.TellAsync(node, ct);
        }
    }

    /// <summary>Kills the last node as a power cut would, and starts it again; the others go on meanwhile.</summary>
    public async Task KillOneAsync(CancellationToken ct)
    {
        var victim = nodes[^1];
        nodes.Remove(victim);
        gone.Add(victim);
        usedByGone += victim.ProcessorTime;
        await victim.KillAsync();
        Killed++;
        Spread();
        joining = ReplayNode.StartAsync(settings, $"node-{nodes.Count + 1}-again", time.Pace, ct);
    }

    /// <summary>Takes a node in that has started again meanwhile.</summary>
    public async Task JoinAsync(CancellationToken ct)
    {
        if (joining is not { IsCompleted: true })
            return;

        var node = await joining;
        joining = null;
        await time.TellAsync(node, ct);
        nodes.Add(node);
        Spread();
    }

    public async ValueTask DisposeAsync()
    {
        if (joining is not null)
            try
            {
                nodes.Add(await joining);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // It did not start; there is nothing to stop.
            }

        foreach (var node in nodes.Concat(gone))
            await node.DisposeAsync();
    }

    private void Spread()
    {
        doors.Use(nodes);
        time.Use(nodes);
    }
}
