using System.Text;
using Npgsql;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Store;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Store;

/// <summary>Groups: poison, domain rows, bounds, giving up.</summary>
public sealed class PostgresCommitTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private NpgsqlDataSource database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);
        await StoreUnderTest.ClearAsync(database, Ct);
        await StoreUnderTest.RunAsync(
            database,
            "drop table if exists note; create table note (instance_id text, text text check (text <> 'bad'))",
            Ct
        );
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Poison_fails_alone()
    {
        await using var store = StoreUnderTest.Open(database);
        await using var block = await BlockAsync(store);
        var good = Enumerable.Range(0, 50).Select(i => store.CommitAsync(Burst($"good{i}"), Ct)).ToList();
        var zero = store.CommitAsync(Burst("zero") with { Name = "a\0b" }, Ct);
        var twice = store.CommitAsync(Burst("twice") with { Added = [Waiter(1), Waiter(1)] }, Ct);
        good.AddRange(Enumerable.Range(50, 50).Select(i => store.CommitAsync(Burst($"good{i}"), Ct)));

        await block.DisposeAsync();

        (await Task.WhenAll(good)).ShouldAllBe(r => r == CommitResult.Committed);
        (await Should.ThrowAsync<PostgresException>(() => zero)).SqlState.ShouldBe("22021");
        (await Should.ThrowAsync<PostgresException>(() => twice)).SqlState.ShouldBe(PostgresErrorCodes.UniqueViolation);
        (await CountAsync("workflow_instance")).ShouldBe(101);
        (await store.FindInstanceAsync("twice", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Text_that_is_no_Unicode_fails_alone()
    {
        await using var store = StoreUnderTest.Open(database);
        await using var block = await BlockAsync(store);
        var half = store.CommitAsync(Burst("half") with { Name = "\ud800" }, Ct);
        var good = store.CommitAsync(Burst("good"), Ct);

        await block.DisposeAsync();

        (await good).ShouldBe(CommitResult.Committed);
        await Should.ThrowAsync<EncoderFallbackException>(() => half);
    }

    [Fact]
    public async Task Domain_rows_of_winners_are_written_in_the_same_transaction()
    {
        await using var store = StoreUnderTest.Open(database, null, new NoteWriter());
        await using var block = await BlockAsync(store);
        var won = store.CommitAsync(Noting("a", "one", "two"), Ct);
        var lost = store.CommitAsync(Noting("b", "three") with { ExpectedVersion = 5 }, Ct);
        var plain = store.CommitAsync(Burst("c"), Ct);

        await block.DisposeAsync();

        (await won).ShouldBe(CommitResult.Committed);
        (await lost).ShouldBe(CommitResult.Conflict);
        (await plain).ShouldBe(CommitResult.Committed);
        (await NotesAsync()).ShouldBe("one,two");
    }

    [Fact]
    public async Task Domain_row_that_the_database_refuses_takes_its_burst_along_and_no_other()
    {
        await using var store = StoreUnderTest.Open(database, null, new NoteWriter());
        await using var block = await BlockAsync(store);
        var good = store.CommitAsync(Noting("a", "one"), Ct);
        var bad = store.CommitAsync(Noting("b", "bad"), Ct);

        await block.DisposeAsync();

        (await good).ShouldBe(CommitResult.Committed);
        (await Should.ThrowAsync<PostgresException>(() => bad)).SqlState.ShouldBe(PostgresErrorCodes.CheckViolation);
        (await store.FindInstanceAsync("b", Ct)).ShouldBeNull();
        (await NotesAsync()).ShouldBe("one");
    }

    [Fact]
    public async Task Domain_row_that_nobody_writes_is_refused_at_once()
    {
        await using var store = StoreUnderTest.Open(database, null, new NoteWriter());

        var error = await Should.ThrowAsync<ArgumentException>(() =>
            store.CommitAsync(Burst("a") with { Records = [new("a", 1, "a string", Noon)] }, Ct)
        );

        error.Message.ShouldContain("System.String");
        error.Message.ShouldContain("Note");
    }

    [Fact]
    public async Task Full_queue_refuses_at_once_and_keeps_what_it_took()
    {
        await using var store = StoreUnderTest.Open(database, new() { MaxWaiting = 6 });
        await using var block = await BlockAsync(store);
        var waiting = Enumerable.Range(0, 5).Select(i => store.CommitAsync(Burst($"i{i}"), Ct)).ToList();

        var error = await Should.ThrowAsync<StoreUnavailableException>(() => store.CommitAsync(Burst("more"), Ct));

        error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        await block.DisposeAsync();
        (await Task.WhenAll(waiting)).ShouldAllBe(r => r == CommitResult.Committed);
        (await store.CommitAsync(Burst("more"), Ct)).ShouldBe(CommitResult.Committed);
    }

    [Fact]
    public async Task Who_gives_up_while_waiting_is_not_stored()
    {
        await using var store = StoreUnderTest.Open(database);
        using var patience = new CancellationTokenSource();
        await using var block = await BlockAsync(store);
        var given = store.CommitAsync(Burst("given"), patience.Token);
        var kept = store.CommitAsync(Burst("kept"), Ct);

        await patience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => given);
        await block.DisposeAsync();
        await kept;
        (await store.FindInstanceAsync("given", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Closing_commits_what_waits_and_refuses_the_rest()
    {
        var store = StoreUnderTest.Open(database);
        var block = await BlockAsync(store);
        var waiting = Enumerable.Range(0, 20).Select(i => store.CommitAsync(Burst($"i{i}"), Ct)).ToList();
        var closing = store.DisposeAsync();

        Should.Throw<StoreUnavailableException>(() => store.CommitAsync(Burst("late"), Ct));

        await block.DisposeAsync();
        await closing;
        (await Task.WhenAll(waiting)).ShouldAllBe(r => r == CommitResult.Committed);
    }

    [Fact]
    public async Task Too_large_a_burst_is_refused_with_its_size()
    {
        await using var store = StoreUnderTest.Open(database);

        var error = Should.Throw<ArgumentException>(() => store.CommitAsync(Burst("a") with { State = new byte[70_000_000] }, Ct));

        error.Message.ShouldContain("70000200");
    }

    [Fact]
    public async Task Every_variant_of_the_statement_does_what_the_store_in_memory_does()
    {
        await using var store = StoreUnderTest.Open(database);
        var twins = new Twins(store);

        for (var parts = 0; parts < 256; parts++)
            if ((parts & 3) != 0)
                await twins.CommitAsync((CommitParts)parts, parts, Ct);

        await twins.CompareAsync(Ct);
    }

    private static InstanceCommit Burst(string id, long expected = 0) =>
        new()
        {
            InstanceId = id,
            ExpectedVersion = expected,
            DefinitionId = "d",
            VersionId = "d-1",
            SubStatus = WorkflowSubStatus.Suspended,
            State = "{}"u8.ToArray(),
            Now = Noon,
        };

    private static NewBookmark Waiter(long id) => new(id, "h", "Event", "W", "R/W", null, "{}"u8.ToArray());

    private static InstanceCommit Noting(string id, params string[] texts) =>
        Burst(id) with
        {
            Records = [.. texts.Select((text, i) => new RecordedRow(id, i, new Note(text), Noon))],
        };

    private Task<long> CountAsync(string table) => StoreUnderTest.AskAsync<long>(database, $"select count(*) from {table}", Ct);

    private Task<string> NotesAsync() =>
        StoreUnderTest.AskAsync<string>(database, "select string_agg(text, ',' order by text) from note", Ct);

    /// <summary>Holds a row, and the writer with it, so that what comes next gathers into one group.</summary>
    private async Task<RowLock> BlockAsync(PostgresStore store)
    {
        (await store.CommitAsync(Burst("block"), Ct)).ShouldBe(CommitResult.Committed);
        var held = await RowLock.TakeAsync(database, "block", Ct);
        held.Released = store.CommitAsync(Burst("block", 1), Ct);
        await held.SomebodyWaitsAsync(database, Ct);
        return held;
    }

    private sealed record Note(string Text);

    private sealed class NoteWriter : IRecordWriter
    {
        public Type RowType => typeof(Note);

        public void Write(NpgsqlBatch batch, IReadOnlyList<RecordedRow> rows) =>
            batch.BatchCommands.Add(
                new("insert into note select * from unnest($1, $2)")
                {
                    Parameters =
                    {
                        new() { Value = rows.Select(r => r.InstanceId).ToArray() },
                        new() { Value = rows.Select(r => ((Note)r.Row).Text).ToArray() },
                    },
                }
            );
    }
}
