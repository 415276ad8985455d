namespace ServiceLoop.Workflows;

/// <summary>What the server tells; events 700–799.</summary>
internal static partial class Log
{
    [LoggerMessage(700, LogLevel.Information, "ServiceLoop is ready: {Addresses}")]
    public static partial void Ready(ILogger logger, string addresses);

    [LoggerMessage(701, LogLevel.Information, "Stopping: not ready for new work; listening for {Seconds} s more")]
    public static partial void Draining(ILogger logger, int seconds);

    [LoggerMessage(702, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void Defect(ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(703, LogLevel.Information, "Importing definitions from {Folder} …")]
    public static partial void Importing(ILogger logger, string folder);

    [LoggerMessage(704, LogLevel.Information, "Published {DefinitionId} version {Version} from {File}")]
    public static partial void Imported(ILogger logger, string definitionId, int version, string file);

    [LoggerMessage(705, LogLevel.Error, "{Line}")]
    public static partial void NotImported(ILogger logger, string line);

    [LoggerMessage(706, LogLevel.Warning, "{Line}")]
    public static partial void OddDefinition(ILogger logger, string line);

    [LoggerMessage(707, LogLevel.Information, "{Count} definitions are as published")]
    public static partial void Unchanged(ILogger logger, int count);

    [LoggerMessage(709, LogLevel.Information, "The desk has {Count} things of the starter set that it lacked")]
    public static partial void DeskStarted(ILogger logger, int count);

    [LoggerMessage(
        708,
        LogLevel.Warning,
        "The folder {Folder} does not exist; no definitions are imported. Set Definitions__Path to another, or to nothing"
    )]
    public static partial void NoDefinitions(ILogger logger, string folder);

    [LoggerMessage(
        709,
        LogLevel.Warning,
        "TIME IS DRIVEN, not real: it stands at {Now:O} and passes {Speed} times as fast as the world's, and PUT /api/clock moves it. For replays only. Leave Clock__Mode out for real time"
    )]
    public static partial void TimeIsDriven(ILogger logger, DateTimeOffset now, double speed);

    [LoggerMessage(720, LogLevel.Warning, "Viewers of instances are not told what is new: {Reason}")]
    public static partial void ViewersNotTold(ILogger logger, string reason);

    [LoggerMessage(730, LogLevel.Error, "The door {Endpoint} has no rule and stays shut")]
    public static partial void DoorWithoutRule(ILogger logger, string endpoint);

    [LoggerMessage(731, LogLevel.Warning, "A sign-in by OpenID Connect failed ({Problem}): {Reason}")]
    public static partial void AuthorityFailed(ILogger logger, string problem, string reason);

    [LoggerMessage(732, LogLevel.Debug, "Somebody came back from OpenID Connect too late, or without having gone there: {Reason}")]
    public static partial void AuthorityExpired(ILogger logger, string reason);

    [LoggerMessage(
        740,
        LogLevel.Warning,
        "The key ring lies open in the database: whoever reads that can read secrets and forge sessions. Set Secrets__Key, or Secrets__KeyFile, to at least 32 random bytes as Base64"
    )]
    public static partial void KeyRingOpen(ILogger logger);

    [LoggerMessage(741, LogLevel.Information, "{Count} keys of the key ring are now encrypted with the key {Fingerprint}")]
    public static partial void KeyRingEncrypted(ILogger logger, int count, string fingerprint);

    [LoggerMessage(790, LogLevel.Information, "Published {Count} articles of the starter set from {Folder}")]
    public static partial void ArticlesStarted(ILogger logger, int count, string folder);
}
