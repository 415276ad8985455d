using Npgsql;
using ServiceLoop.Identity.Audit;
using ServiceLoop.TestKit;

namespace ServiceLoop.Identity.Tests.Audit;

/// <summary>The owner of the database turns the triggers off and changes one row: the check finds it and says what it was.</summary>
public sealed class TamperingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Rows = 10;
    private static readonly string Rest = string.Join(", ", AuditBook.Columns[1..]);
    private NpgsqlDataSource database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);
        await AuditBook.ClearAsync(database, Ct);
        var random = new Random(11);
        await using var trail = AuditBook.Trail(database);

        for (var n = 1; n <= Rows; n++)
            await trail.WriteAsync(n == 5 ? Full() : Notes.Random(random), Ct);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static TheoryData<string, string> Changes =>
        new()
        {
            { "at", "at + interval '1 microsecond'" },
            { "at", "'infinity'" },
            { "at", "'4000-01-01 BC'" },
            { "actor_kind", "(actor_kind + 1) % 4" },
            { "actor_kind", "99" },
            { "actor_id", "actor_id || ' '" },
            { "actor", "'bob'" },
            { "on_behalf_of", "null" },
            { "on_behalf_of", "''" },
            { "address", "'192.0.2.8'" },
            { "session", "null" },
            { "action", "'definition.delete'" },
            { "subject", "upper(subject)" },
            { "permission", "''" },
            { "outcome", "2" },
            { "begun", "begun + 1" },
            { "before", """'{"a":"2"}'""" },
            { "before", "null" },
            { "wanted", "wanted || ' '" },
            { "after", "'no json'" },
            { "reason", "null" },
            { "prev_hash", "sha256(prev_hash)" },
            { "prev_hash", "''" },
            { "hash", "sha256(hash)" },
            { "hash", "''" },
        };

    [Fact]
    public void Every_column_is_among_the_changes()
    {
        Changes.Select(c => c.Data.Item1).Append("number").Distinct().ShouldBe(AuditBook.Columns, ignoreOrder: true);
    }

    [Fact]
    public async Task The_columns_are_all_that_the_table_has()
    {
        var columns = await AuditBook.AskAsync<string[]>(
            database,
            "select array_agg(attname::text order by attnum) from pg_attribute where attrelid = 'audit_entry'::regclass and attnum > 0",
            Ct
        );

        columns.ShouldBe(AuditBook.Columns);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_changed_column_is_found(string column, string value)
    {
        await AuditBook.ForgeAsync(database, $"update audit_entry set {column} = {value} where number = 5", Ct);

        await ShouldBreakAsync(5, ChainFault.Changed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task A_removed_row_is_found(int number)
    {
        await AuditBook.ForgeAsync(database, $"delete from audit_entry where number = {number}", Ct);

        (await ShouldBreakAsync(number, ChainFault.Missing)).Other.ShouldBeNull();
    }

    [Fact]
    public async Task Several_removed_rows_are_named_together()
    {
        await AuditBook.ForgeAsync(database, "delete from audit_entry where number between 3 and 6", Ct);

        (await ShouldBreakAsync(3, ChainFault.Missing)).Detail.ShouldBe("Entries 3 to 6 are gone.");
    }

    [Fact]
    public async Task A_removed_row_whose_followers_were_renumbered_is_found()
    {
        await AuditBook.ForgeAsync(
            database,
            """
            delete from audit_entry where number = 5;
            update audit_entry set number = -number where number > 5;
            update audit_entry set number = -number - 1 where number < 0;
            update audit_head set number = number - 1;
            """,
            Ct
        );

        await ShouldBreakAsync(5, ChainFault.Changed);
    }

    [Fact]
    public async Task A_changed_number_is_found()
    {
        await AuditBook.ForgeAsync(database, "update audit_entry set number = 50 where number = 5", Ct);

        await ShouldBreakAsync(5, ChainFault.Missing);
    }

    [Theory]
    [InlineData(4, 5)]
    [InlineData(2, 9)]
    [InlineData(1, 10)]
    public async Task Swapped_rows_are_found(int one, int other)
    {
        await AuditBook.ForgeAsync(
            database,
            $"""
            update audit_entry set number = -1 where number = {one};
            update audit_entry set number = {one} where number = {other};
            update audit_entry set number = {other} where number = -1;
            """,
            Ct
        );

        (await ShouldBreakAsync(one, ChainFault.Reordered)).Other.ShouldBe(other);
    }

    [Fact]
    public async Task A_row_that_was_appended_by_hand_is_found()
    {
        await AuditBook.ForgeAsync(database, $"insert into audit_entry select 11, {Rest} from audit_entry where number = 10", Ct);

        await ShouldBreakAsync(11, ChainFault.Appended);
    }

    [Fact]
    public async Task A_row_that_was_appended_by_hand_together_with_the_end_is_found()
    {
        await AuditBook.ForgeAsync(
            database,
            $"insert into audit_entry select 11, {Rest} from audit_entry where number = 10; update audit_head set number = 11",
            Ct
        );

        await ShouldBreakAsync(11, ChainFault.Changed);
    }

    [Fact]
    public async Task A_row_that_was_added_under_a_taken_number_is_found()
    {
        await AuditBook.ForgeAsync(
            database,
            $"alter table audit_entry drop constraint audit_entry_pkey; insert into audit_entry select 5, {Rest} from audit_entry where number = 5",
            Ct
        );

        try
        {
            await ShouldBreakAsync(5, ChainFault.Appended);
        }
        finally
        {
            await AuditBook.ForgeAsync(database, "truncate audit_entry; alter table audit_entry add primary key (number)", Ct);
        }
    }

    [Fact]
    public async Task A_row_that_was_changed_and_hashed_anew_is_found_by_the_one_behind_it()
    {
        var entry = (await new AuditReader(database).FindAsync(5, null, Ct))! with { Subject = "other" };
        await AuditBook.ForgeAsync(
            database,
            $"update audit_entry set subject = 'other', hash = decode('{Convert.ToHexString(EntryHash.Of(entry))}', 'hex') where number = 5",
            Ct
        );

        await ShouldBreakAsync(5, ChainFault.Rewritten);
    }

    [Fact]
    public async Task The_last_row_changed_and_hashed_anew_is_found_by_the_end()
    {
        var entry = (await new AuditReader(database).FindAsync(10, null, Ct))! with { Subject = "other" };
        await AuditBook.ForgeAsync(
            database,
            $"update audit_entry set subject = 'other', hash = decode('{Convert.ToHexString(EntryHash.Of(entry))}', 'hex') where number = 10",
            Ct
        );

        await ShouldBreakAsync(10, ChainFault.Rewritten);
    }

    [Fact]
    public async Task A_tail_that_was_cut_off_is_found()
    {
        await AuditBook.ForgeAsync(database, "delete from audit_entry where number > 7", Ct);

        (await ShouldBreakAsync(8, ChainFault.Truncated)).Other.ShouldBe(10);
    }

    [Fact]
    public async Task A_tail_that_was_cut_off_together_with_the_end_is_found_by_what_was_kept()
    {
        var kept = (await AuditBook.CheckAsync(database, Ct)).Last;
        await AuditBook.ForgeAsync(
            database,
            "delete from audit_entry where number > 7; update audit_head h set number = 7, hash = e.hash from audit_entry e where e.number = 7",
            Ct
        );

        (await AuditBook.CheckAsync(database, Ct)).IsSound.ShouldBeTrue("nothing in the database tells of it");
        (await ShouldBreakAsync(8, ChainFault.NotAsKept, kept)).Other.ShouldBe(10);
    }

    [Fact]
    public async Task A_chain_that_was_made_anew_is_found_by_what_was_kept()
    {
        var kept = (await AuditBook.CheckAsync(database, Ct)).Last;
        await AuditBook.ClearAsync(database, Ct);
        await AuditBook.FillAsync(database, Rows + 3, Ct);

        await ShouldBreakAsync(Rows, ChainFault.NotAsKept, kept);
    }

    [Fact]
    public async Task What_was_kept_still_holds_when_the_chain_has_grown()
    {
        var kept = (await AuditBook.CheckAsync(database, Ct)).Last;
        await AuditBook.FillAsync(database, 5, Ct);

        var verdict = await AuditBook.CheckAsync(database, Ct, kept);

        (verdict.Count, verdict.Break).ShouldBe((Rows + 5, null));
    }

    [Theory]
    [InlineData("delete from audit_head", ChainFault.HeadLost, 1)]
    [InlineData("update audit_head set hash = ''", ChainFault.HeadLost, 10)]
    [InlineData("update audit_head set hash = sha256(hash)", ChainFault.Rewritten, 10)]
    [InlineData("update audit_head set number = 9", ChainFault.Appended, 10)]
    [InlineData("update audit_head set number = 11", ChainFault.Truncated, 11)]
    [InlineData("truncate audit_entry", ChainFault.Truncated, 1)]
    public async Task A_changed_end_is_found(string sql, ChainFault fault, int number)
    {
        await AuditBook.ForgeAsync(database, sql, Ct);

        await ShouldBreakAsync(number, fault);
    }

    private static Runtime.Access.AuditNote Full()
    {
        var note = Notes.Of("order", action: "definition.publish");
        var facts = Runtime.Access.Facts.Of(("a", "1"));
        return note with
        {
            Actor = note.Actor with { OnBehalfOf = "carl" },
            Deed = note.Deed with { Before = facts, Wanted = facts },
            After = facts,
            Reason = "why",
        };
    }

    private async Task<ChainBreak> ShouldBreakAsync(long number, ChainFault fault, ChainAnchor? kept = null)
    {
        var verdict = await AuditBook.CheckAsync(database, Ct, kept);
        var found = verdict.Break.ShouldNotBeNull();
        (found.Number, found.Fault).ShouldBe((number, fault), found.Detail);
        return found;
    }
}
