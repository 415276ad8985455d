using System.Text.Json.Nodes;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;
using ServiceLoop.Workflows.Tests;

namespace ServiceLoop.EndToEnd.Tests;

/// <summary>A strategy against another company's bad moments: chosen in the editor, seen in the viewer.</summary>
public sealed class RetriesTests(House house)
{
    private const string Id = "flaky-flow";

    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task Attempts_of_a_strategy_are_seen_where_the_execution_is() =>
        house.VisitAsync(async visit =>
        {
            await using var host = new FlakyHost(failures: 2);
            var page = visit.Page;
            var editor = new FlowEditor(visit);
            await doors.SaveAsync(Id, Chart.Of(Call(host.Address)));
            await visit.OpenStudioAsync($"/studio/workflows/definitions/{Id}/edit");
            await editor.IsThereAsync();
            await editor.SelectAsync("Call");
            await editor.TabAsync("Resilience");
            await editor.SavingAsync(() => editor.ChooseAsync("Resilience Strategy", "Repeat every method, up to 3 times"));
            await visit.ShowAsync("studio-tab-resilience", "How a call is repeated");
            await editor.SavingAsync(editor.PublishAsync);
            (await doors.GetAsync($"/elsa/api/workflow-definitions/by-definition-id/{Id}?versionOptions=Published"))
                .GetProperty("root")
                .GetRawText()
                .ShouldContain("\"strategyId\":\"http-repeat\"");

            var id = await doors.RunAsync(Id);
            await doors.WaitAsync(id, "Finished");
            host.Asked.ShouldBe(3);

            await visit.MoveStudioAsync($"/studio/workflows/instances/{id}/view");
            await editor.IsViewerThereAsync();
            await page.Locator(".mud-timeline-item", new() { HasText = "Call" }).First.ClickAsync();
            await editor.TabAsync("Executions");
            var execution = page.Locator(".mud-table:visible tbody tr", new() { HasText = "Yes" });
            await execution.First.ClickAsync();
            await Assertions.Expect(page.GetByText("Retry Attempts").First).ToBeVisibleAsync();
            await Assertions.Expect(page.GetByText("StatusCode=503")).ToHaveCountAsync(2);
            await page.GetByText("StatusCode=503").Last.HoverAsync();
            await visit.ShowAsync("studio-retries", "Attempts that failed before one succeeded");
        });

    private static JsonObject Call(Uri address) =>
        Chart.Activity(
            "Call",
            "Elsa.FlowSendHttpRequest",
            ("url", Chart.Literal("String", $"{address}orders")),
            ("method", Chart.Literal("String", "POST"))
        );
}
