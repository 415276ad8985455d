using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Tests.Store;

public abstract partial class WorkflowStoreTests
{
    [Fact]
    public async Task Waiters_are_found_by_hash_oldest_first()
    {
        await CommitAsync(Burst("b") with { Added = [Waiter(1, "x"), Waiter(2, "y")], CorrelationId = "case-2", Now = Noon.AddSeconds(2) });
        await CommitAsync(Burst("a") with { Added = [Waiter(9, "x")], CorrelationId = "case-1", Now = Noon.AddSeconds(1) });
        await CommitAsync(Burst("c") with { Added = [Waiter(3, "x"), Waiter(2, "x")], Now = Noon.AddSeconds(2) });

        var found = await Store.FindBookmarksAsync(new("x"), Ct);

        found.Select(b => (b.InstanceId, b.Id)).ShouldBe([("a", 9L), ("b", 1L), ("c", 2L), ("c", 3L)]);
        found[0].CorrelationId.ShouldBe("case-1");
        found[2].CorrelationId.ShouldBeNull();
    }

    [Fact]
    public async Task Waiter_is_stored_whole()
    {
        await CommitAsync(Burst("a") with { Added = [Waiter(1, dueAt: Noon.AddHours(1))], CorrelationId = "case" });

        var row = (await Store.FindBookmarksAsync(new(InstanceId: "a"), Ct)).ShouldHaveSingleItem();
        row.ShouldSatisfyAllConditions(
            () => row.Hash.ShouldBe("h"),
            () => row.Name.ShouldBe("Event"),
            () => row.ActivityId.ShouldBe("Wait1"),
            () => row.NodeId.ShouldBe("Root/Wait1"),
            () => row.DueAt.ShouldBe(Noon.AddHours(1)),
            () => Text(row.Payload).ShouldBe("\"payload\""),
            () => row.CreatedAt.ShouldBe(Noon),
            () => row.CorrelationId.ShouldBe("case")
        );
    }

