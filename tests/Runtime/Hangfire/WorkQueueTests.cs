using System.Collections.Concurrent;
using ServiceLoop.Runtime.Hangfire;
using ServiceLoop.Runtime.InMemory;
using ServiceLoop.Runtime.Store;
using ServiceLoop.TestKit;

namespace ServiceLoop.Runtime.Tests.Hangfire;

public sealed class WorkQueueTests : IAsyncDisposable
{
    // A database for each test: ids of work begin at 1 in every store in memory, and jobs of one test must not reach another.
    private readonly PostgresFixture postgres = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public ValueTask DisposeAsync() => postgres.DisposeAsync();

    [Fact]
    public async Task Timers_that_are_due_fire_once_through_hangfire_jobs()
    {
        await using var node = await WorkHost.StartAsync(await postgres.AddressAsync(Ct), Ct);

        await node.EnqueueAsync(Ct, [.. Enumerable.Range(0, 450).Select(n => Timer($"timer-{n}", Now))]);
        await node.UntilAsync(() => node.Done.Count >= 450, Ct);

        node.Done.Select(d => d.Key).Distinct().Count().ShouldBe(450);
        var tables = node.Jobs.GetMonitoringApi();
        await node.UntilAsync(
            () => tables.SucceededJobs(0, 100).Count(j => j.Value.Job?.Method.Name == nameof(WorkJobs.FireAsync)) >= 3,
            Ct
        );
    }

    [Fact]
    public async Task A_timer_never_fires_early_and_the_bell_wakes_for_it()
    {
        await using var node = await WorkHost.StartAsync(await postgres.AddressAsync(Ct), Ct);
        var due = Now.AddMilliseconds(1500);

        await node.EnqueueAsync(Ct, Timer("soon", due));
        await node.UntilAsync(() => !node.Done.IsEmpty, Ct);

        node.Done.ShouldHaveSingleItem().At.ShouldBeGreaterThanOrEqualTo(due);
    }

    [Fact]
    public async Task A_timer_that_is_late_does_not_wait_for_a_worker_a_second_time()
    {
        await using var node = await WorkHost.StartAsync(await postgres.AddressAsync(Ct), Ct);

        await node.EnqueueAsync(Ct, Timer("late", Now.AddMinutes(-1)));
        await node.UntilAsync(() => !node.Done.IsEmpty, Ct);

        var jobs = node.Jobs.GetMonitoringApi().SucceededJobs(0, 100);
        jobs.ShouldNotContain(j => j.Value.Job.Method.Name == nameof(WorkJobs.FireAsync));
    }

    [Fact]
    public async Task Slow_work_does_not_hold_timers_up()
    {
        await using var node = await WorkHost.StartAsync(await postgres.AddressAsync(Ct), Ct);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.OnRun = (work, ct) => work.Kind == WorkKind.Invoke ? release.Task.WaitAsync(ct) : Task.CompletedTask;

        // More than the pulse runs at once: the rest goes to Hangfire.
        await node.EnqueueAsync(Ct, [.. Enumerable.Range(0, 100).Select(n => Work(WorkKind.Invoke, $"slow-{n}"))]);
        await node.EnqueueAsync(Ct, Timer("timer", Now));
        await node.UntilAsync(() => node.Done.Any(d => d.Key == "timer"), Ct);

        node.Done.Count.ShouldBe(1);
        release.SetResult();
        await node.UntilAsync(() => node.Done.Count == 101, Ct);
    }

    [Fact]
    public async Task Work_that_fails_is_tried_again_by_a_job_of_its_own()
    {
        await using var node = await WorkHost.StartAsync(await postgres.AddressAsync(Ct), Ct);
        var attempts = new ConcurrentQueue<DateTimeOffset>();
        node.OnRun = (_, _) =>
        {
            attempts.Enqueue(Now);
            return attempts.Count == 1 ? throw new InvalidOperationException("The world said no.") : Task.CompletedTask;
        };

        await node.EnqueueAsync(Ct, Work(WorkKind.Message, "letter"));
        await node.UntilAsync(() => !node.Done.IsEmpty, Ct);

        var moments = attempts.ToArray();
        moments.Length.ShouldBe(2);
        // Hangfire rounds to whole seconds, so that a retry may come up to one second early.
        (moments[1] - moments[0]).ShouldBeGreaterThan(TimeSpan.FromSeconds(0.9));
        await node.UntilAsync(
            () => node.Jobs.GetMonitoringApi().SucceededJobs(0, 100).Any(j => j.Value.Job?.Method.Name == nameof(WorkJobs.RunOneAsync)),
            Ct
        );
    }

