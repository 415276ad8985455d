using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests.Admin;

public sealed class WorkTests(House house)
{
    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task Failed_work_is_tried_again_one_by_one_and_all_at_once() =>
        house.VisitAsync(async visit =>
        {
            await new FailedWork(house).BuryAsync("own-late", "own-late-1", "own-late-2", "own-late-3");
            var page = new OwnPage(visit);
            await page.OpenAsync("/admin/work");
            var mine = page.Rows.Filter(new() { HasText = "own-late" });
            await Assertions.Expect(mine).ToHaveCountAsync(3);
            await Assertions.Expect(mine.First).ToContainTextAsync("Start");
            await page.ShowAsync("admin-work-failed", "Work that was set aside");

            // The cause is gone: now there is such a flow.
            await doors.SaveAsync("own-late", Chart.Of(Chart.WriteLine("Say", "late")));
            await mine.First.GetByRole(AriaRole.Checkbox).CheckAsync();
            await Assertions.Expect(page.Page.Locator(".bulk")).ToContainTextAsync("1 chosen");
            await page.PressAsync("Bring back");
            await page.IsSaidAsync("Brought back: 1.");
            await Assertions.Expect(mine).ToHaveCountAsync(2);
            await doors.UntilAsync(
                () => doors.GetAsync("/elsa/api/workflow-instances?definitionId=own-late"),
                list => list.GetProperty("totalCount").GetInt64() == 1
            );

            await page.PressAsync("Bring back");
            await Assertions.Expect(mine).ToHaveCountAsync(0);

            await doors.UntilAsync(
                () => doors.GetAsync("/elsa/api/workflow-instances?definitionId=own-late&subStatus=Finished"),
                list => list.GetProperty("totalCount").GetInt64() == 3
            );
        });

    [Fact]
    public Task Failed_work_of_one_instance_is_found_and_dropped() =>
        house.VisitAsync(async visit =>
        {
            await new FailedWork(house).BuryAsync("own-never", "own-never-1", "own-never-2");
            var page = new OwnPage(visit);
            await page.OpenAsync("/admin/work");

            await page.Page.GetByLabel("Instance").First.FillAsync("own-never-2");
            await Assertions.Expect(page.Rows).ToHaveCountAsync(1);
            await page.PressAsync("Drop");
            await page.AnswerAsync("Drop");
            await page.IsSaidAsync("Dropped.");
            await Assertions.Expect(page.Page.Locator(".nothing")).ToContainTextAsync("Nothing was set aside.");
        });
}
