using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Identity.Users;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Identity.Entrance;

/// <summary>The table <c>session</c>.</summary>
internal sealed class SessionStore(Database database)
{
    private static readonly string Insert = Load("insert");
    private static readonly string FindOne = Load("find");
    private static readonly string See = Load("see");
    private static readonly string Refresh = Load("refresh");
    private static readonly string End = Load("end");
    private static readonly string EndOthers = Load("end_others");
    private static readonly string Page = Load("page");
    private static readonly string DeleteOld = Load("delete_old");

    public Task InsertAsync(Session session, byte[]? refresh, string? address, string? agent, CancellationToken ct) =>
        database.OnceAsync(
            Insert,
            ct,
            Id(session.Id),
            Id(session.Person.Id),
            Arg.Small((short)session.Kind),
            Arg.Blob(session.Secret),
            refresh is null ? Nothing() : Arg.Blob(refresh),
            Arg.Text(address),
            Arg.Text(agent),
            Arg.Time(session.SeenAt),
            Arg.Time(session.EndsAt),
            Arg.Time(session.LatestAt)
        );

    public async Task<Session?> FindAsync(Guid id, CancellationToken ct) =>
        await database.ReadAsync(FindOne, RowOf, ct, Id(id)) is [var found] ? found : null;

    public Task SeeAsync(Guid id, DateTimeOffset now, DateTimeOffset until, string? address, CancellationToken ct) =>
        database.RepeatableAsync(See, ct, Id(id), Arg.Time(now), Arg.Time(until), Arg.Text(address));

    public async Task<bool> RefreshAsync(
        Guid id,
        byte[] old,
        byte[] next,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken ct
    ) => await database.OnceAsync(Refresh, ct, Id(id), Arg.Blob(old), Arg.Blob(next), Arg.Time(now), Arg.Time(until)) == 1;

    public async Task<bool> EndAsync(Guid id, DateTimeOffset now, string by, CancellationToken ct) =>
        await database.RepeatableAsync(End, ct, Id(id), Arg.Time(now), Arg.Text(by)) == 1;

    public Task<int> EndOthersAsync(Guid person, Guid? but, DateTimeOffset now, string by, CancellationToken ct) =>
        database.RepeatableAsync(EndOthers, ct, Id(person), but is { } id ? Id(id) : NoId(), Arg.Time(now), Arg.Text(by));

    public Task<IReadOnlyList<SessionView>> PageAsync(
        Guid? person,
        DateTimeOffset now,
        Scope scope,
        Guid? own,
        int take,
        CancellationToken ct
    ) =>
        database.ReadFittedAsync(
            Page,
            row => ViewOf(row, own),
            ct,
            person is { } id ? Id(id) : NoId(),
            Arg.Time(now),
            Arg.TextsOrNull(scope.Teams),
            Arg.TextsOrNull(scope.Regions),
            Id(scope.Self),
            Arg.Integer(take)
        );

    public Task<int> DeleteOldAsync(DateTimeOffset before, CancellationToken ct) =>
        database.RepeatableAsync(DeleteOld, ct, Arg.Time(before));

    private static string Load(string verb) => SqlFile.Beside<SessionStore>($"session.{verb}");

    private static NpgsqlParameter Id(Guid id) => new() { Value = id, NpgsqlDbType = NpgsqlDbType.Uuid };

    private static NpgsqlParameter NoId() => new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    private static NpgsqlParameter Nothing() => new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea };

    private static Session RowOf(NpgsqlDataReader row) =>
        new()
        {
            Id = row.GetGuid(0),
            Kind = (SessionKind)row.GetInt16(1),
            Secret = row.GetBlob(2),
            SeenAt = row.GetTime(3),
            EndsAt = row.GetTime(4),
            LatestAt = row.GetTime(5),
            EndedAt = row.FindTime(6),
            Person = new()
            {
                Id = row.GetGuid(7),
                Name = row.GetString(8),
                DisplayName = row.GetString(8),
                IsDisabled = row.GetBoolean(9),
                MustChangePassword = row.GetBoolean(10),
                Roles = [.. row.GetFieldValue<string[]>(11)],
                Teams = [.. row.GetFieldValue<string[]>(12)],
                Regions = [.. row.GetFieldValue<string[]>(13)],
            },
        };

    private static SessionView ViewOf(NpgsqlDataReader row, Guid? own) =>
        new(
            row.GetGuid(0),
            (SessionKind)row.GetInt16(1),
            row.GetGuid(2),
            row.GetString(3),
            row.GetString(4),
            row.FindText(5),
            row.FindText(6),
            row.GetTime(7),
            row.GetTime(8),
            row.GetTime(9),
            row.GetGuid(0) == own
        );
}
