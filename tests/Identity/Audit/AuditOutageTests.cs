using Npgsql;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Store;
using ServiceLoop.TestKit;

namespace ServiceLoop.Identity.Tests.Audit;

/// <summary>Lost connections, lost answers, a server that is gone: no entry is doubled, none is lost.</summary>
public sealed class AuditOutageTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private NpgsqlDataSource database = null!;
    private CuttableProxy proxy = null!;
    private AuditTrail trail = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);
        await AuditBook.ClearAsync(database, Ct);
        proxy = new(await postgres.AddressAsync(Ct));
        trail = AuditBook.Trail(proxy.Database);

        // Opens the connection and learns where the chain ends.
        await trail.WriteAsync(Notes.Of("1"), Ct);
        await trail.WriteAsync(Notes.Of("2"), Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await trail.DisposeAsync();
        await proxy.DisposeAsync();
    }

    [Fact]
    public async Task An_entry_whose_answer_is_lost_is_found_and_not_repeated()
    {
        proxy.LoseNextAnswer();

        (await trail.WriteAsync(Notes.Of("3"), Ct)).ShouldBe(3);

        proxy.AnswersLost.ShouldBe(1);
        await ShouldBeAsync("1 2 3");
    }

    [Fact]
    public async Task An_entry_that_never_arrives_is_sent_again()
    {
        proxy.Cut();

        (await trail.WriteAsync(Notes.Of("3"), Ct)).ShouldBe(3);

        await ShouldBeAsync("1 2 3");
    }

    [Fact]
    public async Task An_entry_whose_session_is_killed_while_it_waits_is_written_once()
    {
        await using var holder = await database.OpenConnectionAsync(Ct);
        await using var held = await holder.BeginTransactionAsync(Ct);
        await using (var take = new NpgsqlCommand("select * from audit_head for update", holder, held))
            await take.ExecuteNonQueryAsync(Ct);

        var written = trail.WriteAsync(Notes.Of("3"), Ct).AsTask();
        var pid = await WaiterAsync(0);
        await AuditBook.RunAsync(database, $"select pg_terminate_backend({pid})", Ct);
        await WaiterAsync(pid);
        await held.RollbackAsync(Ct);

        (await written).ShouldBe(3);
        await ShouldBeAsync("1 2 3");
    }

    [Fact]
    public async Task A_request_that_is_carried_out_late_is_not_carried_out_twice()
    {
        await using var holder = await database.OpenConnectionAsync(Ct);
        await using var held = await holder.BeginTransactionAsync(Ct);
        await using (var take = new NpgsqlCommand("select * from audit_head for update", holder, held))
            await take.ExecuteNonQueryAsync(Ct);

        var written = trail.WriteAsync(Notes.Of("3"), Ct).AsTask();
        var first = await WaiterAsync(0);

        // The client is gone, and the server does not know: its session still waits, and behind it the next attempt.
        proxy.Cut();
        await WaiterAsync(first);
        await held.RollbackAsync(Ct);

        (await written).ShouldBe(3);
        (await trail.WriteAsync(Notes.Of("4"), Ct)).ShouldBe(4);
        await ShouldBeAsync("1 2 3 4");
    }

    [Fact]
    public async Task Another_node_that_went_on_is_noticed()
    {
        await using var other = AuditBook.Trail(database);
        await other.WriteAsync(Notes.Of("3"), Ct);

        (await trail.WriteAsync(Notes.Of("4"), Ct)).ShouldBe(4);

        await ShouldBeAsync("1 2 3 4");
    }

    [Fact]
    public async Task Who_waits_is_told_and_what_was_posted_is_written_when_the_database_is_back()
    {
        proxy.Close();
        var lost = trail.WriteAsync(Notes.Of("begun", DeedEnd.Begun), Ct).AsTask();
        trail.Post(Notes.Of("posted"));

        var told = await Should.ThrowAsync<StoreUnavailableException>(lost);
        proxy.Open();
        var next = await WriteWhenBackAsync("next");
        await trail.DisposeAsync();

        told.Message.ShouldContain("The database");
        var subjects = await SubjectsAsync();
        subjects.Count(s => s == "posted").ShouldBe(1);
        subjects[(int)next - 1].ShouldBe("next");

        // Nobody was told that it was begun; should it stand there all the same, its end stands there too.
        subjects.Count(s => s == "begun").ShouldBeOneOf(0, 2);
        (await AuditBook.CheckAsync(database, Ct)).IsSound.ShouldBeTrue();
    }

    [Fact]
    public async Task Many_cuts_lose_nothing_and_double_nothing()
    {
        var acknowledged = new List<(long, string)>();
        var random = new Random(3);

        for (var round = 0; round < 15; round++)
        {
            var writes = Enumerable.Range(0, 8).Select(n => $"{round}-{n}").Select(async s => (await WriteWhenBackAsync(s), s)).ToArray();

            for (var n = 0; n < 3; n++)
                trail.Post(Notes.Of($"{round}-posted-{n}"));

            if (random.Next(2) == 0)
                proxy.LoseNextAnswer();
            else
                proxy.Cut();

            acknowledged.AddRange(await Task.WhenAll(writes));
        }

        await trail.DisposeAsync();

        var subjects = await SubjectsAsync();
        acknowledged.Select(a => subjects[(int)a.Item1 - 1]).ShouldBe(acknowledged.Select(a => a.Item2));
        subjects.ShouldBeUnique();
        subjects.Count(s => s.Contains("posted", StringComparison.Ordinal)).ShouldBe(45);
        subjects.Length.ShouldBe(2 + 45 + acknowledged.Count);
        (await AuditBook.CheckAsync(database, Ct)).IsSound.ShouldBeTrue();
    }

    [Fact]
    public async Task A_row_that_a_stranger_put_there_does_not_stop_the_log_and_is_found()
    {
        await AuditBook.ForgeAsync(
            database,
            $"insert into audit_entry select 3, {string.Join(", ", AuditBook.Columns[1..])} from audit_entry where number = 2",
            Ct
        );

        var number = await trail.WriteAsync(Notes.Of("next"), Ct);
        await trail.WriteAsync(Notes.Of("after"), Ct);

        number.ShouldBe(4);
        var verdict = await AuditBook.CheckAsync(database, Ct);
        verdict.Break.ShouldNotBeNull().Number.ShouldBe(3);
    }

    [Fact]
    public async Task Without_an_end_of_the_chain_nothing_is_written_and_the_cure_is_named()
    {
        await AuditBook.ForgeAsync(database, "delete from audit_head", Ct);
        await using var fresh = AuditBook.Trail(database);

        var told = await Should.ThrowAsync<StoreUnavailableException>(async () => await fresh.WriteAsync(Notes.Of("3"), Ct));

        told.Message.ShouldContain("audit_head");
    }

    /// <summary>Who is told that the log is away asks again, as callers do.</summary>
    private async Task<long> WriteWhenBackAsync(string subject)
    {
        while (true)
        {
            try
            {
                return await trail.WriteAsync(Notes.Of(subject), Ct);
            }
            catch (StoreUnavailableException)
            {
                Ct.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>The session that waits for the end of the chain, other than one.</summary>
    private async Task<int> WaiterAsync(int other)
    {
        const string Waiting =
            "select coalesce((select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and pid <> {0} limit 1), 0)";

        while (true)
            if (await AuditBook.AskAsync<int>(database, string.Format(Waiting, other), Ct) is not 0 and var pid)
                return pid;
    }

    private async Task<string[]> SubjectsAsync() =>
        (await AuditBook.AskAsync<string>(database, "select string_agg(subject, ' ' order by number) from audit_entry", Ct)).Split(' ');

    private async Task ShouldBeAsync(string subjects)
    {
        string.Join(' ', await SubjectsAsync()).ShouldBe(subjects);
        (await AuditBook.CheckAsync(database, Ct)).IsSound.ShouldBeTrue();
    }
}
