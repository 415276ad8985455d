using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Routing;
using ServiceLoop.ServiceDesk.Tasks;
using ServiceLoop.ServiceDesk.Tests.Tasks;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Agents;

/// <summary>Customers do not wait for people who are not there, nor for people whom they were not content with.</summary>
public sealed class AbsentOwnersTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TaskHouse house = null!;
    private string customer = null!;
    private string caseId = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        house = await TaskHouse.OpenAsync(postgres);
        await house.PublishAsync("work", Inputs.Approval + Inputs.Of("queue", "desk"));
        await house.QueueAsync("desk", null, "ann", "bob");
        using var system = house.As("system");
        customer = (await house.Get<CustomerDesk>().CreateAsync(new() { Locale = "en" }, null, Ct)).Id;
        caseId = (await house.Get<CaseDesk>().OpenAsync(new() { CustomerId = customer }, Ct)).Id;
    }

    public async ValueTask DisposeAsync()
    {
        await house.UnitsShouldFitAsync();
        await house.DisposeAsync();
    }

    [Theory]
    [InlineData(PresenceStatus.Offline, true)]
    [InlineData(PresenceStatus.Away, true)]
    [InlineData(PresenceStatus.Training, true)]
    [InlineData(PresenceStatus.Break, false)]
    [InlineData(PresenceStatus.Available, false)]
    [InlineData(PresenceStatus.Busy, false)]
    public async Task A_reply_goes_to_the_queue_when_the_owner_is_not_there(PresenceStatus status, bool goesBack)
    {
        var task = await OwnedAsync("ann");
        using (house.As("ann"))
            await house.Presence.SetAsync(null, status, null, null, Ct);

        await ReplyAsync("r1");

        var after = await house.GetAsync(task.Id);
        (after.Assignee, after.EnqueuedAt).ShouldBe((goesBack ? null : "ann", task.EnqueuedAt));
    }

    [Fact]
    public async Task A_reply_after_the_shift_goes_to_the_queue_also_when_the_page_is_still_open()
    {
        var task = await OwnedAsync("ann");
        await house.RunAsync("update agent set shift_ends_at = '2026-03-04 12:30Z', next_shift_at = '2026-03-05 08:00Z' where id = 'ann'");
        await ReplyAsync("early");
        (await house.GetAsync(task.Id)).Assignee.ShouldBe("ann");

        house.Clock.Advance(TimeSpan.FromMinutes(31));
        await ReplyAsync("late");

        (await house.GetAsync(task.Id)).Assignee.ShouldBeNull();
    }

    [Fact]
    public async Task Work_that_could_wait_for_the_next_shift_does_not_when_the_customer_has_replied()
    {
        var task = await OwnedAsync("ann");
        await house.RunAsync("update agent set next_shift_at = '2026-03-04 14:00Z' where id = 'ann'");
        house.Clock.Advance(TimeSpan.FromSeconds(5));
        await ReplyAsync("before");
        (await house.GetAsync(task.Id)).Assignee.ShouldBe("ann", "she is there");

        await VanishAsync();

        (await house.GetAsync(task.Id)).Assignee.ShouldBeNull();
    }

    [Theory]
    [InlineData(PresenceStatus.Break)]
    [InlineData(PresenceStatus.Training)]
    [InlineData(PresenceStatus.Available)]
    public async Task Who_comes_back_is_as_before(PresenceStatus status)
    {
        using (house.As("ann"))
            await house.Presence.SetAsync(null, status, null, "as it was", Ct);
        house.Clock.Advance(TimeSpan.FromSeconds(61));
        using (house.As("system"))
            await house.Presence.SweepAsync(Ct);
        (await house.AgentOfAsync("ann")).Status.ShouldBe(PresenceStatus.Disconnected);

        using var ann = house.As("ann");
        var back = (await house.Presence.HeartbeatAsync(Ct)).ShouldNotBeNull();

        (back.Status, back.Reason).ShouldBe((status, "as it was"));
    }

    [Fact]
    public async Task Whom_the_customer_was_not_content_with_is_not_asked_first_the_next_time()
    {
        var first = await OwnedAsync("ann");
        await ScoreAsync(isLow: false);
        (await LastAgentAsync()).ShouldBe("ann");
        await ScoreAsync(isLow: true);
        (await LastAgentAsync()).ShouldBeNull();
        house.Clock.Advance(TimeSpan.FromHours(1));
        await ScoreAsync(isLow: false);
        (await LastAgentAsync()).ShouldBe("ann", "the last score counts");
        first.CustomerId.ShouldBe(customer, "the customer of a task is that of its case");
    }

    [Fact]
    public async Task A_chain_of_three_who_decline_reaches_the_ladder_once_and_ends_when_somebody_takes_it()
    {
        await house.AgentAsync("cid");
        await house.AgentAsync("dan");
        using (house.As("system"))
        {
            await house.Get<Queues>().SetMemberAsync("desk", "cid", true, Ct);
            await house.Get<Queues>().SetMemberAsync("desk", "dan", true, Ct);
        }
        var task = await ArriveAsync();

        for (var no = 1; no <= 3; no++)
        {
            (await house.MatchAsync()).Offered.ShouldBe(1);
            (await EscalationsAsync()).ShouldBeEmpty();
            using (house.As((await house.GetAsync(task.Id)).OfferedTo!))
                await house.Offers.DeclineAsync(task.Id, no, "too hard", Ct);
            if (no < 3)
                await house.PumpAsync();
        }

        await house.PumpAsync();
        await house.PumpAsync();
        var raised = (await EscalationsAsync()).ShouldHaveSingleItem();
        (raised.Level, raised.SubjectKind, raised.SubjectId, raised.QueueId, raised.CaseId).ShouldBe((2, "task", task.Id, "desk", caseId));

        using (house.As("dan"))
        {
            var seen = await house.Desk.GetAsync(task.Id, Ct);
            await house.Desk.DoAsync(task.Id, TaskVerb.Claim, new TaskOrder(seen.Rev, "c"), Ct);
        }
        await house.PumpAsync();
        (await EscalationsAsync()).Single().ClearSince.ShouldNotBeNull();
    }

    [Fact]
    public async Task Who_waits_for_long_is_offered_a_call_once_and_keeps_the_place()
    {
        using (house.As("system"))
        {
            await house.Presence.SetAsync("ann", PresenceStatus.Break, null, null, Ct);
            await house.Presence.SetAsync("bob", PresenceStatus.Break, null, null, Ct);
        }
        var task = await ArriveAsync();
        await house.PassAsync(TimeSpan.FromMinutes(480 * 0.84));
        (await LettersAsync("wait-offer")).ShouldBe(0);

        await house.PassAsync(TimeSpan.FromMinutes(480 * 0.02));
        await house.PumpAsync();

        (await LettersAsync("wait-offer")).ShouldBe(1);
        (await house.CountAsync($"select count(*) from callback where id = 'wait:{task.Id}' and needs_booking")).ShouldBe(1);
        (await house.GetAsync(task.Id)).State.ShouldBe(TaskState.Ready);
    }

    [Fact]
    public async Task Two_tasks_of_one_case_that_wait_for_long_are_one_offer()
    {
        using (house.As("system"))
        {
            await house.Presence.SetAsync("ann", PresenceStatus.Break, null, null, Ct);
            await house.Presence.SetAsync("bob", PresenceStatus.Break, null, null, Ct);
        }
        await ArriveAsync();
        await ArriveAsync();
        await house.PassAsync(TimeSpan.FromMinutes(480 * 0.86));
        await house.PumpAsync();

        (await LettersAsync("wait-offer")).ShouldBe(1);
        (await house.CountAsync($"select count(*) from callback where case_id = '{caseId}'")).ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_promise_by_when_work_begins_is_kept_by_who_begins_it(bool begins)
    {
        await ClosedUntilMorningAsync();
        house.Clock.Advance(TimeSpan.FromHours(8));
        var task = await ArriveAsync();
        (await PromisesAsync("kept_at is null and broken_at is null")).ShouldBe(1);
        house.Clock.Advance(TimeSpan.FromHours(13.5));

        if (begins)
            using (house.As("ann"))
                await house.Desk.DoAsync(task.Id, TaskVerb.Claim, new TaskOrder((await house.GetAsync(task.Id)).Rev, "begin"), Ct);

        await house.PassAsync(TimeSpan.FromHours(2));
        await house.PumpAsync();

        (await PromisesAsync("kept_at <= due_at")).ShouldBe(begins ? 1 : 0, "the case is not settled, and work on it has begun in time");
        (await PromisesAsync("broken_at is not null")).ShouldBe(begins ? 0 : 1);
    }

    [Fact]
    public async Task Work_for_a_closed_queue_tells_the_customer_by_when_it_begins_once_for_a_case()
    {
        await house.RunAsync("delete from message");
        await ArriveAsync();
        (await LettersAsync("out-of-hours")).ShouldBe(0, "the queue is open at any hour");

        await ClosedUntilMorningAsync();
        house.Clock.Advance(TimeSpan.FromHours(8));
        await ArriveAsync();
        await ArriveAsync();

        (await LettersAsync("out-of-hours")).ShouldBe(1);
        (await house.CountAsync($"select count(*) from promise where case_id = '{caseId}' and due_at = '2026-03-05 10:00Z'")).ShouldBe(1);
        (await house.CountAsync("select count(*) from message where body like '%2026-03-05 18:00%'")).ShouldBe(
            1,
            "by the clock of the desk"
        );
    }

    /// <summary>The queue has the hours of an office, and an hour is promised.</summary>
    private async Task ClosedUntilMorningAsync()
    {
        string office;
        using (house.As("system"))
            office = (
                await house
                    .Get<ServiceDesk.Calendars.CalendarService>()
                    .CreateAsync(new("Office", "UTC", null, Calendars.Sample.OfficeWeek, [], "first"), Ct)
            )
                .Calendar
                .Id;
        await house.RunAsync($"update queue set calendar_id = '{office}', max_wait = 60 where id = 'desk'");
    }

    private Task<long> PromisesAsync(string which) =>
        house.CountAsync($"select count(*) from promise where case_id = '{caseId}' and {which}");

    private async Task<TaskView> OwnedAsync(string agent)
    {
        var task = await ArriveAsync();
        using var who = house.As(agent);
        return await house.Desk.DoAsync(task.Id, TaskVerb.Claim, new TaskOrder(task.Rev, "c"), Ct);
    }

    private async Task<TaskView> ArriveAsync()
    {
        var task = await house.StartAsync("work", caseId);
        await house.PumpAsync();
        return task;
    }

    private async Task ReplyAsync(string id)
    {
        using (house.As("system"))
            await house
                .Get<InteractionDesk>()
                .ReceiveAsync(
                    new()
                    {
                        Channel = "email",
                        ExternalId = $"{caseId}-{id}",
                        CaseId = caseId,
                        Body = "Any news?",
                    },
                    Ct
                );
        await house.PumpAsync();
    }

    private async Task VanishAsync()
    {
        using var system = house.As("system");
        house.Clock.Advance(TimeSpan.FromSeconds(61));
        await house.Presence.SweepAsync(Ct);
        house.Clock.Advance(TimeSpan.FromSeconds(121));
        await house.Presence.SweepAsync(Ct);
    }

    private async Task ScoreAsync(bool isLow)
    {
        var (id, at) = (
            Guid.NewGuid().ToString("N"),
            house.Clock.GetUtcNow().AddSeconds(1).ToString("O", System.Globalization.CultureInfo.InvariantCulture)
        );
        house.Clock.Advance(TimeSpan.FromSeconds(2));
        await house.RunAsync(
            $"""
            insert into follow_up (id, case_id, customer_id, kind, metric, cause, channel, settled_at, state, expires_at, made_at, ended_at)
            values ('{id}', '{caseId}', '{customer}', 'survey', 'csat', 'conversation', 'web', '{at}', 'answered', '{at}', '{at}', '{at}');
            insert into survey_response (follow_up_id, metric, score, is_low, channel, answered_at)
            values ('{id}', 'csat', {(isLow ? 1 : 5)}, {isLow}, 'web', '{at}')
            """
        );
    }

    /// <summary>Who is asked first for another case of the customer.</summary>
    private async Task<string?> LastAgentAsync()
    {
        string other;
        using (house.As("system"))
            other = (await house.Get<CaseDesk>().OpenAsync(new() { CustomerId = customer }, Ct)).Id;
        var task = await house.StartAsync("work", other);
        await house.PumpAsync();
        await using var command = house.Database.CreateCommand("select last_agent from task where id = $1");
        command.Parameters.Add(new() { Value = task.Id });
        return await command.ExecuteScalarAsync(Ct) as string;
    }

    private async Task<IReadOnlyList<Escalation>> EscalationsAsync()
    {
        using var system = house.As("system");
        return await house.Get<EscalationService>().ListAsync(new() { OpenOnly = true, CaseId = caseId }, Ct);
    }

    private Task<long> LettersAsync(string template) =>
        house.CountAsync($"select count(*) from message where template = '{template}' and case_id = '{caseId}'");
}
