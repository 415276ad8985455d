using Microsoft.AspNetCore.Mvc.Testing;
using Npgsql;
using ServiceLoop.TestKit;

namespace ServiceLoop.Workflows.Tests;

/// <summary>The whole server in the test's process, on a database of its own.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly PostgresFixture postgres = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private WebApplicationFactory<Program>? factory;

    /// <summary>Starts it at the first call.</summary>
    public async Task<HttpClient> ClientAsync(CancellationToken ct) => (await OpenAsync(ct)).CreateClient();

    /// <summary>A client that shows where it would be sent on to.</summary>
    public async Task<HttpClient> ClientWithoutRedirectsAsync(CancellationToken ct) =>
        (await OpenAsync(ct)).CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

    /// <summary>A client that does not follow redirects.</summary>
    public async Task<HttpClient> PlainClientAsync(CancellationToken ct) =>
        (await OpenAsync(ct)).CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

    /// <summary>Its database, by connections of the test's own.</summary>
    public ValueTask<NpgsqlDataSource> DatabaseAsync(CancellationToken ct) => postgres.OpenAsync(ct);

    /// <summary>The address of its database.</summary>
    public async Task<string> AddressAsync(CancellationToken ct)
    {
        await ServicesAsync(ct);
        return await postgres.AddressAsync(ct);
    }

    /// <summary>Its services.</summary>
    public async Task<IServiceProvider> ServicesAsync(CancellationToken ct) => (await OpenAsync(ct)).Services;

    public async ValueTask DisposeAsync()
    {
        if (factory is not null)
            await factory.DisposeAsync();

        await postgres.DisposeAsync();
        turn.Dispose();
    }

    private async Task<WebApplicationFactory<Program>> OpenAsync(CancellationToken ct)
    {
        await turn.WaitAsync(ct);

        try
        {
            if (factory is null)
            {
                var address = await postgres.AddressAsync(ct);
                factory = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
                    host.UseSetting("ConnectionStrings:Default", address).UseSetting("Definitions:Path", "")
                );
            }

            return factory;
        }
        finally
        {
            turn.Release();
        }
    }
}
