using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace ServiceLoop.ServiceDesk.Messages.Email;

/// <summary>Sends e-mails by SMTP. The id of the message is its Message-ID, by which a mail server recognises one that comes twice.</summary>
internal sealed class EmailCarrier(EmailOptions options, TimeProvider clock) : IMessageCarrier
{
    public MessageChannel Channel => MessageChannel.Email;

    /// <summary>The address in a text; null when it is none.</summary>
    public static MailboxAddress? Mailbox(string? text) =>
        text is not null
        && MailboxAddress.TryParse(text, out var mailbox)
        && mailbox.Address.Split('@') is [{ Length: > 0 }, { Length: > 0 } host]
        && host.Contains('.', StringComparison.Ordinal) | host == "localhost"
            ? mailbox
            : null;

    public string? Refusal(string recipient) =>
        Mailbox(recipient) is null ? $"'{TextRules.Quote(recipient)}' is no e-mail address. Give one like ann@example.com." : null;

    public async Task CarryAsync(Message message, CancellationToken ct)
    {
        if (options.Host is null)
            throw new MessageRefusedException(
                "No mail server is set up. Set Messages__Email__Host and Messages__Email__From, and send the message again."
            );

        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        over.CancelAfter(options.Timeout);
        using var client = new SmtpClient { Timeout = (int)options.Timeout.TotalMilliseconds };

        try
        {
            await client.ConnectAsync(options.Host, options.Port, SecurityOf(options.Security), over.Token);

            if (options.User is not null)
                await client.AuthenticateAsync(options.User, options.Password ?? "", over.Token);

            await client.SendAsync(Letter(message), over.Token);
            await client.DisconnectAsync(quit: true, over.Token);
        }
        catch (Exception e) when (Trouble(e, ct) is { } trouble)
        {
            throw new MessageRefusedException(trouble, e);
        }
    }

    private string? Trouble(Exception error, CancellationToken ct) =>
        error switch
        {
            SmtpCommandException refused => $"The mail server refused the message: {(int)refused.StatusCode} {refused.Message.Trim()}",
            System.Security.Authentication.AuthenticationException or MailKit.Security.AuthenticationException or SslHandshakeException =>
                $"The mail server {options.Host} let nobody in: {error.Message.Trim()}",
            SmtpProtocolException or SocketException or IOException or MailKit.ServiceNotConnectedException =>
                $"The mail server {options.Host}:{options.Port} cannot be reached or broke off: {error.Message.Trim()}",
            OperationCanceledException when !ct.IsCancellationRequested =>
                $"The mail server {options.Host}:{options.Port} did not take the message within {options.Timeout.TotalSeconds:0} s.",
            _ => null,
        };

    private MimeMessage Letter(Message message)
    {
        var letter = new MimeMessage
        {
            Subject = message.Subject ?? "",
            Date = clock.GetUtcNow(),
            MessageId = $"{message.Id.Replace(':', '.')}@{Mailbox(options.From)!.Address.Split('@')[1]}",
            Body = new TextPart(message.Format == MessageFormat.Html ? "html" : "plain") { Text = message.Body },
        };
        letter.From.Add(new MailboxAddress(options.FromName, Mailbox(options.From)!.Address));
        letter.To.Add(Mailbox(message.Recipient)!);
        letter.Headers.Add("Auto-Submitted", "auto-generated");

        if (message.CaseId is not null)
            letter.Headers.Add("X-ServiceLoop-Case", message.CaseId);

        return letter;
    }

    private static SecureSocketOptions SecurityOf(EmailSecurity security) =>
        security switch
        {
            EmailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            EmailSecurity.StartTls => SecureSocketOptions.StartTls,
            EmailSecurity.None => SecureSocketOptions.None,
            _ => SecureSocketOptions.Auto,
        };
}
