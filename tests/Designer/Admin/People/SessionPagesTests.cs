using Bunit;
using MudBlazor;
using ServiceLoop.Designer.Admin.People;
using ServiceLoop.Designer.OwnAccount;
using ServiceLoop.Identity.Rights;
using ServiceLoop.Runtime.Access;
using ServiceLoop.TestKit;

namespace ServiceLoop.Designer.Tests.Admin.People;

/// <summary>Sessions of all, and one's own Page.</summary>
public sealed class SessionPagesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

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
    public async Task Sessions_tell_who_from_where_and_with_what_and_end_at_once()
    {
        var grace = await staff.HireAsync("grace", BuiltInRoles.Agent);
        await staff.EnterAsync(grace, Chrome);
        using var scope = staff.AsAdmin();
        var shown = Page.Render<SessionsPage>();
        shown.WaitForElement("tbody tr");
        var row = shown.Find("tbody tr").TextContent;

        await shown.PressAsync("End");

        row.ShouldContain("grace");
        row.ShouldContain("192.0.2.9");
        row.ShouldContain("Chrome · Linux");
        shown.WaitForElement(".nothing");
        (await staff.SessionsAsync(grace.Person.Id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_may_not_end_sessions_of_others_has_no_button_for_it()
    {
        var grace = await staff.HireAsync("grace", BuiltInRoles.Agent);
        await staff.EnterAsync(grace, Chrome);
        using var scope = staff.As(Permissions.SessionsRead);
        Page.Address.NavigateTo($"/admin/sessions?person={grace.Person.Id}");

        var shown = Page.Render<SessionsPage>();

        shown.WaitForElement("tbody tr");
        shown.FindAll("td.act button").ShouldBeEmpty();
        shown.FindAll("button").Select(b => b.TextContent.Trim()).ShouldNotContain("End all");
    }

    [Fact]
    public async Task Ones_own_page_marks_this_session_and_ends_all_others()
    {
        var grace = await staff.HireAsync("grace", BuiltInRoles.Agent);
        await staff.EnterAsync(grace, "old");
        var mine = await staff.EnterAsync(grace, Chrome);
        using var scope = staff.As(grace.Person.Id, mine.ToString());
        var (shown, dialogs) = Page.Open<AccountPage>();
        shown.WaitForAssertion(() => shown.FindAll("tbody tr").Count.ShouldBe(2));

        await shown.PressAsync("End all others");
        await dialogs.PressAsync("End all others");

        shown.WaitForAssertion(() => shown.FindAll("tbody tr").ShouldHaveSingleItem().TextContent.ShouldContain("this one"));
        shown.FindAll("td.act button").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_wrong_password_changes_nothing_and_a_sentence_says_why()
    {
        var grace = await staff.HireAsync("grace", BuiltInRoles.Agent);
        using var scope = staff.As(grace.Person.Id, null);
        var bar = Page.Render<MudSnackbarProvider>();
        var shown = Page.Render<AccountPage>();
        await shown.UseAsync("input[autocomplete='current-password']", e => e.Input("not this one"));
        await shown.InvokeAsync(() => shown.FindAll("input[autocomplete='new-password']")[0].Input("a long new password"));
        await shown.InvokeAsync(() => shown.FindAll("input[autocomplete='new-password']")[1].Input("a long new password"));

        await shown.UseAsync("form", f => f.Submit());

        bar.WaitForAssertion(() => bar.Markup.ShouldContain("The password is wrong"));
    }

    [Fact]
    public async Task A_second_factor_comes_as_a_picture_and_as_text_and_leaves_recovery_codes()
    {
        var grace = await staff.HireAsync("grace", BuiltInRoles.Agent);
        using var scope = staff.As(grace.Person.Id, null);
        var (shown, dialogs) = Page.Open<AccountPage>();

        await shown.PressAsync("Turn on second factor");
        await dialogs.UseAsync("input[type=password]", e => e.Input(grace.Password));
        await dialogs.PressAsync("Continue");
        dialogs.WaitForElement("svg.qr");
        dialogs.Find("svg.qr path").GetAttribute("d")!.Length.ShouldBeGreaterThan(1000);
        var secret = dialogs.Find(".secret").TextContent;
        await dialogs.UseAsync("input[autocomplete='one-time-code']", e => e.Input(Staff.CodeOf(secret, staff.Clock.GetUtcNow())));
        await dialogs.PressAsync("Confirm");

        dialogs.WaitForAssertion(() => dialogs.Find(".secret").TextContent.Split('\n').Length.ShouldBe(10));
        await dialogs.PressAsync("I have kept it");
        shown.WaitForAssertion(() => shown.Markup.ShouldContain("Recovery codes left: 10"));
    }
}
