using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

public sealed class VersionsTests(House house)
{
    private const string Id = "versioned-flow";

    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task A_second_version_is_made_compared_taken_back_and_an_instance_is_moved_and_moved_back() =>
        house.VisitAsync(async visit =>
        {
            var first = await doors.SaveAsync(Id, Chart.Of(Chart.Event("Wait", "go-on"), Chart.WriteLine("End", "first")));
            var instance = await doors.RunAsync(Id);
            await doors.WaitAsync(instance, "Suspended");
            var editor = new FlowEditor(visit);

            await visit.OpenStudioAsync($"/studio/workflows/definitions/{Id}/edit");
            await editor.IsThereAsync();
            await editor.SelectAsync("End");
            await editor.SavingAsync(() => editor.FillAsync("Text", "second"));
            await editor.SavingAsync(editor.PublishAsync);
            (await PublishedAsync()).GetProperty("version").GetInt32().ShouldBe(2);

            var diff = await doors.GetAsync($"/api/definitions/{Id}/diff?from=1&to=2");
            diff.GetProperty("isEmpty").GetBoolean().ShouldBeFalse();
            diff.GetProperty("activities").GetRawText().ShouldContain("second");

            await visit.GoAsync($"/admin/definitions/{Id}");
            await Assertions.Expect(visit.Page.GetByText("In force").First).ToBeVisibleAsync();
            await visit.ShowAsync("admin-definition-versions", "The versions of a flow");

            await doors.PostAsync($"/api/definitions/{Id}/rollback", new JsonObject { ["version"] = 1 });
            (await PublishedAsync()).GetProperty("version").GetInt32().ShouldBe(1);
            await doors.PostAsync($"/api/definitions/{Id}/rollback", new JsonObject { ["version"] = 2 });
            var second = (await PublishedAsync()).GetProperty("id").GetString();

            var run = await doors.PostAsync("/api/migrations", new JsonObject { ["targetVersionId"] = second });
            var migration = $"/api/migrations/{run.GetProperty("id").GetString()}";
            await doors.PostAsync($"{migration}/start");
            (await MovedAsync(instance, 2)).GetProperty("definitionVersionId").GetString().ShouldBe(second);
            await EndedAsync(migration);
            await doors.PostAsync($"{migration}/undo");
            (await MovedAsync(instance, 1)).GetProperty("definitionVersionId").GetString().ShouldBe(first.GetProperty("id").GetString());

            await doors.PostAsync("/elsa/api/events/go-on/trigger");
            await doors.WaitAsync(instance, "Finished");
        });

    private Task<JsonElement> PublishedAsync() =>
        doors.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{Id}?versionOptions=Published");

    private Task<JsonElement> MovedAsync(string instance, int version) =>
        doors.UntilAsync(() => doors.InstanceAsync(instance), i => i.GetProperty("version").GetInt32() == version);

    private Task<JsonElement> EndedAsync(string migration) =>
        doors.UntilAsync(() => doors.GetAsync(migration), m => m.GetProperty("status").GetString() == "Finished");
}
