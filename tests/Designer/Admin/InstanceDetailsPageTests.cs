using Bunit;
using MudBlazor;
using ServiceLoop.Designer.Admin.Instances;
using ServiceLoop.Engine.State;

namespace ServiceLoop.Designer.Tests.Admin;

public sealed class InstanceDetailsPageTests : IAsyncDisposable
{
    private const string Wait =
        """{ "id": "Ask", "type": "Elsa.Event", "eventName": { "typeName": "String", "expression": { "type": "Literal", "value": "answer" } } }""";
    private const string Break =
        """{ "id": "Call", "type": "Elsa.Fault", "message": { "typeName": "String", "expression": { "type": "Literal", "value": "It rains" } } }""";
    private const string Variables = """ "variables": [ { "id": "v1", "name": "Amount", "typeName": "Int32", "value": 5 } ], """;

    private readonly Page page = new();

    public ValueTask DisposeAsync() => page.DisposeAsync();

    [Fact]
    public async Task A_waiting_instance_shows_what_it_waits_for_its_variables_and_its_history()
    {
        var shown = await OpenAsync(Wait);

        shown.Markup.ShouldContain("Elsa.Event");
        shown.Find(".variables").TextContent.ShouldContain("Amount");
        shown.FindAll(".table tbody tr").Count.ShouldBeGreaterThan(3);
        shown.Markup.ShouldNotContain("Incidents");
    }

    [Fact]
    public async Task An_incident_is_skipped_and_the_instance_goes_on()
    {
        var dialogs = page.Render<MudDialogProvider>();
        var shown = await OpenAsync(Break);
        shown.Find(".incident-message").TextContent.ShouldBe("It rains");

        await shown.PressAsync("Skip…");
        await dialogs.PressAsync("Skip…");

        shown.WaitForAssertion(() => shown.Find(".chip").TextContent.ShouldContain("Finished"));
        shown.FindAll(".incident-message").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_retry_that_fails_again_leaves_the_incident()
    {
        var shown = await OpenAsync(Break);

        await shown.PressAsync("Retry");

        shown.WaitForAssertion(() => shown.Markup.ShouldContain("Retried"));
        shown.Find(".incident-message").TextContent.ShouldBe("It rains");
    }

    [Fact]
    public async Task A_variable_takes_no_value_of_another_type_and_then_the_right_one()
    {
        var dialogs = page.Render<MudDialogProvider>();
        var shown = await OpenAsync(Wait);

        await shown.UseAsync("[aria-label='Change Amount']", e => e.Click());
        await dialogs.UseAsync("input", e => e.Input("much"));
        await dialogs.PressAsync("Change");
        dialogs.Markup.ShouldContain("This is no whole number");
        await dialogs.UseAsync("input", e => e.Input("7"));
        await dialogs.PressAsync("Change");

        shown.WaitForAssertion(() => shown.Find(".variables pre").TextContent.ShouldBe("7"));
    }

    [Fact]
    public async Task Nothing_is_cancelled_before_the_person_confirms()
    {
        var dialogs = page.Render<MudDialogProvider>();
        var shown = await OpenAsync(Wait);

        await shown.PressAsync("Cancel instance");
        dialogs.WaitForAssertion(() => dialogs.Markup.ShouldContain("This cannot be undone"));
        (await page.Runtime.FindAsync(shown.Instance.Id, default))!.State.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        await dialogs.PressAsync("Cancel instance");

        shown.WaitForAssertion(() => shown.Find(".chip").TextContent.ShouldContain("Cancelled"));
    }

    [Fact]
    public async Task A_waiting_point_is_resumed_by_hand()
    {
        var dialogs = page.Render<MudDialogProvider>();
        var shown = await OpenAsync(Wait);

        await shown.PressAsync("Resume…");
        await dialogs.UseAsync("textarea", e => e.Input("[1]"));
        await dialogs.PressAsync("Resume…");
        dialogs.Markup.ShouldContain("This must be an object");
        await dialogs.UseAsync("textarea", e => e.Input("""{ "by": "hand" }"""));
        await dialogs.PressAsync("Resume…");

        shown.WaitForAssertion(() => shown.Find(".chip").TextContent.ShouldContain("Finished"));
    }

    [Fact]
    public void An_unknown_instance_is_told_and_not_an_error()
    {
        var shown = page.Render<InstanceDetailsPage>(p => p.Add(x => x.Id, "nosuch"));

        shown.WaitForAssertion(() => shown.Find(".nothing").TextContent.ShouldContain("There is no such instance"));
    }

    private async Task<IRenderedComponent<InstanceDetailsPage>> OpenAsync(string activity)
    {
        await page.PublishAsync("flow", activity, Variables);
        var id = await page.StartAsync("flow");
        var shown = page.Render<InstanceDetailsPage>(p => p.Add(x => x.Id, id));
        shown.WaitForElement(".facts");
        return shown;
    }
}
