using System.Text.Json;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

/// <summary>What the menus of Studio's list of definitions do on the server.</summary>
public sealed class ListMenuTests(House house)
{
    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task One_row_is_duplicated_published_and_taken_back() =>
        house.VisitAsync(async visit =>
        {
            const string Id = "menu-one";
            await doors.SaveAsync(Id, Chart.Of(Chart.WriteLine("Only", "hello")), publish: false);
            var list = new StudioList(visit);
            await list.FindAsync(Id);

            (await list.AnsweredAsync("POST", $"/{Id}/publish", () => list.ChooseAsync(Id, "Publish"))).ShouldBe(200);
            await list.SaysAsync("Workflow published");
            (await IsPublishedAsync(Id)).ShouldBeTrue();
            await list.ShowsPublishedAsync(Id, "1");

            (await list.AnsweredAsync("POST", $"/{Id}/retract", () => list.ChooseAsync(Id, "Unpublish"))).ShouldBe(200);
            await list.SaysAsync("Workflow retracted");
            (await IsPublishedAsync(Id)).ShouldBeFalse();
            await list.ShowsPublishedAsync(Id, "-");

            await list.ChooseAsync(Id, "Duplicate");
            await visit.ShowAsync("studio-duplicate", "A flow is duplicated");
            await list.AnsweredAsync("POST", "/workflow-definitions", list.ConfirmAsync);
            await list.SaysAsync("Duplicate successfully saved.");
            var copy = (await ListAsync($"SearchTerm={Id} - Duplicate")).ShouldHaveSingleItem();
            copy.GetProperty("isPublished").GetBoolean().ShouldBeFalse();
            copy.GetProperty("definitionId").GetString().ShouldNotBe(Id);
            (await doors.GetAsync($"/elsa/api/workflow-definitions/by-id/{copy.GetProperty("id").GetString()}"))
                .GetProperty("root")
                .GetRawText()
                .ShouldContain("hello");
        });

    [Fact]
    public Task Many_rows_are_published_taken_back_exported_deleted_and_come_back_from_the_archive() =>
        house.VisitAsync(async visit =>
        {
            string[] ids = ["menu-many-a", "menu-many-b"];

            foreach (var id in ids)
                await doors.SaveAsync(id, Chart.Of(Chart.WriteLine("Only", $"I am {id}")), publish: false);

            var list = new StudioList(visit);
            await list.FindAsync("menu-many");

            await BulkAsync(list, ids, "Publish", "/publish/workflow-definitions/by-definition-ids");
            (await IsPublishedAsync(ids[0])).ShouldBeTrue();
            (await IsPublishedAsync(ids[1])).ShouldBeTrue();
            await BulkAsync(list, ids, "Unpublish", "/retract/workflow-definitions/by-definition-ids");
            (await IsPublishedAsync(ids[1])).ShouldBeFalse();

            await list.TickAsync(ids);
            var download = await visit.Page.RunAndWaitForDownloadAsync(async () =>
            {
                await list.BulkAsync("Export");
                await list.ConfirmAsync();
            });
            var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.zip");
            await download.SaveAsAsync(file);

            // Studio may have read the list anew, and then nothing is ticked.
            await list.FindAsync("menu-many");
            await BulkAsync(list, ids, "Delete", "/delete/workflow-definitions/by-definition-id");
            (await ListAsync("SearchTerm=menu-many")).ShouldBeEmpty();

            var chooser = await visit.Page.RunAndWaitForFileChooserAsync(async () =>
            {
                await visit.Page.Locator(".mud-button-group-root .mud-menu button").First.ClickAsync();
                await visit.Page.Locator(".mud-popover-open").GetByText("Import").First.ClickAsync();
            });
            await chooser.SetFilesAsync(file);
            await list.SaysAsync("2 workflows imported successfully.");
            File.Delete(file);
            await visit.ShowAsync("studio-imported", "Two flows came back from an archive");
            (await doors.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{ids[1]}?versionOptions=Latest"))
                .GetProperty("root")
                .GetRawText()
                .ShouldContain($"I am {ids[1]}");
        });

    [Fact]
    public Task What_the_server_refuses_to_delete_is_told_and_Studio_goes_on() =>
        house.VisitAsync(async visit =>
        {
            const string Id = "menu-busy";
            await doors.SaveAsync(Id, Chart.Of(Chart.Event("Wait", "never")));
            await doors.RunAsync(Id);
            var list = new StudioList(visit);
            visit.Expect(400, $"/workflow-definitions/{Id}");
            visit.Expect(400, "/bulk-actions/delete/");
            await list.FindAsync(Id);

            await list.ChooseAsync(Id, "Delete");
            await list.ConfirmAsync();
            await Assertions.Expect(list.Refusal).ToContainTextAsync($"Instances run on definition '{Id}'");
            await visit.ShowAsync("studio-refused", "A flow with running instances is not deleted, and why");
            await list.Refusal.Locator("button").ClickAsync();
            await Assertions.Expect(list.Refusal).ToBeHiddenAsync();

            await list.TickAsync(Id);
            await list.BulkAsync("Delete");
            await list.ConfirmAsync();
            await Assertions.Expect(list.Refusal).ToContainTextAsync("Instances run on");
            (await ListAsync($"SearchTerm={Id}")).ShouldHaveSingleItem();
        });

    private static async Task BulkAsync(StudioList list, string[] ids, string item, string pathEnd)
    {
        await list.TickAsync(ids);
        await list.BulkAsync(item);
        (await list.AnsweredAsync("POST", pathEnd, list.ConfirmAsync)).ShouldBe(200);
        // The list is read anew, and the ticks go with it.
        foreach (var id in ids)
            await Assertions.Expect(list.Row(id).Locator("input:checked")).ToHaveCountAsync(0);
    }

    private async Task<bool> IsPublishedAsync(string id) =>
        (await doors.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{id}?versionOptions=Latest"))
            .GetProperty("isPublished")
            .GetBoolean();

    private async Task<List<JsonElement>> ListAsync(string query) =>
        [.. (await doors.GetAsync($"/elsa/api/workflow-definitions?versionOptions=Latest&{query}")).GetProperty("items").EnumerateArray()];
}
