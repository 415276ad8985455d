using Npgsql;
using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Store;
using ServiceLoop.TestKit;

namespace ServiceLoop.Identity.Tests.Audit;

public sealed class AuditTrailTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private NpgsqlDataSource database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);
        await AuditBook.ClearAsync(database, Ct);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_note_that_was_written_is_durable_and_has_the_next_number()
    {
        await using var trail = AuditBook.Trail(database);

        (await trail.WriteAsync(Notes.Of("a"), Ct)).ShouldBe(1);
        (await AuditBook.AskAsync<string>(database, "select subject from audit_entry where number = 1", Ct)).ShouldBe("a");
        (await trail.WriteAsync(Notes.Of("b"), Ct)).ShouldBe(2);
        (await AuditBook.CheckAsync(database, Ct)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_entry_says_all_that_the_note_said()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));
        time.Advance(TimeSpan.FromTicks(12_345_678));
        var actor = new Actor(ActorKind.Key, "k1", "robot")
        {
            OnBehalfOf = "ann",
            Address = "2001:db8::1",
            SessionId = "s9",
        };
        var deed = new Deed(Permissions.DefinitionsDelete, "definition.delete", "order")
        {
            Before = Facts.Of(("version", "3"), ("name", "订单")),
            Wanted = Facts.Of(("note", "old")),
        };
        await using var trail = AuditBook.Trail(database, time);

        await trail.WriteAsync(new(actor, deed, DeedEnd.Failed, 7, Facts.Of(("version", "4")), "It is in use."), Ct);

        var entry = (await new AuditReader(database).FindAsync(1, null, Ct))!;
        entry.At.ShouldBe(new DateTimeOffset(2026, 11, 27, 12, 0, 1, TimeSpan.Zero).AddTicks(2_345_670), "whole microseconds");
        (entry.ActorKind, entry.ActorId, entry.Actor, entry.OnBehalfOf, entry.Address, entry.SessionId).ShouldBe(
            (ActorKind.Key, "k1", "robot", "ann", "2001:db8::1", "s9")
        );
        (entry.Action, entry.Subject, entry.Permission).ShouldBe(("definition.delete", "order", "definitions:delete"));
        (entry.End, entry.Begun, entry.Reason).ShouldBe((DeedEnd.Failed, 7, "It is in use."));
        AuditFacts.Read(entry.Before).ShouldBe(deed.Before);
        AuditFacts.Read(entry.Wanted).ShouldBe(deed.Wanted);
        AuditFacts.Read(entry.After).ShouldBe(Facts.Of(("version", "4")));
        entry.Hash.Span.SequenceEqual(EntryHash.Of(entry)).ShouldBeTrue();
    }

    [Fact]
    public async Task Any_notes_make_a_sound_chain()
    {
        var random = new Random(7);
        await using var trail = AuditBook.Trail(database);
        var awaited = new List<Task<long>>();

        for (var n = 0; n < 2000; n++)
            if (random.Next(2) == 0)
                trail.Post(Notes.Random(random));
            else
                awaited.Add(trail.WriteAsync(Notes.Random(random), Ct).AsTask());

        var numbers = await Task.WhenAll(awaited);
        await trail.DisposeAsync();

        numbers.ShouldBeUnique();
        numbers.ShouldBeInOrder();
        var verdict = await AuditBook.CheckAsync(database, Ct);
        (verdict.Count, verdict.Break).ShouldBe((2000, null));
    }

    [Fact]
    public async Task What_was_posted_is_there_after_an_orderly_stop()
    {
        var trail = AuditBook.Trail(database);

        for (var n = 1; n <= 1000; n++)
            trail.Post(Notes.Of($"{n}"));

        await trail.DisposeAsync();

        (await AuditBook.AskAsync<long>(database, "select count(*) from audit_entry where subject = number::text", Ct)).ShouldBe(1000);
    }

    [Fact]
    public async Task A_closed_log_takes_nothing_more()
    {
        var trail = AuditBook.Trail(database);
        await trail.DisposeAsync();

        trail.Post(Notes.Of("a"));
        var refused = await Should.ThrowAsync<StoreUnavailableException>(async () => await trail.WriteAsync(Notes.Of("a"), Ct));

        refused.Message.ShouldContain("Nothing was changed");
        (await AuditBook.CheckAsync(database, Ct)).Count.ShouldBe(0);
    }

    [Fact]
    public async Task Only_the_note_that_the_database_refuses_fails()
    {
        await using var holder = await database.OpenConnectionAsync(Ct);
        await AuditBook.RunAsync(database, "alter table audit_entry add constraint no_evil check (subject <> 'evil')", Ct);

        try
        {
            await using var trail = AuditBook.Trail(database);
            await using var held = await holder.BeginTransactionAsync(Ct);
            await using (var take = new NpgsqlCommand("select * from audit_head for update", holder, held))
                await take.ExecuteNonQueryAsync(Ct);

            string[] subjects = ["a", "b", "evil", "c", "d"];
            var written = subjects.Select(s => trail.WriteAsync(Notes.Of(s), Ct).AsTask()).ToArray();
            await held.RollbackAsync(Ct);

            (await Should.ThrowAsync<PostgresException>(written[2])).ConstraintName.ShouldBe("no_evil");
            await Task.WhenAll(written.Where((_, n) => n != 2));
        }
        finally
        {
            await AuditBook.RunAsync(database, "alter table audit_entry drop constraint no_evil", Ct);
        }

        (await AuditBook.AskAsync<string>(database, "select string_agg(subject, ' ' order by number) from audit_entry", Ct)).ShouldBe(
            "a b c d"
        );
        (await AuditBook.CheckAsync(database, Ct)).IsSound.ShouldBeTrue();
    }

    [Fact]
    public async Task Two_nodes_with_many_writers_make_one_chain_without_gaps()
    {
        const int Writers = 50;
        const int Each = 40;
        await using var one = AuditBook.Trail(database);
        await using var two = AuditBook.Trail(database);
        var all = new[] { one, two }.SelectMany(
            (trail, node) =>
                Enumerable
                    .Range(0, Writers)
                    .Select(async writer =>
                    {
                        await Task.Yield();
                        var given = new List<(long, string)>();

                        for (var n = 0; n < Each; n++)
                            given.Add((await trail.WriteAsync(Notes.Of($"{node}-{writer}-{n}"), Ct), $"{node}-{writer}-{n}"));

                        return given;
                    })
        );

        var given = (await Task.WhenAll(all)).SelectMany(x => x).ToDictionary();

        given.Keys.Order().ShouldBe(Enumerable.Range(1, 2 * Writers * Each).Select(n => (long)n));
        (await AuditBook.CheckAsync(database, Ct)).ShouldSatisfyAllConditions(
            v => v.Count.ShouldBe(given.Count),
            v => v.Break.ShouldBeNull()
        );
        (await SubjectsAsync()).ShouldBe(given, ignoreOrder: true);
    }

    [Fact]
    public async Task A_killed_process_leaves_a_sound_chain_with_all_that_it_was_promised()
    {
        using var process = WritingProcess.Start(await postgres.AddressAsync(Ct));

        var acknowledged = await process.KillAfterAsync(300, Ct);

        acknowledged.Count.ShouldBeGreaterThanOrEqualTo(300);
        (await AuditBook.CheckAsync(database, Ct)).ShouldSatisfyAllConditions(
            v => v.Break.ShouldBeNull(),
            v => v.Count.ShouldBeGreaterThanOrEqualTo(acknowledged.Count)
        );
        var there = await SubjectsAsync();
        acknowledged.Where(a => there.GetValueOrDefault(a.Key) != a.Value).ShouldBeEmpty();

        // Another node goes on where it stopped, without waiting for the dead one, whose last request the server may just be carrying out.
        await using var trail = AuditBook.Trail(database);
        var next = await trail.WriteAsync(Notes.Of("next"), Ct);
        (await SubjectsAsync()).ShouldSatisfyAllConditions(s => s.Count.ShouldBe((int)next), s => s[next].ShouldBe("next"));
    }

    [Theory]
    [InlineData("update audit_entry set subject = 'x'")]
    [InlineData("delete from audit_entry")]
    [InlineData("truncate audit_entry")]
    [InlineData("delete from audit_head")]
    [InlineData("truncate audit_head")]
    [InlineData("update audit_head set number = 0")]
    [InlineData("update audit_head set hash = ''")]
    [InlineData("set session_replication_role = replica; delete from audit_entry")]
    public async Task The_database_refuses_to_change_what_was_written(string sql)
    {
        await AuditBook.FillAsync(database, 2, Ct);

        var refused = await Should.ThrowAsync<PostgresException>(AuditBook.RunAsync(database, sql, Ct));

        refused.MessageText.ShouldStartWith("The audit log is only ever added to");
        (await AuditBook.CheckAsync(database, Ct)).ShouldSatisfyAllConditions(v => v.Count.ShouldBe(2), v => v.Break.ShouldBeNull());
    }

    private async Task<Dictionary<long, string>> SubjectsAsync()
    {
        await using var command = database.CreateCommand("select number, subject from audit_entry");
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var subjects = new Dictionary<long, string>();

        while (await reader.ReadAsync(Ct))
            subjects.Add(reader.GetInt64(0), reader.GetString(1));

        return subjects;
    }
}
