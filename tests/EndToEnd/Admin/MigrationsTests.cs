using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests.Admin;

/// <summary>Running instances are moved to another version by the wizard, and back.</summary>
public sealed class MigrationsTests(House house)
{
    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task A_plan_is_made_by_hand_tried_run_and_undone_for_one_and_for_all() =>
        house.VisitAsync(async visit =>
        {
            const string Id = "own-plan";
            await SaveAsync(Id, "Ask", "Sum");
            string[] moved = [await doors.RunAsync(Id), await doors.RunAsync(Id), await doors.RunAsync(Id)];
            await SaveAsync(Id, "Question", "Total");
            await WaitAsync(moved);
            var page = new OwnPage(visit);
            await page.OpenAsync($"/admin/definitions/{Id}/migrate?from=1&to=2");

            // Without a place for the wait the dry run blocks all.
            await Assertions.Expect(page.Page.Locator("tr.unmapped")).ToContainTextAsync("Instances that wait here cannot be moved.");
            await page.PressAsync("Try it");
            await Assertions.Expect(page.Page.Locator(".verdict.blocked").First).ToContainTextAsync("3");
            await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Move 0 instances" })).ToBeDisabledAsync();
            await page.ShowAsync("admin-migrate-blocked", "A dry run tells why nothing can be moved");

            await page
                .Page.GetByLabel("Where Ask goes")
                .SelectOptionAsync(new SelectOptionValue { Label = "Question (Flowchart1:Question)" });
            await Assertions.Expect(page.Page.Locator("tr.unmapped")).ToHaveCountAsync(0);
            await page.Page.GetByLabel("Where Sum goes").SelectOptionAsync("Total");
            await page.PressAsync("Try it");
            await Assertions.Expect(page.Page.Locator(".verdict.ready").First).ToContainTextAsync("3");
            var places = page.Page.Locator("table", new() { HasText = "Waiting" }).Filter(new() { HasText = "Question" }).Last;
            await Assertions.Expect(places).ToContainTextAsync("Question");
            await Assertions.Expect(page.Page.Locator(".diagram").Last.Locator(".diagram-box.waiting")).ToHaveCountAsync(1);
            await page.ShowAsync("admin-migrate-ready", "A dry run shows the new place of every waiting point");

            await page.PressAsync("Move 3 instances");
            await page.IsSaidAsync("The instances are being moved.");
            await Assertions.Expect(page.Page.Locator(".verdict.migrated").First).ToContainTextAsync("3");
            await page.ShowAsync("admin-migrate-done", "All were moved");

            foreach (var id in moved)
            {
                var instance = await doors.InstanceAsync(id);
                instance.GetProperty("version").GetInt32().ShouldBe(2);
                instance.GetRawText().ShouldContain("Question");
            }

            await VariableAsync(page, moved[0], "Total", "40");
            await page.Page.GoBackAsync();
            await page.IsThereAsync();

            await page.Page.Locator("tr", new() { HasText = moved[1] }).GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
            await page.IsSaidAsync($"{moved[1]} is back on its version.");
            (await doors.InstanceAsync(moved[1])).GetProperty("version").GetInt32().ShouldBe(1);
            (await doors.InstanceAsync(moved[2])).GetProperty("version").GetInt32().ShouldBe(2);

            await page.PressAsync("Undo all");
            await page.AnswerAsync("Undo all");
            await page.IsSaidAsync("The instances are going back.");
            await Assertions.Expect(page.Page.Locator(".verdict.undone").First).ToContainTextAsync("3");
            await VariableAsync(page, moved[0], "Sum", "40");

            await doors.PostAsync($"/elsa/api/events/{Id}-answer/trigger");

            foreach (var id in moved)
                await doors.WaitAsync(id, "Finished");
        });

    [Fact]
    public Task A_run_keeps_its_pace_pauses_and_goes_on() =>
        house.VisitAsync(async visit =>
        {
            const string Id = "own-pace";
            await SaveAsync(Id, "Ask", "Sum");

            for (var i = 0; i < 12; i++)
                await doors.RunAsync(Id);

            await SaveAsync(Id, "Ask", "Sum", more: true);
            var page = new OwnPage(visit);
            await page.OpenAsync($"/admin/definitions/{Id}/migrate?from=1&to=2");
            await page.PressAsync("Try it");
            await page.Page.GetByLabel("Instances a second").FillAsync("1");
            await page.Page.GetByLabel("In one batch").FillAsync("1");
            await page.PressAsync("Move 12 instances");
            await Assertions.Expect(page.Page.Locator(".verdict.migrated").First).ToBeVisibleAsync();

            await page.PressAsync("Pause");
            await page.IsSaidAsync("Paused.");
            await Assertions.Expect(page.Page.Locator("[aria-label='Progress and result']")).ToContainTextAsync("Paused");
            var run = Run(page);
            var at = await MovedAsync(run);
            at.ShouldBeInRange(1, 11);
            await page.ShowAsync("admin-migrate-paused", "A migration that pauses");

            await page.PressAsync("Go on");
            await page.IsSaidAsync("It goes on.");
            await doors.UntilAsync(() => doors.GetAsync(run), m => MovedOf(m) > at);
            await page.PressAsync("End it");
            await page.AnswerAsync("End it");
            await page.IsSaidAsync("Ended.");
            await Assertions.Expect(page.Page.Locator("[aria-label='Progress and result']")).ToContainTextAsync("Stopped");
        });

