namespace ServiceLoop.Runtime.Hangfire;

/// <summary>How much is done at once, and how long things may take. Each number is a limit with a reason, none is for tuning by chance.</summary>
internal static class WorkLimits
{
    /// <summary>How long leased work is nobody else's. With the instances that a killed node held, its work is taken over within 30 s, also if one try comes too early.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>How often leases of work that still runs are prolonged: once may fail.</summary>
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(5);

    /// <summary>Longest sleep of the pulse: what another node has written is seen after this time at the latest.</summary>
    public static readonly TimeSpan LongestSleep = TimeSpan.FromMilliseconds(500);

    /// <summary>Shortest sleep, while work is due that is not to be had.</summary>
    public static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(10);

    /// <summary>Work that is leased at once; also the most in one job under backlog.</summary>
    public const int LeaseBatch = 500;

    /// <summary>Work in one job while there is no backlog: several workers share it.</summary>
    public const int WorkInJob = 200;

    /// <summary>Jobs that may wait in Hangfire's queues, for all nodes; above that nothing more is leased.</summary>
    public const int QueuedJobs = 20;

    /// <summary>Work of one job that runs at once: enough for group commits, few enough for memory.</summary>
    public const int ConcurrentInJob = 200;

    /// <summary>Other work that the pulse itself runs at once; what is beyond goes to Hangfire, so that slow work does not stop the rest.</summary>
    public const int ConcurrentInline = 64;

    /// <summary>How long the lease of work outlasts its next attempt: then the pulse tries itself. Longer than Hangfire's schedule is late when all is well.</summary>
    public static readonly TimeSpan RetryMargin = TimeSpan.FromSeconds(15);

    /// <summary>When the store is away: how long to wait before the next look, at most.</summary>
    public static readonly TimeSpan LongestOutageSleep = TimeSpan.FromSeconds(2);

    /// <summary>Longest sleep of a worker of Hangfire that has met an outage.</summary>
    public static readonly TimeSpan WorkersBackOff = TimeSpan.FromMinutes(5);

    /// <summary>How long running work may go on after the node was asked to stop.</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    /// <summary>How long the pulse waits for what it has begun: the grace, and a moment to write down its end.</summary>
    public static readonly TimeSpan EndPatience = StopGrace + TimeSpan.FromSeconds(2);

    /// <summary>After that Hangfire lets go of it; its lease ends by itself.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Longest error text that is kept with work.</summary>
    public const int ErrorLength = 2000;
}
