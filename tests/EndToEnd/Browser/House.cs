using Microsoft.Playwright;
using Npgsql;
using ServiceLoop.EndToEnd.Tests.Browser;
using ServiceLoop.TestKit;
using ServiceLoop.Workflows.Tests;

// One server and one browser, and two cores for both: one test after the other.
[assembly: AssemblyFixture(typeof(House))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>The real server on a real database, and a browser before it; shared by all tests.</summary>
public sealed class House : IAsyncLifetime
{
    private readonly PostgresFixture postgres = new();
    private ServerProcess? server;
    private IPlaywright? playwright;
    private IBrowser? browser;
    private HttpClient? client;

    /// <summary>A client of its REST doors.</summary>
    public HttpClient Client => client ?? throw new InvalidOperationException("The server did not start.");

    /// <summary>Where the server listens.</summary>
    public Uri Address => Client.BaseAddress!;

    /// <summary>What the server printed.</summary>
    public string Log => server?.Output ?? "";

    /// <summary>Its database, for what would take the product half an hour.</summary>
    public ValueTask<NpgsqlDataSource> DatabaseAsync() => postgres.OpenAsync(TestContext.Current.CancellationToken);

    /// <summary>Does something in a window of its own: no cookies, nothing remembered. Afterwards nothing may have gone wrong in it.</summary>
    /// <param name="act">What is done.</param>
    /// <param name="options">The window; null for an English one on a desk.</param>
    public async Task VisitAsync(Func<Visit, Task> act, VisitOptions? options = null)
    {
        await using var visit = await OpenAsync(options);

        try
        {
            await act(visit);
            await visit.ShouldBeCleanAsync();
        }
        catch (Exception)
        {
            await visit.ShowAsync($"failed-{TestContext.Current.TestMethod?.MethodName}", "As it was when a test failed");
            TestContext.Current.TestOutputHelper?.WriteLine($"{visit.Page.Url}\n{string.Join('\n', visit.Troubles)}");
            throw;
        }
    }

    private async Task<Visit> OpenAsync(VisitOptions? options)
    {
        var wish = options ?? new VisitOptions();
        browser ??= await LaunchAsync();
        var context = await browser.NewContextAsync(
            new()
            {
                BaseURL = Address.ToString(),
                ViewportSize = wish.Size,
                Locale = wish.Language,
                ColorScheme = wish.IsDark ? ColorScheme.Dark : ColorScheme.Light,
                AcceptDownloads = true,
                HasTouch = wish.Size.Width < 600,
            }
        );
        return await Visit.OpenAsync(this, context, wish);
    }

    public async ValueTask InitializeAsync()
    {
        var address = await postgres.AddressAsync(TestContext.Current.CancellationToken);
        server = ServerProcess.Start(("ConnectionStrings__Default", address));
        client = await server.ConnectAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Gallery.WriteIndex();

        if (browser is not null)
            await browser.DisposeAsync();

        playwright?.Dispose();
        client?.Dispose();

        if (server is not null)
            await server.DisposeAsync();

        await postgres.DisposeAsync();
    }

    private async Task<IBrowser> LaunchAsync()
    {
        var program = Chromium.Find();
        Assertions.SetDefaultExpectTimeout(Visit.PatienceMs);
        playwright = await Playwright.CreateAsync();

        // Chromium's sandbox refuses to run as root, which is what containers and CI machines are.
        string[] arguments = Environment.UserName == "root" ? ["--no-sandbox", "--disable-gpu"] : ["--disable-gpu"];
        return await playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = arguments });
    }
}
