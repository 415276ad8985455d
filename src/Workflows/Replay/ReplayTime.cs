using System.Text.Json;
using ServiceLoop.Runtime.DrivenTime;

namespace ServiceLoop.Workflows.Replay;

/// <summary>The product's time, driven: it jumps to the next moment when nothing is left to do at the present one.</summary>
internal sealed class ReplayTime
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    // Nothing of the product takes so long by itself, but work that fails at once again and again would never rest.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly Doors doors;
    private readonly DrivenClock clock;
    private readonly bool isMax;
    private ReplayNode[] nodes = [];

    public ReplayTime(Doors doors, DateTimeOffset start, double? speed)
    {
        this.doors = doors;
        isMax = speed is null;
        clock = new(new Pace(start, DateTimeOffset.UtcNow, speed ?? 1), TimeProvider.System);
    }

    /// <summary>The product's time.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>How it passes; what a node is started with.</summary>
    public Pace Pace => clock.Pace;

    /// <summary>True when it passes at a speed, and does not jump.</summary>
    public bool IsFlowing => !isMax;

    /// <summary>Jumps so far.</summary>
    public long Jumps { get; private set; }

    /// <summary>How often the product did not come to rest, and time went on all the same.</summary>
    public long Stalls { get; private set; }

    /// <summary>Nodes that are driven from now on.</summary>
    public void Use(IEnumerable<ReplayNode> driven) => nodes = [.. driven];

    /// <summary>Waits until nothing is left to do at the present moment.</summary>
    /// <returns>When the product has something to do next; null for never.</returns>
    public async Task<DateTimeOffset?> RestAsync(CancellationToken ct)
    {
        if (!isMax)
            return (await StandAsync(nodes[0], ct))?.Moment("nextAt");

        var since = TimeProvider.System.GetTimestamp();

        while (true)
        {
            var isQuiet = true;
            DateTimeOffset? next = null;

            // Each is asked until it has come to rest; then all of them once more, as one may have made work for another.
            foreach (var node in nodes)
                if (await StandAsync(node, ct) is { } stand)
                {
                    isQuiet &= stand.Number("dueNow") == 0 && stand.Text("isMatching") != "true";
                    next = stand.Moment("nextAt");
                }

            if (isQuiet)
                return next;

            if (TimeProvider.System.GetElapsedTime(since) > Patience)
            {
                Stalls++;
                return next;
            }
        }
    }

    /// <summary>Goes to a moment: at once, or as time passes.</summary>
    public async Task GoAsync(DateTimeOffset to, CancellationToken ct)
    {
        if (to <= Now)
            return;

        if (!isMax)
        {
            var real = (to - Now) / clock.Pace.Speed;
            await Task.Delay(real < LongestPause ? real + TimeSpan.FromMilliseconds(1) : LongestPause, ct);
            return;
        }

        var pace = new Pace(to, DateTimeOffset.UtcNow, 1);

        if (!clock.TryDrive(pace))
            return;

        Jumps++;
        await Task.WhenAll(nodes.Select(n => TellAsync(n, ct)));
    }

    /// <summary>Tells a node that joins where time stands.</summary>
    public async Task TellAsync(ReplayNode node, CancellationToken ct)
    {
        var pace = clock.Pace;
        await doors.AskAsync(
            node,
            HttpMethod.Put,
            "/api/clock",
            new
            {
                now = pace.Now,
                at = pace.At,
                speed = pace.Speed,
            },
            ct
        );
    }

    private async Task<JsonElement?> StandAsync(ReplayNode node, CancellationToken ct) =>
        await doors.AskAsync(node, HttpMethod.Get, isMax ? "/api/clock?patience=2000" : "/api/clock", null, ct) is { IsOk: true } answer
            ? answer.Body
            : null;
}

/// <summary>What people are going to do, in the order of time.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<Func<CancellationToken, Task>, (DateTimeOffset At, long No)> queue = new();
    private readonly Lock gate = new();
    private long last;

    /// <summary>When the next deed is due; null for none.</summary>
    public DateTimeOffset? NextAt
    {
        get
        {
            lock (gate)
                return queue.TryPeek(out _, out var at) ? at.At : null;
        }
    }

    /// <summary>Plans a deed.</summary>
    public void Plan(DateTimeOffset at, Func<CancellationToken, Task> deed)
    {
        lock (gate)
            queue.Enqueue(deed, (at, ++last));
    }

    /// <summary>Takes what is due.</summary>
    public IReadOnlyList<Func<CancellationToken, Task>> Take(DateTimeOffset now)
    {
        lock (gate)
        {
            var due = new List<Func<CancellationToken, Task>>();

            while (queue.TryPeek(out _, out var at) && at.At <= now)
                due.Add(queue.Dequeue());

            return due;
        }
    }
}
