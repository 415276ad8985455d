using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Tests.Store;

public abstract partial class WorkflowStoreTests
{
    private static readonly InstanceOrder Newest = default;

    [Fact]
    public async Task Pages_tell_how_many_there_are()
    {
        for (var i = 10; i < 33; i++)
            await CommitAsync(Burst($"i{i}") with { Now = Noon.AddSeconds(i) });

        var first = await Store.PageInstancesAsync(new(), Newest, 0, 10, Ct);
        var last = await Store.PageInstancesAsync(new(), Newest, 20, 10, Ct);
        var beyond = await Store.PageInstancesAsync(new(), Newest, 40, 10, Ct);

        (first.Total, first.IsExact).ShouldBe((23L, true));
        first.Items.Select(i => i.Id).ShouldBe(Enumerable.Range(0, 10).Select(n => $"i{32 - n}"));
        last.Items.Select(i => i.Id).ShouldBe(["i12", "i11", "i10"]);
        (beyond.Items.Count, beyond.Total).ShouldBe((0, 23L));
    }

    [Theory]
    [InlineData(InstanceSort.Created, "e d c b a")]
    [InlineData(InstanceSort.LastExecuted, "a d c b e")]
    [InlineData(InstanceSort.Finished, "d b e c a")]
    [InlineData(InstanceSort.Name, "d b a e c")]
    public async Task Lists_have_an_order_and_its_opposite(InstanceSort sort, string descending)
    {
        await CommitAsync(Burst("a") with { Name = "Beta", Now = Noon });
        await CommitAsync(Burst("b") with { Name = "alpha", Now = Noon.AddMinutes(1) });
        await CommitAsync(Burst("c") with { Now = Noon.AddMinutes(2) });
        await CommitAsync(Burst("d") with { Name = "beta", Now = Noon.AddMinutes(3) });
        await CommitAsync(Burst("e") with { Name = "Alpha", Now = Noon.AddMinutes(4) });
        await CommitAsync(Burst("b", 1) with { Name = "alpha", Now = Noon.AddMinutes(5), SubStatus = WorkflowSubStatus.Finished });
        await CommitAsync(Burst("c", 1) with { Now = Noon.AddMinutes(6) });
        await CommitAsync(Burst("d", 1) with { Name = "beta", Now = Noon.AddMinutes(7), SubStatus = WorkflowSubStatus.Faulted });
        await CommitAsync(Burst("a", 1) with { Name = "Beta", Now = Noon.AddMinutes(8) });
        var expected = descending.Split(' ');

        var down = await Store.PageInstancesAsync(new(), new(sort), 0, 10, Ct);
        var up = await Store.PageInstancesAsync(new(), new(sort, IsAscending: true), 0, 10, Ct);

        down.Items.Select(i => i.Id).ShouldBe(expected);
        up.Items.Select(i => i.Id).ShouldBe(expected.Reverse());

        // Each place on its own, from both ends.
        for (var skip = 0; skip < 5; skip++)
            (await Store.PageInstancesAsync(new(), new(sort), skip, 2, Ct))
                .Items.Select(i => i.Id)
                .ShouldBe(expected.Skip(skip).Take(2), $"skip {skip}");
    }

