using ServiceLoop.ServiceDesk.Messages.Email;

namespace ServiceLoop.Workflows.Start;

/// <summary>Settings of messages.</summary>
internal static class MessageSettings
{
    /// <exception cref="StartException">They cannot be used.</exception>
    public static EmailOptions ReadEmail(IConfiguration settings)
    {
        var options = settings.ReadSection<EmailOptions>("Messages:Email");
        return options.Fault() is { } fault ? throw new StartException(fault) : options;
    }
}
