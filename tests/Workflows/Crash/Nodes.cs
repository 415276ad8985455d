namespace ServiceLoop.Workflows.Tests.Crash;

/// <summary>Several nodes of the real server on one database, of which one may be dead at any moment.</summary>
internal sealed class Nodes(string address, string definitions) : IAsyncDisposable
{
    private readonly List<(ServerProcess Process, HttpClient Client)> alive = [];
    private readonly Lock turn = new();

    /// <summary>All that nodes have said that are gone.</summary>
    public List<string> LastWords { get; } = [];

    public async Task AddAsync(CancellationToken ct)
    {
        var process = ServerProcess.Start(("ConnectionStrings__Default", address), ("Definitions__Path", definitions));
        var client = await process.ConnectAsync(ct);

        lock (turn)
            alive.Add((process, client));
    }

    /// <summary>Some node that lives as far as anybody knows; callers find out.</summary>
    public HttpClient Any(Random dice)
    {
        lock (turn)
            return alive[dice.Next(alive.Count)].Client;
    }

    /// <summary>Kills one, in the middle of whatever it does, and starts another.</summary>
    public async Task KillOneAsync(Random dice, CancellationToken ct)
    {
        (ServerProcess Process, HttpClient Client) victim;

        lock (turn)
        {
            victim = alive[dice.Next(alive.Count)];
            alive.Remove(victim);
        }

        victim.Process.Signal("KILL");
        await victim.Process.ExitAsync(ct);
        LastWords.Add(victim.Process.Output);
        victim.Client.Dispose();
        await victim.Process.DisposeAsync();
        await AddAsync(ct);
    }

    /// <summary>Stops all in order; their exit codes.</summary>
    public async Task<IReadOnlyList<int>> StopAsync(CancellationToken ct)
    {
        var codes = new List<int>();

        foreach (var (process, _) in alive)
            process.Signal("TERM");

        foreach (var (process, _) in alive)
        {
            codes.Add(await process.ExitAsync(ct));
            LastWords.Add(process.Output);
        }

        return codes;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (process, client) in alive)
        {
            client.Dispose();
            await process.DisposeAsync();
        }
    }
}
