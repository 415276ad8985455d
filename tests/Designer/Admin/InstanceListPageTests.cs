using Bunit;
using MudBlazor;
using ServiceLoop.Designer.Admin.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Designer.Tests.Admin;

public sealed class InstanceListPageTests : IAsyncDisposable
{
    private const string Wait =
        """{ "id": "Ask", "type": "Elsa.Event", "eventName": { "typeName": "String", "expression": { "type": "Literal", "value": "answer" } } }""";

    private readonly Page page = new();

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Fact]
    public void Without_instances_it_says_so()
    {
        var shown = page.Render<InstanceListPage>();

        shown.WaitForAssertion(() => shown.Find(".nothing").TextContent.ShouldContain("No instance was started yet"));
    }

    [Fact]
    public async Task The_address_decides_what_is_shown()
    {
        await page.PublishAsync("flow", Wait);
        await page.StartAsync("flow", "one");
        await page.StartAsync("flow", "two");
        page.Address.NavigateTo("/admin/instances?correlation=two");

        var shown = page.Render<InstanceListPage>();

        shown.WaitForElement(".table");
        shown.FindAll("tbody tr").ShouldHaveSingleItem().TextContent.ShouldContain("two");
        shown.Find(".pager").TextContent.ShouldContain("1–1 of 1");
    }

    [Fact]
    public async Task A_filter_that_nothing_fits_says_so()
    {
        await page.PublishAsync("flow", Wait);
        await page.StartAsync("flow");
        page.Address.NavigateTo("/admin/instances?status=Faulted");

        var shown = page.Render<InstanceListPage>();

        shown.WaitForAssertion(() => shown.Find(".nothing").TextContent.ShouldContain("Nothing fits the filter"));
    }

    [Fact]
    public async Task Chosen_instances_are_cancelled_after_a_confirmation_and_the_others_are_left()
    {
        await page.PublishAsync("flow", Wait);
        var one = await page.StartAsync("flow", "one");
        var two = await page.StartAsync("flow", "two");
        var dialogs = page.Render<MudDialogProvider>();
        var shown = page.Render<InstanceListPage>();
        shown.WaitForElement("input.tick");

        await shown.InvokeAsync(() =>
            shown.FindAll("tbody tr").Single(r => r.TextContent.Contains("one")).QuerySelector("input")!.Change(true)
        );
        await shown.PressAsync("Cancel");
        await dialogs.PressAsync("Cancel instances");
        dialogs.WaitForAssertion(() => dialogs.Markup.ShouldContain("1 done, 0 failed"));

        var running = await page.Runtime.ListAsync(new InstanceFilter { IsRunning = true }, 0, 10, default);
        running.ShouldHaveSingleItem().Id.ShouldBe(two);
        one.ShouldNotBe(two);
    }
}
