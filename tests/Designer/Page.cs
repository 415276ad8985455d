using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor;
using MudBlazor.Services;
using Npgsql;
using ServiceLoop.Designer.Lists;
using ServiceLoop.Designer.Shell;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Migrating;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Designer.Tests;

/// <summary>A browser with one page of ours in it, above the real runtime on the store in memory.</summary>
public sealed class Page : BunitContext
{
    private static readonly WorkflowCompiler Compiler = new(ActivityCatalog.WithEngineActivities(), []);

    /// <summary>A page above the store in memory.</summary>
    public Page()
        : this(null) { }

    /// <summary>A page above a database, for what the store in memory does not have; the way to it cannot be blocked.</summary>
    /// <param name="database">Null: the store in memory.</param>
    /// <param name="more">Registers what the page needs beyond, and what is to stand in for others.</param>
    public Page(NpgsqlDataSource? database, Action<IServiceCollection>? more = null)
    {
        DefaultWaitTimeout = TimeSpan.FromSeconds(180); // also on a machine that is busy
        JSInterop.Mode = JSRuntimeMode.Loose;
        Store = new WayToStore(new InMemoryStore());

        if (database is null)
            Services.AddSingleton<IWorkflowStore>(Store.Through);
        else
            Services.AddSingleton(database).AddInstanceMigration().AddPostgresStore();

        Services.AddMudServices(options => options.PopoverOptions.CheckForPopoverProvider = false);
        Services.AddLocalization();
        Services.AddSingleton<TimeProvider>(Clock);
        Services.AddSingleton(Compiler);
        Services.AddServiceLoopRuntime();
        Services.AddSingleton(_ => Audit ?? throw new InvalidOperationException("This test has no audit log."));
        Services.AddScoped<BrowserZone>();
        Services.AddScoped<Wishes>();
        more?.Invoke(Services);
        Services.AddSingleton<IPresence>(new Somebody());
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    /// <summary>Stands at noon until a test moves it.</summary>
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));

    /// <summary>The way to the store, which a test can block.</summary>
    internal WayToStore Store { get; }

    /// <summary>The audit log, for tests that have one; set before the first component is shown.</summary>
    public AuditLog? Audit { get; set; }

    public DefinitionService Definitions => Services.GetRequiredService<DefinitionService>();

    public WorkflowRuntime Runtime => Services.GetRequiredService<WorkflowRuntime>();

    public BunitNavigationManager Address => Services.GetRequiredService<BunitNavigationManager>();

    /// <summary>Publishes a sequence.</summary>
    public Task PublishAsync(string id, string activities, string more = "") =>
        PublishRootAsync(id, $$"""{ "id": "root", "type": "Elsa.Sequence", "activities": [ {{activities}} ] }""", more);

    /// <summary>Publishes a definition with a root of any kind.</summary>
    public async Task PublishRootAsync(string id, string root, string more = "")
    {
        var json = $$"""{ "definitionId": "{{id}}", "name": "{{id}}", {{more}} "root": {{root}} }""";
        await Definitions.SaveDraftAsync(ElsaJson.Read(System.Text.Encoding.UTF8.GetBytes(json)), default);
        await Definitions.PublishAsync(id, null, default);
    }

    /// <summary>Starts an instance.</summary>
    public async Task<string> StartAsync(string definitionId, string? correlationId = null) =>
        (await Runtime.StartAsync(new StartInstanceRequest(definitionId) { CorrelationId = correlationId }, default)).InstanceId!;

    /// <summary>A component beside the place where dialogs appear.</summary>
    public (IRenderedComponent<T> Shown, IRenderedComponent<MudDialogProvider> Dialogs) Open<T>(
        Action<ComponentParameterCollectionBuilder<T>>? parameters = null
    )
        where T : IComponent
    {
        var dialogs = Render<MudDialogProvider>();
        return (parameters is null ? Render<T>() : Render(parameters), dialogs);
    }
}

/// <summary>Buttons by their words.</summary>
internal static class Buttons
{
    /// <summary>Waits until there is such a button that can be pressed, and presses it; found and pressed in one go, so that no new picture comes between.</summary>
    public static async Task PressAsync<T>(this IRenderedComponent<T> shown, string words)
        where T : IComponent
    {
        shown.WaitForAssertion(() => shown.FindAll("button").ShouldContain(b => IsMeant(b, words)));
        await shown.InvokeAsync(() => shown.FindAll("button").First(b => IsMeant(b, words)).Click());
    }

    // While the page is busy its buttons wait, for a person too.
    private static bool IsMeant(AngleSharp.Dom.IElement button, string words) =>
        button.TextContent.Trim() == words && !button.HasAttribute("disabled");

    /// <summary>Waits for an element and does something with it, in one go.</summary>
    public static async Task UseAsync<T>(this IRenderedComponent<T> shown, string selector, Action<AngleSharp.Dom.IElement> use)
        where T : IComponent
    {
        shown.WaitForElement(selector);
        await shown.InvokeAsync(() => use(shown.Find(selector)));
    }
}

/// <summary>Somebody who stays.</summary>
internal sealed class Somebody : IPresence
{
    /// <summary>How often they were said to be there.</summary>
    public int Uses { get; private set; }

    public Task RunAsync(Func<Task> action) => action();

    public Task UseAsync()
    {
        Uses++;
        return Task.CompletedTask;
    }
}
