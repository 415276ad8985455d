namespace ServiceLoop.Runtime.Tests.Store;

public abstract partial class WorkflowStoreTests
{
    [Fact]
    public async Task Due_work_is_leased_oldest_first_and_never_early()
    {
        await Store.EnqueueAsync(
            [Job("c", Noon.AddSeconds(3)), Job("a", Noon.AddSeconds(1)), Job("b", Noon.AddSeconds(2)), Job("later", Noon.AddSeconds(9))],
            Ct
        );

        (await LeaseAsync(Noon)).ShouldBeEmpty();
        (await LeaseAsync(Noon.AddSeconds(5), 2)).Select(w => w.Key).ShouldBe(["a", "b"]);
        (await LeaseAsync(Noon.AddSeconds(5))).Select(w => w.Key).ShouldBe(["c"]);
        (await LeaseAsync(Noon.AddSeconds(5))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Lease_of_work_ends()
    {
        await EnqueueAsync(Job("a"));
        await LeaseAsync(Noon);

        (await LeaseAsync(Noon.AddSeconds(59))).ShouldBeEmpty();
        (await LeaseAsync(Noon.AddSeconds(60))).ShouldHaveSingleItem().Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task A_fraction_of_a_microsecond_makes_nothing_early()
    {
        var due = Noon.AddTicks(3);
        await EnqueueAsync(Job("a", due));

        (await LeaseAsync(due.AddTicks(-1))).ShouldBeEmpty();
        (await LeaseAsync(due.AddMicroseconds(1))).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Many_callers_share_the_work_without_overlap()
    {
        await Store.EnqueueAsync([.. Enumerable.Range(0, 2000).Select(i => Job($"k{i}", Noon.AddMilliseconds(i % 7)))], Ct);

        var shares = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async _ =>
                {
                    var mine = new List<long>();
                    while (await LeaseAsync(Noon.AddSeconds(1), 100) is { Count: > 0 } rows)
                        mine.AddRange(rows.Select(r => r.Id));
                    return mine;
                })
        );

        var all = shares.SelectMany(s => s).ToList();
        all.Count.ShouldBe(2000);
        all.Distinct().Count().ShouldBe(2000);
    }

    [Fact]
    public async Task Renewal_reads_what_is_there_and_alive()
    {
        var a = await EnqueueAsync(Job("a", Noon.AddSeconds(-1)));
        var b = await EnqueueAsync(Job("b", Noon.AddSeconds(-2)));
        var gone = await EnqueueAsync(Job("gone"));
        var buried = await EnqueueAsync(Job("buried"));
        await LeaseAsync(Noon);
        await Store.CompleteWorkAsync([gone], Ct);
        await Store.BuryWorkAsync(buried, Noon, "x", Ct);

        var there = await Store.RenewWorkAsync([a, gone, b, buried], Noon.AddMinutes(5), Ct);

        there.Select(w => w.Key).ShouldBe(["b", "a"]);
        (await LeaseAsync(Noon.AddMinutes(4))).ShouldBeEmpty();
        (await LeaseAsync(Noon.AddMinutes(5))).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Next_due_is_the_nearest_of_due_times_and_ends_of_leases()
    {
        (await Store.NextDueAsync(Ct)).ShouldBeNull();

        await EnqueueAsync(Job("a", Noon.AddHours(1)));
        (await Store.NextDueAsync(Ct)).ShouldBe(Noon.AddHours(1));

        await EnqueueAsync(Job("b"));
        (await Store.NextDueAsync(Ct)).ShouldBe(Noon);

        await LeaseAsync(Noon);
        (await Store.NextDueAsync(Ct)).ShouldBe(Noon.AddMinutes(1));
    }

    [Fact]
    public async Task Completed_work_is_counted()
    {
        var a = await EnqueueAsync(Job("a"));
        var b = await EnqueueAsync(Job("b"));
        await Store.BuryWorkAsync(b, Noon, "x", Ct);

        (await Store.CompleteWorkAsync([a, b, 4711], Ct)).ShouldBe(2);
        (await Store.CompleteWorkAsync([a], Ct)).ShouldBe(0);
        (await Store.CompleteWorkAsync([], Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task Failure_is_counted_and_puts_off()
    {
        var id = await EnqueueAsync(Job("a"));
        await LeaseAsync(Noon);

        (await Store.FailWorkAsync(id, Noon.AddMinutes(10), "no answer", Ct)).ShouldBe(1);

        (await LeaseAsync(Noon.AddMinutes(9))).ShouldBeEmpty();
        var row = (await LeaseAsync(Noon.AddMinutes(10))).ShouldHaveSingleItem();
        row.Attempts.ShouldBe(1);
        row.Error.ShouldBe("no answer");
        (await Store.FailWorkAsync(id, Noon.AddMinutes(20), "again", Ct)).ShouldBe(2);
        (await Store.FailWorkAsync(4711, Noon, "x", Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task Buried_work_rests_until_it_is_revived()
    {
        var id = await EnqueueAsync(Job("a"));
        await Store.FailWorkAsync(id, Noon, "once", Ct);
        await Store.BuryWorkAsync(id, Noon.AddSeconds(1), "too often", Ct);

        (await LeaseAsync(Noon.AddDays(1))).ShouldBeEmpty();
        (await Store.NextDueAsync(Ct)).ShouldBeNull();
        (await Store.FailWorkAsync(id, Noon, "x", Ct)).ShouldBe(0);
        var buried = (await Store.ListWorkAsync(true, null, 0, 10, Ct)).ShouldHaveSingleItem();
        buried.BuriedAt.ShouldBe(Noon.AddSeconds(1));
        buried.Error.ShouldBe("too often");
        buried.Attempts.ShouldBe(1);

        (await Store.ReviveWorkAsync([id, 4711], Noon.AddDays(2), Ct)).ShouldBe(1);

        (await Store.ReviveWorkAsync([id], Noon, Ct)).ShouldBe(0);
        (await LeaseAsync(Noon.AddDays(1))).ShouldBeEmpty();
        var alive = (await LeaseAsync(Noon.AddDays(2))).ShouldHaveSingleItem();
        alive.Attempts.ShouldBe(0);
        alive.Error.ShouldBeNull();
        alive.BuriedAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_key_stays_taken_while_its_work_is_buried()
    {
        var id = await EnqueueAsync(Job("a"));
        await Store.BuryWorkAsync(id, Noon, "x", Ct);

        await Store.EnqueueAsync([Job("a")], Ct);

        (await AliveAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Work_is_listed_in_pages()
    {
        await Store.EnqueueAsync([.. Enumerable.Range(0, 7).Select(i => Job($"k{i}", instance: i % 2 == 0 ? "even" : "odd"))], Ct);
        var first = await Store.ListWorkAsync(false, null, 0, 4, Ct);

        var second = await Store.ListWorkAsync(false, null, first[^1].Id, 4, Ct);

        first.Concat(second).Select(w => w.Id).Distinct().Count().ShouldBe(7);
        (await Store.ListWorkAsync(false, "even", 0, 10, Ct)).Count.ShouldBe(4);
        (await Store.ListWorkAsync(true, null, 0, 10, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Depths_are_counted()
    {
        (await Store.MeasureWorkAsync(Noon, Ct)).ShouldBe(new(0, 0, 0, 0, null));

        await EnqueueAsync(Job("due1", Noon.AddMinutes(-5)));
        await LeaseAsync(Noon);
        await EnqueueAsync(Job("due2", Noon.AddMinutes(-3)));
        await EnqueueAsync(Job("timer", Noon.AddMinutes(3)));
        await Store.FailWorkAsync(await EnqueueAsync(Job("failing", Noon.AddMinutes(-1))), Noon.AddHours(1), "x", Ct);
        await Store.BuryWorkAsync(await EnqueueAsync(Job("buried", Noon.AddMinutes(-9))), Noon, "x", Ct);

        (await Store.MeasureWorkAsync(Noon, Ct)).ShouldBe(new(3, 1, 1, 1, Noon.AddMinutes(-5)));
    }

    [Fact]
    public async Task Work_becomes_other_work_once()
    {
        var id = await EnqueueAsync(Job("event"));
        await EnqueueAsync(Job("there"));

        (await Store.ExpandWorkAsync(id, [Job("p1"), Job("p2"), Job("there")], Ct)).ShouldBeTrue();
        (await Store.ExpandWorkAsync(id, [Job("p3")], Ct)).ShouldBeFalse();

        (await AliveAsync()).ShouldBe(["there", "p1", "p2"], ignoreOrder: true);
    }

    [Fact]
    public async Task Work_may_become_nothing()
    {
        var id = await EnqueueAsync(Job("event"));

        (await Store.ExpandWorkAsync(id, [], Ct)).ShouldBeTrue();

        (await AliveAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_to_enqueue_is_no_error()
    {
        await Store.EnqueueAsync([], Ct);

        (await AliveAsync()).ShouldBeEmpty();
    }
}
