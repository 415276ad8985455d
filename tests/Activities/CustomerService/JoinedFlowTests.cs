using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.Activities.BuiltIn;
using ServiceLoop.Activities.CustomerService;
using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Clocks;
using ServiceLoop.ServiceDesk.Customers;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.ServiceDesk.Routing;
using ServiceLoop.ServiceDesk.Tests;
using ServiceLoop.TestKit;

namespace ServiceLoop.Activities.Tests.CustomerService;

/// <summary>Contacts, cases, clocks, queues and escalations as one, through their own doors, on PostgreSQL with a clock that stands until it is moved.</summary>
public sealed class JoinedFlowTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static int serial;
    private DeskUnderTest desk = null!;
    private string channel = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        channel = $"joined{Interlocked.Increment(ref serial)}";
        var catalog = CustomerServiceActivities.AddTo(BuiltInActivities.AddTo(ActivityCatalog.WithEngineActivities()));
        desk = await DeskUnderTest.OpenAsync(
            postgres,
            At("2026-03-04 10:00"),
            more => more.AddSingleton(new WorkflowCompiler(catalog, [])).AddSingleton<IAccess, OpenAccess>()
        );
        await desk.ExecuteAsync("delete from work; update sla_policy_version set state = 2 where state = 1");
    }

    public async ValueTask DisposeAsync()
    {
        desk.Failures.ShouldBeEmpty();
        await desk.DisposeAsync();
    }

    [Fact]
    public async Task A_case_goes_from_its_contact_to_its_end_and_back_and_clock_queue_and_ladder_go_with_it()
    {
        await PolicyAsync("resolution", 240);
        var customer = await desk.Get<CustomerDesk>().CreateAsync(new() { ValueTier = 2 }, [new("email", $"ann@{channel}.example")], Ct);
        await PublishFlowAsync();
        var caseId = await ContactAsync(channel);

        // 10:00: the clock runs by its policy; the task waits by its due moment, less 30 min for P3 and 20 for the customer.
        (await ClockAsync(caseId)).DueAt.ShouldBe(At("2026-03-04 15:30"));
        (await DeadlineAsync(caseId)).ShouldBe(At("2026-03-04 14:40"));

        await desk.PassUntilAsync(At("2026-03-04 11:00"));
        await SayAsync("ask");
        var waiting = await ClockAsync(caseId);
        (waiting.State, waiting.PauseReason, waiting.DueAt).ShouldBe((ClockState.Paused, "waiting-customer", null));
        (await DeadlineAsync(caseId)).ShouldBe(At("2026-03-04 17:10"), "without a running clock the longest wait of the queue counts");

        // 14:00: a reply on another channel.
        await desk.PassUntilAsync(At("2026-03-04 14:00"));
        await ReplyAsync("chat", customer.Id);
        (await ClockAsync(caseId)).DueAt.ShouldBe(At("2026-03-04 17:00"));
        (await DeadlineAsync(caseId)).ShouldBe(At("2026-03-04 16:10"));

        // 80 % are 192 of 240 minutes: one hour before noon, 132 minutes from 14:00 on.
        await desk.PassUntilAsync(At("2026-03-04 16:11"));
        (await EscalationsAsync(caseId)).ShouldBeEmpty();
        await desk.PassUntilAsync(At("2026-03-04 16:12"));
        var warning = (await EscalationsAsync(caseId)).ShouldHaveSingleItem();
        warning.Level.ShouldBe(1);
        await desk.Get<EscalationService>().AcknowledgeAsync(warning.Id, Ct);
        (await DeadlineAsync(caseId)).ShouldBe(At("2026-03-04 15:10"), "60 min earlier, once");

        await desk.PassUntilAsync(At("2026-03-04 17:00"));
        (await ClockAsync(caseId)).BreachedAt.ShouldBe(At("2026-03-04 17:00"));
        var emergency = (await EscalationsAsync(caseId)).ShouldHaveSingleItem();
        (emergency.Level, emergency.QueueId, emergency.Cause).ShouldBe((2, channel, null));
        (await DeadlineAsync(caseId)).ShouldBe(At("2026-03-04 15:10"), "not a second time");

        await desk.PassUntilAsync(At("2026-03-04 17:10"));
        await SayAsync("solve");
        (await ClockAsync(caseId)).State.ShouldBe(ClockState.Missed);
        (await desk.Get<CaseDesk>().GetAsync(caseId, Ct)).Status.ShouldBe(CaseStatus.Resolved);
        await desk.PassUntilAsync(At("2026-03-04 17:30"));
        (await EscalationsAsync(caseId)).ShouldBeEmpty("ten minutes below its threshold");

        // The next morning the customer comes back: the same clock goes on, and the night does not count.
        await desk.PassUntilAsync(At("2026-03-05 09:30"));
        await ReplyAsync("phone", customer.Id);
        var again = await ClockAsync(caseId);
        (again.State, again.Runs.Length, again.Consumed).ShouldBe((ClockState.Running, 3, TimeSpan.FromMinutes(250)));
        (await desk.Get<CaseDesk>().GetAsync(caseId, Ct)).ReopenCount.ShouldBe(1);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_workflow_that_is_cancelled_takes_its_case_with_it_and_one_that_fails_raises_an_alarm()
    {
        await PublishFlowAsync();
        var cancelled = await ContactAsync(channel);
        await desk.Get<WorkflowRuntime>().CancelAsync((await desk.Get<CaseDesk>().GetAsync(cancelled, Ct)).InstanceId!, false, Ct);
        await desk.PumpAsync();

        var given = await desk.Get<CaseDesk>().GetAsync(cancelled, Ct);
        (given.Status, given.StatusReason).ShouldBe((CaseStatus.Cancelled, "Its workflow was cancelled."));

        await PublishFlowAsync(
            """{ "id": "fault", "type": "Elsa.Fault", "message": { "typeName": "String", "expression": { "type": "Literal", "value": "no way" } } }"""
        );
        var faulted = await ContactAsync(channel);
        await SayAsync("ask");

        (await desk.Get<CaseDesk>().GetAsync(faulted, Ct)).Status.ShouldBe(CaseStatus.InDiagnosis);
        var alarm = (await EscalationsAsync(faulted)).ShouldHaveSingleItem();
        (alarm.SubjectKind, alarm.SubjectId, alarm.Metric, alarm.Level).ShouldBe(("case", faulted, "workflow", 2));
        (await desk.Get<CaseDesk>().HistoryAsync(faulted, 0, 20, Ct))[^1].Action.ShouldBe("left");
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse($"{text}+08:00", CultureInfo.InvariantCulture);

    private async Task PolicyAsync(string metric, int minutes)
    {
        OpenHours[] day = [new(9 * 60, 12 * 60), new((13 * 60) + 30, 18 * 60)];
        var calendar = await desk.Get<CalendarService>()
            .CreateAsync(
                new(
                    "Office",
                    "Asia/Shanghai",
                    null,
                    [.. Enumerable.Range(1, 5).SelectMany(d => day.Select(h => new WeeklyHours((DayOfWeek)d, h)))],
                    [],
                    "first"
                ),
                Ct
            );
        var content = new PolicyContent
        {
            Targets =
            [
                new([new("priority", FactComparison.Is, ["P2"])], SlaTarget.Minutes(minutes / 2)),
                new([], SlaTarget.Minutes(minutes)),
            ],
            CalendarId = calendar.Calendar.Id,
            Conditions = new() { Start = [new(["case.opened"], [])], Pause = [new(["case.pending-customer"], [])] },
        };
        var policies = desk.Get<SlaPolicyService>();
        var policy = await policies.CreateAsync($"{channel} {metric}", metric, content, Ct);
        await policies.ActivateAsync(policy.PolicyId, 1, Ct);
    }

    /// <summary>Receives a contact, gives a task to a queue, and goes on at words that a test says; a last step in the place of waiting for the customer.</summary>
    private async Task PublishFlowAsync(string? instead = null)
    {
        await desk.Get<Queues>()
            .SaveAsync(
                new(channel, channel) { Rev = (await desk.Get<Queues>().ListAsync(Ct)).FirstOrDefault(q => q.Id == channel)?.Rev ?? 0 },
                Ct
            );
        string[] steps =
        [
            $$"""{ "id": "receive", "type": "ServiceLoop.ReceiveContact", "canStartWorkflow": true, "channels": { "typeName": "String[]", "expression": { "type": "Object", "value": "[\"{{channel}}\"]" } } }""",
            Stage("in-diagnosis"),
            $$"""{ "id": "task", "type": "ServiceLoop.AssignTask", "queue": {{Text(channel)}}, "title": {{Text("Look at it")}} }""",
            Event($"{channel}-ask"),
            instead ?? Stage("pending-customer"),
            Event($"{channel}-solve"),
            """{ "id": "resolve", "type": "ServiceLoop.ResolveCase" }""",
            Event("never"),
        ];
        string[] wires =
        [
            Wire("receive", "in-diagnosis"),
            Wire("in-diagnosis", "task"),
            Wire("in-diagnosis", $"{channel}-ask"),
            Wire($"{channel}-ask", instead is null ? "pending-customer" : "fault"),
            Wire(instead is null ? "pending-customer" : "fault", $"{channel}-solve"),
            Wire($"{channel}-solve", "resolve"),
            Wire("resolve", "never"),
        ];
        var json = $$"""
            { "definitionId": "{{channel}}", "name": "{{channel}}",
              "root": { "id": "root", "type": "Elsa.Flowchart", "version": 1, "start": "receive",
                        "activities": [ {{string.Join(",", steps)}} ], "connections": [ {{string.Join(",", wires)}} ] } }
            """;
        await desk.Get<DefinitionService>().SaveDraftAsync(ElsaJson.Read(Encoding.UTF8.GetBytes(json)), Ct);
        await desk.Get<DefinitionService>().PublishAsync(channel, null, Ct);

        static string Text(string value) => $$"""{ "typeName": "String", "expression": { "type": "Literal", "value": "{{value}}" } }""";
        static string Stage(string status) => $$"""{ "id": "{{status}}", "type": "ServiceLoop.UpdateStage", "status": {{Text(status)}} }""";
        static string Event(string name) => $$"""{ "id": "{{name}}", "type": "Elsa.Event", "eventName": {{Text(name)}} }""";
        static string Wire(string from, string to) =>
            $$"""{ "source": { "activity": "{{from}}", "port": "Done" }, "target": { "activity": "{{to}}", "port": "In" } }""";
    }

    private async Task<string> ContactAsync(string on)
    {
        var received = await desk.Get<InteractionDesk>()
            .ReceiveAsync(
                new()
                {
                    Channel = on,
                    ExternalId = Guid.NewGuid().ToString("N"),
                    Sender = new("email", $"ann@{channel}.example"),
                    Subject = "Help",
                },
                Ct
            );
        await desk.PumpAsync();
        desk.Failures.ShouldBeEmpty();
        return (await desk.Get<InteractionDesk>().GetAsync(received.Interaction.Id, Ct)).CaseId.ShouldNotBeNull();
    }

    private async Task ReplyAsync(string on, string? customerId, string? caseId = null, string? direction = null, bool isBot = false)
    {
        await desk.Get<InteractionDesk>()
            .ReceiveAsync(
                new()
                {
                    Channel = on,
                    ExternalId = Guid.NewGuid().ToString("N"),
                    CustomerId = customerId,
                    CaseId = caseId,
                    Direction = direction,
                    BotHandled = isBot,
                    Body = "text",
                },
                Ct
            );
        await desk.PumpAsync();
    }

    private async Task SayAsync(string word)
    {
        await desk.Get<WorkflowRuntime>().PublishAsync(new($"{channel}-{word}"), Ct);
        await desk.PumpAsync();
    }

    private async Task<SlaClock> ClockAsync(string caseId) => await OfMetricAsync(caseId, "resolution");

    private async Task<SlaClock> OfMetricAsync(string caseId, string metric) =>
        (await desk.Get<ClockService>().OfCaseAsync(caseId, Ct)).Where(c => c.Metric == metric).ShouldHaveSingleItem();

    private async Task<IReadOnlyList<ClockHistoryLine>> LinesAsync(string caseId) =>
        await desk.Get<ClockService>().HistoryAsync((await ClockAsync(caseId)).Id, Ct);

    private async Task<IReadOnlyList<Escalation>> EscalationsAsync(string caseId) =>
        [.. (await desk.Get<EscalationService>().ListAsync(new() { CaseId = caseId }, Ct)).Where(e => e.IsOpen)];

    private async Task<DateTimeOffset> DeadlineAsync(string caseId) =>
        new(
            await desk.ReadAsync<DateTime>(
                "select w.virtual_deadline from waiting w join task t on t.id = w.task_id where t.case_id = $1",
                caseId
            ),
            TimeSpan.Zero
        );

    private async Task NothingIsLeftAsync() =>
        (
            await desk.ReadAsync<long>(
                "select count(*) from work where buried_at is not null or due_at <= $1",
                desk.Clock.GetUtcNow().ToUniversalTime()
            )
        ).ShouldBe(0);
}
