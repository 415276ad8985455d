using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests;

public sealed class FrameTests(House house)
{
    [Fact]
    public Task Screens_change_in_place_and_the_back_button_leads_back() =>
        house.VisitAsync(async visit =>
        {
            await visit.OpenStudioAsync("/studio/");
            await visit.Page.EvaluateAsync("window.isSamePage = true");

            await visit.Page.Locator(".frame-nav a[data-screen=Instances]").ClickAsync();
            await visit.Page.Locator("elsa-workflow-instance-list .mud-table").WaitForAsync();
            await visit.StudioIsThereAsync();
            visit.Page.Url.ShouldContain("/studio/workflows/instances");
            (await visit.Page.TitleAsync()).ShouldBe("Instances · ServiceLoop");
            await Assertions.Expect(visit.Page.Locator(".frame-nav [aria-current=page]")).ToHaveTextAsync("Instances");

            // Where the mouse is looks otherwise than where one is.
            await visit.Page.Locator(".frame-nav a[data-screen=Definitions]").HoverAsync();
            (await GroundAsync(visit, "Definitions")).ShouldNotBe(await GroundAsync(visit, "Instances"));

            await visit.Page.GoBackAsync();
            await visit.Page.Locator("elsa-workflow-definition-list .mud-table").WaitForAsync();
            (await visit.Page.EvaluateAsync<bool>("window.isSamePage === true")).ShouldBeTrue();
        });

    [Fact]
    public Task A_list_that_is_left_before_it_has_come_does_not_come_back() =>
        house.VisitAsync(async visit =>
        {
            var page = visit.Page;
            var isOpen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var isAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await page.RouteAsync(
                new Regex("/elsa/api/workflow-definitions[?]"),
                async route =>
                {
                    isAsked.TrySetResult();
                    await isOpen.Task;
                    await route.ContinueAsync();
                }
            );
            await visit.OpenStudioAsync("/studio/");
            await isAsked.Task.WaitAsync(TimeSpan.FromMilliseconds(Visit.PatienceMs));
            await page.Locator(".frame-nav a[data-screen=Instances]").ClickAsync();
            await page.Locator("elsa-workflow-instance-list .mud-table").WaitForAsync();
            await page.RunAndWaitForResponseAsync(
                () =>
                {
                    isOpen.SetResult();
                    return Task.CompletedTask;
                },
                response => response.Url.Contains("/elsa/api/workflow-definitions?", StringComparison.Ordinal)
            );

            // What a list writes into the address is its own.
            await page.Locator("elsa-workflow-instance-list .mud-table-pagination .mud-select-input").First.ClickAsync();
            await page.Locator(".mud-popover-open").GetByText("25", new() { Exact = true }).ClickAsync();
            await page.WaitForURLAsync("**/studio/workflows/instances?*pageSize=25*");
            await Assertions.Expect(page.Locator("elsa-workflow-instance-list .mud-table")).ToBeVisibleAsync();
            await Assertions.Expect(page.Locator("elsa-workflow-definition-list")).ToHaveCountAsync(0);
        });

    [Fact]
    public Task A_screen_may_be_changed_before_Studio_has_started() =>
        house.VisitAsync(async visit =>
        {
            var page = visit.Page;
            await page.GotoAsync("/studio/", new() { WaitUntil = WaitUntilState.Commit });
            await page.Locator(".frame-nav a[data-screen=Instances]").ClickAsync();
            await page.WaitForURLAsync("**/studio/workflows/instances*");
            await page.Locator("elsa-workflow-instance-list .mud-table").WaitForAsync();
            await visit.StudioIsThereAsync();
            await Assertions.Expect(page.Locator("elsa-workflow-definition-list")).ToHaveCountAsync(0);
        });

    [Fact]
    public async Task The_list_above_an_editor_or_a_viewer_is_marked_in_the_bar()
    {
        var doors = new Doors(house.Client);
        await doors.SaveAsync("framed-flow", Chart.Of(Chart.WriteLine("Say", "hello")));
        var instance = await doors.RunAsync("framed-flow");

        (await BarAsync("/studio/workflows/definitions/framed-flow/edit")).ShouldContain(
            "data-title=\"Definitions\" aria-current=\"true\""
        );
        (await BarAsync($"/studio/workflows/instances/{instance}/view")).ShouldContain("data-title=\"Instances\" aria-current=\"true\"");
    }

    private async Task<string> BarAsync(string path) =>
        await house.Client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    private static Task<string> GroundAsync(Visit visit, string screen) =>
        visit.Page.Locator($".frame-nav a[data-screen={screen}]").EvaluateAsync<string>("link => getComputedStyle(link).backgroundColor");

    [Theory]
    [InlineData("zh-CN", "没有这个流程")]
    [InlineData("en-US", "There is no such workflow")]
    public Task A_flow_that_is_not_there_is_said_before_Studio_starts(string language, string title) =>
        house.VisitAsync(
            async visit =>
            {
                visit.Expect(404, "/definitions/nothing/edit");

                await visit.GoAsync("/studio/workflows/definitions/nothing/edit");

                (await visit.Page.Locator("h1").TextContentAsync()).ShouldBe(title);
                await visit.ShowAsync("studio-missing", "A flow that does not exist");
            },
            new VisitOptions { Language = language }
        );

    [Fact]
    public Task The_language_is_switched_and_remembered() =>
        house.VisitAsync(async visit =>
        {
            await visit.OpenStudioAsync("/studio/workflows/instances");

            await visit.Page.Locator(".frame-languages a[lang=zh-CN]").ClickAsync();
            await visit.StudioIsThereAsync();

            visit.Page.Url.ShouldContain("/studio/workflows/instances");
            (await visit.Page.Locator(".frame-nav a").First.TextContentAsync()).ShouldBe("流程定义");
        });
}
