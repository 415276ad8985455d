using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Postgres.Store;

namespace ServiceLoop.Identity.Users;

/// <summary>The table <c>person</c>.</summary>
internal sealed class PersonStore(Database database)
{
    private static readonly string FindOne = Load("find");
    private static readonly string FindByName = Load("find_by_name");
    private static readonly string FindBySubject = Load("find_by_subject");
    private static readonly string Page = Load("page");
    private static readonly string Insert = Load("insert");
    private static readonly string InsertFirst = Load("insert_first");
    private static readonly string Any = Load("any");
    private static readonly string LockAdmins = Load("lock");
    private static readonly string OtherAdmin = Load("other_admin");
    private static readonly string Update = Load("update");
    private static readonly string Disable = Load("disable");
    private static readonly string Delete = Load("delete");
    private static readonly string SetPassword = Load("set_password");
    private static readonly string Rehash = Load("rehash");
    private static readonly string Attempt = Load("attempt");
    private static readonly string TakeBack = Load("take_back");
    private static readonly string Arrive = Load("arrive");
    private static readonly string Unlock = Load("unlock");
    private static readonly string SetSecondFactor = Load("set_second_factor");
    private static readonly string UseStep = Load("use_step");
    private static readonly string UseRecoveryCode = Load("use_recovery_code");

    public async Task<Person?> FindAsync(Guid id, CancellationToken ct) =>
        await database.ReadAsync(FindOne, RowOf, ct, Id(id)) is [var found] ? found : null;

    public async Task<Person?> FindByNameAsync(string name, CancellationToken ct) =>
        await database.ReadAsync(FindByName, RowOf, ct, Arg.Text(Key(name))) is [var found] ? found : null;

    public async Task<Person?> FindBySubjectAsync(string issuer, string subject, CancellationToken ct) =>
        await database.ReadAsync(FindBySubject, RowOf, ct, Arg.Text(issuer), Arg.Text(subject)) is [var found] ? found : null;

    public Task<IReadOnlyList<Person>> PageAsync(PeopleFilter filter, int take, Scope scope, DateTimeOffset now, CancellationToken ct) =>
        database.ReadFittedAsync(
            Page,
            RowOf,
            ct,
            Arg.Text(filter.After is null ? "" : Key(filter.After)),
            Arg.Integer(take),
            Arg.Text(Clean(filter.Text)),
            Arg.Text(Clean(filter.Role)),
            Arg.Text(Clean(filter.Team)),
            Arg.TextsOrNull(scope.Teams),
            Arg.TextsOrNull(scope.Regions),
            Id(scope.Self),
            Arg.Text(filter.State?.ToString()),
            Arg.Time(now)
        );

    public async Task<bool> InsertAsync(Person person, CancellationToken ct) =>
        await database.OnceAsync(
            Insert,
            ct,
            Id(person.Id),
            Arg.Text(person.Name),
            Arg.Text(Key(person.Name)),
            Arg.Text(person.DisplayName),
            Arg.Text(person.Email),
            Arg.Text(person.Language),
            Arg.Text(person.TimeZone),
            Arg.Text(person.PasswordHash),
            Arg.Flag(person.MustChangePassword),
            Arg.Texts(person.Roles),
            Arg.Texts(person.Teams),
            Arg.Texts(person.Regions),
            Arg.Text(person.Issuer),
            Arg.Text(person.Subject),
            Arg.Time(person.CreatedAt)
        ) == 1;

    public async Task<bool> AnyAsync(CancellationToken ct) => await database.ReadValueAsync(Any, ct) is true;

    /// <summary>Makes the first administrator; false when there is somebody, also when another node was faster.</summary>
    public async Task<bool> InsertFirstAsync(Guid id, string name, string hash, DateTimeOffset now, CancellationToken ct)
    {
        var made = 0;
        await database.TransactionAsync(
            async (connection, transaction) =>
            {
                await ExecuteAsync(connection, transaction, LockAdmins, ct);
                made = await ExecuteAsync(
                    connection,
                    transaction,
                    InsertFirst,
                    ct,
                    Id(id),
                    Arg.Text(name),
                    Arg.Text(Key(name)),
                    Arg.Text(hash),
                    Arg.Time(now)
                );
            },
            ct
        );
        return made == 1;
    }

