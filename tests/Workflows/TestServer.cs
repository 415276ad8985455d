using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Npgsql;
using ServiceLoop.TestKit;

namespace ServiceLoop.Workflows.Tests;

/// <summary>The whole server in the test's process, on a database of its own.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly PostgresFixture postgres = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly List<WebApplicationFactory<Program>> others = [];
    private WebApplicationFactory<Program>? factory;

    /// <summary>Settings of its own, for all its nodes: work goes to whichever is free.</summary>
    public IReadOnlyList<(string Key, string Value)> Settings { get; init; } = [];

    /// <summary>Starts it at the first call.</summary>
    public async Task<HttpClient> ClientAsync(CancellationToken ct) => (await OpenAsync(ct)).CreateClient();

    /// <summary>A client that shows where it would be sent on to.</summary>
    public async Task<HttpClient> ClientWithoutRedirectsAsync(CancellationToken ct) =>
        (await OpenAsync(ct)).CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

    /// <summary>A client that does not follow redirects.</summary>
    public async Task<HttpClient> PlainClientAsync(CancellationToken ct) =>
        (await OpenAsync(ct)).CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

    /// <summary>A client that does not say who it is, and does not follow redirects.</summary>
    public async Task<HttpClient> StrangerAsync(CancellationToken ct)
    {
        var client = await PlainClientAsync(ct);
        client.DefaultRequestHeaders.Authorization = null;
        return client;
    }

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

    /// <summary>The server itself, for what a plain client cannot do.</summary>
    public Task<WebApplicationFactory<Program>> NodeAsync(CancellationToken ct) => OpenAsync(ct);

    /// <summary>One more node on the same database.</summary>
    public async Task<WebApplicationFactory<Program>> AnotherNodeAsync(CancellationToken ct)
    {
        // The first one brings the database to its version.
        await OpenAsync(ct);
        var other = await MakeAsync(ct);
        others.Add(other);
        return other;
    }

    /// <summary>One more node on the same database, with settings of its own.</summary>
    public async Task<WebApplicationFactory<Program>> AnotherNodeAsync(CancellationToken ct, params (string Key, string Value)[] settings)
    {
        var other = (await AnotherNodeAsync(ct)).WithWebHostBuilder(host =>
        {
            foreach (var (key, value) in settings)
                host.UseSetting(key, value);
        });
        others.Add(other);
        return other;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var other in others)
            await other.DisposeAsync();

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
            factory ??= await MakeAsync(ct);
            return factory;
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<WebApplicationFactory<Program>> MakeAsync(CancellationToken ct) =>
        new Host(await postgres.AddressAsync(ct), Settings);

    private sealed class Host(string address, IReadOnlyList<(string Key, string Value)> settings) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder
                .UseSetting("ConnectionStrings:Default", address)
                .UseSetting("Definitions:Path", "")
                .UseSetting("Triage:IsTrained", "false")
                .UseSetting("People:BootstrapKey", DeploymentKey.Value);

            foreach (var (key, value) in settings)
                builder.UseSetting(key, value);
        }

        protected override void ConfigureClient(HttpClient client)
        {
            base.ConfigureClient(client);
            DeploymentKey.Show(client);
        }
    }
}
