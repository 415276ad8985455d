using Microsoft.Extensions.Logging;

namespace ServiceLoop.Identity;

/// <summary>What people and their rights tell; events 1000–1099. Never a secret, a hash or a name that somebody typed in vain.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Warning, "Other nodes were not told of a change ({Kind}); they see it within seconds: {Reason}")]
    public static partial void NotTold(ILogger logger, string kind, string reason);

    [LoggerMessage(1001, LogLevel.Warning, "The bootstrap key is on: whoever has it may do everything. Take it away when API keys exist")]
    public static partial void BootstrapKeyIsOn(ILogger logger);

    [LoggerMessage(1003, LogLevel.Information, "There is nobody yet: the administrator '{Name}' was made")]
    public static partial void FirstAdminMade(ILogger logger, string name);

    [LoggerMessage(1004, LogLevel.Warning, "A refresh token of session {Session} was used a second time; the session was ended")]
    public static partial void RefreshTokenStolen(ILogger logger, Guid session);

    [LoggerMessage(1005, LogLevel.Warning, "Upkeep of sessions failed and is tried again later: {Reason}")]
    public static partial void UpkeepFailed(ILogger logger, string reason);

    [LoggerMessage(1006, LogLevel.Warning, "People:OpenIdConnect:RoleMap names the role '{Role}', which does not exist here")]
    public static partial void MappedToNoRole(ILogger logger, string role);
}