    /// <summary>Makes a change after which there must still be an administrator who can sign in.</summary>
    /// <param name="id">Of whom.</param>
    /// <param name="isRisky">False when the change leaves an administrator one, or concerns none.</param>
    /// <param name="change">Sends it.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="IdentityRefusedException">There would be none.</exception>
    private async Task<bool> KeepingAnAdminAsync(
        Guid id,
        bool isRisky,
        Func<NpgsqlConnection, NpgsqlTransaction, Task<int>> change,
        CancellationToken ct
    )
    {
        var changed = 0;
        await database.TransactionAsync(
            async (connection, transaction) =>
            {
                if (isRisky)
                {
                    await ExecuteAsync(connection, transaction, LockAdmins, ct);
                    await using var ask = new NpgsqlCommand(OtherAdmin, connection, transaction) { Parameters = { Id(id) } };

                    if (await ask.ExecuteScalarAsync(ct) is not true)
                        throw IdentityRefusedException.Conflict(
                            "person.last-admin",
                            "This is the last administrator who can sign in. Make somebody else an administrator first."
                        );
                }

                changed = await change(connection, transaction);
            },
            ct
        );
        return changed == 1;
    }

    public Task<bool> UpdateAsync(Person person, bool isRisky, DateTimeOffset now, CancellationToken ct) =>
        KeepingAnAdminAsync(
            person.Id,
            isRisky,
            (connection, transaction) =>
                ExecuteAsync(
                    connection,
                    transaction,
                    Update,
                    ct,
                    Id(person.Id),
                    Arg.Text(person.DisplayName),
                    Arg.Text(person.Email),
                    Arg.Text(person.Language),
                    Arg.Text(person.TimeZone),
                    Arg.Texts(person.Roles),
                    Arg.Texts(person.Teams),
                    Arg.Texts(person.Regions),
                    Arg.Time(now),
                    Arg.Number(person.Version)
                ),
            ct
        );

    public Task<bool> DisableAsync(Person seen, bool isDisabled, bool isRisky, DateTimeOffset now, CancellationToken ct) =>
        KeepingAnAdminAsync(
            seen.Id,
            isRisky,
            (connection, transaction) =>
                ExecuteAsync(
                    connection,
                    transaction,
                    Disable,
                    ct,
                    Id(seen.Id),
                    Arg.Flag(isDisabled),
                    Arg.Time(now),
                    Arg.Number(seen.Version)
                ),
            ct
        );

    public Task<bool> DeleteAsync(Person seen, bool isRisky, CancellationToken ct) =>
        KeepingAnAdminAsync(
            seen.Id,
            isRisky,
            (connection, transaction) => ExecuteAsync(connection, transaction, Delete, ct, Id(seen.Id), Arg.Number(seen.Version)),
            ct
        );

    /// <param name="seen">Row version as it was seen; null: whatever it is.</param>
    public async Task<bool> SetPasswordAsync(Guid id, string hash, bool mustChange, DateTimeOffset now, long? seen, CancellationToken ct) =>
        await database.OnceAsync(SetPassword, ct, Id(id), Arg.Text(hash), Arg.Flag(mustChange), Arg.Time(now), Version(seen)) == 1;

    public Task RehashAsync(Guid id, string hash, string old, CancellationToken ct) =>
        database.RepeatableAsync(Rehash, ct, Id(id), Arg.Text(hash), Arg.Text(old));

    /// <summary>Counts an attempt. Null: locked. True: this was the last before a lock.</summary>
    public async Task<bool?> AttemptAsync(Guid id, DateTimeOffset now, int most, DateTimeOffset until, CancellationToken ct) =>
        (bool?)await database.OnceForValueAsync(Attempt, ct, Id(id), Arg.Time(now), Arg.Integer(most), Arg.Time(until));

