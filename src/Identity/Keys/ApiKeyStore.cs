using Npgsql;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Identity.Keys;

/// <summary>The table <c>api_key</c>.</summary>
internal sealed class ApiKeyStore(Database database)
{
    private static readonly string InsertKey = SqlFile.Beside<ApiKeyStore>("api_key.insert");
    private static readonly string ListKeys = SqlFile.Beside<ApiKeyStore>("api_key.list");
    private static readonly string FindKey = SqlFile.Beside<ApiKeyStore>("api_key.find");
    private static readonly string RevokeKey = SqlFile.Beside<ApiKeyStore>("api_key.revoke");
    private static readonly string UseKey = SqlFile.Beside<ApiKeyStore>("api_key.use");

    private const int HashColumn = 10;

    public Task InsertAsync(ApiKeyView key, byte[] hash, CancellationToken ct) =>
        database.OnceAsync(
            InsertKey,
            ct,
            Arg.Text(key.Id),
            Arg.Text(key.Name),
            Arg.Blob(hash),
            Arg.Texts(key.Scopes),
            Arg.Text(key.CreatedBy),
            Arg.Time(key.CreatedAt),
            Arg.Time(key.ExpiresAt)
        );

    public Task<IReadOnlyList<ApiKeyView>> ListAsync(CancellationToken ct) => database.ReadAsync(ListKeys, RowOf, ct);

    public async Task<(ApiKeyView Key, byte[] Hash)?> FindAsync(string id, CancellationToken ct) =>
        await database.ReadAsync(FindKey, row => (RowOf(row), row.GetBlob(HashColumn)), ct, Arg.Text(id)) is [var found] ? found : null;

    public async Task<bool> RevokeAsync(string id, DateTimeOffset now, string by, CancellationToken ct) =>
        await database.RepeatableAsync(RevokeKey, ct, Arg.Text(id), Arg.Time(now), Arg.Text(by)) == 1;

    public Task UseAsync(string id, DateTimeOffset now, string? from, CancellationToken ct) =>
        database.RepeatableAsync(UseKey, ct, Arg.Text(id), Arg.Time(now), Arg.Text(from));

    private static ApiKeyView RowOf(NpgsqlDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            Rights.Roles.Ordered(row.GetFieldValue<string[]>(2)),
            row.GetString(3),
            row.GetTime(4),
            row.GetTime(5),
            row.FindTime(6),
            row.FindText(7),
            row.FindTime(8),
            row.FindText(9)
        );
}