    [Fact]
    public Task A_run_stops_at_a_failure() =>
        house.VisitAsync(async visit =>
        {
            const string Id = "own-halt";
            await doors.SaveAsync(Id, Two(Id, "First", "Second"));
            var fits = await doors.RunAsync(Id);
            var blocked = await doors.RunAsync(Id);
            await doors.WaitAsync(fits, "Suspended");
            await doors.WaitAsync(blocked, "Suspended");
            await doors.PostAsync($"/elsa/api/events/{Id}-first/trigger", new JsonObject { ["workflowInstanceId"] = blocked });
            await doors.UntilAsync(
                () => doors.InstanceAsync(blocked),
                i => i.GetProperty("workflowState").GetProperty("bookmarks").GetRawText().Contains("second", StringComparison.Ordinal)
            );
            await doors.SaveAsync(Id, Two(Id, "First", "Other"));
            var page = new OwnPage(visit);
            await page.OpenAsync($"/admin/definitions/{Id}/migrate?from=1&to=2");

            await page.PressAsync("Try it");
            await Assertions.Expect(page.Page.Locator(".verdict.ready").First).ToContainTextAsync("1");
            await Assertions.Expect(page.Page.Locator(".verdict.blocked").First).ToContainTextAsync("1");
            await page.Page.GetByLabel("Halt after failures").FillAsync("1");
            await page.PressAsync("Move 1 instances");
            await Assertions.Expect(page.Page.Locator("[aria-label='Progress and result']")).ToContainTextAsync("Halted");
            await Assertions.Expect(page.Page.Locator(".mud-alert").Last).ToContainTextAsync("1 instances could not be moved");
            await page.ShowAsync("admin-migrate-halted", "A migration that halts at a failure");
            (await doors.InstanceAsync(blocked)).GetProperty("version").GetInt32().ShouldBe(1);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_timer_that_runs_is_kept_or_computed_anew(bool isAnew) =>
        house.VisitAsync(async visit =>
        {
            var id = isAnew ? "own-anew" : "own-kept";
            await doors.SaveAsync(id, Chart.Of(Delay("01:00:00")));
            var instance = await doors.RunAsync(id);
            var before = DueOf(await doors.WaitAsync(instance, "Suspended"));
            await doors.SaveAsync(id, Chart.Of(Delay("05:00:00")));
            var page = new OwnPage(visit);
            await page.OpenAsync($"/admin/definitions/{id}/migrate?from=1&to=2");

            if (isAnew)
                await page.Page.GetByText("Compute them anew by the new version").ClickAsync();

            await page.PressAsync("Try it");
            await page.PressAsync("Move 1 instances");
            var after = DueOf(await doors.UntilAsync(() => doors.InstanceAsync(instance), i => i.GetProperty("version").GetInt32() == 2));
            (after - before).ShouldBe(TimeSpan.FromHours(isAnew ? 4 : 0));
        });

    private static JsonObject Delay(string span) => Chart.Activity("Sleep", "Elsa.Delay", ("timeSpan", Chart.Literal("TimeSpan", span)));

    private static JsonObject Two(string id, string first, string second) =>
        Chart.Of(Chart.Event(first, $"{id}-first"), Chart.Event(second, $"{id}-second"));

    private static DateTimeOffset DueOf(JsonElement instance) =>
        instance
            .GetProperty("workflowState")
            .GetProperty("bookmarks")[0]
            .GetProperty("payload")
            .EnumerateObject()
            .First(p => p.Name.Equals("resumeAt", StringComparison.OrdinalIgnoreCase))
            .Value.GetDateTimeOffset();

    private static string Run(OwnPage page) =>
        $"/api/migrations/{System.Web.HttpUtility.ParseQueryString(new Uri(page.Page.Url).Query)["run"]}";

    private async Task<int> MovedAsync(string run) => MovedOf(await doors.GetAsync(run));

    private static int MovedOf(JsonElement run) => run.GetProperty("counts").GetProperty("Migrated").GetInt32();

    private async Task WaitAsync(IEnumerable<string> instances)
    {
        foreach (var id in instances)
            await doors.WaitAsync(id, "Suspended");
    }

    private static async Task VariableAsync(OwnPage page, string instance, string name, string value)
    {
        await page.OpenAsync($"/admin/instances/{instance}");
        await Assertions.Expect(page.Page.Locator(".variables > div", new() { HasText = name }).First).ToContainTextAsync(value);
    }

    private Task SaveAsync(string id, string wait, string variable, bool more = false) =>
        doors.SaveAsync(
            id,
            Chart.Of([
                Chart.WriteLine("Say", "say"),
                Chart.Event(wait, $"{id}-answer"),
                .. more ? new[] { Chart.WriteLine("Thank", "thanks") } : [],
            ]),
            variables: [Chart.Variable(variable, "Int32", "40")]
        );
}