    /// <summary>Takes an attempt back that was right.</summary>
    public Task TakeBackAsync(Guid id, bool hasLocked, int most, DateTimeOffset until, CancellationToken ct) =>
        database.OnceAsync(TakeBack, ct, Id(id), Arg.Flag(hasLocked), Arg.Integer(most), Arg.Time(until));

    public Task ArriveAsync(Guid id, DateTimeOffset now, CancellationToken ct) =>
        database.RepeatableAsync(Arrive, ct, Id(id), Arg.Time(now));

    public Task UnlockAsync(Guid id, CancellationToken ct) => database.RepeatableAsync(Unlock, ct, Id(id));

    /// <param name="seen">Row version as it was seen; null: whatever it is.</param>
    public async Task<bool> SetSecondFactorAsync(
        Guid id,
        string? secret,
        DateTimeOffset? since,
        long step,
        IEnumerable<byte[]> recovery,
        DateTimeOffset now,
        long? seen,
        CancellationToken ct
    ) =>
        await database.OnceAsync(
            SetSecondFactor,
            ct,
            Id(id),
            Arg.Text(secret),
            Arg.Time(since),
            Arg.Number(step),
            Arg.Blobs(recovery.Select(hash => new ReadOnlyMemory<byte>(hash))),
            Arg.Time(now),
            Version(seen)
        ) == 1;

    public async Task<bool> UseStepAsync(Guid id, long step, CancellationToken ct) =>
        await database.OnceAsync(UseStep, ct, Id(id), Arg.Number(step)) == 1;

    public async Task<bool> UseRecoveryCodeAsync(Guid id, byte[] hash, CancellationToken ct) =>
        await database.OnceAsync(UseRecoveryCode, ct, Id(id), Arg.Blob(hash)) == 1;

    /// <summary>What two spellings of a name have in common.</summary>
    public static string Key(string name) => Clean(name.Trim())!.Normalize(System.Text.NormalizationForm.FormKC).ToUpperInvariant();

    // Halves of characters cannot be normalized, and the database takes no zeros: such a text is looked for in vain, not refused with an error.
    private static string? Clean(string? text) => FactText.Clean(text, FactText.LongestName);

    private static string Load(string verb) => SqlFile.Beside<PersonStore>($"person.{verb}");

    private static NpgsqlParameter Id(Guid id) => new() { Value = id, NpgsqlDbType = NpgsqlDbType.Uuid };

    private static NpgsqlParameter Version(long? seen) =>
        new() { Value = seen is { } version ? version : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint };

    private static async Task<int> ExecuteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        string sql,
        CancellationToken ct,
        params NpgsqlParameter[] parameters
    )
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(ct);
    }

    private static Person RowOf(NpgsqlDataReader row) =>
        new()
        {
            Id = row.GetGuid(0),
            Name = row.GetString(1),
            DisplayName = row.GetString(2),
            Email = row.FindText(3),
            Language = row.FindText(4),
            TimeZone = row.FindText(5),
            PasswordHash = row.FindText(6),
            MustChangePassword = row.GetBoolean(7),
            LockedUntil = row.FindTime(8),
            TotpSecret = row.FindText(9),
            TotpSince = row.FindTime(10),
            RecoveryCodes = row.GetInt32(11),
            IsDisabled = row.GetBoolean(12),
            Roles = [.. row.GetFieldValue<string[]>(13)],
            Teams = [.. row.GetFieldValue<string[]>(14)],
            Regions = [.. row.GetFieldValue<string[]>(15)],
            Issuer = row.FindText(16),
            Subject = row.FindText(17),
            Version = row.GetInt64(18),
            CreatedAt = row.GetTime(19),
            ChangedAt = row.GetTime(20),
            SeenAt = row.FindTime(21),
        };
}
