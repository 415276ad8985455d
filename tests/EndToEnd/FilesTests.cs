using System.Text.Json;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

public sealed class FilesTests(House house)
{
    private const string Id = "travelling-flow";

    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task A_flow_is_exported_deleted_and_imported_again() =>
        house.VisitAsync(async visit =>
        {
            var page = visit.Page;
            await doors.SaveAsync(Id, Chart.Of(Chart.WriteLine("Only", "I travel")));
            await new StudioList(visit).FindAsync(Id);

            var download = await page.RunAndWaitForDownloadAsync(async () =>
            {
                await ChooseAsync(page, "Export");
                await ConfirmAsync(page);
            });
            var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
            await download.SaveAsAsync(file);
            var before = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).RootElement;
            before.GetProperty("definitionId").GetString().ShouldBe(Id);

            await ChooseAsync(page, "Delete");
            await ConfirmAsync(page);
            await Assertions.Expect(Row(page)).ToHaveCountAsync(0);

            var chooser = await page.RunAndWaitForFileChooserAsync(async () =>
            {
                await page.Locator(".mud-button-group-root .mud-menu button").First.ClickAsync();
                await page.Locator(".mud-popover-open").GetByText("Import").First.ClickAsync();
            });
            await page.RunAndWaitForResponseAsync(
                () => chooser.SetFilesAsync(file),
                response => response.Url.EndsWith("/elsa/api/workflow-definitions/import", StringComparison.Ordinal) && response.Ok
            );
            File.Delete(file);

            var after = await doors.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{Id}?versionOptions=Latest");
            after.GetProperty("root").GetProperty("activities").GetRawText().ShouldContain("I travel");
            await Assertions.Expect(Row(page)).ToHaveCountAsync(1);
        });

    private static Task ConfirmAsync(IPage page) => page.Locator(".mud-dialog-actions button").Last.ClickAsync();

    private static ILocator Row(IPage page) => page.Locator("tbody tr", new() { HasText = Id });

    private static async Task ChooseAsync(IPage page, string item)
    {
        await Row(page).Locator("button").Last.ClickAsync();
        await page.Locator(".mud-popover-open").GetByText(item, new() { Exact = true }).ClickAsync();
    }
}
