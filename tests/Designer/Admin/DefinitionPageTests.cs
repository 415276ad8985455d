using Bunit;
using MudBlazor;
using ServiceLoop.Designer.Admin.Definitions;

namespace ServiceLoop.Designer.Tests.Admin;

public sealed class DefinitionPageTests : IAsyncDisposable
{
    private const string Line =
        """{ "id": "Say", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Literal", "value": "hello" } } }""";
    private const string Wait =
        """{ "id": "Ask", "type": "Elsa.Event", "eventName": { "typeName": "String", "expression": { "type": "Literal", "value": "answer" } } }""";

    private readonly Page page = new();

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Fact]
    public async Task Versions_stand_newest_first_with_their_state_and_their_instances()
    {
        await page.PublishAsync("flow", Wait);
        await page.StartAsync("flow");
        await page.PublishAsync("flow", Line);

        var shown = Open();

        var rows = shown.FindAll(".table")[0].QuerySelectorAll("tbody tr");
        rows[0].TextContent.ShouldContain("v2");
        rows[0].TextContent.ShouldContain("Published");
        rows[1].TextContent.ShouldContain("Not in force");
        rows[1].QuerySelector("td.number a[href*='version=1']")!.TextContent.ShouldBe("1");
    }

    [Fact]
    public async Task Publishing_takes_the_note_along()
    {
        await page.PublishAsync("flow", Line);
        await page.Definitions.RevertAsync("flow", 1, default);
        var dialogs = page.Render<MudDialogProvider>();
        var shown = Open();

        await shown.PressAsync("Publish v2");
        await dialogs.UseAsync("textarea", e => e.Change("calmer words"));
        await dialogs.PressAsync("Publish");

        shown.WaitForAssertion(() => shown.Markup.ShouldContain("calmer words"));
        (await page.Definitions.FindAsync("flow", 0, default))!.Version.ShouldBe(2);
    }

    [Fact]
    public async Task A_draft_with_errors_cannot_be_published_and_says_why()
    {
        await page.PublishAsync("flow", Line);
        await page.Definitions.SaveDraftAsync(
            Engine.Definitions.ElsaJson.Read(
                """{ "definitionId": "flow", "name": "flow", "root": { "id": "root", "type": "Elsa.Sequence", "activities": [ { "id": "X" } ] } }"""u8.ToArray()
            ),
            default
        );
        var dialogs = page.Render<MudDialogProvider>();

        var shown = Open();

        shown.Find(".lint").TextContent.ShouldContain("activity.no-type");
        await shown.PressAsync("Publish v2");
        dialogs.WaitForAssertion(() =>
            dialogs.FindAll("button").Single(b => b.TextContent.Trim() == "Publish").HasAttribute("disabled").ShouldBeTrue()
        );
    }

    [Fact]
    public async Task A_version_with_instances_is_not_deleted_and_the_reason_is_told()
    {
        await page.PublishAsync("flow", Wait);
        await page.StartAsync("flow");
        await page.PublishAsync("flow", Line);
        var dialogs = page.Render<MudDialogProvider>();
        var bar = page.Render<MudSnackbarProvider>();
        var shown = Open();
        var first = (await page.Definitions.FindAsync("flow", 1, default))!;

        await shown.InvokeAsync(() => shown.FindComponent<VersionTable>().Instance.Delete.InvokeAsync(first).Wait(0, default));
        await dialogs.PressAsync("Delete");

        bar.WaitForAssertion(() => bar.Markup.ShouldContain("Instances run on it"));
        (await page.Definitions.FindAsync("flow", 1, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_rollback_points_new_starts_back_and_leads_to_the_migration_when_that_is_chosen()
    {
        await page.PublishAsync("flow", Line);
        await page.PublishAsync("flow", Wait);
        await page.StartAsync("flow");
        var dialogs = page.Render<MudDialogProvider>();
        var shown = Open();
        var first = (await page.Definitions.FindAsync("flow", 1, default))!;

        await shown.InvokeAsync(() => shown.FindComponent<VersionTable>().Instance.Rollback.InvokeAsync(first).Wait(0, default));
        await dialogs.UseAsync("textarea", e => e.Change("too slow"));
        await dialogs.InvokeAsync(() => dialogs.FindAll("input[type=radio]")[1].Click());
        await dialogs.PressAsync("Roll back");

        shown.WaitForAssertion(() => page.Address.Uri.ShouldEndWith("/admin/definitions/flow/migrate?from=2&to=1"));
        (await page.Definitions.FindAsync("flow", 0, default))!.Version.ShouldBe(1);
        shown.Markup.ShouldContain("too slow");
    }

    [Fact]
    public async Task A_rollback_lets_running_instances_begin_again_at_a_chosen_stage()
    {
        await page.PublishRootAsync("flow", Chart);
        await page.PublishAsync("flow", Wait);
        var old = await page.StartAsync("flow");
        var dialogs = page.Render<MudDialogProvider>();
        var shown = Open();
        var first = (await page.Definitions.FindAsync("flow", 1, default))!;

        await shown.InvokeAsync(() => shown.FindComponent<VersionTable>().Instance.Rollback.InvokeAsync(first).Wait(0, default));
        await dialogs.UseAsync("textarea", e => e.Change("too slow"));
        await dialogs.InvokeAsync(() => dialogs.FindAll("input[type=radio]")[2].Click());
        await dialogs.PressAsync("Roll back");
        await dialogs.UseAsync("#restart-stage", e => e.Change("Ask"));
        await dialogs.PressAsync("Next");
        await dialogs.PressAsync("Begin again");

        dialogs.WaitForAssertion(() => dialogs.Markup.ShouldContain("1 done, 0 failed"));
        (await page.Runtime.FindAsync(old, default))!.State.SubStatus.ShouldBe(Engine.State.WorkflowSubStatus.Cancelled);
    }

    private const string Chart = $$"""
        { "id": "chart", "type": "Elsa.Flowchart", "start": "Say", "activities": [ {{Line}}, {{Wait}} ],
          "connections": [ { "source": { "activity": "Say", "port": "Done" }, "target": { "activity": "Ask", "port": "In" } } ] }
        """;

    [Fact]
    public void An_unknown_definition_is_told_and_not_an_error()
    {
        var shown = page.Render<DefinitionPage>(p => p.Add(x => x.Id, "nosuch"));

        shown.WaitForAssertion(() => shown.Find(".nothing").TextContent.ShouldContain("There is no such definition"));
    }

    private IRenderedComponent<DefinitionPage> Open()
    {
        var shown = page.Render<DefinitionPage>(p => p.Add(x => x.Id, "flow"));
        shown.WaitForElement(".table");
        return shown;
    }
}
