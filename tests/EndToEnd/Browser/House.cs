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
    /// <summary>How the administrator of the house signs in.</summary>
    public const string Name = "admin";

    /// <summary>And with which password.</summary>
    public const string Password = "a house full of flows";

    private const string FirstPassword = "the first one, soon gone";

    private readonly PostgresFixture postgres = new();
    private ServerProcess? server;
    private IPlaywright? playwright;
    private IBrowser? browser;
    private string? signedIn;
    private HttpClient? client;

    /// <summary>A client of its REST doors.</summary>
    public HttpClient Client => client ?? throw new InvalidOperationException("The server did not start.");

    /// <summary>Where the server listens.</summary>
    public Uri Address => Client.BaseAddress!;

    /// <summary>What the server printed.</summary>
    public string Log => server?.Output ?? "";

    /// <summary>Its database, for what would take the product half an hour.</summary>
    public ValueTask<NpgsqlDataSource> DatabaseAsync() => postgres.OpenAsync(TestContext.Current.CancellationToken);

    /// <summary>Does something in a window of its own: signed in, and nothing else remembered. Afterwards nothing may have gone wrong in it.</summary>
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

        if (wish.IsSignedIn)
            signedIn ??= await SignInAsync(browser);

        var context = await browser.NewContextAsync(
            new()
            {
                BaseURL = Address.ToString(),
                StorageState = wish.IsSignedIn ? signedIn : null,
                ViewportSize = wish.Size,
                Locale = wish.Language,
                ColorScheme = wish.IsDark ? ColorScheme.Dark : ColorScheme.Light,
                AcceptDownloads = true,
                HasTouch = wish.Size.Width < 600,
            }
        );
        return await Visit.OpenAsync(this, context, wish);
    }

    /// <summary>The first sign-in of the first administrator, by hand.</summary>
    /// <returns>The cookies of it.</returns>
    private async Task<string> SignInAsync(IBrowser browser)
    {
        await using var context = await browser.NewContextAsync(new() { BaseURL = Address.ToString(), Locale = "en-US" });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/");
        await page.FillAsync("#name", Name);
        await page.FillAsync("#password", FirstPassword);
        await page.ClickAsync("button[type=submit]");
        await page.FillAsync("#old", FirstPassword);
        await page.FillAsync("#new", Password);
        await page.FillAsync("#again", Password);
        await page.ClickAsync("button[type=submit]");
        await page.Locator("h1").WaitForAsync(new() { Timeout = Visit.PatienceMs });
        // The choice of the language is each window's own.
        return await context.StorageStateAsync();
    }

    public async ValueTask InitializeAsync()
    {
        var address = await postgres.AddressAsync(TestContext.Current.CancellationToken);
        server = ServerProcess.Start(
            ("ConnectionStrings__Default", address),
            ("People__Admin__Password", FirstPassword),
            // A fault in a window says what it was.
            ("ASPNETCORE_DETAILEDERRORS", "true")
        );
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
