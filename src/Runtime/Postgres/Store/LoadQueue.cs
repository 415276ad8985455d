using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>Loads instances: calls that come while a round trip is under way share the next one.</summary>
internal sealed class LoadQueue : IAsyncDisposable
{
    // A connection may have died while it was idle; a read is simply repeated on a new one.
    private const int MaxAttempts = 2;

    private readonly Channel<PendingLoad> channel = Channel.CreateUnbounded<PendingLoad>();
    private readonly Task[] loops;
    private readonly NpgsqlDataSource database;
    private readonly PostgresStoreOptions options;
    private int waiting;

    public LoadQueue(NpgsqlDataSource database, PostgresStoreOptions options)
    {
        this.database = database;
        this.options = options;
        loops = [.. Enumerable.Range(0, options.Readers).Select(_ => Task.Run(RunAsync))];
    }

    /// <summary>Loads an instance; null when there is none.</summary>
    public Task<InstanceRow?> FindAsync(string instanceId, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();

        if (Interlocked.Increment(ref waiting) > options.MaxWaiting)
        {
            Interlocked.Decrement(ref waiting);
            throw new StoreUnavailableException($"{options.MaxWaiting} instances wait to be loaded already. This one was not accepted.");
        }

        var pending = new PendingLoad(instanceId);

        if (!channel.Writer.TryWrite(pending))
        {
            Interlocked.Decrement(ref waiting);
            throw new StoreUnavailableException("The store is shutting down; the instance was not loaded.");
        }

        // A caller that gives up leaves its place in the queue; the answer is dropped.
        return ct.CanBeCanceled ? pending.Task.WaitAsync(ct) : pending.Task;
    }

    public async ValueTask DisposeAsync()
    {
        channel.Writer.TryComplete();
        await Task.WhenAll(loops);
    }

    private async Task RunAsync()
    {
        var reader = new Reader(database, options);
        await using var _ = reader;
        var group = new List<PendingLoad>();

        while (await channel.Reader.WaitToReadAsync(CancellationToken.None))
        {
            group.Clear();

            while (group.Count < options.MaxGroup && channel.Reader.TryRead(out var pending))
                group.Add(pending);

            if (group.Count == 0)
                continue;

            await LoadAsync(reader, group);
            Interlocked.Add(ref waiting, -group.Count);
        }
    }

    private static async Task LoadAsync(Reader reader, List<PendingLoad> group)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await reader.LoadAsync(group);
                return;
            }
            catch (Exception error)
            {
                var isUnavailable = ServerFault.IsUnavailable(error);

                if (isUnavailable && attempt < MaxAttempts)
                    continue;

                foreach (var pending in group)
                    pending.TrySetException(isUnavailable ? ServerFault.Unavailable(error) : error);

                return;
            }
        }
    }

    private sealed class PendingLoad(string instanceId)
        : TaskCompletionSource<InstanceRow?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public string InstanceId => instanceId;
    }

    /// <summary>A connection with the statement prepared.</summary>
    private sealed class Reader(NpgsqlDataSource database, PostgresStoreOptions options) : IAsyncDisposable
    {
        private static readonly string Load = SqlFile.Beside<LoadQueue>("workflow_instance.load");

        private readonly Column<string> ids = new(NpgsqlDbType.Text);
        private Session? session;
        private NpgsqlCommand? command;

        public async Task LoadAsync(List<PendingLoad> group)
        {
            if (session is not { IsOpen: true } || command is null)
                await OpenAsync();

            ids.Clear();

            foreach (var pending in group)
                ids.Add(pending.InstanceId);

            await using var reader = await command!.ExecuteReaderAsync(CancellationToken.None);

            while (await reader.ReadAsync(CancellationToken.None))
            {
                var pending = group[(int)reader.GetInt64(0) - 1];
                pending.TrySetResult(RowOf(reader));
            }

            foreach (var pending in group)
                pending.TrySetResult(null);
        }

        public async ValueTask DisposeAsync()
        {
            if (command is not null)
                await command.DisposeAsync();

            if (session is not null)
                await session.DisposeAsync();

            command = null;
            session = null;
        }

        private static InstanceRow RowOf(NpgsqlDataReader reader) =>
            new(
                reader.GetString(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetInt64(4),
                reader.GetFieldValue<byte[]>(5),
                reader.GetFieldValue<DateTimeOffset>(6),
                reader.GetFieldValue<DateTimeOffset>(7),
                reader.IsDBNull(8) ? null : reader.GetString(8),
                reader.IsDBNull(9) ? null : reader.GetFieldValue<DateTimeOffset>(9)
            );

        private async Task OpenAsync()
        {
            await DisposeAsync();
            session = await Session.OpenAsync(database, CancellationToken.None);
            command = new NpgsqlCommand(Load, session.Connection)
            {
                CommandTimeout = (int)options.CommandTimeout.TotalSeconds,
                Parameters = { ids.ToParameter(true) },
            };
            await command.PrepareAsync(CancellationToken.None);
        }
    }
}
