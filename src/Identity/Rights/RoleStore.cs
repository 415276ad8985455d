using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Identity.Rights;

/// <summary>The table <c>role</c>.</summary>
internal sealed class RoleStore(Database database)
{
    private static readonly string ListAll = SqlFile.Beside<RoleStore>("role.list");
    private static readonly string Insert = SqlFile.Beside<RoleStore>("role.insert");
    private static readonly string Update = SqlFile.Beside<RoleStore>("role.update");
    private static readonly string Delete = SqlFile.Beside<RoleStore>("role.delete");

    public Task<IReadOnlyList<RoleView>> ListAsync(CancellationToken ct) => database.ReadAsync(ListAll, RowOf, ct);

    public async Task<bool> InsertAsync(string name, RoleRequest role, DateTimeOffset now, CancellationToken ct) =>
        await database.OnceAsync(Insert, ct, Arg.Text(name), Arg.Text(role.Title), Arg.Texts(role.Permissions), Arg.Time(now)) == 1;

    public async Task<bool> UpdateAsync(string name, RoleRequest role, long version, DateTimeOffset now, CancellationToken ct) =>
        await database.OnceAsync(
            Update,
            ct,
            Arg.Text(name),
            Arg.Text(role.Title),
            Arg.Texts(role.Permissions),
            Arg.Time(now),
            Arg.Number(version)
        ) == 1;

    public async Task<bool> DeleteAsync(string name, CancellationToken ct) => await database.OnceAsync(Delete, ct, Arg.Text(name)) == 1;

    private static RoleView RowOf(NpgsqlDataReader row) =>
        new(
            row.GetString(0),
            row.FindText(1),
            Rights.Roles.Ordered(row.GetFieldValue<string[]>(2)),
            IsBuiltIn: false,
            row.GetInt64(3),
            row.GetTime(5)
        );
}
