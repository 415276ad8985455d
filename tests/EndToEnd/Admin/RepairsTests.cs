using Microsoft.Playwright;
using ServiceLoop.EndToEnd.Tests.Browser;

namespace ServiceLoop.EndToEnd.Tests.Admin;

/// <summary>One instance on its own page: mended, gone past, woken, ended, removed.</summary>
public sealed class RepairsTests(House house)
{
    private readonly Doors doors = new(house.Client);

    [Fact]
    public Task A_fault_is_retried_after_a_variable_was_put_right() =>
        house.VisitAsync(async visit =>
        {
            await doors.SaveAsync(
                "own-retry",
                Chart.Of(
                    Chart.Script("AskCrm", "if (!getVariable('IsUp')) throw new Error('The CRM is down')"),
                    Chart.WriteLine("End", "end")
                ),
                variables: [Chart.Variable("IsUp", "Boolean", "false")]
            );
            var id = await doors.RunAsync("own-retry");
            await doors.WaitAsync(id, "Faulted");
            var page = new OwnPage(visit);
            await page.OpenAsync($"/admin/instances/{id}");
            await Assertions.Expect(page.Page.Locator(".incident").First).ToContainTextAsync("A step failed.");
            await page.Page.Locator(".incident summary").First.ClickAsync();
            await Assertions.Expect(page.Page.Locator(".incident pre").First).ToContainTextAsync("The CRM is down");

            // Retried too early: it fails again, and says so.
            await page.PressAsync("Retry");
            await page.IsSaidAsync("Tried again.");
            await Assertions.Expect(page.Page.Locator(".facts").First).ToContainTextAsync("Faulted");

            await page.PressAsync("Change IsUp");
            await page.Dialog.Locator(".mud-select .mud-input-control").First.ClickAsync();
            await page.Page.Locator(".mud-popover-open .mud-list-item", new() { HasText = "true" }).ClickAsync();
            await page.ShowAsync("admin-variable", "A variable is changed");
            await page.AnswerAsync("Change");
            await page.IsSaidAsync("IsUp was changed.");
            await page.PressAsync("Retry");
            await page.IsSaidAsync("Tried again.");

            await Assertions.Expect(page.Page.Locator(".facts").First).ToContainTextAsync("Finished");
            await Assertions.Expect(page.Page.Locator(".incident")).ToHaveCountAsync(0);
            await doors.WaitAsync(id, "Finished");
        });

    [Fact]
    public Task A_step_that_failed_is_passed_over_with_a_chosen_outcome() =>
        house.VisitAsync(async visit =>
        {
            await doors.SaveAsync(
                "own-skip",
                Chart.Drawn(
                    [("IsSmall", "True", "Pay"), ("IsSmall", "False", "Refuse")],
                    Chart.Decision("IsSmall", "(() => { throw new Error('no amount') })()"),
                    Chart.WriteLine("Pay", "paid"),
                    Chart.WriteLine("Refuse", "refused")
                )
            );
            var id = await doors.RunAsync("own-skip");
            await doors.WaitAsync(id, "Faulted");
            var page = new OwnPage(visit);
            await page.OpenAsync($"/admin/instances/{id}");

            await page.PressAsync("Skip…");
            await page.Dialog.GetByLabel("Outcome").First.ClickAsync();
            await page.Page.Locator(".mud-popover-open .mud-list-item", new() { HasText = "False" }).ClickAsync();
            await page.ShowAsync("admin-skip", "Going on past a step asks for the outcome");
            await page.AnswerAsync("Skip…");
            await page.IsSaidAsync("Skipped; the instance went on.");

            await Assertions.Expect(page.Page.Locator(".facts").First).ToContainTextAsync("Finished");
            await Assertions.Expect(page.Page.Locator(".table").Last).ToContainTextAsync("refused");
            await Assertions.Expect(page.Page.Locator(".table").Last).Not.ToContainTextAsync("paid");
        });

    [Fact]
    public Task An_instance_that_waits_is_woken_and_another_is_ended_and_removed() =>
        house.VisitAsync(async visit =>
        {
            await doors.SaveAsync(
                "own-wait",
                Chart.Of(Chart.Activity("Ask", "Elsa.RunTask", ("taskName", Chart.Literal("String", "Ask"))), Chart.WriteLine("End", "end"))
            );
            var (woken, ended) = (await doors.RunAsync("own-wait"), await doors.RunAsync("own-wait"));
            await doors.WaitAsync(woken, "Suspended");
            await doors.WaitAsync(ended, "Suspended");
            var page = new OwnPage(visit);

            await page.OpenAsync($"/admin/instances/{woken}");
            await page.PressAsync("Resume…");
            await page.Dialog.GetByLabel("Result of the task").FillAsync("\"yes\"");
            await page.AnswerAsync("Resume…");
            await page.IsSaidAsync("Resumed.");
            await Assertions.Expect(page.Page.Locator(".facts").First).ToContainTextAsync("Finished");

            await page.OpenAsync($"/admin/instances/{ended}");
            await page.PressAsync("Cancel instance");
            await page.ShowAsync("admin-cancel", "Ending an instance is asked twice");
            await page.AnswerAsync("Cancel instance");
            await page.IsSaidAsync("The instance was cancelled.");
            await Assertions.Expect(page.Page.Locator(".facts").First).ToContainTextAsync("Cancelled");
            await page.PressAsync("Delete");
            await page.AnswerAsync("Delete");
            await Assertions.Expect(page.Page.Locator("h1")).ToHaveTextAsync("Instances");
            await page.OpenAsync($"/admin/instances/{ended}");
            await Assertions.Expect(page.Page.Locator(".nothing")).ToContainTextAsync("There is no such instance.");
        });
}