    [Fact]
    public async Task After_its_last_attempt_work_is_given_up_its_job_fails_and_a_person_can_send_it_again()
    {
        await using var node = WorkHost.Create(await postgres.AddressAsync(Ct));
        node.OnRun = (_, _) => throw new InvalidOperationException("The world said no.");
        var id = await FailedAsync(node.Store, "poison", Backoff.Attempts - 1);

        var failure = await Should.ThrowAsync<WorkFailedException>(() => node.WorkJobs.RunOneAsync(id, Ct));

        failure.RetryIn.ShouldBeNull();
        failure.Message.ShouldContain("The world said no.");
        node.GivenUp.ShouldHaveSingleItem().Attempts.ShouldBe(Backoff.Attempts);
        (await node.Store.ListWorkAsync(true, null, 0, 10, Ct)).ShouldHaveSingleItem().Error.ShouldBe("The world said no.");

        node.OnRun = (_, _) => Task.CompletedTask;
        await node.WorkJobs.RunOneAsync(id, Ct);
        node.Done.ShouldHaveSingleItem().Key.ShouldBe("poison");
    }

    [Fact]
    public async Task A_job_that_is_too_late_or_runs_twice_does_nothing()
    {
        await using var node = WorkHost.Create(await postgres.AddressAsync(Ct));
        await node.Store.EnqueueAsync([Timer("once", Now)], Ct);
        var id = (await node.Store.ListWorkAsync(false, null, 0, 1, Ct))[0].Id;

        await node.WorkJobs.FireAsync([id, 4711], Ct);
        await node.WorkJobs.FireAsync([id, 4711], Ct);
        await node.WorkJobs.RunOneAsync(id, Ct);

        node.Done.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_store_that_goes_away_counts_as_no_attempt_and_work_goes_on_when_it_is_back()
    {
        await using var node = await WorkHost.StartAsync(await postgres.AddressAsync(Ct), Ct);
        var away = true;
        var asked = 0;
        node.OnRun = (_, _) =>
        {
            Interlocked.Increment(ref asked);
            return Volatile.Read(ref away) ? throw new StoreUnavailableException("gone") : Task.CompletedTask;
        };

        await node.EnqueueAsync(Ct, Work(WorkKind.Resume, "answer"));
        await node.UntilAsync(() => asked >= 2, Ct);
        (await node.Store.ListWorkAsync(false, null, 0, 1, Ct)).ShouldHaveSingleItem().Attempts.ShouldBe(0);
        Volatile.Write(ref away, false);
        await node.UntilAsync(() => !node.Done.IsEmpty, Ct);

        node.GivenUp.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_instance_that_is_held_counts_as_no_attempt_and_its_work_is_done_when_the_lease_has_ended()
    {
        await using var node = await WorkHost.StartAsync(await postgres.AddressAsync(Ct), Ct);
        var asked = 0;
        node.OnRun = (_, _) =>
            Interlocked.Increment(ref asked) == 1 ? throw new Runtime.Instances.InstanceBusyException("i-1") : Task.CompletedTask;

        await node.EnqueueAsync(Ct, Work(WorkKind.Resume, "answer"));
        await node.UntilAsync(() => asked >= 1, Ct);
        (await node.Store.ListWorkAsync(false, null, 0, 1, Ct)).ShouldHaveSingleItem().Attempts.ShouldBe(0);
        await node.UntilAsync(() => !node.Done.IsEmpty, Ct);

        asked.ShouldBe(2);
        node.GivenUp.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_that_stops_lets_running_work_end_and_gives_the_rest_back()
    {
        var store = new InMemoryStore();
        var node = await WorkHost.StartAsync(await postgres.AddressAsync(Ct), Ct, store);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.OnRun = async (_, ct) =>
        {
            begun.TrySetResult();
            await release.Task.WaitAsync(ct);
        };
        await node.EnqueueAsync(Ct, Work(WorkKind.Resume, "running"));
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(180), Ct);

        var stop = node.StopAsync(Ct);
        await node.EnqueueAsync(Ct, Work(WorkKind.Resume, "later"));
        release.SetResult();
        await stop;

        // Whether the later one was still begun is a matter of microseconds; it is not lost, and nobody waits for its lease.
        node.Done.ShouldContain(d => d.Key == "running");
        var left = await store.LeaseDueAsync(Now.AddMilliseconds(1), Now.AddMinutes(1), 10, Ct);
        node.Done.Select(d => d.Key).Concat(left.Select(w => w.Key)).ShouldBe(["running", "later"], ignoreOrder: true);
        await node.DisposeAsync();
    }

    private static async Task<long> FailedAsync(IWorkflowStore store, string key, int failures)
    {
        await store.EnqueueAsync([Work(WorkKind.Message, key)], Ct);
        var id = (await store.ListWorkAsync(false, null, 0, 1, Ct))[0].Id;

        for (var n = 0; n < failures; n++)
            await store.FailWorkAsync(id, Now.AddHours(1), "The world said no.", Ct);

        return id;
    }

    private static NewWork Timer(string key, DateTimeOffset dueAt) =>
        new()
        {
            Key = key,
            Kind = WorkKind.Timer,
            DueAt = dueAt,
        };

    private static NewWork Work(WorkKind kind, string key) =>
        new()
        {
            Key = key,
            Kind = kind,
            DueAt = Now,
        };
}
