using Npgsql;

namespace ServiceLoop.Runtime.Postgres.Embedded;

/// <summary>What answers on a port.</summary>
internal enum ProbeResult
{
    /// <summary>The server of this cluster, ready.</summary>
    Ours,

    /// <summary>A server that works in another folder: a copy of this home, with the same password.</summary>
    Foreign,

    /// <summary>Nobody yet, or a server that is starting, recovering or stopping.</summary>
    NotReady,

    /// <summary>A server that does not accept the password of <c>run.json</c>.</summary>
    WrongPassword,
}

/// <summary>Talks to a server of the cluster through short connections that nobody pools.</summary>
internal sealed class ServerProbe(DataHome home)
{
    /// <summary>The database of the application.</summary>
    public const string Database = "serviceloop";

    private const string NonceFile = "attach.nonce";
    private const int ConnectSeconds = 5;

    private static readonly string FindDatabase = SqlFile.Beside<ServerProbe>("database.find");
    private static readonly string CreateDatabase = SqlFile.Beside<ServerProbe>("database.create");
    private static readonly string ReadNonce = SqlFile.Beside<ServerProbe>("server.read_nonce");

    public static string ConnectionString(int port, string password, string database = Database) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = Cluster.User,
            Password = password,
            Database = database,
            SslMode = SslMode.Disable,
        }.ConnectionString;

    /// <summary>Connects and lets the server prove that it works in our data folder: it reads back what we have just put there.</summary>
    public async Task<ProbeResult> AskAsync(int port, string password, CancellationToken ct)
    {
        var nonce = Guid.NewGuid().ToString("N");
        var path = Path.Combine(home.Data, NonceFile);
        await File.WriteAllTextAsync(path, nonce, ct);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        try
        {
            await using var connection = await ConnectAsync(port, password, ct);
            await using var command = new NpgsqlCommand(ReadNonce, connection) { Parameters = { new() { Value = NonceFile } } };
            return await command.ExecuteScalarAsync(ct) as string == nonce ? ProbeResult.Ours : ProbeResult.Foreign;
        }
        catch (PostgresException error)
            when (error.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            return ProbeResult.WrongPassword;
        }
        catch (NpgsqlException)
        {
            return ProbeResult.NotReady;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Makes the application's database if it is not there.</summary>
    public static async Task EnsureDatabaseAsync(int port, string password, CancellationToken ct)
    {
        await using var connection = await ConnectAsync(port, password, ct);
        await using var find = new NpgsqlCommand(FindDatabase, connection) { Parameters = { new() { Value = Database } } };
        if (await find.ExecuteScalarAsync(ct) is not true)
        {
            await using var create = new NpgsqlCommand(CreateDatabase, connection);
            await create.ExecuteNonQueryAsync(ct);
        }
    }

    private static async Task<NpgsqlConnection> ConnectAsync(int port, string password, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString(port, password, "postgres"))
        {
            Pooling = false,
            Timeout = ConnectSeconds,
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }
}
