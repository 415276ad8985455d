using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

public sealed class RepairTests(House house)
{
    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task A_fault_is_seen_with_its_message_and_repaired() =>
        house.VisitAsync(async visit =>
        {
            var script = Chart.Input("String", "JavaScript", "if (!getVariable('IsCrmUp')) throw new Error('The CRM is down'); 1");
            var chart = Chart.Of(Chart.WriteLine("Begin", "begin"), Chart.Activity("AskCrm", "Elsa.RunJavaScript", ("script", script)));
            JsonArray variables =
            [
                new JsonObject
                {
                    ["id"] = "up",
                    ["name"] = "IsCrmUp",
                    ["typeName"] = "Boolean",
                    ["value"] = "false",
                },
            ];
            await doors.SaveAsync("repair-me", chart, variables: variables);
            var id = await doors.RunAsync("repair-me");
            var faulted = await doors.WaitAsync(id, "Faulted");
            var viewer = new FlowEditor(visit);

            await visit.OpenStudioAsync($"/studio/workflows/instances/{id}/view");
            await viewer.IsViewerThereAsync();
            await Assertions.Expect(viewer.Badge("AskCrm")).ToBeVisibleAsync();
            await visit.Page.Locator(".mud-tab", new() { HasText = "Incidents" }).ClickAsync();
            await Assertions.Expect(visit.Page.GetByText("Failed to run the script").First).ToBeVisibleAsync();
            await visit.ShowAsync("studio-viewer-fault", "A step failed, and why");

            var incident = faulted.GetProperty("workflowState").GetProperty("incidents")[0].GetProperty("id").GetInt64();
            var repairs = $"/api/operations/instances/{id}";
            using var put = await house.Client.PutAsJsonAsync(
                $"{repairs}/variables/IsCrmUp",
                new JsonObject { ["value"] = true },
                TestContext.Current.CancellationToken
            );
            put.EnsureSuccessStatusCode();
            await doors.PostAsync($"{repairs}/incidents/{incident}/retry");

            await doors.WaitAsync(id, "Finished");
            await visit.Page.ReloadAsync();
            await viewer.IsViewerThereAsync();
            await Assertions.Expect(visit.Page.GetByText("Finished").First).ToBeVisibleAsync();
            await visit.ShowAsync("studio-viewer-repaired", "The same instance after its repair");
        });
}
