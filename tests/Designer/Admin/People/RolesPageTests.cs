using Bunit;
using ServiceLoop.Designer.Admin.People;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Runtime.Access;
using ServiceLoop.TestKit;

namespace ServiceLoop.Designer.Tests.Admin.People;

public sealed class RolesPageTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private Staff staff = null!;

    private Page Page => staff.Page;

    private static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => staff = await Staff.OpenAsync(await postgres.OpenAsync(Ct));

    public ValueTask DisposeAsync() => staff.DisposeAsync();

    [Fact]
    public void The_table_tells_of_every_permission_whether_a_role_has_it()
    {
        using var scope = staff.As(Permissions.RolesRead);

        var shown = Page.Render<RolesPage>();

        shown.WaitForAssertion(() => shown.FindAll(".matrix tbody tr").Count.ShouldBe(Permissions.All.Length));
        var roles = shown.FindAll(".matrix thead th").Skip(1).Select(h => h.TextContent).ToList();
        var reveal = shown.FindAll(".matrix tbody tr").Single(r => r.TextContent.Contains(Permissions.ValuesReveal));
        var has = reveal.QuerySelectorAll("td").Select(c => c.QuerySelector("svg") is not null).ToList();
        has.Count.ShouldBe(roles.Count);
        has[roles.FindIndex(r => r.StartsWith("Administrator", StringComparison.Ordinal))].ShouldBeTrue();
        has[roles.FindIndex(r => r.StartsWith("Auditor", StringComparison.Ordinal))].ShouldBeFalse();
        shown.FindAll("button").Select(b => b.TextContent.Trim()).ShouldNotContain("New role");
    }

    [Fact]
    public async Task A_role_is_made_changed_and_removed()
    {
        using var scope = staff.AsAdmin();
        var (shown, dialogs) = Page.Open<RolesPage>();

        await shown.PressAsync("New role");
        await dialogs.UseAsync("input[maxlength='50']", e => e.Input("night-shift"));
        await dialogs.ChooseAsync(Permissions.WorkRead);
        await dialogs.PressAsync("Create");
        shown.WaitForAssertion(() => shown.Find("section.card").TextContent.ShouldContain("night-shift"));
        (await staff.Get<Roles>().FindAsync("night-shift", Ct))!.Permissions.ShouldBe([Permissions.WorkRead]);
        await shown.PressAsync("Edit");
        await dialogs.UseAsync("input[maxlength='100']", e => e.Change("Night shift"));
        await dialogs.PressAsync("Save");
        shown.WaitForAssertion(() => shown.Find("section.card").TextContent.ShouldContain("Night shift"));
        await shown.PressAsync("Remove");
        await dialogs.PressAsync("Remove");

        shown.WaitForAssertion(() => shown.Find("section.card").TextContent.ShouldContain("no roles of your own"));
        (await staff.Get<Roles>().FindAsync("night-shift", Ct)).ShouldBeNull();
    }
}
