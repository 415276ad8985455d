using Bunit;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Designer.Admin.Audit;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Access;
using ServiceLoop.TestKit;

namespace ServiceLoop.Designer.Tests.Admin;

/// <summary>The pages above a real audit log.</summary>
public sealed class AuditPagesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly Actor Ann = new(ActorKind.Person, "p1", "ann") { Address = "192.0.2.7", OnBehalfOf = "carl" };
    private readonly Page page = new();
    private readonly Acting acting = new();
    private NpgsqlDataSource database = null!;
    private AuditTrail trail = null!;

    private static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);
        await ForgeAsync("truncate audit_entry; update audit_head set number = 0, hash = decode(repeat('00', 32), 'hex')");
        trail = new(database, page.Clock, NullLogger<AuditTrail>.Instance);
        page.Audit = new AuditLog(database, new GuardedAccess(acting, trail));
    }

    public async ValueTask DisposeAsync()
    {
        await page.DisposeAsync();
        await trail.DisposeAsync();
    }

    [Fact]
    public async Task The_list_shows_who_did_what()
    {
        using var scope = acting.As(Somebody(Permissions.AuditRead));
        await WriteAsync("order", "definition.publish");
        await WriteAsync("x", "made.up", DeedEnd.Denied);

        var shown = page.Render<AuditListPage>();

        shown.WaitForAssertion(() => shown.FindAll("tbody tr").Count.ShouldBe(2));
        var rows = shown.FindAll("tbody tr").Select(r => r.TextContent).ToList();
        rows[1].ShouldContain("Version published");
        rows[1].ShouldContain("for carl");
        rows[1].ShouldContain("192.0.2.7");
        rows[0].ShouldContain("made.up", customMessage: "an action of another version is shown by its name");
        rows[0].ShouldContain("Denied");
    }

    [Fact]
    public async Task The_address_decides_what_is_shown()
    {
        using var scope = acting.As(Somebody(Permissions.AuditRead));
        await WriteAsync("one", "definition.publish");
        await WriteAsync("two", "definition.delete");
        page.Address.NavigateTo("/admin/audit?action=definition.delete&q=TW");

        var shown = page.Render<AuditListPage>();

        shown.WaitForAssertion(() => shown.FindAll("tbody tr").ShouldHaveSingleItem().TextContent.ShouldContain("two"));
    }

    [Fact]
    public async Task The_next_page_begins_behind_the_last_row()
    {
        using var scope = acting.As(Somebody(Permissions.AuditRead));

        for (var n = 1; n <= 51; n++)
            await WriteAsync($"s{n}", "definition.publish");

        var shown = page.Render<AuditListPage>();
        await shown.UseAsync("button[aria-label='Next page']", b => b.Click());

        shown.WaitForAssertion(() => shown.FindAll("tbody tr").ShouldHaveSingleItem().TextContent.ShouldContain("s1"));
        page.Address.Uri.ShouldEndWith("before=2");
    }

    [Fact]
    public void Without_the_permission_the_page_says_so()
    {
        using var scope = acting.As(Somebody());

        var shown = page.Render<AuditListPage>();

        shown.WaitForAssertion(() => shown.Find("[role=alert]").TextContent.ShouldNotBeEmpty());
        shown.FindAll("tbody tr").ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_may_only_read_has_no_buttons_for_export_and_check()
    {
        using var scope = acting.As(Somebody(Permissions.AuditRead));
        await WriteAsync("order", "definition.publish");

        var shown = page.Render<AuditListPage>();
        shown.WaitForElement("tbody tr");

        shown.Markup.ShouldNotContain("/api/audit/export");
        shown.FindAll("button").ShouldNotContain(b => b.TextContent.Contains("Verify the chain"));
    }

    [Fact]
    public async Task The_export_follows_the_filter()
    {
        using var scope = acting.As(Somebody(Permissions.AuditRead, Permissions.AuditExport));
        page.Address.NavigateTo("/admin/audit?actor=ann&q=a%26b");

        var shown = page.Render<AuditListPage>();

        await shown.WaitForAssertionAsync(() =>
            shown.Find("a[download]").GetAttribute("href").ShouldBe("/api/audit/export?format=csv&text=a%26b&actor=ann")
        );
    }

    [Fact]
    public async Task A_check_tells_that_the_chain_is_whole_and_where_it_is_broken()
    {
        using var scope = acting.As(Somebody(Permissions.AuditRead, Permissions.AuditExport));
        await WriteAsync("one", "definition.publish");
        await WriteAsync("two", "definition.publish");
        var shown = page.Render<ChainCard>();

        await shown.PressAsync("Verify the chain");
        shown.WaitForAssertion(() => shown.Find(".chain-verdict").TextContent.ShouldContain("Unbroken: 3 entries"));

        await ForgeAsync("update audit_entry set subject = 'other' where number = 2");
        await shown.PressAsync("Verify the chain");
        shown.WaitForAssertion(() => shown.Find(".chain-verdict").TextContent.ShouldContain("Broken at entry 2"));
        shown.Find(".chain-verdict").TextContent.ShouldContain("does not fit its hash");
        shown.Find("section").ClassList.ShouldContain("bad-edge");
    }

    [Fact]
    public async Task An_entry_shows_both_sides_of_each_value()
    {
        using var scope = acting.As(Somebody(Permissions.AuditRead));
        var deed = new Deed(Permissions.DefinitionsPublish, "definition.publish", "order")
        {
            Before = Facts.Of(("version", "1"), ("name", "same")),
            Wanted = Facts.Of(("note", "<b>why</b>")),
        };
        var begun = await trail.WriteAsync(new(Ann, deed, DeedEnd.Begun, 0, Facts.None, null), Ct);
        var done = await trail.WriteAsync(
            new(Ann, deed, DeedEnd.Done, begun, Facts.Of(("version", "2"), ("name", "same"), ("new", "x")), null),
            Ct
        );

        var shown = page.Render<AuditEntryPage>(p => p.Add(x => x.Number, done));

        shown.WaitForElement(".sides");
        var rows = shown
            .FindAll(".sides tbody tr")
            .Select(r => (r.ClassName, string.Join('|', r.QuerySelectorAll("td").Select(d => d.TextContent.Trim()))))
            .ToList();
        rows.Select(r => r.Item2).ShouldBe(["name|same|same", "new (changed)|nothing|x", "version (changed)|1|2"]);
        rows.Select(r => r.ClassName).ShouldBe(["", "changed", "changed"]);
        shown.Markup.ShouldContain("&lt;b&gt;why&lt;/b&gt;");
        shown.Find($"a[href='/admin/audit/{begun}']").ShouldNotBeNull();

        var first = page.Render<AuditEntryPage>(p => p.Add(x => x.Number, begun));
        first.WaitForAssertion(() => first.FindAll($"dd a[href='/admin/audit/{done}']").Count.ShouldBe(1));
    }

    [Fact]
    public void An_entry_that_is_not_there_is_told()
    {
        using var scope = acting.As(Somebody(Permissions.AuditRead));

        var shown = page.Render<AuditEntryPage>(p => p.Add(x => x.Number, 77));

        shown.WaitForAssertion(() => shown.Find(".nothing").TextContent.ShouldContain("There is no such entry"));
    }

    private static Actor Somebody(params string[] permissions) => Ann with { Permissions = [.. permissions] };

    private ValueTask<long> WriteAsync(string subject, string action, DeedEnd end = DeedEnd.Done) =>
        trail.WriteAsync(new(Ann, new(Permissions.DefinitionsPublish, action, subject), end, 0, Facts.None, null), Ct);

    private async Task ForgeAsync(string sql)
    {
        await using var command = database.CreateCommand(
            $"alter table audit_entry disable trigger all; alter table audit_head disable trigger all; {sql}"
        );
        await command.ExecuteNonQueryAsync(Ct);
    }
}
