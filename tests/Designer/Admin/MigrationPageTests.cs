using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using ServiceLoop.Designer.Admin.Migration;
using ServiceLoop.Runtime.Migrating;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.TestKit;

namespace ServiceLoop.Designer.Tests.Admin;

/// <summary>The wizard that moves running instances, above a database: runs are kept there only.</summary>
public sealed class MigrationPageTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly string id = $"flow-{Guid.NewGuid():N}";
    private Page page = null!;

    private static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    private MigrationService Migrations => page.Services.GetRequiredService<MigrationService>();

    public async ValueTask InitializeAsync() => page = new Page(await postgres.OpenAsync(Ct));

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Fact]
    public async Task One_version_alone_has_no_target()
    {
        await page.PublishAsync(id, Wait("Ask"));

        Open("from=1&to=1").Find(".nothing").TextContent.ShouldContain("There must be two versions");
    }

    [Fact]
    public async Task The_versions_of_the_address_are_compared_and_the_running_are_counted()
    {
        await TwoAsync("Ask", "Ask");

        var shown = Open("from=1&to=2");

        shown.FindAll(".diagram").Count.ShouldBe(2);
        shown.Find("p[role=status]").TextContent.ShouldBe("On version 1 there are 2 running instances.");
        shown.FindAll("tr.unmapped").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dry_run_changes_nothing_and_is_kept_as_a_draft()
    {
        var instances = await TwoAsync("Ask", "Ask");
        var shown = Open("from=1&to=2");

        await shown.PressAsync("Try it");

        shown.WaitForAssertion(() => shown.Find(".verdict.ready").TextContent.ShouldContain("2"));
        page.Address.Uri.ShouldContain("run=");
        (await VersionAsync(instances[0])).ShouldBe(1);
        (await RunsAsync()).ShouldHaveSingleItem().Status.ShouldBe(MigrationStatus.Draft);
    }

    [Fact]
    public async Task Another_plan_after_a_dry_run_must_be_tried_again()
    {
        await TwoAsync("Ask", "Question");
        var shown = Open("from=1&to=2");
        await shown.PressAsync("Try it");
        shown.WaitForAssertion(() => shown.Find(".verdict.blocked").TextContent.ShouldContain("2"));
        shown.FindAll("button").Single(b => b.TextContent.Trim() == "Move 0 instances").HasAttribute("disabled").ShouldBeTrue();

        await shown.UseAsync("select[aria-label='Where Ask goes']", e => e.Change(Target(e, "Question")));

        shown.WaitForAssertion(() => shown.FindAll(".verdict").ShouldBeEmpty());
        shown.FindAll("button").ShouldNotContain(b => b.TextContent.Trim().StartsWith("Move "));
    }

    [Fact]
    public async Task A_plan_made_by_hand_moves_the_instances_and_takes_them_back_one_or_all()
    {
        var instances = await TwoAsync("Ask", "Question");
        var (shown, dialogs) = (Open("from=1&to=2"), page.Render<MudDialogProvider>());
        await shown.UseAsync("select[aria-label='Where Ask goes']", e => e.Change(Target(e, "Question")));
        await shown.PressAsync("Try it");
        shown.WaitForAssertion(() => shown.Find(".verdict.ready").TextContent.ShouldContain("2"));

        await shown.PressAsync("Move 2 instances");
        await ShowsAsync(shown, ".verdict.migrated", "2");
        (await VersionAsync(instances[0])).ShouldBe(2);

        await shown.PressAsync("Undo");
        await ShowsAsync(shown, ".verdict.undone", "1");
        (await Task.WhenAll(instances.Select(VersionAsync))).Order().ShouldBe([1, 2]);

        await shown.PressAsync("Undo all");
        await dialogs.PressAsync("Undo all");
        dialogs.WaitForAssertion(() => dialogs.FindAll("button").ShouldBeEmpty());
        await ShowsAsync(shown, ".verdict.undone", "2");
        (await Task.WhenAll(instances.Select(VersionAsync))).ShouldBe([1, 1]);
    }

    [Fact]
    public async Task A_run_that_has_begun_pauses_goes_on_and_ends_by_its_buttons()
    {
        await TwoAsync("Ask", "Ask");
        var (shown, dialogs) = (Open("from=1&to=2"), page.Render<MudDialogProvider>());
        await shown.PressAsync("Try it");
        await shown.PressAsync("Move 2 instances");

        await shown.PressAsync("Pause");
        shown.WaitForAssertion(() => shown.Find("[aria-label='Progress and result'] strong").TextContent.ShouldBe("Paused"));
        shown.FindAll("select").ShouldAllBe(s => s.HasAttribute("disabled"));

        await shown.PressAsync("Go on");
        shown.WaitForAssertion(() => shown.Find("[aria-label='Progress and result'] strong").TextContent.ShouldBe("Running"));
        await shown.PressAsync("End it");
        await dialogs.PressAsync("End it");
        shown.WaitForAssertion(() => shown.Find("[aria-label='Progress and result'] strong").TextContent.ShouldBe("Stopped"));
    }

    [Fact]
    public async Task An_earlier_run_is_listed_and_opened_by_its_address()
    {
        await TwoAsync("Ask", "Ask");
        var first = Open("from=1&to=2");
        await first.PressAsync("Try it");
        first.WaitForAssertion(() => first.Find(".verdict.ready"));
        var run = (await RunsAsync()).ShouldHaveSingleItem();

        var shown = Open($"run={run.Id}");

        shown.Find(".changes a").GetAttribute("href")!.ShouldEndWith($"/migrate?run={run.Id}");
        shown.Find(".changes li.selected").TextContent.ShouldContain("to version 2 · Draft");
    }

    [Fact]
    public async Task A_run_that_does_not_exist_is_told()
    {
        await TwoAsync("Ask", "Ask");
        page.Address.NavigateTo($"/admin/definitions/{id}/migrate?run=nosuch");

        var shown = page.Render<MigrationPage>(p => p.Add(x => x.Id, id));

        shown.WaitForAssertion(() => shown.Find("[role=alert]").TextContent.ShouldContain("nosuch"));
    }

    private IRenderedComponent<MigrationPage> Open(string query)
    {
        page.Address.NavigateTo($"/admin/definitions/{id}/migrate?{query}");
        var shown = page.Render<MigrationPage>(p => p.Add(x => x.Id, id));
        shown.WaitForState(() => shown.FindAll(".diagram, .nothing").Count > 0);
        return shown;
    }

    private async Task<IReadOnlyList<string>> TwoAsync(string before, string after)
    {
        await page.PublishAsync(id, Wait(before));
        string[] instances = [await page.StartAsync(id), await page.StartAsync(id)];
        await page.PublishAsync(id, $"{Wait(after)}, {Line}");
        return instances;
    }

    private async Task<int> VersionAsync(string instance) => (await page.Runtime.FindAsync(instance, Ct))!.Graph!.Version;

    private Task<IReadOnlyList<MigrationRun>> RunsAsync() => Migrations.ListAsync(id, 0, 20, Ct);

    /// <summary>Does what is due, as the server does in the background.</summary>
    private async Task RunWorkAsync()
    {
        var store = page.Services.GetRequiredService<IWorkflowStore>();
        var runner = page.Services.GetRequiredService<WorkRunner>();

        while (
            (await store.ListWorkAsync(isBuried: false, null, 0, 100, Ct)).Where(w => w.DueAt <= page.Clock.GetUtcNow()).ToList()
                is { Count: > 0 } due
        )
            foreach (var work in due)
                await runner.RunAsync(work, Ct);
    }

    /// <summary>Does what is due and lets time pass, until the page, which asks again as it does, shows a count.</summary>
    private async Task ShowsAsync(IRenderedComponent<MigrationPage> shown, string selector, string count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(180));

        while (!shown.FindAll(selector).Any(e => e.TextContent.Contains(count, StringComparison.Ordinal)))
        {
            // What was pressed last may still be on its way: its work comes later, and so does the page's next question.
            await RunWorkAsync();
            page.Clock.Advance(TimeSpan.FromSeconds(20));
            await Task.Delay(20, limit.Token);
        }
    }

    private static string Target(AngleSharp.Dom.IElement select, string name) =>
        select
            .QuerySelectorAll("option")
            .Single(o => o.TextContent.StartsWith(name + " (", StringComparison.Ordinal))
            .GetAttribute("value")!;

    private static string Wait(string id) =>
        $$"""{ "id": "{{id}}", "type": "Elsa.Event", "eventName": { "typeName": "String", "expression": { "type": "Literal", "value": "answer" } } }""";

    private const string Line =
        """{ "id": "Say", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Literal", "value": "hello" } } }""";
}
