using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace ServiceLoop.EndToEnd.Tests.Browser;

/// <summary>One window, and all that went wrong in it.</summary>
public sealed class Visit : IAsyncDisposable
{
    /// <summary>How long a screen may take under load, in milliseconds.</summary>
    public const float PatienceMs = 120_000;

    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> troubles = new();
    private readonly List<(int Status, string Part)> expected = [];
    private readonly ConcurrentDictionary<IRequest, bool> asked = new();
    private int begun;

    private Visit(House house, IBrowserContext context, IPage page, VisitOptions options) =>
        (House, this.context, Page, Options) = (house, context, page, options);

    public House House { get; }

    public IPage Page { get; }

    public VisitOptions Options { get; }

    /// <summary>What went wrong so far.</summary>
    public IReadOnlyCollection<string> Troubles => troubles;

    internal static async Task<Visit> OpenAsync(House house, IBrowserContext context, VisitOptions options)
    {
        context.SetDefaultTimeout(PatienceMs);
        var visit = new Visit(house, context, await context.NewPageAsync(), options);
        visit.Watch();
        return visit;
    }

    /// <summary>A refusal that this test provokes; it is no trouble.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="part">Part of the address.</param>
    public void Expect(int status, string part) => expected.Add((status, part));

    /// <summary>Goes to an address of the server.</summary>
    public Task GoAsync(string path) => Page.GotoAsync(path);

    /// <summary>Goes to one of Studio's screens and waits until Studio shows something.</summary>
    public async Task OpenStudioAsync(string path)
    {
        await GoAsync(path);
        await StudioIsThereAsync();
    }

    /// <summary>Goes to another of Studio's screens as Studio itself does, without a new start of its runtime.</summary>
    public async Task MoveStudioAsync(string path)
    {
        await Page.EvaluateAsync("path => Blazor.navigateTo(path)", path);
        await StudioIsThereAsync();
    }

    /// <summary>Waits until the splash has gone.</summary>
    public Task StudioIsThereAsync() =>
        Page.Locator("#splash[data-done]").WaitForAsync(new() { State = WaitForSelectorState.Attached, Timeout = PatienceMs });

    /// <summary>Lets Studio's one thread do what it still has to do.</summary>
    public Task RestAsync() => Page.EvaluateAsync("() => new Promise(done => setTimeout(() => requestAnimationFrame(done), 50))");

    /// <summary>Waits until Elsa's API is asked nothing, and has been asked nothing for a time.</summary>
    /// <param name="quiet">That time.</param>
    /// <exception cref="TimeoutException">It is asked again and again, or does not answer.</exception>
    public async Task IsQuietAsync(TimeSpan quiet)
    {
        for (var tries = (int)(PatienceMs / quiet.TotalMilliseconds); tries > 0; tries--)
        {
            var before = Volatile.Read(ref begun);
            await Task.Delay(quiet, TestContext.Current.CancellationToken);

            if (before == Volatile.Read(ref begun) && asked.IsEmpty)
                return;
        }

        throw new TimeoutException($"{asked.Count} of {begun} requests have not ended.");
    }

    /// <summary>Takes a picture for the gallery.</summary>
    public Task ShowAsync(string name, string title) => Gallery.TakeAsync(this, name, title);

    /// <summary>Fails the test if anything went wrong.</summary>
    public async Task ShouldBeCleanAsync()
    {
        if (await Page.QuerySelectorAsync("#blazor-error-ui") is { } bar && await bar.IsVisibleAsync())
            troubles.Enqueue("The red bar is shown.");

        troubles.ShouldBeEmpty();
    }

    public ValueTask DisposeAsync() => context.DisposeAsync();

    private void Watch()
    {
        Page.Console += (_, message) =>
        {
            if (message.Type == "error" && !IsKnown(message.Text, message.Location))
                troubles.Enqueue($"console: {First(message.Text)}");
        };
        Page.PageError += (_, error) => troubles.Enqueue($"script: {error}");
        // A page that is left takes its requests with it.
        Page.DOMContentLoaded += (_, _) => asked.Clear();
        Page.RequestFailed += (_, request) => asked.TryRemove(request, out bool _);
        Page.Request += (_, request) =>
        {
            if (request.Url.Contains("/elsa/api/", StringComparison.Ordinal) && asked.TryAdd(request, true))
                Interlocked.Increment(ref begun);

            if (IsForeign(request.Url))
                troubles.Enqueue($"foreign: {request.Url}");
        };
        Page.RequestFailed += (_, request) =>
        {
            // Given up by the page itself, because it is left or polls anew.
            if (request.Failure is not "net::ERR_ABORTED")
                troubles.Enqueue($"failed: {request.Method} {request.Url} {request.Failure}");
        };
        Page.Response += (_, response) =>
        {
            asked.TryRemove(response.Request, out bool _);

            if (response.Status >= 400 && !IsExpected(response.Status, response.Url))
                troubles.Enqueue($"refused: {response.Status} {response.Request.Method} {response.Url}");
        };
    }

    // The rest is a stack of WebAssembly.
    private static string First(string text) => string.Join(" ", text.Split('\n').Take(4).Select(line => line.Trim()));

    private bool IsForeign(string url) =>
        !url.StartsWith(House.Address.ToString(), StringComparison.Ordinal)
        && !url.StartsWith("data:", StringComparison.Ordinal)
        && !url.StartsWith("blob:", StringComparison.Ordinal);

    private bool IsExpected(int status, string url) =>
        expected.Exists(e => e.Status == status && url.Contains(e.Part, StringComparison.Ordinal));

    // Chromium repeats every refusal on the console; the refusal itself is counted above.
    private static bool IsKnown(string text, string location) =>
        text.StartsWith("Failed to load resource: the server responded with a status of", StringComparison.Ordinal) && location.Length > 0;
}
