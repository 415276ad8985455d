using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Tasks;
using ServiceLoop.ServiceDesk.Tests.Tasks;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Agents;

public sealed class LoadKeepingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_becomes_an_agent_with_work_at_hand_has_its_units_and_can_finish_it(bool byOneself)
    {
        var task = await ArriveAsync();
        using (house.As("cid"))
            task = await house.Desk.DoAsync(task.Id, TaskVerb.Claim, new TaskOrder(task.Rev, "c"), Ct);

        if (byOneself)
        {
            using var self = house.As("cid");
            await house.Presence.SetAsync(null, PresenceStatus.Available, null, null, Ct);
        }
        else
            await house.AgentAsync("cid");

        (await house.AgentOfAsync("cid")).UsedUnits.ShouldBe(15);
        using (house.As("cid"))
            await house.Answers.CompleteAsync(task.Id, "approve", """{"amount": 1}""", new TaskOrder(task.Rev, "d"), Ct);
        (await house.AgentOfAsync("cid")).UsedUnits.ShouldBe(0);
        (await house.CountAsync("select count(*) from load where open <> '{}' or busy_since is not null")).ShouldBe(0);
    }

    [Fact]
    public async Task Who_finishes_the_last_work_while_an_offer_stands_is_not_busy_any_more()
    {
        await house.QueueAsync("desk", null, "ann");
        var first = await ArriveAsync();
        var second = await ArriveAsync();
        (await house.MatchAsync()).Offered.ShouldBe(2);

        using var ann = house.As("ann");
        var taken = await house.Offers.AcceptAsync(first.Id, 1, Ct);
        (await house.CountAsync("select count(*) from load where busy_since is not null")).ShouldBe(1);
        await house.Answers.CompleteAsync(first.Id, "approve", """{"amount": 1}""", new TaskOrder(taken.Rev, "d"), Ct);
        await house.Offers.DeclineAsync(second.Id, 1, null, Ct);

        (await house.CountAsync("select count(*) from load where busy_since is not null")).ShouldBe(0);
    }

    [Fact]
    public async Task Work_of_who_has_gone_is_given_to_others_by_the_next_sweep_when_one_fails()
    {
        await house.QueueAsync("desk", null, "ann");
        var task = await ArriveAsync();
        using (house.As("ann"))
            await house.Desk.DoAsync(task.Id, TaskVerb.Claim, new TaskOrder(task.Rev, "c"), Ct);
        using var system = house.As("system");
        house.Clock.Advance(TimeSpan.FromSeconds(60));
        (await house.Presence.SweepAsync(Ct)).ShouldBe((1, 0));
        house.Clock.Advance(TimeSpan.FromSeconds(120));

        await house.RunAsync("alter table task_event rename to task_event_away");
        try
        {
            await Should.ThrowAsync<Exception>(() => house.Presence.SweepAsync(Ct));
        }
        finally
        {
            await house.RunAsync("alter table task_event_away rename to task_event");
        }

        (await house.Presence.SweepAsync(Ct)).ShouldBe((0, 1));
        (await house.Presence.SweepAsync(Ct)).ShouldBe((0, 0));
    }

    private async Task<TaskView> ArriveAsync()
    {
        var task = await house.StartAsync("work");
        await house.PumpAsync();
        return task;
    }
}
