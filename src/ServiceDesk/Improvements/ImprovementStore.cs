using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.ServiceDesk.Improvements;

/// <summary>Statements about improvements.</summary>
internal static class ImprovementStore
{
    public static readonly string Find = SqlFile.Beside<Improvement>("improvement.find");
    public static readonly string List = SqlFile.Beside<Improvement>("improvement.list");
    public static readonly string Ranked = SqlFile.Beside<Improvement>("improvement.ranked");
    private static readonly string Lock = SqlFile.Beside<Improvement>("improvement.lock");
    private static readonly string Insert = SqlFile.Beside<Improvement>("improvement.insert");
    private static readonly string Update = SqlFile.Beside<Improvement>("improvement.update");
    private static readonly string Problem = SqlFile.Beside<Improvement>("improvement.problem");
    private static readonly string InWork = SqlFile.Beside<Improvement>("improvement.in_work");
    private static readonly string LockTeam = SqlFile.Beside<Improvement>("improvement.lock_team");

    public static Improvement RowOf(NpgsqlDataReader r) => DeskJson.Read<Improvement>(r.GetString(0)) with { Rev = r.GetInt64(1) };

    /// <summary>An improvement, locked, with the last thing that was done.</summary>
    public static async Task<(Improvement Row, string Operation)?> LockAsync(NpgsqlConnection db, string id, CancellationToken ct)
    {
        var rows = await db.ReadAsync(Lock, r => (RowOf(r), r.GetString(2)), ct, Arg.Text(id));
        return rows is [var row] ? row : null;
    }

    /// <summary>Writes a new one.</summary>
    /// <returns>False when there is one with the id, or one that works on the same problem.</returns>
    public static async Task<bool> InsertAsync(NpgsqlConnection db, Improvement row, string operation, CancellationToken ct) =>
        await db.DoAsync(Insert, ct, Columns(row, operation)) == 1;

    public static Task UpdateAsync(NpgsqlConnection db, Improvement row, string operation, CancellationToken ct) =>
        db.DoAsync(Update, ct, Columns(row, operation));

    /// <summary>The one that works on a problem already.</summary>
    public static async Task<Improvement?> SameAsync(NpgsqlConnection db, Improvement wanted, CancellationToken ct) =>
        (
            await db.ReadAsync(
                Problem,
                RowOf,
                ct,
                Arg.Text(wanted.Id),
                Arg.Text(wanted.Category),
                Arg.Text(wanted.RootCause),
                Arg.Text(wanted.Kpi)
            )
        ).SingleOrDefault();

    /// <summary>How many a team works on; two who take at once are counted one after the other.</summary>
    public static async Task<int> InWorkAsync(NpgsqlConnection db, string team, CancellationToken ct)
    {
        await db.DoAsync(LockTeam, ct, Arg.Text(team));
        var waiting = Enum.GetValues<ImprovementState>().Where(s => !s.IsInWork()).Select(Words.Of);
        return (await db.ReadAsync(InWork, r => (int)r.GetInt64(0), ct, Arg.Text(team), Arg.Texts(waiting))).Single();
    }

    private static NpgsqlParameter[] Columns(Improvement row, string operation) =>
        [
            Arg.Text(row.Id),
            Arg.Text(Words.Of(row.State)),
            Arg.Text(row.Team),
            Arg.Text(row.Category),
            Arg.Text(row.RootCause),
            Arg.Text(row.Kpi),
            new() { Value = row.Score.Value },
            Arg.Flag(row.Risk == RiskClass.R3),
            Arg.Text(DeskJson.Write(row)),
            Arg.Text(operation),
            Arg.Time(row.ChangedAt),
        ];
}
