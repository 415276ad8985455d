using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ServiceLoop.Workflows.Tests.Api.Desk;

/// <summary>A mail server that says what SMTP wants and keeps the letters (RFC 5321, as far as a client needs it).</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly SemaphoreSlim came = new(0);
    private readonly Task serving;

    public MailServer()
    {
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        serving = ServeAsync();
    }

    /// <summary>Its port.</summary>
    public int Port { get; }

    /// <summary>What it says to recipients from now on; null: yes.</summary>
    public string? Refusal { get; set; }

    /// <summary>Letters, head and body, in order.</summary>
    public ConcurrentQueue<string> Letters { get; } = [];

    /// <summary>Waits for the next letter.</summary>
    public async Task<string> NextAsync(CancellationToken ct)
    {
        (await came.WaitAsync(TimeSpan.FromSeconds(180), ct)).ShouldBeTrue("no letter came within three minutes");
        return Letters.Last();
    }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
        listener.Dispose();
        came.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                await TalkAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was closed.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.UTF8);
            await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 mail.test ESMTP");

            while (await reader.ReadLineAsync() is { } line)
            {
                switch (line.Split(' ', ':')[0].ToUpperInvariant())
                {
                    case "EHLO":
                        await writer.WriteLineAsync("250-mail.test\r\n250 8BITMIME");
                        break;
                    case "RCPT":
                        await writer.WriteLineAsync(Refusal ?? "250 OK");
                        break;
                    case "DATA":
                        await writer.WriteLineAsync("354 Go on");
                        Letters.Enqueue(await LetterAsync(reader));
                        await writer.WriteLineAsync("250 Kept");
                        came.Release();
                        break;
                    case "QUIT":
                        await writer.WriteLineAsync("221 Bye");
                        return;
                    default:
                        await writer.WriteLineAsync("250 OK");
                        break;
                }
            }
        }
    }

    private static async Task<string> LetterAsync(StreamReader reader)
    {
        var letter = new StringBuilder();

        while (await reader.ReadLineAsync() is { } line and not ".")
            letter.Append(line).Append('\n');

        return letter.ToString();
    }
}
