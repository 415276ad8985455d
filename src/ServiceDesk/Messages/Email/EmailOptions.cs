namespace ServiceLoop.ServiceDesk.Messages.Email;

/// <summary>How the connection to the mail server is protected.</summary>
public enum EmailSecurity
{
    /// <summary>TLS where the server offers it, or from the start on port 465.</summary>
    Auto,

    /// <summary>TLS from the start.</summary>
    Tls,

    /// <summary>TLS by STARTTLS, or nothing is sent.</summary>
    StartTls,

    /// <summary>None: only for a server beside this one.</summary>
    None,
}

/// <summary>The mail server; section <c>Messages:Email</c> of the settings. Without a host no e-mail can be sent.</summary>
public sealed record EmailOptions
{
    /// <summary>Name of the SMTP server. Null: none.</summary>
    public string? Host { get; init; }

    /// <summary>Its port. Default: 587.</summary>
    public int Port { get; init; } = 587;

    /// <summary>How the connection is protected. Default: <see cref="EmailSecurity.Auto"/>.</summary>
    public EmailSecurity Security { get; init; }

    /// <summary>Account on it. Null: none is needed.</summary>
    public string? User { get; init; }

    /// <summary>Its password.</summary>
    public string? Password { get; init; }

    /// <summary>Address of the sender.</summary>
    public string? From { get; init; }

    /// <summary>Name of the sender. Default: <c>ServiceLoop</c>.</summary>
    public string FromName { get; init; } = "ServiceLoop";

    /// <summary>How long sending one message may take. 1 s to 1 min. Default: 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What is wrong with the settings, as a sentence; null for nothing.</summary>
    public string? Fault() =>
        Host is null ? null
        : string.IsNullOrWhiteSpace(Host) ? "Messages:Email:Host is empty. Name the mail server, or leave the setting away."
        : Port is < 1 or > 65_535 ? $"Messages:Email:Port is {Port}, and must lie between 1 and 65535."
        : EmailCarrier.Mailbox(From) is null ? $"Messages:Email:From is '{From}', and must be the e-mail address of the sender."
        : Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(1)
            ? $"Messages:Email:Timeout is {Timeout}, and must lie between 1 s and 1 min."
        : null;

    // The compiler's own text would hold the password.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("Host = ").Append(Host);
        return true;
    }
}
