using System.Text.Json.Nodes;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests.Admin;

/// <summary>The list of instances: found, put in order, turned over, and changed many at a time.</summary>
public sealed class InstancesTests(House house)
{
    private const string Waiting = "own-many";
    private const string Broken = "own-broken";

    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task Instances_are_found_ordered_and_turned_over() =>
        house.VisitAsync(async visit =>
        {
            await doors.SaveAsync(Waiting, Chart.Of(Chart.Event("Wait", "own-many-go")));
            var ids = new List<string>();

            for (var i = 0; i < 27; i++)
                ids.Add(await doors.RunAsync(Waiting));

            var page = new OwnPage(visit);
            await page.OpenAsync("/admin/instances");
            await page.Page.GetByRole(AriaRole.Switch, new() { Name = "Live" }).Or(page.Page.GetByLabel("Live")).First.UncheckAsync();

            // By the flow, chosen from what is proposed.
            await page.Page.GetByLabel("Definition", new() { Exact = true }).First.FillAsync("own-man");
            await page.Page.Locator(".mud-popover-open .mud-list-item", new() { HasText = Waiting }).ClickAsync();
            await page.IsAtAsync("definition=own-many");
            await Assertions.Expect(page.Rows).ToHaveCountAsync(25);
            await Assertions.Expect(page.Rows.First).ToContainTextAsync(ids[^1]);

            await page.PressAsync("Next page");
            await Assertions.Expect(page.Rows).ToHaveCountAsync(2);
            await Assertions.Expect(page.Page.Locator(".pager")).ToContainTextAsync("26–27");
            await page.PressAsync("Previous page");
            await Assertions.Expect(page.Rows).ToHaveCountAsync(25);

            await page.Page.GetByLabel("Ascending").CheckAsync();
            await Assertions.Expect(page.Rows.First).ToContainTextAsync(ids[0]);
            await page.SelectAsync("Order", "Last run");
            await page.IsAtAsync("order=LastExecuted");

            await page.Page.GetByLabel("Name, id or correlation id").FillAsync(ids[3]);
            await Assertions.Expect(page.Rows).ToHaveCountAsync(1);
            await page.SelectAsync("Status", "Finished");
            await Assertions.Expect(page.Page.Locator(".nothing")).ToBeVisibleAsync();
            await page.PressAsync("Clear the filter");
            await Assertions.Expect(page.Page.Locator(".nothing")).ToHaveCountAsync(0);
            await page.ShowAsync("admin-instances-many", "A page of many instances");
        });

    [Fact]
    public Task Many_are_cancelled_and_many_are_tried_again() =>
        house.VisitAsync(async visit =>
        {
            await doors.SaveAsync("own-bulk", Chart.Of(Chart.Event("Wait", "own-bulk-go")));
            string[] waiting = [await doors.RunAsync("own-bulk"), await doors.RunAsync("own-bulk"), await doors.RunAsync("own-bulk")];
            var page = new OwnPage(visit);
            await page.OpenAsync("/admin/instances?definition=own-bulk");

            // Two that are ticked, then all that fit the filter.
            await page.Rows.Nth(0).GetByRole(AriaRole.Checkbox).CheckAsync();
            await page.Rows.Nth(1).GetByRole(AriaRole.Checkbox).CheckAsync();
            await Assertions.Expect(page.Page.Locator(".bulk")).ToContainTextAsync("chosen instances: 2");
            await page.PressAsync("Cancel");
            await page.PressInDialogAsync("Cancel instances");
            await Assertions.Expect(page.Dialog).ToContainTextAsync("2 done, 0 failed");
            await page.ShowAsync("admin-bulk", "Two instances were cancelled");
            await page.AnswerAsync("Close");
            (await doors.InstanceAsync(waiting[0])).GetProperty("subStatus").GetString().ShouldBe("Suspended");
            await doors.WaitAsync(waiting[1], "Cancelled");
            await doors.WaitAsync(waiting[2], "Cancelled");

            string[] broken = [await BreakAsync(), await BreakAsync()];
            await page.OpenAsync($"/admin/instances?definition={Broken}");
            await page.Page.GetByLabel("With incidents").CheckAsync();
            await Assertions.Expect(page.Rows).ToHaveCountAsync(2);

            foreach (var id in broken)
                await doors.PutAsync($"/api/operations/instances/{id}/variables/IsUp", new JsonObject { ["value"] = true });

            await page.PressAsync("Retry incidents");
            await page.PressInDialogAsync("Retry");
            await Assertions.Expect(page.Dialog).ToContainTextAsync("2 done, 0 failed");
            await page.AnswerAsync("Close");
            await Assertions.Expect(page.Page.Locator(".nothing")).ToContainTextAsync("Nothing fits the filter.");

            foreach (var id in broken)
                await doors.WaitAsync(id, "Finished");
        });

    [Fact]
    public Task An_event_is_sent_from_the_list() =>
        house.VisitAsync(async visit =>
        {
            await doors.SaveAsync("own-event", Chart.Of(Chart.Event("Wait", "own-event-come"), Chart.WriteLine("End", "end")));
            var instance = await doors.RunAsync("own-event");
            await doors.WaitAsync(instance, "Suspended");
            var page = new OwnPage(visit);
            await page.OpenAsync("/admin/instances");

            await page.PressAsync("Send an event");
            await page.Dialog.GetByLabel("Name of the event").FillAsync("own-event-come");
            await page.Dialog.GetByLabel("What comes with it").FillAsync("""{"sum": 7}""");
            await page.ShowAsync("admin-event", "An event is sent by hand");
            await page.AnswerAsync("Send an event");
            await page.IsSaidAsync("The event was sent.");

            await doors.WaitAsync(instance, "Finished");
        });

    private async Task<string> BreakAsync()
    {
        await doors.SaveAsync(
            Broken,
            Chart.Of(Chart.Script("Ask", "if (!getVariable('IsUp')) throw new Error('down')")),
            variables: [Chart.Variable("IsUp", "Boolean", "false")]
        );
        var id = await doors.RunAsync(Broken);
        await doors.WaitAsync(id, "Faulted");
        return id;
    }
}
