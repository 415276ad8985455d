using System.Collections.Concurrent;
using Npgsql;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Store;

/// <summary>Lost connections, lost answers, a server that is gone or read-only.</summary>
public sealed class PostgresOutageTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private NpgsqlDataSource database = null!;
    private CuttableProxy proxy = null!;
    private PostgresStore store = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);
        await StoreUnderTest.ClearAsync(database, Ct);
        proxy = new(await postgres.AddressAsync(Ct));
        store = StoreUnderTest.Open(proxy.Database, new() { LostAnswerPatience = TimeSpan.FromSeconds(5) });
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await proxy.DisposeAsync();
    }

    [Fact]
    public async Task Commit_whose_session_is_killed_in_the_middle_happens_once()
    {
        await store.CommitAsync(Burst("a", 0), Ct);
        await using var held = await RowLock.TakeAsync(database, "a", Ct);
        var commit = store.CommitAsync(Burst("a", 1), Ct);
        var pid = await held.SomebodyWaitsAsync(database, Ct);

        await StoreUnderTest.RunAsync(database, $"select pg_terminate_backend({pid})", Ct);
        await held.SomebodyElseWaitsAsync(database, pid, Ct);
        await held.DisposeAsync();

        (await commit).ShouldBe(CommitResult.Committed);
        await ShouldHaveAsync("a", 2);
    }

    [Fact]
    public async Task Commit_whose_answer_is_lost_is_found_and_not_repeated()
    {
        await store.CommitAsync(Burst("a", 0), Ct);
        // Prepares the statement, so that the answer that is lost is that of the commit.
        await store.CommitAsync(Burst("a", 1), Ct);

        proxy.LoseNextAnswer();
        var result = await store.CommitAsync(Burst("a", 2), Ct);

        result.ShouldBe(CommitResult.Committed);
        proxy.AnswersLost.ShouldBe(1);
        await ShouldHaveAsync("a", 3);
    }

    [Fact]
    public async Task Start_whose_answer_is_lost_is_found_and_not_repeated()
    {
        await store.CommitAsync(Burst("a", 0), Ct);

        proxy.LoseNextAnswer();

        (await store.CommitAsync(Burst("b", 0), Ct)).ShouldBe(CommitResult.Committed);
        proxy.AnswersLost.ShouldBe(1);
        await ShouldHaveAsync("b", 1);
    }

    [Fact]
    public async Task Request_that_never_arrives_is_sent_again()
    {
        await store.CommitAsync(Burst("a", 0), Ct);
        await store.CommitAsync(Burst("b", 0), Ct);

        proxy.Cut();
        (await store.CommitAsync(Burst("a", 1), Ct)).ShouldBe(CommitResult.Committed);

        // And once more with a statement that is prepared already.
        proxy.Cut();
        (await store.CommitAsync(Burst("b", 1), Ct)).ShouldBe(CommitResult.Committed);
        await ShouldHaveAsync("a", 2);
        await ShouldHaveAsync("b", 2);
    }

    [Fact]
    public async Task Wire_that_is_cut_while_the_server_still_works_does_not_double_the_commit()
    {
        await store.CommitAsync(Burst("a", 0), Ct);
        await using var held = await RowLock.TakeAsync(database, "a", Ct);
        var commit = store.CommitAsync(Burst("a", 1), Ct);
        var pid = await held.SomebodyWaitsAsync(database, Ct);

        // The server does not notice: its session waits for the row. It must be ended before the commit is sent again.
        proxy.Cut();
        await held.SomebodyElseWaitsAsync(database, pid, Ct);
        await held.DisposeAsync();

        (await commit).ShouldBe(CommitResult.Committed);
        await ShouldHaveAsync("a", 2);
    }

    [Fact]
    public async Task Thousand_commits_over_a_wire_that_breaks_happen_each_once()
    {
        const int Instances = 100;
        const int Bursts = 10;
        await Task.WhenAll(Enumerable.Range(0, Instances).Select(i => store.CommitAsync(Burst($"i{i}", 0), Ct)));
        var answers = new ConcurrentBag<CommitResult>();
        var refused = 0;
        var cuts = 0;

        await Task.WhenAll(
            Enumerable
                .Range(0, Instances)
                .Select(async i =>
                {
                    for (var version = 1; version <= Bursts; )
                    {
                        if (i == 7 && cuts++ % 2 == 0)
                            proxy.LoseNextAnswer();
                        else if (i == 8 && version % 3 == 0)
                            proxy.Cut();

                        try
                        {
                            answers.Add(await store.CommitAsync(Burst($"i{i}", version), Ct));
                            version++;
                        }
                        catch (StoreUnavailableException)
                        {
                            // Nothing was written: the same again. A conflict would show that it was.
                            Interlocked.Increment(ref refused);
                        }
                    }
                })
        );

        proxy.AnswersLost.ShouldBeGreaterThan(2);
        answers.Count.ShouldBe(Instances * Bursts);
        answers.ShouldAllBe(a => a == CommitResult.Committed);
        await using var direct = StoreUnderTest.Open(database);

        for (var i = 0; i < Instances; i++)
        {
            (await direct.FindInstanceAsync($"i{i}", Ct))!.RowVersion.ShouldBe(Bursts + 1);
            (await direct.ReadJournalAsync($"i{i}", Ct))
                .Select(j => j.Sequence)
                .ShouldBe(Enumerable.Range(1, Bursts + 1).Select(n => (long)n));
            (await direct.FindBookmarksAsync(new(InstanceId: $"i{i}"), Ct)).ShouldHaveSingleItem().Id.ShouldBe(Bursts + 1);
        }

        refused.ShouldBeLessThan(Instances * Bursts);
    }

    [Fact]
    public async Task Server_that_is_gone_is_told_and_comes_back()
    {
        await store.CommitAsync(Burst("a", 0), Ct);

        proxy.Close();
        var commit = await Should.ThrowAsync<StoreUnavailableException>(() => store.CommitAsync(Burst("b", 0), Ct));
        await Should.ThrowAsync<StoreUnavailableException>(() => store.FindInstanceAsync("a", Ct));
        await Should.ThrowAsync<StoreUnavailableException>(() => store.NextDueAsync(Ct));
        await Should.ThrowAsync<StoreUnavailableException>(() => store.EnqueueAsync([Job("k")], Ct));
        commit.RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);

        proxy.Open();
        (await store.CommitAsync(Burst("b", 0), Ct)).ShouldBe(CommitResult.Committed);
        (await store.FindInstanceAsync("a", Ct)).ShouldNotBeNull();
        (await store.NextDueAsync(Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Reading_goes_on_over_a_new_wire_without_an_error()
    {
        await store.CommitAsync(Burst("a", 0), Ct);
        await store.FindInstanceAsync("a", Ct);
        await store.NextDueAsync(Ct);

        proxy.Cut();

        (await store.FindInstanceAsync("a", Ct)).ShouldNotBeNull();
        (await store.NextDueAsync(Ct)).ShouldBeNull();
        (await store.FindBookmarksAsync(new("h"), Ct)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Read_only_server_is_told_as_such()
    {
        var settings = new NpgsqlConnectionStringBuilder(await postgres.AddressAsync(Ct))
        {
            Options = "-c default_transaction_read_only=on",
        };
        await using var source = NpgsqlDataSource.Create(settings);
        await using var readOnly = StoreUnderTest.Open(source);

        var commit = await Should.ThrowAsync<StoreUnavailableException>(() => readOnly.CommitAsync(Burst("a", 0), Ct));
        var work = await Should.ThrowAsync<StoreUnavailableException>(() => readOnly.EnqueueAsync([Job("k")], Ct));

        commit.Message.ShouldContain("read-only");
        commit.RetryAfter.ShouldBe(TimeSpan.FromSeconds(10));
        work.Message.ShouldContain("read-only");
        (await readOnly.FindInstanceAsync("a", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Statement_that_takes_too_long_is_told_and_not_written()
    {
        await using var impatient = StoreUnderTest.Open(database, new() { CommandTimeout = TimeSpan.FromSeconds(1) });
        await impatient.CommitAsync(Burst("a", 0), Ct);
        await using var held = await RowLock.TakeAsync(database, "a", Ct);

        var error = await Should.ThrowAsync<StoreUnavailableException>(() => impatient.CommitAsync(Burst("a", 1), Ct));

        error.Message.ShouldContain("in time");
        await held.DisposeAsync();
        (await impatient.CommitAsync(Burst("a", 1), Ct)).ShouldBe(CommitResult.Committed);
        await ShouldHaveAsync("a", 2);
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
            Burned = expected == 0 ? [] : [expected],
            Added = [new(expected + 1, "h", "Event", "W", "R/W", null, "{}"u8.ToArray())],
            Journal = new(expected + 1, "[]"u8.ToArray(), "[]"u8.ToArray(), 1),
            Now = Noon,
        };

    private static NewWork Job(string key) =>
        new()
        {
            Key = key,
            Kind = WorkKind.Resume,
            DueAt = Noon,
        };

    private async Task ShouldHaveAsync(string id, int bursts)
    {
        await using var direct = StoreUnderTest.Open(database);
        (await direct.FindInstanceAsync(id, Ct)).ShouldNotBeNull().RowVersion.ShouldBe(bursts);
        (await direct.ReadJournalAsync(id, Ct)).Count.ShouldBe(bursts);
        (await direct.FindBookmarksAsync(new(InstanceId: id), Ct)).ShouldHaveSingleItem().Id.ShouldBe(bursts);
    }
}
