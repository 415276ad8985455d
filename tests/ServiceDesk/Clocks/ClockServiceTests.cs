using System.Collections.Immutable;
using Npgsql;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Clocks;
using ServiceLoop.TestKit;
using static ServiceLoop.ServiceDesk.Tests.Calendars.Sample;

namespace ServiceLoop.ServiceDesk.Tests.Clocks;

public sealed class ClockServiceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clock_runs_pauses_goes_on_and_stops_and_its_explanation_sums_up()
    {
        await using var desk = await OpenAsync("2026-03-04 10:00");
        var clocks = desk.Get<ClockService>();

        var clock = await StartAsync(desk, 240);
        clock.DueAt.ShouldBe(At("2026-03-04 15:30"));
        await desk.PassUntilAsync(At("2026-03-04 11:00"));
        (await clocks.AskAsync(clock.Id, ClockVerb.Pause, Ask() with { Reason = "waiting-customer" }, Ct)).DueAt.ShouldBeNull();
        await desk.PassUntilAsync(At("2026-03-05 15:00"));
        (await clocks.AskAsync(clock.Id, ClockVerb.Resume, Ask(), Ct)).DueAt.ShouldBe(At("2026-03-05 18:00"));
        await desk.PassUntilAsync(At("2026-03-05 16:00"));
        var ended = await clocks.AskAsync(clock.Id, ClockVerb.Stop, Ask(), Ct);

        ended.State.ShouldBe(ClockState.Met);
        var told = await clocks.ExplainAsync(clock.Id, Ct);
        told.ConsumedMinutes.ShouldBe(120);
        told.Runs.Select(r => r.Minutes).ShouldBe([60, 60]);
        (await clocks.HistoryAsync(clock.Id, Ct)).Select(h => h.Kind).ShouldBe(["Started", "Paused", "Resumed", "ThresholdReached", "Met"]);
        (await WorkOfAsync(desk, clock.Id)).ShouldBe(0);
        desk.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Thresholds_fire_at_their_moments_once_however_often_their_work_comes()
    {
        await using var desk = await OpenAsync("2026-04-07 10:00");
        var clock = await StartAsync(desk, 240);
        var handler = desk.Get<IEnumerable<IMessageHandler>>().Single(h => h.Topic == "clocks.threshold");

        await desk.PassUntilAsync(At("2026-04-07 15:30"));
        var state = await desk.Get<ClockService>().GetAsync(clock.Id, Ct);

        for (var generation = 0; generation <= state.Generation; generation++)
        {
            var body = new Dictionary<string, object?> { ["clock"] = clock.Id, ["generation"] = (long)generation };
            await handler.HandleAsync(new Message($"again:{generation}", body, 1), Ct);
        }

        var lines = await desk.Get<ClockService>().HistoryAsync(clock.Id, Ct);
        lines
            .Where(l => l.Kind == "ThresholdReached")
            .Select(l => (l.Detail, l.At))
            .ShouldBe([("50 %", At("2026-04-07 12:00")), ("80 %", At("2026-04-07 14:42")), ("100 %", At("2026-04-07 15:30"))]);
        lines.Single(l => l.Kind == "Breached").At.ShouldBe(At("2026-04-07 15:30"));
        state.State.ShouldBe(ClockState.Running);
        desk.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Commands_of_steps_are_applied_in_the_order_of_their_moments_and_once()
    {
        await using var desk = await OpenAsync("2026-05-06 10:00");
        var clock = await StartAsync(desk, 240);
        desk.Clock.SetUtcNow(At("2026-05-06 12:00"));

        // The message of the second is handled first, as after a failure of the first.
        await RecordAsync(
            desk,
            Ask("a") with
            {
                CaseId = clock.CaseId,
                Metric = "resolution",
                Verb = ClockVerb.Pause,
                At = At("2026-05-06 10:30"),
                Reason = "agreed-callback",
            },
            Ask("b") with
            {
                ClockId = clock.Id,
                Verb = ClockVerb.Resume,
                At = At("2026-05-06 11:30"),
            },
            Ask("c") with
            {
                ClockId = "nobody",
                Verb = ClockVerb.Stop,
                At = At("2026-05-06 11:30"),
            },
            Ask("d") with
            {
                ClockId = clock.Id,
                Verb = ClockVerb.Pause,
                At = At("2026-05-06 11:40"),
                Reason = "'; drop table sla_clock; --",
            }
        );
        await desk.Get<ClockDesk>().CommandAsync(Ask("b").Id, Ct);
        await desk.PumpAsync();

        var after = await desk.Get<ClockService>().GetAsync(clock.Id, Ct);
        after.State.ShouldBe(ClockState.Running);
        after.Runs.Select(r => (r.From, r.To)).ShouldBe([(At("2026-05-06 10:00"), At("2026-05-06 10:30")), (At("2026-05-06 11:30"), null)]);
        (await desk.ReadAsync<string>("select answer from clock_command where id = $1", Ask("c").Id)).ShouldContain("no clock 'nobody'");
        (await desk.ReadAsync<string>("select answer from clock_command where id = $1", Ask("d").Id)).ShouldContain("no reason to pause");
        desk.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_late_holiday_moves_open_clocks_in_the_background_and_tells_how_far_it_is()
    {
        await using var desk = await OpenAsync("2026-06-02 09:00");
        var (calendars, clocks) = (desk.Get<CalendarService>(), desk.Get<ClockService>());
        var calendar = await CalendarAsync(desk);
        var policy = await PolicyAsync(desk, 600, calendar.Calendar.Id);
        var running = new List<SlaClock>();

        for (var i = 0; i < Recomputes.BatchSize + 20; i++)
            running.Add(await StartAsync(desk, policy));

        var missed = await StartAsync(desk, policy);
        await desk.PassUntilAsync(At("2026-06-03 09:50"));
        await desk.ExecuteAsync("delete from work where key like 'm:escalation%'");
        await desk.PassUntilAsync(At("2026-06-03 11:31"));
        (await clocks.GetAsync(missed.Id, Ct)).BreachedAt.ShouldBe(At("2026-06-03 11:30"));
        await clocks.AskAsync(running[0].Id, ClockVerb.Stop, Ask(), Ct);

        var import = await calendars.ImportAsync(calendar.Calendar.Id, "2026-06-03,late holiday,true", [], Ct);
        (await calendars.RecomputesAsync(calendar.Calendar.Id, Ct)).ShouldHaveSingleItem().FinishedAt.ShouldBeNull();
        await desk.PassAsync(TimeSpan.FromSeconds(5));

        var done = (await calendars.RecomputesAsync(calendar.Calendar.Id, Ct)).ShouldHaveSingleItem();
        (done.Id, done.Total, done.Done, done.Reprieves).ShouldBe((import.RecomputeId, running.Count, running.Count, running.Count));
        done.FinishedAt.ShouldNotBeNull();
        var after = await clocks.GetAsync(missed.Id, Ct);
        after.BreachedAt.ShouldNotBeNull("only an approval takes it back");
        after.DueAt.ShouldBe(At("2026-06-04 11:30"));
        after.CalendarVersion.ShouldBe(2);
        var free = await clocks.ApproveReprieveAsync(missed.Id, "the holiday was forgotten", Ct);
        free.BreachedAt.ShouldBeNull();

        // Hundreds of escalations that nobody answers are not what is looked at here.
        await desk.ExecuteAsync("delete from work where key like 'm:escalation%'");
        await desk.PassUntilAsync(At("2026-06-04 11:30"));
        (await clocks.GetAsync(missed.Id, Ct)).BreachedAt.ShouldBe(At("2026-06-04 11:30"));
        (await clocks.GetAsync(running[0].Id, Ct)).State.ShouldBe(ClockState.Missed);
        desk.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_policy_is_drafted_activated_and_rebound_with_a_preview()
    {
        await using var desk = await OpenAsync("2026-07-07 10:00");
        var policies = desk.Get<SlaPolicyService>();
        var calendar = await CalendarAsync(desk);
        var policy = await PolicyAsync(desk, 480, calendar.Calendar.Id);
        var clock = await StartAsync(desk, policy);
        await desk.PassUntilAsync(At("2026-07-07 12:00"));

        var draft = await policies.SaveDraftAsync(policy.PolicyId, policy.Name, Content(60, calendar.Calendar.Id), Ct);
        await Should.ThrowAsync<DeskRefusedException>(() => policies.RebindAsync(policy.PolicyId, draft.Number, Ct));
        await policies.ActivateAsync(policy.PolicyId, draft.Number, Ct);
        (await desk.Get<ClockService>().GetAsync(clock.Id, Ct)).PolicyVersion.ShouldBe(1);

        var preview = await policies.PreviewAsync(policy.PolicyId, 2, Ct);
        (await desk.Get<ClockService>().GetAsync(clock.Id, Ct)).BreachedAt.ShouldBeNull();
        var begun = await policies.RebindAsync(policy.PolicyId, 2, Ct);
        await desk.PumpAsync();
        var done = (await policies.RebindsAsync(policy.PolicyId, Ct)).ShouldHaveSingleItem();

        (preview.Clocks, preview.Changed, preview.Missed).ShouldBe((1, 1, 1));
        preview.Examples.ShouldBe([clock.Id]);
        (done.Id, done.Total, done.Done, done.Changed, done.Missed).ShouldBe((begun.Id, 1, 1, 1, 1));
        done.FinishedAt.ShouldNotBeNull();
        var after = await desk.Get<ClockService>().GetAsync(clock.Id, Ct);
        (after.PolicyVersion, after.BreachReason).ShouldBe((2, "retargeted"));
    }

    [Fact]
    public async Task Events_of_a_case_move_its_clocks_as_the_conditions_say()
    {
        await using var desk = await OpenAsync("2026-08-04 10:00");
        var calendar = await CalendarAsync(desk);
        var policies = desk.Get<SlaPolicyService>();
        var content = Content(240, calendar.Calendar.Id) with
        {
            Targets =
            [
                new([new("priority", FactComparison.Is, ["P2"]), new("category", FactComparison.Is, ["billing"])], SlaTarget.Minutes(120)),
                new([new("priority", FactComparison.Is, ["P1"])], SlaTarget.Minutes(60)),
                new([new("priority", FactComparison.IsNot, ["P1"])], SlaTarget.Minutes(240)),
            ],
            Conditions = new()
            {
                Start = [new(["case.opened"], [])],
                Pause = [new(["case.stage"], [new("stage", FactComparison.Is, ["PendingCustomer"])])],
                Stop = [new(["case.resolved"], [])],
                Cancel = [new(["case.merged"], [])],
            },
        };
        var policy = await policies.CreateAsync("by events", "next_response", content, Ct);
        await policies.ActivateAsync(policy.PolicyId, 1, Ct);
        var caseId = Guid.NewGuid().ToString("N");

        await TellAsync(desk, caseId, "case.opened", ("priority", "P3"));
        await TellAsync(desk, caseId, "case.opened", ("priority", "P3"));
        var clock = (await ClockOfAsync(desk, caseId)).ShouldNotBeNull();
        (clock.State, clock.Target).ShouldBe((ClockState.Running, SlaTarget.Minutes(240)));

        desk.Clock.Advance(TimeSpan.FromMinutes(30));
        await TellAsync(desk, caseId, "case.stage", ("stage", "PendingCustomer"));
        (await ClockOfAsync(desk, caseId))!.State.ShouldBe(ClockState.Paused);
        await TellAsync(desk, caseId, "interaction.inbound");
        (await ClockOfAsync(desk, caseId))!.State.ShouldBe(ClockState.Running);
        await TellAsync(desk, caseId, "case.priority", ("priority", "P1"));
        (await ClockOfAsync(desk, caseId))!.Target.ShouldBe(SlaTarget.Minutes(60));
        await TellAsync(desk, caseId, "case.priority", ("priority", "P2"), ("category", "billing"));
        (await ClockOfAsync(desk, caseId))!.Target.ShouldBe(SlaTarget.Minutes(120), "by all that is known of the case");
        await TellAsync(desk, caseId, "case.resolved");
        (await ClockOfAsync(desk, caseId))!.State.ShouldBe(ClockState.Met);
        desk.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Bad_input_is_refused_with_its_field_and_text_stays_text()
    {
        await using var desk = await OpenAsync("2026-09-01 10:00");
        var (clocks, policies, calendars) = (desk.Get<ClockService>(), desk.Get<SlaPolicyService>(), desk.Get<CalendarService>());
        var clock = await StartAsync(desk, 240);
        const string Script = "'); drop table sla_clock; -- {{ 7 * 7 }} <script>alert(1)</script> ${process.exit()}";

        (await FieldAsync(() => clocks.AskAsync(clock.Id, ClockVerb.Cancel, Ask() with { Reason = "a\0b" }, Ct))).ShouldBe("reason");
        (await FieldAsync(() => clocks.AskAsync(clock.Id, ClockVerb.Cancel, Ask() with { Reason = "\ud83d" }, Ct))).ShouldBe("reason");
        (await FieldAsync(() => clocks.AskAsync(clock.Id, ClockVerb.Cancel, Ask() with { Reason = new('x', 501) }, Ct))).ShouldBe("reason");
        (await FieldAsync(() => clocks.AskAsync(clock.Id, ClockVerb.Extend, Ask() with { Reason = "x", Minutes = -5 }, Ct))).ShouldBe(
            "minutes"
        );
        (await FieldAsync(() => clocks.AskAsync(clock.Id, ClockVerb.Retarget, Ask() with { Target = SlaTarget.Minutes(-1) }, Ct))).ShouldBe(
            "target.amount"
        );
        (await FieldAsync(() => clocks.StartAsync(Wanted("x") with { Metric = Script }, Ct))).ShouldBe("metric");
        (await FieldAsync(() => policies.CreateAsync("p", "resolution", Content(int.MaxValue, null), Ct))).ShouldBe("targets[0].amount");
        (await FieldAsync(() => calendars.CreateAsync(new("c", "Moon/Crater", null, OfficeWeek, [], "r"), Ct))).ShouldBe("zone");
        await Should.ThrowAsync<DeskRefusedException>(() => clocks.GetAsync(Script, Ct));
        await Should.ThrowAsync<DeskRefusedException>(() => clocks.GetAsync("a\0", Ct));
        await Should.ThrowAsync<DeskRefusedException>(() => calendars.GetAsync("\ud83d", Ct));

        await clocks.AskAsync(clock.Id, ClockVerb.Cancel, Ask() with { Reason = Script }, Ct);
        (await clocks.HistoryAsync(clock.Id, Ct))[^1].Detail.ShouldBe(Script);
    }

    private static async Task<string> FieldAsync(Func<Task> act) =>
        (await Should.ThrowAsync<DeskRefusedException>(act)).Fields.ShouldHaveSingleItem().Key;

    private static ClockAsk Ask(string id = "x") =>
        new()
        {
            Id = $"ask-{id}",
            Verb = ClockVerb.None,
            At = default,
        };

    private async Task<DeskUnderTest> OpenAsync(string at)
    {
        var desk = await DeskUnderTest.OpenAsync(postgres, At(at));

        // An escalation of a test before that nobody answers never rests.
        await desk.ExecuteAsync("delete from work");
        return desk;
    }

    private static async Task<CalendarView> CalendarAsync(DeskUnderTest desk) =>
        await desk.Get<CalendarService>()
            .CreateAsync(new("Office", "Asia/Shanghai", null, OfficeWeek, China.Versions[0].Exceptions, "first"), Ct);

    private static PolicyContent Content(int minutes, string? calendarId) =>
        new() { Targets = [new([], SlaTarget.Minutes(minutes))], CalendarId = calendarId };

    private static async Task<SlaPolicy> PolicyAsync(DeskUnderTest desk, int minutes, string calendarId)
    {
        var policies = desk.Get<SlaPolicyService>();
        var policy = await policies.CreateAsync(Guid.NewGuid().ToString("N"), "resolution", Content(minutes, calendarId), Ct);
        return await policies.ActivateAsync(policy.PolicyId, 1, Ct);
    }

    private static async Task<SlaClock> StartAsync(DeskUnderTest desk, int minutes) =>
        await StartAsync(desk, await PolicyAsync(desk, minutes, (await CalendarAsync(desk)).Calendar.Id));

    private static Task<SlaClock> StartAsync(DeskUnderTest desk, SlaPolicy policy) =>
        desk.Get<ClockService>().StartAsync(Wanted(policy.PolicyId) with { At = desk.Clock.GetUtcNow() }, Ct);

    private static ClockStart Wanted(string policy) =>
        new()
        {
            Id = Guid.NewGuid().ToString("N"),
            CaseId = Guid.NewGuid().ToString("N"),
            Metric = "resolution",
            Policy = policy,
            At = default,
        };

    private static async Task<SlaClock?> ClockOfAsync(DeskUnderTest desk, string caseId) =>
        (await desk.Get<ClockService>().OfCaseAsync(caseId, Ct)).SingleOrDefault();

    private static async Task TellAsync(DeskUnderTest desk, string caseId, string name, params (string Name, string? Value)[] facts)
    {
        var news = new CaseEvent
        {
            Key = Guid.NewGuid().ToString("N"),
            CaseId = caseId,
            Name = name,
            At = desk.Clock.GetUtcNow(),
            Facts = facts.ToImmutableSortedDictionary(f => f.Name, f => f.Value),
        };
        await desk.Get<IWorkflowStore>().EnqueueAsync([news.AsWork()], Ct);
        await desk.PumpAsync();
    }

    private static async Task RecordAsync(DeskUnderTest desk, params ClockAsk[] asks)
    {
        await using var connection = await desk.Source.OpenConnectionAsync(Ct);
        await using var batch = new NpgsqlBatch(connection);
        desk.Get<IEnumerable<IRecordWriter>>()
            .Single(w => w.RowType == typeof(ClockAsk))
            .Write(batch, [.. asks.Select(a => new RecordedRow("instance", 1, a, desk.Clock.GetUtcNow()))]);
        await batch.ExecuteNonQueryAsync(Ct);
    }

    private static Task<long> WorkOfAsync(DeskUnderTest desk, string clockId) =>
        desk.ReadAsync<long>("select count(*) from work where key like $1", $"m:clock:{clockId}:%");
}
