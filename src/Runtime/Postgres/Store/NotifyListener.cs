using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>
/// Hears from other nodes that definitions changed (<c>LISTEN</c>). A message may be lost, for example while the connection is: whoever subscribes
/// must also read again by itself from time to time. After each reconnection subscribers are told that anything may have changed.
/// </summary>
public sealed class NotifyListener(NpgsqlDataSource database, ILogger<NotifyListener> logger) : BackgroundService
{
    /// <summary>Name of the channel.</summary>
    public const string Channel = "serviceloop_definitions";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // Finds a connection that died without a word.
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(30);

    private static readonly string Listen = SqlFile.Beside<NotifyListener>("notification.listen");
    private static readonly string Ask = SqlFile.Beside<NotifyListener>("notification.ask");

    private readonly Lock gate = new();
    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<string?>[] subscribers = [];

    /// <summary>Completes when it listens for the first time.</summary>
    public Task Listening => listening.Task;

    /// <summary>Calls back with the line of versions that changed, or null when anything may have; on any thread, never twice at once.</summary>
    /// <returns>Ends the subscription.</returns>
    public IDisposable Subscribe(Action<string?> heard)
    {
        lock (gate)
            subscribers = [.. subscribers, heard];

        return new Subscription(this, heard);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                connection.Notification += (_, message) => Tell(message.Payload);
                await ExecuteAsync(Listen, connection, stoppingToken);
                listening.TrySetResult();
                Tell(null);
                pause = FirstPause;
                await WaitAsync(connection, stoppingToken);
            }
            catch (Exception error) when (ServerFault.IsUnavailable(error))
            {
                Log.ListenerLost(logger, error.Message);
                await Task.Delay(pause, stoppingToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private static async Task WaitAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
            if (!await connection.WaitAsync(AskEvery, ct))
                await ExecuteAsync(Ask, connection, ct);
    }

    private static async Task ExecuteAsync(string sql, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private void Tell(string? line)
    {
        foreach (var heard in subscribers)
        {
            try
            {
                heard(line);
            }
            catch (Exception error)
            {
                Log.ListenerFailed(logger, error);
            }
        }
    }

    private sealed class Subscription(NotifyListener listener, Action<string?> heard) : IDisposable
    {
        public void Dispose()
        {
            lock (listener.gate)
                listener.subscribers = [.. listener.subscribers.Where(other => other != heard)];
        }
    }
}
