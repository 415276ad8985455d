using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Store;

/// <summary>Several stores on one database, as several nodes have them.</summary>
public sealed class PostgresClusterTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private NpgsqlDataSource database = null!;
    private PostgresStore first = null!;
    private PostgresStore second = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);
        await StoreUnderTest.ClearAsync(database, Ct);
        first = StoreUnderTest.Open(database);
        second = StoreUnderTest.Open(database);
    }

    public async ValueTask DisposeAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Fact]
    public async Task Two_nodes_on_the_same_instances_lose_no_burst()
    {
        const int Instances = 12;
        const int Each = 25;
        await Task.WhenAll(Enumerable.Range(0, Instances).Select(i => first.CommitAsync(Burst($"i{i}", 0), Ct)));
        var conflicts = 0;

        async Task WorkAsync(IWorkflowStore store, int instance)
        {
            for (var done = 0; done < Each; )
            {
                var row = (await store.FindInstanceAsync($"i{instance}", Ct))!;

                if (await store.CommitAsync(Burst(row.Id, row.RowVersion), Ct) == CommitResult.Committed)
                    done++;
                else
                    Interlocked.Increment(ref conflicts);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Instances).SelectMany(i => new[] { WorkAsync(first, i), WorkAsync(second, i) }));

        for (var i = 0; i < Instances; i++)
        {
            (await first.FindInstanceAsync($"i{i}", Ct))!.RowVersion.ShouldBe((2 * Each) + 1);
            (await first.ReadJournalAsync($"i{i}", Ct)).Count.ShouldBe((2 * Each) + 1);
        }

        conflicts.ShouldBeGreaterThan(0);
        (
            await StoreUnderTest.AskAsync<long>(database, "select deadlocks from pg_stat_database where datname = current_database()", Ct)
        ).ShouldBe(0);
    }

    [Fact]
    public async Task A_timer_and_an_event_that_meet_wake_the_instance_once()
    {
        const int Instances = 200;
        await Task.WhenAll(
            Enumerable.Range(0, Instances).Select(i => first.CommitAsync(Burst($"i{i}", 0) with { Added = [Waiter(1, Noon)] }, Ct))
        );
        var timers = await second.LeaseDueAsync(Noon, Noon.AddMinutes(1), Instances, Ct);

        var byEvent = timers.Select(t => first.CommitAsync(Burst(t.InstanceId!, 1) with { Burned = [1] }, Ct)).ToList();
        var byTimer = timers
            .Reverse()
            .Select(t => second.CommitAsync(Burst(t.InstanceId!, 1) with { Burned = [1], DoneWorkId = t.Id }, Ct))
            .ToList();
        var events = await Task.WhenAll(byEvent);
        var fired = (await Task.WhenAll(byTimer)).Reverse().ToArray();

        for (var i = 0; i < Instances; i++)
            new[] { events[i], fired[i] }.Count(r => r == CommitResult.Committed).ShouldBe(1);

        (await first.MeasureWorkAsync(Noon, Ct)).ShouldBe(new(0, 0, 0, 0, null));
        (
            await StoreUnderTest.AskAsync<long>(database, "select deadlocks from pg_stat_database where datname = current_database()", Ct)
        ).ShouldBe(0);
    }

    [Fact]
    public async Task Four_callers_share_ten_thousand_rows_without_overlap()
    {
        const int Rows = 10_000;
        await first.EnqueueAsync([.. Enumerable.Range(0, Rows).Select(i => Job($"k{i}", Noon.AddMilliseconds(i % 100)))], Ct);

        async Task<List<long>> TakeAsync(IWorkflowStore store)
        {
            var mine = new List<long>();
            while (await store.LeaseDueAsync(Noon.AddSeconds(1), Noon.AddMinutes(1), 200, Ct) is { Count: > 0 } rows)
                mine.AddRange(rows.Select(r => r.Id));
            return mine;
        }

        var shares = await Task.WhenAll(TakeAsync(first), TakeAsync(second), TakeAsync(first), TakeAsync(second));

        shares.Sum(s => s.Count).ShouldBe(Rows);
        shares.SelectMany(s => s).Distinct().Count().ShouldBe(Rows);
    }

    [Fact]
    public async Task Two_nodes_that_publish_at_once_are_not_both_published()
    {
        DefinitionRow Version(string id, int number) =>
            new()
            {
                Id = id,
                DefinitionId = "refund",
                Version = number,
                IsLatest = true,
                IsPublished = true,
                Content = "{}"u8.ToArray(),
                CreatedAt = Noon,
                PublishedAt = Noon,
            };

        await first.SaveDefinitionsAsync(new([Version("one", 1)]), Ct);

        var error = await Should.ThrowAsync<InvalidOperationException>(() => second.SaveDefinitionsAsync(new([Version("two", 2)]), Ct));

        error.Message.ShouldContain("'refund'");
        (await first.FindDefinitionAsync("refund", 0, Ct))!.Id.ShouldBe("one");
    }

    [Fact]
    public async Task Changed_definitions_are_heard_on_the_other_node_also_after_a_lost_connection()
    {
        using var listener = new NotifyListener(database, NullLogger<NotifyListener>.Instance);
        var heard = new SemaphoreSlim(0);
        var lines = ImmutableList<string?>.Empty;
        using var subscription = listener.Subscribe(line =>
        {
            ImmutableInterlocked.Update(ref lines, (all, one) => all.Add(one), line);
            heard.Release();
        });
        await listener.StartAsync(Ct);
        await WaitAsync(heard);
        lines.ShouldBe([null]);

        await first.SaveDefinitionsAsync(new([], "refund", []), Ct);
        await WaitAsync(heard);
        lines.ShouldBe([null, "refund"]);

        await StoreUnderTest.RunAsync(
            database,
            "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%' and datname = current_database()",
            Ct
        );
        await WaitAsync(heard);
        lines.ShouldBe([null, "refund", null]);

        await first.SaveDefinitionsAsync(new([], "other", []), Ct);
        await WaitAsync(heard);
        lines[^1].ShouldBe("other");
        await listener.StopAsync(Ct);
    }

    [Fact]
    public async Task Registered_store_is_one_for_all()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(database);
        services.AddPostgresStore(new() { Writers = 2 }).AddPostgresStore();
        await using var provider = services.BuildServiceProvider();

        var store = provider.GetRequiredService<IWorkflowStore>();

        store.ShouldBeOfType<PostgresStore>().ShouldBeSameAs(provider.GetRequiredService<PostgresStore>());
        provider.GetServices<IHostedService>().ShouldHaveSingleItem().ShouldBeSameAs(provider.GetRequiredService<NotifyListener>());
        (await store.CommitAsync(Burst("a", 0), Ct)).ShouldBe(CommitResult.Committed);
    }

    [Fact]
    public void Wrong_option_is_refused_with_its_range()
    {
        var error = Should.Throw<ArgumentOutOfRangeException>(() => new ServiceCollection().AddPostgresStore(new() { Writers = 17 }));

        error.Message.ShouldContain("between 1 and 16");
    }

    [Fact]
    public async Task Month_takes_over_what_the_default_partition_holds()
    {
        await first.CommitAsync(Burst("a", 0) with { Now = Noon.AddYears(3) }, Ct);
        (await CountAsync("journal_default")).ShouldBe(1);

        await first.PrepareJournalAsync(Noon.AddYears(3), Noon.AddYears(3).AddMonths(1), Ct);

        (await CountAsync("journal_default")).ShouldBe(0);
        (await CountAsync("journal_2029_03")).ShouldBe(1);
        (await first.ReadJournalAsync("a", Ct)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Nodes_may_prepare_the_same_months_at_once_while_others_commit()
    {
        var from = Noon.AddYears(5);
        var commits = Enumerable
            .Range(0, 300)
            .Select(i => second.CommitAsync(Burst($"i{i}", 0) with { Now = from.AddDays(i % 90) }, Ct))
            .ToList();

        await Task.WhenAll(
            Enumerable.Range(0, 4).Select(i => (i % 2 == 0 ? first : second).PrepareJournalAsync(from, from.AddMonths(3), Ct))
        );

        (await Task.WhenAll(commits)).ShouldAllBe(r => r == CommitResult.Committed);
        (await CountAsync("journal")).ShouldBe(300);
        (await CountAsync("journal_default")).ShouldBe(0);
    }

    [Fact]
    public async Task A_commit_alone_survives_that_its_month_is_attached_while_it_waits()
    {
        await using var connection = await database.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using (var prepare = new NpgsqlCommand("select journal_prepare('2033-03-01 00:00:00+00')", connection, transaction))
            (await prepare.ExecuteScalarAsync(Ct)).ShouldBe(true);

        var commit = first.CommitAsync(Burst("a", 0) with { Now = Noon.AddYears(7) }, Ct);
        await RowLock.SomebodyWaitsAsync(database, connection.ProcessID, Ct);
        await transaction.CommitAsync(Ct);

        (await commit).ShouldBe(CommitResult.Committed);
        (await CountAsync("journal_2033_03")).ShouldBe(1);
    }

    [Fact]
    public async Task Retention_gives_up_on_history_that_is_in_use_and_makes_nobody_wait()
    {
        await first.PrepareJournalAsync(Noon.AddYears(-1), Noon.AddYears(-1), Ct);
        await using var connection = await database.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using (var reading = new NpgsqlCommand("select count(*) from journal", connection, transaction))
            await reading.ExecuteScalarAsync(Ct);

        var retention = first.RetainAsync(new(null, Noon, null), Ct);
        (await second.CommitAsync(Burst("a", 0), Ct)).ShouldBe(CommitResult.Committed);
        (await retention).ShouldBe(0);

        // The reader still reads: whoever had waited for retention would wait now.
        (await MonthsAsync("journal_2025_03")).ShouldBe(1);

        await transaction.RollbackAsync(Ct);
        await first.RetainAsync(new(null, Noon, null), Ct);
        (await MonthsAsync("journal_2025_03")).ShouldBe(0);
    }

    private static InstanceCommit Burst(string id, long expected) =>
        new()
        {
            InstanceId = id,
            ExpectedVersion = expected,
            DefinitionId = "d",
            VersionId = "d-1",
            SubStatus = WorkflowSubStatus.Suspended,
            State = "{}"u8.ToArray(),
            Journal = new(expected + 1, "[]"u8.ToArray(), "[]"u8.ToArray(), 1),
            Now = Noon,
        };

    private static NewBookmark Waiter(long id, DateTimeOffset? dueAt) => new(id, "h", "Event", "W", "R/W", dueAt, "{}"u8.ToArray());

    private static NewWork Job(string key, DateTimeOffset dueAt) =>
        new()
        {
            Key = key,
            Kind = WorkKind.Resume,
            DueAt = dueAt,
        };

    private static async Task WaitAsync(SemaphoreSlim heard) => (await heard.WaitAsync(TimeSpan.FromSeconds(180), Ct)).ShouldBeTrue();

    private Task<long> CountAsync(string table) => StoreUnderTest.AskAsync<long>(database, $"select count(*) from {table}", Ct);

    private Task<long> MonthsAsync(string name) =>
        StoreUnderTest.AskAsync<long>(database, $"select count(*) from pg_class where relname = '{name}'", Ct);
}