    [Fact]
    public async Task Waiters_have_the_correlation_of_the_last_commit()
    {
        await CommitAsync(Burst("a") with { Added = [Waiter(1)], CorrelationId = "old" });
        await CommitAsync(Burst("b") with { Added = [Waiter(1)], CorrelationId = "other" });

        await CommitAsync(Burst("a", 1) with { CorrelationId = "new" });

        (await Store.FindBookmarksAsync(new("h", CorrelationId: "old"), Ct)).ShouldBeEmpty();
        (await Store.FindBookmarksAsync(new("h", CorrelationId: "new"), Ct)).ShouldHaveSingleItem().InstanceId.ShouldBe("a");
        (await Store.FindBookmarksAsync(new(CorrelationId: "other"), Ct)).ShouldHaveSingleItem().InstanceId.ShouldBe("b");
        (await Store.FindBookmarksAsync(new("h", "a", "other"), Ct)).ShouldBeEmpty();
        (await Store.FindBookmarksAsync(new("h", "a", "new"), Ct)).Count.ShouldBe(1);
        (await Store.FindBookmarksAsync(new(), Ct)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Running_instances_stand_in_the_way()
    {
        await CommitAsync(Burst("a") with { CorrelationId = "case" });
        await CommitAsync(Burst("b") with { DefinitionId = "other", SubStatus = WorkflowSubStatus.Finished, CorrelationId = "done" });

        (await Store.AnyRunningAsync("refund", null, Ct)).ShouldBeTrue();
        (await Store.AnyRunningAsync("refund", "case", Ct)).ShouldBeTrue();
        (await Store.AnyRunningAsync(null, "case", Ct)).ShouldBeTrue();
        (await Store.AnyRunningAsync(null, null, Ct)).ShouldBeTrue();
        (await Store.AnyRunningAsync("refund", "done", Ct)).ShouldBeFalse();
        (await Store.AnyRunningAsync("other", null, Ct)).ShouldBeFalse();
        (await Store.AnyRunningAsync(null, "done", Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task Summary_has_what_the_commit_said()
    {
        await CommitAsync(
            Burst("a") with
            {
                Version = 3,
                CorrelationId = "case",
                Name = "Refund 7",
                ParentId = "p",
                IncidentCount = 2,
                SubStatus = WorkflowSubStatus.Suspended,
            }
        );

        (await Store.ListInstancesAsync(new(), 0, 10, Ct))
            .ShouldHaveSingleItem()
            .ShouldBe(
                new("a", "refund", "refund-1", 3, WorkflowSubStatus.Suspended, "case", "Refund 7", "p", 2, Noon, Noon, FinishedAt: null)
            );
    }

    [Fact]
    public async Task Lists_are_filtered()
    {
        await CommitAsync(Burst("a") with { CorrelationId = "case", ParentId = "p", IncidentCount = 1 });
        await CommitAsync(Burst("b") with { DefinitionId = "other", VersionId = "other-1" });
        await CommitAsync(Burst("c") with { SubStatus = WorkflowSubStatus.Finished });

        (await IdsAsync(new() { DefinitionId = "other" })).ShouldBe(["b"]);
        (await IdsAsync(new() { VersionId = "refund-1" })).ShouldBe(["c", "a"]);
        (await IdsAsync(new() { SubStatus = WorkflowSubStatus.Finished })).ShouldBe(["c"]);
        (await IdsAsync(new() { CorrelationId = "case" })).ShouldBe(["a"]);
        (await IdsAsync(new() { ParentId = "p" })).ShouldBe(["a"]);
        (await IdsAsync(new() { HasIncidents = true })).ShouldBe(["a"]);
        (await IdsAsync(new() { HasIncidents = false })).ShouldBe(["c", "b"]);
        (await IdsAsync(new() { IsRunning = true })).ShouldBe(["b", "a"]);
        (await IdsAsync(new() { IsRunning = false })).ShouldBe(["c"]);
        (
            await IdsAsync(
                new()
                {
                    IsRunning = true,
                    DefinitionId = "refund",
                    HasIncidents = false,
                }
            )
        ).ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_overlap()
    {
        // Several with the same moment, so that the id decides.
        await Task.WhenAll(Enumerable.Range(10, 25).Select(i => CommitAsync(Burst($"i{i}") with { Now = Noon.AddSeconds(i / 4) })));
        var whole = (await Store.ListInstancesAsync(new(), 0, 100, Ct)).Select(i => i.Id).ToList();
        var seen = new List<string>();
        (DateTimeOffset, string)? last = null;

        for (var page = 0; page < 4; page++)
        {
            var rows = await Store.ListInstancesAsync(new() { Before = last }, 0, 7, Ct);
            seen.AddRange(rows.Select(r => r.Id));
            last = (rows[^1].CreatedAt, rows[^1].Id);
        }

        whole.Count.ShouldBe(25);
        whole.ShouldBe(whole.OrderByDescending(id => id, StringComparer.Ordinal));
        seen.ShouldBe(whole);
        (await Store.ListInstancesAsync(new(), 20, 100, Ct)).Select(i => i.Id).ShouldBe(whole[20..]);
    }

    [Fact]
    public async Task Only_instances_that_ended_are_removed_with_all_that_is_theirs()
    {
        await CommitAsync(Burst("run") with { Added = [Waiter(1, "r")], Journal = Entry(1) });
        await CommitAsync(Burst("end") with { Added = [Waiter(1, "e", Noon)], Journal = Entry(1), SubStatus = WorkflowSubStatus.Faulted });

        (await Store.DeleteInstancesAsync(["run", "end", "end", "nobody"], Ct)).ShouldBe(1);

        (await Store.FindInstanceAsync("end", Ct)).ShouldBeNull();
        (await Store.FindBookmarksAsync(new("e"), Ct)).ShouldBeEmpty();
        (await AliveAsync()).ShouldBeEmpty();
        (await Store.ReadJournalAsync("end", Ct)).ShouldBeEmpty();
        (await Store.FindInstanceAsync("run", Ct)).ShouldNotBeNull();
        (await Store.ReadJournalAsync("run", Ct)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task History_is_read_in_order()
    {
        await CommitAsync(Burst("a") with { Journal = Entry(1) });
        await CommitAsync(Burst("a", 1) with { Journal = Entry(2), Now = Noon.AddDays(-60) });
        await CommitAsync(Burst("a", 2) with { Journal = null });
        await CommitAsync(Burst("a", 3) with { Journal = Entry(4), Now = Noon.AddDays(60) });

        var rows = await Store.ReadJournalAsync("a", Ct);

        rows.Select(r => r.Sequence).ShouldBe([1L, 2, 4]);
        rows[1].At.ShouldBe(Noon.AddDays(-60));
        Text(rows[1].Stimuli).ShouldBe("[2]");
        Text(rows[1].Entries).ShouldBe("[\"e2\"]");
        rows[1].StateHash.ShouldBe(-2);
    }

    [Fact]
    public async Task Prepared_months_take_history_before_and_after()
    {
        await CommitAsync(Burst("a") with { Journal = Entry(1) });

        await Store.PrepareJournalAsync(Noon, Noon.AddMonths(3), Ct);
        await Store.PrepareJournalAsync(Noon, Noon.AddMonths(3), Ct);
        await CommitAsync(Burst("a", 1) with { Journal = Entry(2), Now = Noon.AddMonths(2) });
        await CommitAsync(Burst("a", 2) with { Journal = Entry(3), Now = Noon.AddYears(9) });

        (await Store.ReadJournalAsync("a", Ct)).Select(r => r.Sequence).ShouldBe([1L, 2, 3]);
    }

    [Fact]
    public async Task Retention_removes_what_the_policy_no_longer_keeps()
    {
        await Store.PrepareJournalAsync(Noon.AddMonths(-2), Noon, Ct);
        await CommitAsync(Burst("old") with { SubStatus = WorkflowSubStatus.Finished, Now = Noon.AddDays(-40), Journal = Entry(1) });
        await CommitAsync(Burst("new") with { SubStatus = WorkflowSubStatus.Finished, Now = Noon, Journal = Entry(1) });
        await CommitAsync(Burst("run") with { Now = Noon.AddDays(-40), Journal = Entry(1) });
        var buried = await EnqueueAsync(Job("buried"));
        await Store.BuryWorkAsync(buried, Noon.AddDays(-40), "x", Ct);
        var late = await EnqueueAsync(Job("late"));
        await Store.BuryWorkAsync(late, Noon, "x", Ct);

        (await Store.RetainAsync(new(Noon.AddDays(-30), null, Noon.AddDays(-30)), Ct)).ShouldBe(1);

        (await IdsAsync(new())).ShouldBe(["new", "run"], ignoreOrder: true);
        (await Store.ReadJournalAsync("run", Ct)).Count.ShouldBe(1);
        (await Store.ListWorkAsync(true, null, 0, 10, Ct)).Select(w => w.Key).ShouldBe(["late"]);

        (await Store.RetainAsync(new(null, Noon, null), Ct)).ShouldBe(0);

        (await Store.ReadJournalAsync("run", Ct)).ShouldBeEmpty();
        (await Store.ReadJournalAsync("new", Ct)).Count.ShouldBe(1);
        (await Store.RetainAsync(new(null, null, null), Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task Retention_removes_snapshots_that_nothing_runs_on()
    {
        foreach (var (name, age) in new[] { ("used", 40), ("left", 40), ("fresh", 0) })
            await SaveAsync(
                Version("a", 1, isLatest: false) with
                {
                    Id = $"a-1~{name}",
                    IsSnapshot = true,
                    CreatedAt = Noon.AddDays(-age),
                }
            );

        await SaveAsync(Version("a", 1) with { CreatedAt = Noon.AddDays(-40) });
        await CommitAsync(Burst("on-it") with { VersionId = "a-1~used", Now = Noon });

        await Store.RetainAsync(new(null, null, null) { SnapshotsBefore = Noon.AddDays(-1) }, Ct);

        (await Store.FindDefinitionAsync("a-1~left", Ct)).ShouldBeNull();
        (await Store.FindDefinitionAsync("a-1~used", Ct)).ShouldNotBeNull();
        (await Store.FindDefinitionAsync("a-1~fresh", Ct)).ShouldNotBeNull();
        (await Store.FindDefinitionAsync("a-1", Ct)).ShouldNotBeNull();

        await Store.RetainAsync(new(null, null, null), Ct);

        (await Store.FindDefinitionAsync("a-1~fresh", Ct)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Retention_spares_snapshots_that_work_waits_to_start_on(bool isBuried)
    {
        // One whose number is negative, too.
        foreach (var id in new[] { "a-1~0123456789abcdef", "a-1~f123456789abcdef", "a-1~0000000000000001" })
            await SaveAsync(Version("a", 1, isLatest: false) with { Id = id, IsSnapshot = true, CreatedAt = Noon.AddDays(-40) });

        foreach (var id in new[] { "a-1~0123456789abcdef", "a-1~f123456789abcdef" })
            await Store.EnqueueAsync(
                [
                    new NewWork
                    {
                        Key = $"s:{id}",
                        Kind = WorkKind.Start,
                        InstanceId = id,
                        Target = Snapshots.NumberOf(id),
                        DueAt = Noon,
                    },
                ],
                Ct
            );

        if (isBuried)
            foreach (var work in await Store.ListWorkAsync(false, null, 0, 10, Ct))
                await Store.BuryWorkAsync(work.Id, Noon, "It did not start.", Ct);

        await Store.RetainAsync(new(null, null, null) { SnapshotsBefore = Noon.AddDays(-1) }, Ct);

        (await Store.FindDefinitionAsync("a-1~0123456789abcdef", Ct)).ShouldNotBeNull();
        (await Store.FindDefinitionAsync("a-1~f123456789abcdef", Ct)).ShouldNotBeNull();
        (await Store.FindDefinitionAsync("a-1~0000000000000001", Ct)).ShouldBeNull();
    }

    private async Task<string[]> IdsAsync(InstanceFilter filter) =>
        [.. (await Store.ListInstancesAsync(filter, 0, 100, Ct)).Select(i => i.Id)];
}
