using System.Text;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Access;
using ServiceLoop.TestKit;

namespace ServiceLoop.Identity.Tests.Audit;

public sealed class AuditLogTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider time = new(Noon);
    private readonly Acting acting = new();
    private NpgsqlDataSource database = null!;
    private AuditTrail trail = null!;
    private AuditLog log = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);
        await AuditBook.ClearAsync(database, Ct);
        trail = AuditBook.Trail(database, time);
        log = new AuditLog(database, new GuardedAccess(acting, trail));
    }

    public ValueTask DisposeAsync() => trail.DisposeAsync();

    [Fact]
    public async Task Pages_follow_each_other_from_the_newest_to_the_oldest()
    {
        using var scope = acting.As(AuditBook.Somebody(Permissions.AuditRead));
        await WriteAsync(25);

        var first = await log.ListAsync(AuditFilter.All, null, 10, Ct);
        var second = await log.ListAsync(AuditFilter.All, first.Next, 10, Ct);
        await WriteAsync(5);
        var third = await log.ListAsync(AuditFilter.All, second.Next, 10, Ct);

        first
            .Items.Concat(second.Items)
            .Concat(third.Items)
            .Select(e => e.Number)
            .ShouldBe(Enumerable.Range(1, 25).Reverse().Select(n => (long)n));
        third.Next.ShouldBeNull();
    }

    [Fact]
    public async Task Each_part_of_the_filter_limits()
    {
        using var scope = acting.As(AuditBook.Somebody(Permissions.AuditRead));
        await trail.WriteAsync(Notes.Of("order", action: "definition.publish"), Ct);
        time.Advance(TimeSpan.FromHours(1));
        await trail.WriteAsync(
            Notes.Of("Order-2", DeedEnd.Denied, "definition.delete", new(ActorKind.Key, "k", "Robot") { Address = "192.0.2.99" }) with
            {
                Reason = "100 % sure_ly",
            },
            Ct
        );
        time.Advance(TimeSpan.FromHours(1));
        await trail.WriteAsync(Notes.Of("x", DeedEnd.Failed) with { After = Facts.Of(("city", "上海")) }, Ct);

        await ShouldFindAsync(new() { Actor = "ROBOT" }, 2);
        await ShouldFindAsync(new() { Action = "definition.publish" }, 3, 1);
        await ShouldFindAsync(new() { Subject = "order" }, 1);
        await ShouldFindAsync(new() { End = DeedEnd.Denied }, 2);
        await ShouldFindAsync(new() { From = Noon.AddHours(1) }, 3, 2);
        await ShouldFindAsync(new() { Until = Noon.AddHours(1) }, 1);
        await ShouldFindAsync(
            new()
            {
                From = Noon,
                Until = Noon.AddHours(2),
                End = DeedEnd.Denied,
                Actor = "robot",
            },
            2
        );
        await ShouldFindAsync(new() { Text = "ORDER" }, 2, 1);
        await ShouldFindAsync(new() { Text = "上海" }, 3);
        await ShouldFindAsync(new() { Text = "0 % s" }, 2);
        await ShouldFindAsync(new() { Text = "e_l" }, 2);
        await ShouldFindAsync(new() { Text = "2.99" }, 2);
        await ShouldFindAsync(new() { Text = "order%x" });
        await ShouldFindAsync(new() { Text = "no\\thing\0" });
    }

    [Fact]
    public async Task Without_the_permission_nothing_is_read()
    {
        await trail.WriteAsync(Notes.Of("order"), Ct);
        using var scope = acting.As(AuditBook.Somebody(Permissions.AuditExport));

        Func<Task>[] reads =
        [
            () => log.ListAsync(AuditFilter.All, null, 10, Ct),
            () => log.FindAsync(1, Ct),
            () => log.FindEndAsync(1, Ct),
            () => log.HeadAsync(Ct),
            () => log.LastCheckAsync(Ct),
        ];

        foreach (var read in reads)
            (await Should.ThrowAsync<AccessDeniedException>(read)).Permission.ShouldBe(Permissions.AuditRead);
    }

    [Fact]
    public async Task Who_may_only_read_neither_exports_nor_checks_and_the_attempt_is_written_down()
    {
        using var scope = acting.As(AuditBook.Somebody(Permissions.AuditRead));
        using var output = new MemoryStream();

        await Should.ThrowAsync<AccessDeniedException>(log.ExportAsync(AuditFilter.All, ExportFormat.Csv, output, Ct));
        await Should.ThrowAsync<AccessDeniedException>(log.VerifyAsync(null, null, Ct));
        await trail.DisposeAsync();

        log.MayExport.ShouldBeFalse();
        output.Length.ShouldBe(0);
        var page = await log.ListAsync(AuditFilter.All, null, 10, Ct);
        page.Items.Select(e => (e.Action, e.End))
            .ShouldBe([(AuditLog.VerifyAction, DeedEnd.Denied), (AuditLog.ExportAction, DeedEnd.Denied)]);
    }

    [Fact]
    public async Task An_export_holds_what_was_there_when_it_began_and_is_written_down()
    {
        using var scope = acting.As(AuditBook.Somebody(Permissions.AuditRead, Permissions.AuditExport));
        await WriteAsync(2500);
        await trail.WriteAsync(Notes.Of("other", action: "definition.delete"), Ct);
        using var output = new MemoryStream();

        var count = await log.ExportAsync(new() { Action = "definition.publish" }, ExportFormat.Jsonl, output, Ct);
        await trail.DisposeAsync();

        count.ShouldBe(2500);
        var numbers = Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n').Select(l => long.Parse(l.Split(':', ',')[1]));
        numbers.ShouldBe(Enumerable.Range(1, 2500).Reverse().Select(n => (long)n));
        var page = await log.ListAsync(new() { Action = AuditLog.ExportAction }, null, 10, Ct);
        page.Items.Select(e => e.End).ShouldBe([DeedEnd.Done, DeedEnd.Begun]);
        page.Items[0].Begun.ShouldBe(page.Items[1].Number);
        AuditFacts.Read(page.Items[1].Wanted).ShouldBe(Facts.Of(("action", "definition.publish"), ("format", "Jsonl")));
        AuditFacts.Read(page.Items[0].After).ShouldBe(Facts.Of(("entries", "2500")));
        (await log.FindEndAsync(page.Items[1].Number, Ct)).ShouldBe(page.Items[0].Number);
    }

    [Fact]
    public async Task A_check_tells_how_far_it_is_and_is_written_down()
    {
        using var scope = acting.As(AuditBook.Somebody(Permissions.AuditRead, Permissions.AuditExport));
        await WriteAsync(6000);
        var told = new List<ChainProgress>();

        var verdict = await log.VerifyAsync(null, new Told(told), Ct);
        await trail.DisposeAsync();

        (verdict.Count, verdict.Break).ShouldBe((6001, null));
        told.ShouldBe([new(5000, 6001), new(6001, 6001)]);
        var last = (await log.LastCheckAsync(Ct)).ShouldNotBeNull();
        AuditFacts.Read(last.After)["last"].ShouldBe(verdict.Last.ToString());
        (await log.HeadAsync(Ct))!.Number.ShouldBe(6002);
    }

    [Fact]
    public async Task Who_has_teams_sees_what_their_people_did()
    {
        var ben = Guid.CreateVersion7();
        var eve = Guid.CreateVersion7();
        await PersonAsync(ben, "ben", "north", "east");
        await PersonAsync(eve, "eve", "south", "east");
        await trail.WriteAsync(Notes.Of("a", actor: new(ActorKind.Person, ben.ToString(), "ben")), Ct);
        await trail.WriteAsync(Notes.Of("b", actor: new(ActorKind.Person, eve.ToString(), "eve")), Ct);
        await trail.WriteAsync(Notes.Of("c", actor: Actor.System), Ct);
        using var scope = acting.As(AuditBook.Somebody(Permissions.AuditRead) with { Teams = ["north", "west"] });

        await ShouldFindAsync(AuditFilter.All, 1);
        (await log.FindAsync(1, Ct)).ShouldNotBeNull();
        (await log.FindAsync(2, Ct)).ShouldBeNull();
        (await log.FindAsync(3, Ct)).ShouldBeNull();

        using var region = acting.As(AuditBook.Somebody(Permissions.AuditRead) with { Regions = ["east"] });
        await ShouldFindAsync(AuditFilter.All, 2, 1);
    }

    private sealed class Told(List<ChainProgress> list) : IProgress<ChainProgress>
    {
        public void Report(ChainProgress value) => list.Add(value);
    }

    private async Task ShouldFindAsync(AuditFilter filter, params long[] numbers) =>
        (await log.ListAsync(filter, null, 100, Ct)).Items.Select(e => e.Number).ShouldBe(numbers, filter.ToString());

    private async Task WriteAsync(int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(n => trail.WriteAsync(Notes.Of($"{n}"), Ct).AsTask()));

    private Task PersonAsync(Guid id, string name, string team, string region) =>
        AuditBook.RunAsync(
            database,
            $$"""
            insert into person (id, name, name_key, display_name, must_change_password, is_disabled, roles, teams, regions, row_version, created_at, changed_at)
            values ('{{id}}', '{{name}}', upper('{{name}}'), '{{name}}', false, false, '{}', array['{{team}}'], array['{{region}}'], 1, '2026-01-01', '2026-01-01')
            """,
            Ct
        );
}
