using Bunit;
using ServiceLoop.Designer.Admin.People;
using ServiceLoop.Identity.Keys;
using ServiceLoop.Runtime.Access;
using ServiceLoop.TestKit;

namespace ServiceLoop.Designer.Tests.Admin.People;

public sealed class KeysPageTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private Staff staff = null!;

    private Page Page => staff.Page;

    private static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var database = await postgres.OpenAsync(Ct);
        await using (var forget = database.CreateCommand("delete from api_key"))
            await forget.ExecuteNonQueryAsync(Ct);
        staff = await Staff.OpenAsync(database);
    }

    public ValueTask DisposeAsync() => staff.DisposeAsync();

    [Fact]
    public async Task A_key_is_made_within_ones_own_rights_and_its_secret_is_shown_once()
    {
        using var scope = staff.As(Permissions.KeysRead, Permissions.KeysManage, Permissions.EventsPublish);
        var (shown, dialogs) = Page.Open<KeysPage>();

        await shown.PressAsync("New API key");
        await dialogs.UseAsync("input[maxlength='100']", e => e.Input("shop"));
        dialogs
            .FindAll("fieldset .code")
            .Select(c => c.TextContent)
            .ShouldBe([Permissions.EventsPublish, Permissions.KeysRead, Permissions.KeysManage], ignoreOrder: true);
        await dialogs.ChooseAsync(Permissions.EventsPublish);
        await dialogs.PressAsync("Create");

        dialogs.WaitForAssertion(() => dialogs.Find(".secret").TextContent.ShouldStartWith("slk_"));
        var secret = dialogs.Find(".secret").TextContent;
        await dialogs.PressAsync("I have kept it");
        shown.WaitForAssertion(() => shown.Find("tbody tr").TextContent.ShouldContain("shop"));
        shown.Markup.ShouldNotContain(secret);
        var key = (await staff.Get<ApiKeys>().ListAsync(Ct)).ShouldHaveSingleItem();
        key.Scopes.ShouldBe([Permissions.EventsPublish]);
        key.ExpiresAt.ShouldBe(staff.Clock.GetUtcNow().AddDays(90));
    }

    [Fact]
    public async Task A_key_is_revoked_after_a_question()
    {
        using var scope = staff.AsAdmin();
        await staff.Get<ApiKeys>().CreateAsync(new ApiKeyRequest("shop", [Permissions.EventsPublish], null), Ct);
        var (shown, dialogs) = Page.Open<KeysPage>();

        await shown.PressAsync("Revoke");
        await dialogs.PressAsync("Revoke");

        shown.WaitForAssertion(() => shown.Find("tbody tr .chip").TextContent.Trim().ShouldBe("Revoked"));
        shown.FindAll("td.act button").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_whose_time_is_over_says_so()
    {
        using var scope = staff.As(Permissions.KeysRead, Permissions.KeysManage, Permissions.EventsPublish);
        await staff.Get<ApiKeys>().CreateAsync(new ApiKeyRequest("shop", [Permissions.EventsPublish], null), Ct);
        staff.Clock.Advance(TimeSpan.FromDays(91));

        var shown = Page.Render<KeysPage>();

        shown.WaitForAssertion(() => shown.Find("tbody tr .chip").TextContent.Trim().ShouldBe("Expired"));
    }
}
