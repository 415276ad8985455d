using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Routing;
using ServiceLoop.ServiceDesk.Tasks;
using ServiceLoop.ServiceDesk.Tests.Tasks;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Routing;

public sealed class QueuesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TaskHouse house = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        house = await TaskHouse.OpenAsync(postgres);
        await house.PublishAsync("work", Inputs.Approval + Inputs.Of("queue", "desk"));
    }

    public async ValueTask DisposeAsync()
    {
        await house.UnitsShouldFitAsync();
        await house.DisposeAsync();
    }

    [Fact]
    public async Task Work_that_comes_to_a_closed_queue_waits_in_its_overflow_queue()
    {
        await house.QueueAsync("other", null, "bob");
        await house.QueueAsync("desk", q => q with { State = QueueState.Closed, OverflowTo = "other" }, "ann");
        var task = await ArriveAsync();

        (await house.MatchAsync()).Offered.ShouldBe(0);
        (await house.MatchAsync("other")).Offered.ShouldBe(1);
        (await house.GetAsync(task.Id)).OfferedTo.ShouldBe("bob");
    }

    [Fact]
    public async Task A_queue_tells_how_much_waits_in_it()
    {
        await house.QueueAsync();
        await ArriveAsync();
        await ArriveAsync();

        using var system = house.As("system");
        (await house.Get<Queues>().GetAsync("desk", Ct)).Waiting.ShouldBe(2);
        (await house.Get<Queues>().ListAsync(Ct)).ShouldHaveSingleItem().Waiting.ShouldBe(2);
        (await house.Get<RoutingStore>().WaitingQueuesAsync(Ct)).ShouldBe(["desk"]);
    }

    [Fact]
    public async Task Work_that_came_before_its_queue_is_placed_when_the_queue_is_made()
    {
        await ArriveAsync();
        (await AlarmsAsync()).ShouldBe(["queue.unknown"]);

        await house.QueueAsync("desk", null, "ann");
        await house.PumpAsync();

        (await house.MatchAsync()).Offered.ShouldBe(1);
        (await AlarmsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_alarm_of_a_task_is_over_when_somebody_has_it()
    {
        await house.QueueAsync("desk", q => q with { MaxWait = 10 });
        var task = await ArriveAsync();
        await house.PassAsync(TimeSpan.FromMinutes(9));
        (await AlarmsAsync()).ShouldBe(["task.overdue"]);

        using (house.As("ann"))
            await house.Desk.DoAsync(task.Id, TaskVerb.Claim, new TaskOrder((await house.GetAsync(task.Id)).Rev, "c"), Ct);

        (await AlarmsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_task_that_somebody_else_has_locked_stops_nobody_behind_it()
    {
        await house.QueueAsync("desk", null, "ann");
        await house.AgentAsync("ann", a => a with { TotalUnits = 1000 });
        var first = await ArriveAsync();

        for (var i = 0; i <= Matcher.PageSize; i++)
            await ArriveAsync();

        await using var connection = await house.Database.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        (await TaskStore.LockAsync(connection, transaction, first.Id, Ct)).ShouldNotBeNull();

        (await house.MatchAsync()).Offered.ShouldBe(Matcher.PageSize + 1);
    }

    [Fact]
    public async Task A_look_that_offers_and_holds_wakes_for_what_comes_first()
    {
        await house.QueueAsync("desk", null, "ann", "bob");
        await house.AgentAsync("bob", a => a with { TotalUnits = 15 });
        var known = await ArriveAsync("case-1");
        using (house.As("bob"))
            await house.Desk.DoAsync(known.Id, TaskVerb.Claim, new TaskOrder(known.Rev, "c"), Ct);
        await ArriveAsync("case-1");
        await ArriveAsync();
        var signal = new Heard();

        (await new Matcher(house.Get<TaskStore>().Database, house.Clock, signal).DrainAsync("desk", Ct)).Offered.ShouldBe(1);

        signal.Moments.ShouldBe([TaskHouse.Noon.AddSeconds(120)]);
        (await house.CountAsync("select count(*) from task where sticky_until is not null")).ShouldBe(1);
    }

    [Fact]
    public async Task A_due_moment_that_comes_nearer_brings_the_overflow_nearer()
    {
        await house.QueueAsync();
        var task = await ArriveAsync();
        using (house.As("boss", isSupervisor: true))
            await house.Desk.DoAsync(task.Id, TaskVerb.SetDue, new TaskOrder(task.Rev, "due") { At = TaskHouse.Noon.AddMinutes(10) }, Ct);

        await house.PassAsync(TimeSpan.FromMinutes(3));

        (await house.GetAsync(task.Id)).Overflow.ShouldBe(OverflowStep.SecondaryMembers);
    }

    [Fact]
    public async Task What_one_has_asked_for_is_no_answer_to_another()
    {
        await house.QueueAsync();
        var task = await ArriveAsync();
        var order = new TaskOrder(task.Rev, "same");
        using (house.As("ann"))
            await house.Desk.DoAsync(task.Id, TaskVerb.Claim, order, Ct);

        using var bob = house.As("bob");
        (await Should.ThrowAsync<DeskRefusedException>(() => house.Desk.DoAsync(task.Id, TaskVerb.Claim, order, Ct))).Code.ShouldBe(
            "operation.other-content"
        );
    }

    private async Task<TaskView> ArriveAsync(string? correlation = null)
    {
        var task = await house.StartAsync("work", correlation);
        await house.PumpAsync();
        return task;
    }

    /// <summary>Kinds of the alarms that stand after a look at all queues.</summary>
    private async Task<IEnumerable<string>> AlarmsAsync()
    {
        using var system = house.As("system");
        await house.Get<RoutingStore>().ClearAlarmsAsync(house.Clock.GetUtcNow(), Ct);
        return [.. (await house.Get<Queues>().AlarmsAsync(Ct)).Where(a => a.ClearedAt is null).Select(a => a.Kind)];
    }

    private sealed class Heard : IWorkSignal
    {
        public List<DateTimeOffset> Moments { get; } = [];

        public void Ring(DateTimeOffset dueAt) => Moments.Add(dueAt);
    }
}
