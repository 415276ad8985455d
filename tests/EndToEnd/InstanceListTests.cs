using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

/// <summary>Studio's list of instances: search, and what is done with many.</summary>
public sealed class InstanceListTests(House house)
{
    private const string Id = "listed-instances";

    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task Instances_are_found_cancelled_and_deleted_many_at_a_time() =>
        house.VisitAsync(async visit =>
        {
            await doors.SaveAsync(Id, Chart.Of(Chart.Event("Wait", "never")));
            string[] all = [await doors.RunAsync(Id), await doors.RunAsync(Id), await doors.RunAsync(Id)];
            var (some, other) = (all[..2], all[2]);
            var list = new StudioList(visit);
            await visit.OpenStudioAsync("/studio/workflows/instances");

            var rows = visit.Page.Locator("tbody tr");
            await visit.Page.GetByPlaceholder("Search on Id").FillAsync(all[0]);
            await Assertions.Expect(rows).ToHaveCountAsync(1);
            await visit.Page.GetByPlaceholder("Search on Id").FillAsync(Id);
            await Assertions.Expect(rows).ToHaveCountAsync(3);
            await visit.ShowAsync("studio-instances-found", "Instances of one flow");

            await list.TickAsync(some);
            await list.BulkAsync("Cancel");
            (await list.AnsweredAsync("POST", "/bulk-actions/cancel/workflow-instances", list.ConfirmAsync)).ShouldBe(200);

            foreach (var id in some)
                await doors.WaitAsync(id, "Cancelled");

            (await doors.InstanceAsync(other)).GetProperty("subStatus").GetString().ShouldBe("Suspended");
            await list.ChooseAsync(other, "Cancel");
            (await list.AnsweredAsync("POST", $"/cancel/workflow-instances/{other}", list.ConfirmAsync)).ShouldBe(204);
            await doors.WaitAsync(other, "Cancelled");
            await Assertions.Expect(rows.GetByText("Cancelled")).ToHaveCountAsync(3);
            await visit.ShowAsync("studio-instances-cancelled", "Cancelled, one and many");

            await list.ChooseAsync(other, "Delete");
            (await list.AnsweredAsync("DELETE", $"/workflow-instances/{other}", list.ConfirmAsync)).ShouldBe(204);
            await Assertions.Expect(rows).ToHaveCountAsync(2);
            await list.TickAsync(some);
            await list.BulkAsync("Delete");
            (await list.AnsweredAsync("POST", "/bulk-actions/delete/workflow-instances/by-id", list.ConfirmAsync)).ShouldBe(200);
            await Assertions.Expect(rows.Filter(new() { HasText = Id })).ToHaveCountAsync(0);
            (await doors.GetAsync($"/elsa/api/workflow-instances?definitionId={Id}")).GetProperty("totalCount").GetInt32().ShouldBe(0);
        });
}
