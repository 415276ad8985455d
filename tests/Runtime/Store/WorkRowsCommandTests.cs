using Npgsql;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Store;

public sealed class WorkRowsCommandTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 3, 30, 0, TimeSpan.Zero);

    private PostgresStore store = null!;
    private NpgsqlDataSource database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.OpenAsync(Ct);
        await StoreUnderTest.ClearAsync(database, Ct);
        store = StoreUnderTest.Open(database);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task Work_goes_with_the_transaction_that_it_stands_in()
    {
        await RunAsync(isCommitted: false, WorkRowsCommand.Adding([AskedWork.Message("bell", "lost", "1", Now)]));
        await RunAsync(isCommitted: true, WorkRowsCommand.Adding([AskedWork.Message("bell", "kept", "2", Now)]));

        (await KeysAsync()).ShouldBe(["m:2"]);
    }

    [Fact]
    public async Task A_repeated_wish_is_one_and_keeps_the_first_content()
    {
        var first = AskedWork.Message("bell", "first", "1", Now);
        await RunAsync(isCommitted: true, WorkRowsCommand.Adding([first]));
        await RunAsync(isCommitted: true, WorkRowsCommand.Adding([AskedWork.Message("bell", "second", "1", Now.AddDays(1))]));

        var due = await store.LeaseDueAsync(Now, Now.AddMinutes(1), 10, Ct);
        due.ShouldHaveSingleItem().Payload.ToArray().ShouldBe(first.Payload.ToArray());
    }

    [Fact]
    public async Task Work_that_is_no_longer_wanted_is_taken_back_by_its_key()
    {
        var unwanted = AskedWork.Message("bell", null, "1", Now);
        await RunAsync(isCommitted: true, WorkRowsCommand.Adding([unwanted, AskedWork.Message("bell", null, "2", Now)]));

        await RunAsync(isCommitted: true, WorkRowsCommand.Removing([unwanted, AskedWork.Message("bell", null, "unknown", Now)]));

        (await KeysAsync()).ShouldBe(["m:2"]);
    }

    [Fact]
    public void Wishes_of_different_kinds_with_the_same_key_are_different()
    {
        string[] keys =
        [
            AskedWork.Message("bell", null, "1", Now).Key,
            AskedWork.Resume("i", 1, new Dictionary<string, object?>(), "1", Now).Key,
            AskedWork.Publish("bell", null, null, null, "1", Now).Key,
        ];

        keys.ShouldBeUnique();
    }

    private async Task RunAsync(bool isCommitted, NpgsqlBatchCommand command)
    {
        await using var connection = await database.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { command } };
        await batch.ExecuteNonQueryAsync(Ct);

        if (isCommitted)
            await transaction.CommitAsync(Ct);
    }

    private async Task<string[]> KeysAsync() => [.. (await store.LeaseDueAsync(Now, Now.AddMinutes(1), 10, Ct)).Select(w => w.Key)];
}
