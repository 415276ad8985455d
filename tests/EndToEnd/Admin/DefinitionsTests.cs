using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests.Admin;

/// <summary>The life of a flow on its own page: published, checked, compared, taken back, withdrawn, removed.</summary>
public sealed class DefinitionsTests(House house)
{
    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task A_draft_is_checked_published_with_a_note_compared_and_taken_back() =>
        house.VisitAsync(async visit =>
        {
            const string Id = "own-life";
            await SaveAsync(Id, "first");
            await SaveAsync(Id, "second", publish: false);
            var page = new OwnPage(visit);
            await page.OpenAsync($"/admin/definitions/{Id}");

            await Assertions.Expect(page.Page.Locator(".lint").First).ToContainTextAsync("waits without limit");
            await page.PressAsync("Publish v2");
            await page.Dialog.GetByLabel("Note").FillAsync("calmer words");
            await page.ShowAsync("admin-publish", "Publishing asks for a note, and shows what is odd");
            await page.AnswerAsync("Publish");
            await page.IsSaidAsync("Version 2 is published.");
            await Assertions.Expect(page.Rows.First).ToContainTextAsync("calmer words");
            await page.Rows.First.Locator("td.number button").ClickAsync();
            await Assertions.Expect(page.Page.Locator(".table .lint")).ToContainTextAsync("lint.wait-without-limit");

            await page.Page.GetByLabel("Choose version 1").CheckAsync();
            await page.Page.GetByLabel("Choose version 2").CheckAsync();
            await page.PressAsync("Compare the two chosen");
            await page.IsAtAsync("/diff?from=1&to=2");
            await page.IsThereAsync();
            await Assertions.Expect(page.Page.Locator(".diagram")).ToHaveCountAsync(2);
            await Assertions.Expect(page.Page.Locator(".diagram-box.changed")).ToHaveCountAsync(2);
            await Assertions.Expect(page.Page.Locator(".diagram-box.added")).ToHaveCountAsync(1);
            await Assertions.Expect(page.Page.Locator(".value-changes del").First).ToContainTextAsync("first");
            await Assertions.Expect(page.Page.Locator(".value-changes ins").First).ToContainTextAsync("second");
            await page.Page.GetByLabel("Show Say in the diagram").ClickAsync();
            await Assertions.Expect(page.Page.Locator(".diagram-box.selected")).ToHaveCountAsync(2);
            await page.Page.GetByRole(AriaRole.Tab, new() { Name = "JSON" }).ClickAsync();
            await Assertions.Expect(page.Page.Locator(".json-changes")).ToContainTextAsync("second");
            await page.ShowAsync("admin-diff-json", "The same difference as JSON");

            await page.OpenAsync($"/admin/definitions/{Id}");
            await RollBackAsync(page, 1, "too slow", null);
            (await PublishedAsync(Id)).ShouldBe(1);
            await Assertions.Expect(page.Page.Locator(".table").Last).ToContainTextAsync("too slow");
            await RollBackAsync(page, 2, "it was not that", null);
            (await PublishedAsync(Id)).ShouldBe(2);
        });

