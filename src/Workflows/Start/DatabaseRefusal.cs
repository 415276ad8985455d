using System.Net.Sockets;
using Npgsql;

namespace ServiceLoop.Workflows.Start;

/// <summary>Why a database cannot be used, as one sentence with the cure.</summary>
internal static class DatabaseRefusal
{
    /// <summary>What the statements of the product need.</summary>
    public static readonly Version Oldest = new(14, 0);

    private const string Cure = "Correct ConnectionStrings__Default (or DATABASE_URL), or leave it out to use the embedded server.";

    /// <summary>Refuses a server that is older than <see cref="Oldest"/>.</summary>
    /// <exception cref="StartException">It is.</exception>
    public static void ThrowIfTooOld(Version version)
    {
        if (version < Oldest)
            throw new StartException(
                $"The PostgreSQL there has version {version}; at least {Oldest.Major} is needed. Upgrade it, or name another server in ConnectionStrings__Default."
            );
    }

    /// <summary>The sentence for what Npgsql says.</summary>
    /// <param name="failure">What it says.</param>
    /// <param name="address">The connection string; its password is not repeated.</param>
    public static StartException Of(NpgsqlException failure, string address)
    {
        var settings = new NpgsqlConnectionStringBuilder(address);
        var place = $"{settings.Host}:{settings.Port}";
        var why = failure is PostgresException refused ? Refused(refused, settings) : Unreachable(failure);
        return new StartException($"PostgreSQL at {place} cannot be used: {why} {Cure}", failure);
    }

    private static string Refused(PostgresException refused, NpgsqlConnectionStringBuilder settings) =>
        refused.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                $"it does not accept the role '{settings.Username}' with this password.",
            PostgresErrorCodes.InvalidCatalogName =>
                $"it has no database '{settings.Database ?? settings.Username}'; create it with: create database \"{settings.Database ?? settings.Username}\".",
            PostgresErrorCodes.CannotConnectNow => "it is starting or stopping; try again in a moment.",
            PostgresErrorCodes.TooManyConnections => "it has no connection left; raise max_connections or stop other programs.",
            PostgresErrorCodes.InsufficientPrivilege =>
                $"the role '{settings.Username}' may not create tables there ({refused.MessageText}); grant it the database.",
            PostgresErrorCodes.ReadOnlySqlTransaction => "it only reads, as a standby does; name the primary.",
            _ => $"it says {refused.SqlState} {Sentence(refused.MessageText)}",
        };

    private static string Unreachable(NpgsqlException failure) =>
        failure.GetBaseException() switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "nobody listens there. Start it.",
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } =>
                "there is no such host.",
            SocketException socket => Sentence(socket.Message),
            TimeoutException => "it does not answer in time; look at the network between and at the server.",
            var other => Sentence(other.Message),
        };

    private static string Sentence(string text) => text.ReplaceLineEndings(" ").TrimEnd('.', ' ') + ".";
}
