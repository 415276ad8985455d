using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ServiceLoop.TestKit;

/// <summary>A wire to the server that can be cut: before a request arrives, or after it was carried out and before the answer arrives.</summary>
public sealed class CuttableProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly List<(TcpClient Client, TcpClient Server)> wires = [];
    private readonly List<Task> pumps = [];
    private readonly string host;
    private readonly int port;
    private readonly Task accepting;
    private volatile bool losesAnswers;
    private volatile bool isClosed;
    private int answersLost;

    /// <summary>A wire to the server of a connection string.</summary>
    public CuttableProxy(string connectionString)
    {
        var address = new NpgsqlConnectionStringBuilder(connectionString);
        (host, port) = (address.Host!, address.Port);
        listener.Start();
        address.Host = "127.0.0.1";
        address.Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        address.MaxPoolSize = 20;
        address.Timeout = 3;
        address.SslMode = SslMode.Disable;
        Database = NpgsqlDataSource.Create(address);
        accepting = AcceptAsync();
    }

    /// <summary>The server, seen through the wire.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>How often an answer was swallowed.</summary>
    public int AnswersLost => answersLost;

    /// <summary>The next answer of the server is swallowed and its connection cut; then all is well again.</summary>
    public void LoseNextAnswer() => losesAnswers = true;

    /// <summary>Cuts all connections; new ones work.</summary>
    public void Cut()
    {
        lock (wires)
        {
            foreach (var (client, server) in wires)
            {
                client.Close();
                server.Close();
            }

            wires.Clear();
        }
    }

    /// <summary>Refuses everybody until it is opened again.</summary>
    public void Close()
    {
        isClosed = true;
        Cut();
    }

    /// <summary>Lets everybody through again.</summary>
    public void Open() => isClosed = false;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        listener.Stop();
        Cut();
        await accepting;
        await Task.WhenAll(pumps);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();

                if (isClosed)
                {
                    client.Close();
                    continue;
                }

                var server = new TcpClient();
                await server.ConnectAsync(host, port);
                client.NoDelay = server.NoDelay = true;

                lock (wires)
                    wires.Add((client, server));

                pumps.Add(PumpAsync(client, server, isAnswer: false));
                pumps.Add(PumpAsync(server, client, isAnswer: true));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, bool isAnswer)
    {
        var buffer = new byte[65_536];
        try
        {
            var input = from.GetStream();
            var output = to.GetStream();
            while (await input.ReadAsync(buffer) is > 0 and var read)
            {
                if (isAnswer && losesAnswers)
                {
                    losesAnswers = false;
                    Interlocked.Increment(ref answersLost);
                    break;
                }

                await output.WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }

        from.Close();
        to.Close();
    }
}
