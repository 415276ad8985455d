using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Hangfire;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Runtime.DrivenTime;

/// <summary>Where time stands, and whether there is something to do at this moment.</summary>
/// <param name="IsDriven">False: it is real, and cannot be moved.</param>
/// <param name="Now">The product's time, UTC.</param>
/// <param name="Speed">Seconds of the product in a real second.</param>
/// <param name="DueNow">Pieces of work that are due, of all nodes, or in hand of this one.</param>
/// <param name="NextAt">When the next one is due, UTC; null for never.</param>
public sealed record TimeView(bool IsDriven, DateTimeOffset Now, double Speed, long DueNow, DateTimeOffset? NextAt);

/// <summary>Time was not moved.</summary>
/// <param name="message">Why, and what to do.</param>
/// <param name="isConflict">True: it is possible in principle, but not so.</param>
public sealed class TimeRefusedException(string message, bool isConflict) : Exception(message)
{
    /// <summary>True: it is possible in principle, but not so.</summary>
    public bool IsConflict { get; } = isConflict;
}

/// <summary>The product's time, for whoever drives it.</summary>
/// <remarks>Safe for all threads.</remarks>
public sealed class TimeDesk
{
    private static readonly string RestSql = SqlFile.Beside<TimeDesk>("work.rest");

    private readonly Database database;
    private readonly IAccess access;
    private readonly TimeProvider clock;
    private readonly LeaseHolder leases;

    internal TimeDesk(Database database, IAccess access, TimeProvider clock, LeaseHolder leases) =>
        (this.database, this.access, this.clock, this.leases) = (database, access, clock, leases);

    /// <summary>Pieces of work that this node has in hand now.</summary>
    public int InHand
    {
        get
        {
            access.Demand(Permissions.ClockDrive);
            return leases.Count;
        }
    }

    /// <summary>Where time stands.</summary>
    public async Task<TimeView> StandAsync(CancellationToken ct)
    {
        access.Demand(Permissions.ClockDrive);
        // First: what it leaves behind stands in the table. A step that calls the world has ended its row before it has ended itself.
        var inHand = leases.Count;
        var now = clock.GetUtcNow();
        var (due, next) = (
            await database.ReadAsync(
                RestSql,
                static r => (r.GetInt64(0), r.FindTime(1)),
                ct,
                Arg.Time(now),
                Arg.Time(now + WorkLimits.Lease)
            )
        )[0];
        return new(clock is DrivenClock, now, clock is DrivenClock driven ? driven.Pace.Speed : 1, due + inHand, next);
    }

    /// <summary>Moves time forward on this node.</summary>
    /// <param name="to">The product's time at <paramref name="at"/>, UTC.</param>
    /// <param name="at">Real moment, UTC; null for this one. Whoever moves several nodes gives all of them the same.</param>
    /// <param name="speed">Seconds of the product in a real second; null keeps it.</param>
    /// <returns>The product's time now, UTC.</returns>
    /// <exception cref="TimeRefusedException">Time is real, or would go back, or the speed is none.</exception>
    public DateTimeOffset Drive(DateTimeOffset to, DateTimeOffset? at, double? speed)
    {
        access.Demand(Permissions.ClockDrive);

        if (clock is not DrivenClock driven)
            throw new TimeRefusedException(
                "The time of this server is real. It is moved only where the settings Clock:Mode=driven and Clock:OnlyFor=(name of the database) say so.",
                isConflict: true
            );

        if (speed is { } wanted && !Pace.IsSpeed(wanted))
            throw new TimeRefusedException($"'speed' is {speed}. Give a number above 0, at most {Pace.Fastest:0}.", isConflict: false);

        var pace = new Pace(to.ToUniversalTime(), (at ?? TimeProvider.System.GetUtcNow()).ToUniversalTime(), speed ?? driven.Pace.Speed);

        if (!driven.TryDrive(pace))
            throw new TimeRefusedException($"Time stands at {driven.GetUtcNow():O} and does not go back to {to:O}.", isConflict: true);

        return driven.GetUtcNow();
    }
}
