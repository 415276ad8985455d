using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests.Admin;

public sealed class DefinitionFilesTests(House house)
{
    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task Files_are_imported_and_the_broken_ones_are_named_with_the_reason() =>
        house.VisitAsync(async visit =>
        {
            var page = new OwnPage(visit);
            await page.OpenAsync("/admin/definitions");

            await SendAsync(
                page,
                File("own-file.json", Definition("own-file", "own-file")),
                File("broken.json", """{ "definitionId": "broken", "root": """),
                File("nonsense.zip", "PK nothing"),
                Zip("many.zip", ("own-zip.json", Definition("own-zip", "own-zip")), ("read.me", "not looked at"))
            );

            await page.IsSaidAsync("Imported as drafts: 2.");
            var refused = page.Page.Locator(".mud-alert");
            await Assertions.Expect(refused).ToContainTextAsync("These files were refused:");
            await Assertions.Expect(refused.Locator("li")).ToHaveCountAsync(2);
            await Assertions.Expect(refused).ToContainTextAsync("nonsense.zip This is no zip file, or it is damaged.");
            await Assertions.Expect(refused).ToContainTextAsync("broken.json");
            await page.ShowAsync("admin-import-refused", "Two files were taken, two were not");
            await refused.Locator("button").ClickAsync();
            await Assertions.Expect(refused).ToHaveCountAsync(0);

            foreach (var id in new[] { "own-file", "own-zip" })
                (await doors.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{id}?versionOptions=Latest"))
                    .GetProperty("isPublished")
                    .GetBoolean()
                    .ShouldBeFalse();
        });

    [Fact]
    public Task What_is_exported_is_what_was_imported() =>
        house.VisitAsync(async visit =>
        {
            var page = new OwnPage(visit);
            await doors.SaveAsync("own-export", Chart.Of(Chart.WriteLine("Say", "over there")));
            await page.OpenAsync("/admin/definitions?q=own-export");

            var download = await page.Page.RunAndWaitForDownloadAsync(() => page.PressAsync("Export own-export"));
            var json = JsonDocument.Parse(await System.IO.File.ReadAllBytesAsync(await download.PathAsync())).RootElement;

            json.GetProperty("definitionId").GetString().ShouldBe("own-export");
            json.GetProperty("root").GetRawText().ShouldContain("over there");
        });

    [Fact]
    public Task Flows_are_found_by_words_by_state_and_in_their_order() =>
        house.VisitAsync(async visit =>
        {
            await doors.SaveAsync("own-list-b", Chart.Of(Chart.WriteLine("Say", "b")));
            await doors.SaveAsync("own-list-a", Chart.Of(Chart.WriteLine("Say", "a")), publish: false);
            var page = new OwnPage(visit);
            await page.OpenAsync("/admin/definitions");

            await page.Page.GetByLabel("Name, description or id").FillAsync("own-list");
            await Assertions.Expect(page.Rows).ToHaveCountAsync(2);
            await Assertions.Expect(page.Rows.First).ToContainTextAsync("own-list-a");

            await page.SelectAsync("Order", "Newest first");
            await page.IsAtAsync("order=newest");
            await page.SelectAsync("State", "Published");
            await Assertions.Expect(page.Rows).ToHaveCountAsync(1);
            await Assertions.Expect(page.Rows.First).ToContainTextAsync("own-list-b");

            await page.Page.ReloadAsync();
            await page.IsThereAsync();
            await Assertions.Expect(page.Rows).ToHaveCountAsync(1);
        });

    private static async Task SendAsync(OwnPage page, params FilePayload[] files)
    {
        var chooser = await page.Page.RunAndWaitForFileChooserAsync(() => page.PressAsync("Import"));
        await chooser.SetFilesAsync(files);
    }

    private static string Definition(string id, string name) =>
        new JsonObject
        {
            ["definitionId"] = id,
            ["name"] = name,
            ["root"] = Chart.Of(Chart.WriteLine("Say", name)),
        }.ToJsonString();

    private static FilePayload File(string name, string content) =>
        new()
        {
            Name = name,
            MimeType = "application/octet-stream",
            Buffer = Encoding.UTF8.GetBytes(content),
        };

    private static FilePayload Zip(string name, params (string Name, string Content)[] entries)
    {
        using var stream = new MemoryStream();

        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (entry, content) in entries)
            {
                using var writer = new StreamWriter(zip.CreateEntry(entry).Open());
                writer.Write(content);
            }

        return new()
        {
            Name = name,
            MimeType = "application/zip",
            Buffer = stream.ToArray(),
        };
    }
}
