using System.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>
/// Hears from other nodes that definitions changed or instances moved (<c>LISTEN</c>). A message may be lost, for example while the connection is: whoever subscribes
/// must also read again by itself from time to time. After each reconnection subscribers are told that anything may have changed.
/// </summary>
public sealed class NotifyListener(NpgsqlDataSource database, ILogger<NotifyListener> logger) : BackgroundService
{
    /// <summary>Tells lines of versions that changed.</summary>
    public const string Channel = "serviceloop_definitions";

    /// <summary>Tells the ids of instances that somebody looks at on some node, one a line, after the name of that node.</summary>
    public const string ObservedChannel = "serviceloop_observed";

    /// <summary>Tells the ids of observed instances that were committed, one a line.</summary>
    public const string MovedChannel = "serviceloop_moved";

    /// <summary>Tells that what somebody may do has changed: a session, a person, a role or a key, as <c>kind:id</c>.</summary>
    public const string PeopleChannel = "serviceloop_people";

    /// <summary>Tells the version of the triage model that is in force from now on.</summary>
    public const string TriageChannel = "serviceloop_triage";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // Finds a connection that died without a word.
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(30);

    private static readonly string Listen = SqlFile.Beside<NotifyListener>("notification.listen");
    private static readonly string Unlisten = SqlFile.Beside<NotifyListener>("notification.unlisten");
    private static readonly string Tell = SqlFile.Beside<NotifyListener>("notification.tell");
    private static readonly string Ask = SqlFile.Beside<NotifyListener>("notification.ask");

    private readonly Lock gate = new();
    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (string Channel, Action<string?> Heard)[] subscribers = [];

    /// <summary>Completes when it listens for the first time.</summary>
    public Task Listening => listening.Task;

    /// <summary>Calls back with the line of versions that changed, or null when anything may have; on any thread, never twice at once.</summary>
    /// <returns>Ends the subscription.</returns>
    public IDisposable Subscribe(Action<string?> heard) => Subscribe(Channel, heard);

    /// <summary>Calls back with what is told on a channel, or null when anything may have been missed; on any thread, never twice at once.</summary>
    /// <returns>Ends the subscription.</returns>
    public IDisposable Subscribe(string channel, Action<string?> heard)
    {
        lock (gate)
            subscribers = [.. subscribers, (channel, heard)];

        return new Subscription(this, heard);
    }

    /// <summary>Tells all nodes something, this one too. Less than 8000 bytes.</summary>
    public async Task TellAsync(string channel, string text, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Tell);
        command.Parameters.Add(new() { Value = channel });
        command.Parameters.Add(new() { Value = text });
        await command.ExecuteNonQueryAsync(ct);
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
                connection.Notification += (_, message) => Hear(message.Channel, message.Payload);
                await ExecuteAsync(Listen, connection, stoppingToken);
                listening.TrySetResult();
                Hear(null, null);
                pause = FirstPause;

                try
                {
                    await WaitAsync(connection, stoppingToken);
                }
                finally
                {
                    // The pool gives it to others as it is.
                    if (connection.State == ConnectionState.Open)
                        await ExecuteAsync(Unlisten, connection, CancellationToken.None);
                }
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

    private void Hear(string? channel, string? text)
    {
        foreach (var subscriber in subscribers)
        {
            if (channel is not null && subscriber.Channel != channel)
                continue;

            try
            {
                subscriber.Heard(text);
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
                listener.subscribers = [.. listener.subscribers.Where(other => other.Heard != heard)];
        }
    }
}
