using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Tests.Store;

public abstract partial class WorkflowStoreTests
{
    [Fact]
    public async Task Unknown_instance_is_null()
    {
        (await Store.FindInstanceAsync("nobody", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task New_instance_is_stored_whole()
    {
        await CommitAsync(Burst("a", state: "{\"größe\":\"障\"}"));

        var row = await LoadAsync("a");
        row.ShouldSatisfyAllConditions(
            () => row.DefinitionId.ShouldBe("refund"),
            () => row.VersionId.ShouldBe("refund-1"),
            () => row.RowVersion.ShouldBe(1),
            () => Text(row.State).ShouldBe("{\"größe\":\"障\"}"),
            () => row.CreatedAt.ShouldBe(Noon),
            () => row.UpdatedAt.ShouldBe(Noon),
            () => row.LeaseOwner.ShouldBeNull(),
            () => row.LeaseUntil.ShouldBeNull()
        );
    }

    [Fact]
    public async Task Later_burst_replaces_state_and_counts_up()
    {
        await CommitAsync(Burst("a"));

        await CommitAsync(Burst("a", 1, "{\"n\":2}") with { VersionId = "refund-2", Version = 2, Now = Noon.AddSeconds(5) });

        var row = await LoadAsync("a");
        row.RowVersion.ShouldBe(2);
        Text(row.State).ShouldBe("{\"n\":2}");
        row.VersionId.ShouldBe("refund-2");
        row.CreatedAt.ShouldBe(Noon);
        row.UpdatedAt.ShouldBe(Noon.AddSeconds(5));
    }

    [Fact]
    public async Task Instance_that_exists_is_not_created_again()
    {
        await CommitAsync(Burst("a", state: "1"));

        (await Store.CommitAsync(Burst("a", state: "2") with { Added = [Waiter(1)] }, Ct)).ShouldBe(CommitResult.Conflict);

        Text((await LoadAsync("a")).State).ShouldBe("1");
        (await Store.FindBookmarksAsync(new("h"), Ct)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Commit_on_another_version_is_a_conflict(long expected)
    {
        await CommitAsync(Burst("a"));
        await CommitAsync(Burst("a", 1));

        (await Store.CommitAsync(Burst("a", expected), Ct)).ShouldBe(CommitResult.Conflict);

        (await LoadAsync("a")).RowVersion.ShouldBe(2);
    }

    [Fact]
    public async Task Commit_of_an_instance_that_is_gone_is_a_conflict()
    {
        (await Store.CommitAsync(Burst("a", 4), Ct)).ShouldBe(CommitResult.Conflict);

        (await Store.FindInstanceAsync("a", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Loser_writes_nothing_at_all()
    {
        await CommitAsync(Burst("a") with { Added = [Waiter(1, dueAt: Noon.AddHours(1))], Work = [Job("keep")] });
        var done = await EnqueueAsync(Job("done"));

        var result = await Store.CommitAsync(
            Burst("a", 9) with
            {
                Added = [Waiter(2, "h2", Noon)],
                Burned = [1],
                Work = [Job("new")],
                Dropped = ["keep"],
                DoneWorkId = done,
                Journal = new(9, Utf8("[]"), Utf8("[]"), 1),
            },
            Ct
        );

        result.ShouldBe(CommitResult.Conflict);
        (await AliveAsync()).ShouldBe(["t:a:1", "keep", "done"], ignoreOrder: true);
        (await Store.FindBookmarksAsync(new(InstanceId: "a"), Ct)).Select(b => b.Id).ShouldBe([1L]);
        (await Store.ReadJournalAsync("a", Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_many_writers_of_one_version_one_wins()
    {
        await CommitAsync(Burst("a"));

        var results = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Store.CommitAsync(Burst("a", 1) with { Added = [Waiter(i)] }, Ct))
        );

        results.Count(r => r == CommitResult.Committed).ShouldBe(1);
        results.Count(r => r == CommitResult.Conflict).ShouldBe(19);
        (await Store.FindBookmarksAsync(new("h"), Ct)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_starts_with_one_id_one_wins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Store.CommitAsync(Burst("a", state: $"{i}"), Ct)));

        results.Count(r => r == CommitResult.Committed).ShouldBe(1);
    }

    [Fact]
    public async Task Bursts_that_follow_each_other_without_waiting_for_the_answer_keep_their_order()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Store.CommitAsync(Burst("a", i), Ct)));

        results.ShouldAllBe(r => r == CommitResult.Committed);
        (await LoadAsync("a")).RowVersion.ShouldBe(30);
    }

    [Fact]
    public async Task Thousand_commits_at_once_are_all_there()
    {
        var ids = Enumerable.Range(0, 1000).Select(i => $"i{i}").ToList();

        var results = await Task.WhenAll(
            ids.Select(id => Store.CommitAsync(Burst(id, state: id) with { Added = [Waiter(1, id)], Journal = Entry(1) }, Ct))
        );

        results.ShouldAllBe(r => r == CommitResult.Committed);
        var rows = await Task.WhenAll(ids.Select(id => Store.FindInstanceAsync(id, Ct)));
        rows.Select(r => Text(r!.State)).ShouldBe(ids);
        (await Task.WhenAll(ids.Select(id => Store.FindBookmarksAsync(new(InstanceId: id), Ct)))).ShouldAllBe(b => b.Count == 1);
        (await Task.WhenAll(ids.Select(id => Store.ReadJournalAsync(id, Ct)))).ShouldAllBe(j => j.Count == 1);
    }

    [Fact]
    public async Task Many_loads_at_once_find_each_its_own()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => CommitAsync(Burst($"i{i}", state: $"{i}"))));

        var rows = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Store.FindInstanceAsync($"i{i % 60}", Ct)));

        for (var i = 0; i < rows.Length; i++)
            if (i % 60 < 50)
                Text(rows[i].ShouldNotBeNull().State).ShouldBe($"{i % 60}");
            else
                rows[i].ShouldBeNull();
    }

