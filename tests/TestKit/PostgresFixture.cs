using Npgsql;

namespace ServiceLoop.TestKit;

/// <summary>A PostgreSQL for the tests of one class: <c>sealed class StoreTests(PostgresFixture postgres) : IClassFixture&lt;PostgresFixture&gt;</c>.</summary>
/// <remarks>All classes of a test process share one server (<see cref="PostgresFixtureServer"/>), no two share a database.</remarks>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly List<(NpgsqlDataSource Source, string Name)> databases = [];
    private NpgsqlDataSource? migrated;

    /// <summary>The class's own database, with all migrations of Runtime applied. The same at every call; the fixture disposes it.</summary>
    public async ValueTask<NpgsqlDataSource> OpenAsync(CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            return migrated ??= await CreateAsync(await PostgresFixtureServer.TemplateAsync(ct), ct);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Connection string of the class's own database, with its password: for a server under test in this or another process.</summary>
    public async ValueTask<string> AddressAsync(CancellationToken ct) => await AddressAsync(await OpenAsync(ct), ct);

    /// <summary>The same for any database of this fixture.</summary>
    public Task<string> AddressAsync(NpgsqlDataSource source, CancellationToken ct) =>
        PostgresFixtureServer.AddressAsync(databases.Find(d => d.Source == source).Name, ct);

    /// <summary>A new database without any table. The fixture disposes it.</summary>
    public async Task<NpgsqlDataSource> CreateEmptyAsync(CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            return await CreateAsync("template0", ct);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (source, name) in databases)
        {
            await source.DisposeAsync();
            await PostgresFixtureServer.ReleaseAsync(name);
        }

        databases.Clear();
        turn.Dispose();
    }

    private async Task<NpgsqlDataSource> CreateAsync(string template, CancellationToken ct)
    {
        var (source, name) = await PostgresFixtureServer.CreateDatabaseAsync(template, ct);
        databases.Add((source, name));
        return source;
    }
}
