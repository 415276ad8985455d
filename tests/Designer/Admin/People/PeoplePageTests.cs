using Bunit;
using MudBlazor;
using ServiceLoop.Designer.Admin.People;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Runtime.Access;
using ServiceLoop.TestKit;

namespace ServiceLoop.Designer.Tests.Admin.People;

public sealed class PeoplePageTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private Staff staff = null!;

    private Page Page => staff.Page;

    private static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var database = await postgres.OpenAsync(Ct);
        await using (var forget = database.CreateCommand("delete from session; delete from person"))
            await forget.ExecuteNonQueryAsync(Ct);
        staff = await Staff.OpenAsync(database);
    }

    public ValueTask DisposeAsync() => staff.DisposeAsync();

    [Fact]
    public async Task Somebody_new_gets_a_password_that_is_shown_until_it_is_kept()
    {
        using var scope = staff.AsAdmin();
        var (shown, dialogs) = Page.Open<PeoplePage>();

        await shown.PressAsync("New user");
        await dialogs.UseAsync("input[maxlength='64']", e => e.Input("grace"));
        await dialogs.PressAsync("Create");

        dialogs.WaitForAssertion(() => dialogs.Find(".secret").TextContent.Length.ShouldBeGreaterThanOrEqualTo(12));
        var password = dialogs.Find(".secret").TextContent;
        await dialogs.PressAsync("I have kept it");
        shown.WaitForAssertion(() => shown.Find("tbody tr").TextContent.ShouldContain("grace"));
        shown.Markup.ShouldNotContain(password);
        dialogs.Markup.ShouldNotContain(password);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_told_in_the_dialog_and_what_was_typed_stays()
    {
        await staff.HireAsync("grace");
        using var scope = staff.AsAdmin();
        var (shown, dialogs) = Page.Open<PeoplePage>();

        await shown.PressAsync("New user");
        await dialogs.UseAsync("input[maxlength='64']", e => e.Input("Grace"));
        await dialogs.PressAsync("Create");

        dialogs.WaitForAssertion(() => dialogs.Find("[role=alert]").TextContent.ShouldContain("Somebody has this name already"));
        dialogs.Find("input[maxlength='64']").GetAttribute("value").ShouldBe("Grace");
    }

    [Fact]
    public async Task Who_may_only_look_is_offered_nothing_to_do()
    {
        await staff.HireAsync("grace", BuiltInRoles.Agent);
        using var scope = staff.As(Permissions.UsersRead);

        var shown = Page.Render<PeoplePage>();

        // Whoever belongs to no team and is no administrator sees only themselves; this actor has no limits.
        shown.WaitForElement("tbody tr");
        shown.FindAll("button").Select(b => b.TextContent.Trim()).ShouldNotContain("New user");
        shown.FindAll("td.act button, td.act a").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_last_administrator_stays_and_a_sentence_says_why()
    {
        await staff.HireAsync("root", BuiltInRoles.Admin);
        using var scope = staff.AsAdmin();
        var bar = Page.Render<MudSnackbarProvider>();
        var (shown, dialogs) = Page.Open<PeoplePage>();

        await WishAsync(shown, PersonAct.Disable);
        await dialogs.PressAsync("Disable");

        bar.WaitForAssertion(() => bar.Markup.ShouldContain("last administrator"));
        shown.Find("tbody tr").TextContent.ShouldContain("Active");
    }

    [Fact]
    public async Task Roles_that_allow_more_than_one_may_oneself_cannot_be_given()
    {
        using var scope = staff.As([.. BuiltInRoles.Find(BuiltInRoles.Agent)!, Permissions.UsersRead, Permissions.UsersManage]);
        var (shown, dialogs) = Page.Open<PeoplePage>();

        await shown.PressAsync("New user");
        dialogs.WaitForElement("fieldset");

        Choice(dialogs, "Administrator").HasAttribute("disabled").ShouldBeTrue();
        Choice(dialogs, "Agent").HasAttribute("disabled").ShouldBeFalse();
    }

    [Fact]
    public async Task The_address_decides_who_is_shown()
    {
        await staff.HireAsync("ann", BuiltInRoles.Agent);
        var bob = await staff.HireAsync("bob", BuiltInRoles.Agent);
        await staff.HireAsync("carl", BuiltInRoles.Auditor);
        using var scope = staff.AsAdmin();
        await staff.Get<Identity.Users.People>().DisableAsync(bob.Person.Id, true, Ct);
        Page.Address.NavigateTo("/admin/people?role=agent&state=Active");

        var shown = Page.Render<PeoplePage>();

        shown.WaitForAssertion(() => shown.FindAll("tbody tr").ShouldHaveSingleItem().TextContent.ShouldContain("ann"));
    }

    [Fact]
    public async Task A_password_is_reset_after_a_question_and_shown_once()
    {
        var grace = await staff.HireAsync("grace", BuiltInRoles.Agent);
        await staff.EnterAsync(grace, "x");
        using var scope = staff.AsAdmin();
        var (shown, dialogs) = Page.Open<PeoplePage>();

        await WishAsync(shown, PersonAct.ResetPassword);
        await dialogs.PressAsync("Reset password");

        dialogs.WaitForAssertion(() => dialogs.Find(".secret").TextContent.ShouldNotBe(grace.Password));
        (await staff.SessionsAsync(grace.Person.Id)).ShouldBeEmpty();
    }

    private static AngleSharp.Dom.IElement Choice(IRenderedComponent<MudDialogProvider> dialogs, string words) =>
        dialogs.FindAll("fieldset label").Single(l => l.TextContent.Trim() == words).QuerySelector("input")!;

    private static async Task WishAsync(IRenderedComponent<PeoplePage> shown, PersonAct act)
    {
        shown.WaitForElement("tbody tr");
        var menu = shown.FindComponent<PersonMenu>();
        // The dialog that it asks with is closed by the test only later.
        _ = shown.InvokeAsync(() => menu.Instance.Wish.InvokeAsync(act));
        await Task.CompletedTask;
    }
}
