using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Tests.Store;

public abstract partial class WorkflowStoreTests
{
    [Fact]
    public async Task An_instance_from_elsewhere_is_put_in_whole_and_once()
    {
        var import = new InstanceImport(
            new("a", "refund", "refund-1", 7, Utf8("{\"s\":1}"), Noon.AddDays(-3), Noon.AddDays(-1)),
            new(
                "a",
                "refund",
                "refund-1",
                2,
                WorkflowSubStatus.Suspended,
                "case",
                "Name",
                "p",
                1,
                Noon.AddDays(-3),
                Noon.AddDays(-1),
                null
            ),
            [new(Waiter(4, "x", Noon), Noon.AddDays(-2)), new(Waiter(5, "y"), Noon.AddDays(-2))],
            [new(6, Noon.AddDays(-2), Utf8("[6]"), Utf8("[\"e6\"]"), -6), new(7, Noon.AddDays(-1), Utf8("[7]"), Utf8("[\"e7\"]"), -7)]
        );

        var first = await Store.ImportInstanceAsync(import, Ct);
        var second = await Store.ImportInstanceAsync(import with { Waiters = [new(Waiter(9, "z"), Noon)] }, Ct);

        first.ShouldBeTrue();
        second.ShouldBeFalse();
        var standing = (await Store.FindStandingsAsync(["a"], Ct)).ShouldHaveSingleItem();
        standing.ShouldBe(new InstanceStanding(import.Summary, 7));
        var row = await LoadAsync("a");
        (Text(row.State), row.CreatedAt, row.UpdatedAt, row.LeaseOwner).ShouldBe(("{\"s\":1}", Noon.AddDays(-3), Noon.AddDays(-1), null));
        (await Store.FindBookmarksAsync(new("x"), Ct)).ShouldHaveSingleItem().CreatedAt.ShouldBe(Noon.AddDays(-2));
        (await Store.FindBookmarksAsync(new("z"), Ct)).ShouldBeEmpty();
        (await AliveAsync()).ShouldBe(["t:a:4"]);
        (await Store.ReadJournalAsync("a", Ct)).Select(j => (j.Sequence, j.StateHash)).ShouldBe([(6L, -6L), (7L, -7L)]);
        await CommitAsync(Burst("a", 7) with { Burned = [4, 5], SubStatus = WorkflowSubStatus.Finished });
        (await AliveAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_instance_from_elsewhere_may_have_ended()
    {
        var import = new InstanceImport(
            new("a", "refund", "refund-1", 1, Utf8("{}"), Noon, Noon.AddHours(1)),
            new("a", "refund", "refund-1", 1, WorkflowSubStatus.Faulted, null, null, null, 0, Noon, Noon.AddHours(1), Noon.AddHours(1)),
            [],
            []
        );

        (await Store.ImportInstanceAsync(import, Ct)).ShouldBeTrue();

        (await FoundAsync(new() { IsRunning = false, SubStatuses = [WorkflowSubStatus.Faulted] })).ShouldBe(["a"]);
        (await Store.DeleteInstancesAsync(["a"], Ct)).ShouldBe(1);
    }
}