    [Fact]
    public Task A_rollback_lets_running_instances_end_move_or_begin_again() =>
        house.VisitAsync(async visit =>
        {
            const string Id = "own-rollback";
            await SaveAsync(Id, "first");
            await SaveAsync(Id, "second");
            var old = await doors.RunAsync(Id);
            await doors.WaitAsync(old, "Suspended");
            var page = new OwnPage(visit);
            await page.OpenAsync($"/admin/definitions/{Id}");

            // Drain: nothing happens to them.
            await RollBackAsync(page, 1, "drain", "Drain", "admin-rollback");
            (await doors.InstanceAsync(old)).GetProperty("version").GetInt32().ShouldBe(2);
            await RollBackAsync(page, 2, "back", null);

            // Migrate: the next page plans it.
            await RollBackAsync(page, 1, "migrate", "Migrate");
            await page.IsAtAsync("/migrate?from=2&to=1");
            await page.IsThereAsync();
            await Assertions
                .Expect(page.Page.Locator("[role=status]").First)
                .ToContainTextAsync("On version 2 there are 1 running instances.");
            await page.PressAsync("Try it");
            await page.PressAsync("Move 1 instances");
            await page.IsSaidAsync("The instances are being moved.");
            await doors.UntilAsync(() => doors.InstanceAsync(old), i => i.GetProperty("version").GetInt32() == 1);

            // Restart: it ends, and another begins at the stage.
            await page.OpenAsync($"/admin/definitions/{Id}");
            await RollBackAsync(page, 2, "restart", "Restart from a stage");
            await page.Dialog.GetByLabel("Begin with").SelectOptionAsync("Ask");
            await page.ShowAsync("admin-restart", "Where running instances begin again");
            await page.PressInDialogAsync("Next");
            await page.PressInDialogAsync("Begin again");
            await Assertions.Expect(page.Dialog).ToContainTextAsync("1 done, 0 failed");
            await page.AnswerAsync("Close");
            await doors.WaitAsync(old, "Cancelled");
            await doors.UntilAsync(
                () => doors.GetAsync($"/api/definitions/{Id}/running"),
                loads => loads.GetRawText().Contains("\"version\":2,\"running\":1", StringComparison.Ordinal)
            );
        });

    [Fact]
    public Task A_flow_is_withdrawn_not_removed_while_instances_run_and_removed_afterwards() =>
        house.VisitAsync(async visit =>
        {
            const string Id = "own-end";
            await SaveAsync(Id, "only");
            var instance = await doors.RunAsync(Id);
            await doors.WaitAsync(instance, "Suspended");
            var page = new OwnPage(visit);
            await page.OpenAsync($"/admin/definitions/{Id}");

            await page.ChooseAsync("Actions", "Unpublish");
            await page.AnswerAsync("Unpublish");
            await page.IsSaidAsync("Unpublished.");
            await Assertions.Expect(page.Page.Locator(".facts").First).ToContainTextAsync("none: nothing starts");

            await page.ChooseAsync("Actions", "Delete the definition…");
            await page.AnswerAsync("Delete");
            await page.Page.Locator(".mud-snackbar", new() { HasText = "Instances run on it." }).WaitForAsync();
            await page.ShowAsync("admin-delete-refused", "A flow with running instances is not removed");
            await page.IsSaidAsync("Instances run on it.");

            await doors.PostAsync($"/api/operations/instances/{instance}/cancel");
            await page.ChooseAsync("Actions", "Delete the definition…");
            await page.Dialog.GetByLabel("Also delete instances that have ended").CheckAsync();
            await page.AnswerAsync("Delete");
            await Assertions.Expect(page.Page.Locator("h1")).ToHaveTextAsync("Definitions");
            await page.OpenAsync($"/admin/definitions/{Id}");
            await Assertions.Expect(page.Page.Locator(".nothing")).ToContainTextAsync("There is no such definition.");
        });

    private static async Task RollBackAsync(OwnPage page, int version, string note, string? running, string? picture = null)
    {
        await page.ChooseAsync($"Actions for version {version}", "Roll back to this…");
        await page.Dialog.GetByLabel("Note").FillAsync(note);

        if (running is not null)
            await page.Dialog.Locator(".mud-radio", new() { HasText = running }).First.ClickAsync();

        if (picture is not null)
            await page.ShowAsync(picture, "What a rollback asks");

        await page.PressInDialogAsync("Roll back");
        await page.IsSaidAsync($"New instances start on version {version} now.");
    }

    private async Task<int> PublishedAsync(string id) =>
        (await doors.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{id}?versionOptions=Published"))
            .GetProperty("version")
            .GetInt32();

    private async Task SaveAsync(string id, string words, bool publish = true) =>
        await doors.SaveAsync(
            id,
            words == "second"
                ? Chart.Of(Chart.WriteLine("Say", words), Chart.Event("Ask", $"{id}-answer"), Chart.WriteLine("Thank", "thanks"))
                : Chart.Of(Chart.WriteLine("Say", words), Chart.Event("Ask", $"{id}-answer")),
            publish
        );
}