    [Fact]
    public async Task Work_that_was_done_goes_with_the_commit()
    {
        await CommitAsync(Burst("a"));
        var done = await EnqueueAsync(Job("done"));
        await LeaseAsync(Noon);

        await CommitAsync(Burst("a", 1) with { DoneWorkId = done });

        (await AliveAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Work_that_is_gone_stops_the_commit()
    {
        await CommitAsync(Burst("a"));
        var done = await EnqueueAsync(Job("done"));
        await Store.CompleteWorkAsync([done], Ct);

        (await Store.CommitAsync(Burst("a", 1) with { DoneWorkId = done, Work = [Job("new")] }, Ct)).ShouldBe(CommitResult.WorkGone);

        (await LoadAsync("a")).RowVersion.ShouldBe(1);
        (await AliveAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Work_that_is_gone_stops_a_start()
    {
        (await Store.CommitAsync(Burst("a") with { DoneWorkId = 4711 }, Ct)).ShouldBe(CommitResult.WorkGone);

        (await Store.FindInstanceAsync("a", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Work_that_is_gone_is_final_even_when_the_instance_changed()
    {
        await CommitAsync(Burst("a"));

        (await Store.CommitAsync(Burst("a", 7) with { DoneWorkId = 4711 }, Ct)).ShouldBe(CommitResult.WorkGone);
    }

    [Fact]
    public async Task Buried_work_may_be_done()
    {
        var done = await EnqueueAsync(Job("done"));
        await Store.BuryWorkAsync(done, Noon, "too often", Ct);

        await CommitAsync(Burst("a") with { DoneWorkId = done });

        (await Store.ListWorkAsync(true, null, 0, 10, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_piece_of_work_is_done_by_one_of_many()
    {
        var done = await EnqueueAsync(Job("done"));

        var results = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => Store.CommitAsync(Burst($"i{i}") with { DoneWorkId = done }, Ct))
        );

        results.Count(r => r == CommitResult.Committed).ShouldBe(1);
        results.Count(r => r == CommitResult.WorkGone).ShouldBe(9);
        (await Store.ListInstancesAsync(new(), 0, 20, Ct)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Waiters_appear_and_burn_with_their_timers()
    {
        await CommitAsync(Burst("a") with { Added = [Waiter(1, dueAt: Noon.AddHours(1)), Waiter(2), Waiter(3, dueAt: Noon.AddHours(2))] });
        (await AliveAsync()).ShouldBe(["t:a:1", "t:a:3"], ignoreOrder: true);

        await CommitAsync(Burst("a", 1) with { Burned = [1, 2], Added = [Waiter(4)] });

        (await Store.FindBookmarksAsync(new(InstanceId: "a"), Ct)).Select(b => b.Id).ShouldBe([3L, 4L]);
        (await AliveAsync()).ShouldBe(["t:a:3"]);
    }

    [Fact]
    public async Task Timer_names_its_bookmark()
    {
        await CommitAsync(Burst("a") with { Added = [Waiter(5, dueAt: Noon.AddHours(1))] });

        var timer = (await Store.ListWorkAsync(false, "a", 0, 10, Ct)).ShouldHaveSingleItem();
        timer.ShouldSatisfyAllConditions(
            () => timer.Kind.ShouldBe(WorkKind.Timer),
            () => timer.InstanceId.ShouldBe("a"),
            () => timer.Target.ShouldBe(5),
            () => timer.DueAt.ShouldBe(Noon.AddHours(1)),
            () => timer.Key.ShouldBe("t:a:5")
        );
    }

    [Fact]
    public async Task Timer_that_fired_is_done_and_burned_in_one()
    {
        await CommitAsync(Burst("a") with { Added = [Waiter(1, dueAt: Noon)] });
        var timer = (await LeaseAsync(Noon)).ShouldHaveSingleItem();

        await CommitAsync(Burst("a", 1) with { Burned = [1], DoneWorkId = timer.Id });

        (await AliveAsync()).ShouldBeEmpty();
        (await Store.FindBookmarksAsync(new(InstanceId: "a"), Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Burning_what_is_not_there_is_no_error()
    {
        await CommitAsync(Burst("a") with { Burned = [99] });
    }

    [Fact]
    public async Task Work_with_a_key_that_exists_changes_nothing()
    {
        await EnqueueAsync(Job("k", Noon.AddHours(5)));

        await CommitAsync(Burst("a") with { Work = [Job("k", Noon), Job("l")] });

        (await Store.ListWorkAsync(false, null, 0, 10, Ct)).Single(w => w.Key == "k").DueAt.ShouldBe(Noon.AddHours(5));
        (await AliveAsync()).ShouldBe(["k", "l"], ignoreOrder: true);
    }

    [Fact]
    public async Task Dropped_keys_are_gone_and_unknown_ones_no_error()
    {
        await EnqueueAsync(Job("r:a"));

        await CommitAsync(Burst("a") with { Dropped = ["r:a", "unknown"] });

        (await AliveAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_that_is_dropped_and_added_is_replaced()
    {
        await EnqueueAsync(Job("r:a", Noon));

        await CommitAsync(Burst("a") with { Dropped = ["r:a"], Work = [Job("r:a", Noon.AddMinutes(9))] });

        (await Store.ListWorkAsync(false, null, 0, 10, Ct)).ShouldHaveSingleItem().DueAt.ShouldBe(Noon.AddMinutes(9));
    }

    [Fact]
    public async Task Work_may_do_itself_away_and_come_again()
    {
        var done = await EnqueueAsync(Job("g:timer", Noon));

        await CommitAsync(Burst("a") with { DoneWorkId = done, Work = [Job("g:timer", Noon.AddHours(1))] });

        var next = (await Store.ListWorkAsync(false, null, 0, 10, Ct)).ShouldHaveSingleItem();
        next.DueAt.ShouldBe(Noon.AddHours(1));
        next.Id.ShouldNotBe(done);
    }

    [Fact]
    public async Task Work_is_stored_whole()
    {
        await CommitAsync(Burst("a") with { Work = [Job("k", Noon.AddMinutes(1), "other", WorkKind.Invoke)] });

        var row = (await Store.ListWorkAsync(false, "other", 0, 10, Ct)).ShouldHaveSingleItem();
        row.ShouldSatisfyAllConditions(
            () => row.Key.ShouldBe("k"),
            () => row.Kind.ShouldBe(WorkKind.Invoke),
            () => row.Target.ShouldBe(7),
            () => Text(row.Payload).ShouldBe("\"input\""),
            () => row.DueAt.ShouldBe(Noon.AddMinutes(1)),
            () => row.Attempts.ShouldBe(0),
            () => row.Error.ShouldBeNull(),
            () => row.BuriedAt.ShouldBeNull()
        );
    }

    [Fact]
    public async Task Big_state_comes_back_byte_by_byte()
    {
        var state = new byte[3_000_000];
        new Random(7).NextBytes(state);

        await CommitAsync(Burst("a") with { State = state.AsMemory() });

        (await LoadAsync("a")).State.ToArray().ShouldBe(state);
    }

    [Fact]
    public async Task A_slice_of_memory_is_stored_as_the_slice()
    {
        var buffer = Utf8("[--state--]").ToArray();

        await CommitAsync(Burst("a") with { State = buffer.AsMemory(3, 5) });

        Text((await LoadAsync("a")).State).ShouldBe("state");
    }

    [Fact]
    public async Task Burst_that_was_cancelled_before_is_not_stored()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => Store.CommitAsync(Burst("a"), cancelled.Token));

        (await Store.FindInstanceAsync("a", Ct)).ShouldBeNull();
    }

    [Theory]
    [InlineData(WorkflowSubStatus.Finished)]
    [InlineData(WorkflowSubStatus.Faulted)]
    [InlineData(WorkflowSubStatus.Cancelled)]
    public async Task An_end_is_the_last_commit_and_is_taken_back(WorkflowSubStatus end)
    {
        await CommitAsync(Burst("a"));
        await CommitAsync(Burst("a", 1) with { SubStatus = end, Now = Noon.AddHours(1) });
        await CommitAsync(Burst("a", 2) with { SubStatus = end, Now = Noon.AddHours(2) });

        (await Store.ListInstancesAsync(new(), 0, 1, Ct))[0].FinishedAt.ShouldBe(Noon.AddHours(2));

        await CommitAsync(Burst("a", 3));

        (await Store.ListInstancesAsync(new(), 0, 1, Ct))[0].FinishedAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_new_instance_may_have_ended_at_once()
    {
        await CommitAsync(Burst("a") with { SubStatus = WorkflowSubStatus.Finished });

        (await Store.ListInstancesAsync(new(), 0, 1, Ct))[0].FinishedAt.ShouldBe(Noon);
    }

    protected static NewJournal Entry(long sequence) => new(sequence, Utf8($"[{sequence}]"), Utf8($"[\"e{sequence}\"]"), -sequence);
}