    [Fact]
    public async Task Many_lines_and_many_statuses_may_be_asked_for()
    {
        await CommitAsync(Burst("a"));
        await CommitAsync(Burst("b") with { DefinitionId = "x", VersionId = "x-2", Version = 2, SubStatus = WorkflowSubStatus.Finished });
        await CommitAsync(Burst("c") with { DefinitionId = "y", SubStatus = WorkflowSubStatus.Faulted });
        await CommitAsync(Burst("d") with { SubStatus = WorkflowSubStatus.Cancelled });
        await CommitAsync(Burst("e") with { SubStatus = WorkflowSubStatus.Executing });
        await SaveAsync(Version("x", 2));

        (await FoundAsync(new() { DefinitionIds = ["x", "y"] })).ShouldBe(["c", "b"]);
        (await FoundAsync(new() { DefinitionIds = ["x"] })).ShouldBe(["b"]);
        (await FoundAsync(new() { DefinitionIds = ["x", "y"], DefinitionId = "y" })).ShouldBe(["c"]);
        (await FoundAsync(new() { Version = 2 })).ShouldBe(["b"]);
        (await FoundAsync(new() { Version = 2, DefinitionId = "x" })).ShouldBe(["b"]);
        (await FoundAsync(new() { Version = 7, DefinitionId = "x" })).ShouldBeEmpty();
        (await FoundAsync(new() { SubStatuses = [WorkflowSubStatus.Faulted] })).ShouldBe(["c"]);
        (await FoundAsync(new() { SubStatuses = [WorkflowSubStatus.Faulted, WorkflowSubStatus.Cancelled] })).ShouldBe(["d", "c"]);
        (await FoundAsync(new() { SubStatuses = [WorkflowSubStatus.Suspended] })).ShouldBe(["a"]);
        (await FoundAsync(new() { SubStatuses = [WorkflowSubStatus.Executing, WorkflowSubStatus.Finished] })).ShouldBe(["e", "b"]);
        (
            await FoundAsync(
                new()
                {
                    SubStatuses =
                    [
                        WorkflowSubStatus.Pending,
                        WorkflowSubStatus.Executing,
                        WorkflowSubStatus.Suspended,
                        WorkflowSubStatus.Faulted,
                    ],
                }
            )
        ).ShouldBe(["e", "c", "a"]);
        (await FoundAsync(new() { SubStatuses = [WorkflowSubStatus.Suspended, WorkflowSubStatus.Faulted], IsRunning = true })).ShouldBe([
            "a",
        ]);
        (await FoundAsync(new() { SubStatus = WorkflowSubStatus.Suspended, IsRunning = false })).ShouldBeEmpty();
    }

    [Fact]
    public async Task Moments_are_limits_to_the_microsecond()
    {
        var odd = Noon.AddTicks(15);
        await CommitAsync(Burst("a") with { Now = Noon });
        await CommitAsync(Burst("b") with { Now = odd });
        await CommitAsync(Burst("c") with { Now = Noon.AddHours(1), SubStatus = WorkflowSubStatus.Finished });
        await CommitAsync(Burst("b", 1) with { Now = Noon.AddHours(2), SubStatus = WorkflowSubStatus.Faulted });

        (await FoundAsync(new() { Created = TimeRange.Any.At(odd) })).ShouldBe(["b"]);
        (await FoundAsync(new() { Created = TimeRange.Any.NotAt(odd) })).ShouldBe(["c", "a"]);
        (await FoundAsync(new() { Created = TimeRange.Any.Before(Noon) })).ShouldBeEmpty();
        (await FoundAsync(new() { Created = TimeRange.Any.AtOrBefore(Noon) })).ShouldBe(["a"]);
        (await FoundAsync(new() { Created = TimeRange.Any.After(Noon) })).ShouldBe(["c", "b"]);
        (await FoundAsync(new() { Created = TimeRange.Any.AtOrAfter(Noon).Before(Noon.AddHours(1)) })).ShouldBe(["b", "a"]);
        (await FoundAsync(new() { Updated = TimeRange.Any.After(Noon.AddHours(1)) })).ShouldBe(["b"]);
        (await FoundAsync(new() { Updated = TimeRange.Any.NotAt(Noon).NotAt(Noon.AddHours(2)) })).ShouldBe(["c"]);
        (await FoundAsync(new() { Finished = TimeRange.Any.AtOrAfter(Noon) })).ShouldBe(["c", "b"]);
        (await FoundAsync(new() { Finished = TimeRange.Any.NotAt(Noon.AddHours(2)) })).ShouldBe(["c"]);
    }

