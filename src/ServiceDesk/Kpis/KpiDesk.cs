using Npgsql;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Cases;

namespace ServiceLoop.ServiceDesk.Kpis;

/// <summary>Key figures of the service.</summary>
/// <remarks>Safe for all threads. A report reads all that a window holds: for people and for the end of a replay, not for every page.</remarks>
public sealed class KpiDesk
{
    /// <summary>The longest window.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3660);

    private static readonly string[] OfWindow =
    [
        .. new[] { "volumes", "clocks", "returns", "feedback", "people" }.Select(n => SqlFile.Beside<KpiDesk>($"kpi.{n}")),
        SettledCases.Before(SqlFile.Beside<KpiDesk>("kpi.triage")),
    ];
    private static readonly string OfTimes = SqlFile.Beside<KpiDesk>("kpi.times");
    private static readonly string OfEngine = SqlFile.Beside<KpiDesk>("kpi.engine");

    private readonly Database database;
    private readonly IAccess access;
    private readonly TimeProvider clock;

    internal KpiDesk(Database database, IAccess access, TimeProvider clock) =>
        (this.database, this.access, this.clock) = (database, access, clock);

    /// <summary>All key figures of a window.</summary>
    /// <param name="from">Its beginning, UTC; null for 28 days before the end.</param>
    /// <param name="to">Its end, exclusive, UTC; null for now.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DeskRefusedException">The window is none.</exception>
    public async Task<KpiReport> ReportAsync(DateTimeOffset? from, DateTimeOffset? to, CancellationToken ct)
    {
        access.Demand(Permissions.KpisRead);
        var now = clock.GetUtcNow();
        var end = to ?? now;
        var start = from ?? end.AddDays(-28);

        if (start >= end || end - start > Longest)
            throw DeskRefusedException.Invalid(
                "kpi.window",
                "from",
                $"The window from {start:u} to {end:u} cannot be used. Its end lies after its beginning, at most {Longest.TotalDays:0} days."
            );

        var rows = new List<KpiRow>();

        foreach (var statement in OfWindow)
            rows.AddRange(await ReadAsync(statement, ct, Arg.Time(start), Arg.Time(end)));

        rows.AddRange(await ReadAsync(OfTimes, ct, Arg.Time(start), Arg.Time(end)));
        rows.AddRange(await ReadAsync(OfEngine, ct, Arg.Time(start), Arg.Time(end), Arg.Time(now)));

        if (KpiFormulas.Gini(rows.Where(r => r.Name == "offers-accepted").Select(r => (double)r.N)) is { } gini)
            rows.Add(new("offer-gini", "", null, rows.Count(r => r.Name == "offers-accepted"), gini));

        return new(
            start,
            end,
            now,
            [.. rows.OrderBy(r => KpiDefinitions.Get(r.Name).Place).ThenBy(r => r.Segment, StringComparer.Ordinal).Select(KpiFormulas.Of)]
        );
    }

    private Task<IReadOnlyList<KpiRow>> ReadAsync(string statement, CancellationToken ct, params NpgsqlParameter[] parameters) =>
        database.ReadAsync(
            statement,
            static r => new KpiRow(
                r.GetString(0),
                r.GetString(1),
                r.IsDBNull(2) ? null : r.GetInt64(2),
                r.GetInt64(3),
                r.IsDBNull(4) ? null : r.GetDouble(4)
            ),
            ct,
            parameters
        );
}