    [Fact]
    public async Task A_search_finds_ids_names_correlations_and_definitions()
    {
        await SaveAsync(Version("refund", 1, name: "Money back"), Version("other", 1, name: "Anything"));
        await CommitAsync(Burst("abc-1") with { DefinitionId = "other", Name = "Complaint of Ms Lee", Now = Noon });
        await CommitAsync(Burst("abd-2") with { DefinitionId = "other", CorrelationId = "CASE-2026-0042", Now = Noon.AddSeconds(1) });
        await CommitAsync(Burst("xyz-3") with { DefinitionId = "other", Name = "退款投诉 100%_sure", Now = Noon.AddSeconds(2) });
        await CommitAsync(Burst("old-4") with { Now = Noon.AddSeconds(3), SubStatus = WorkflowSubStatus.Finished });

        (await FoundAsync(new() { Search = "ab" })).ShouldBe(["abd-2", "abc-1"]);
        (await FoundAsync(new() { Search = "abc-1" })).ShouldBe(["abc-1"]);
        (await FoundAsync(new() { Search = "c-1" })).ShouldBeEmpty();
        (await FoundAsync(new() { Search = "ms lee" })).ShouldBe(["abc-1"]);
        (await FoundAsync(new() { Search = "2026-0042" })).ShouldBe(["abd-2"]);
        (await FoundAsync(new() { Search = "case-2026" })).ShouldBe(["abd-2"]);
        (await FoundAsync(new() { Search = "投诉" })).ShouldBe(["xyz-3"]);
        (await FoundAsync(new() { Search = "退款投诉" })).ShouldBe(["xyz-3"]);
        (await FoundAsync(new() { Search = "0%_s" })).ShouldBe(["xyz-3"]);
        (await FoundAsync(new() { Search = "0__s" })).ShouldBeEmpty();
        (await FoundAsync(new() { Search = @"\" })).ShouldBeEmpty();
        (await FoundAsync(new() { Search = "money" })).ShouldBe(["old-4"]);
        (await FoundAsync(new() { Search = "refund" })).ShouldBe(["old-4"]);
        (await FoundAsync(new() { Search = "refund", IsRunning = true })).ShouldBeEmpty();
        var page = await Store.PageInstancesAsync(new() { Search = "other" }, Newest, 1, 1, Ct);
        (page.Total, page.Items.ShouldHaveSingleItem().Id).ShouldBe((3L, "abd-2"));
        var byName = await Store.PageInstancesAsync(new() { Search = "other" }, new(InstanceSort.Name, IsAscending: true), 0, 2, Ct);
        byName.Items.Select(i => i.Id).ShouldBe(["abd-2", "abc-1"]);
    }

    [Fact]
    public async Task Standings_tell_the_row_version()
    {
        await CommitAsync(Burst("a"));
        await CommitAsync(Burst("a", 1) with { IncidentCount = 1, Now = Noon.AddSeconds(5) });
        await CommitAsync(Burst("b"));

        var standings = await Store.FindStandingsAsync(["a", "nobody", "a"], Ct);

        var standing = standings.ShouldHaveSingleItem();
        standing.RowVersion.ShouldBe(2);
        standing.Summary.ShouldBe((await Store.ListInstancesAsync(new() { HasIncidents = true }, 0, 10, Ct)).Single());
    }

    [Fact]
    public async Task What_happened_after_a_burst_is_read_alone()
    {
        for (var n = 0; n < 3; n++)
            await CommitAsync(Burst("a", n) with { Journal = Entry(n + 1), Now = Noon.AddDays(20 * n) });

        var rows = await Store.ReadHappenedAsync("a", 1, Ct);

        rows.Select(r => (r.Sequence, r.At)).ShouldBe([(2L, Noon.AddDays(20)), (3L, Noon.AddDays(40))]);
        Text(rows[1].Entries).ShouldBe("[\"e3\"]");
        (await Store.ReadHappenedAsync("a", 3, Ct)).ShouldBeEmpty();
        (await Store.ReadHappenedAsync("nobody", 0, Ct)).ShouldBeEmpty();
    }

    private async Task<string[]> FoundAsync(InstanceFilter filter)
    {
        var page = await Store.PageInstancesAsync(filter, Newest, 0, 100, Ct);
        page.Total.ShouldBe(page.Items.Count);
        page.IsExact.ShouldBeTrue();
        (await Store.ListInstancesAsync(filter, 0, 100, Ct)).ShouldBe(page.Items);
        return [.. page.Items.Select(i => i.Id)];
    }
}
