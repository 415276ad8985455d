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
using ServiceLoop.ServiceDesk.Clocks;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.ServiceDesk.Tests;
using ServiceLoop.TestKit;

namespace ServiceLoop.Activities.Tests.CustomerService;

/// <summary>The activities of clocks and escalations in a workflow, on PostgreSQL.</summary>
public sealed class ClockFlowTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTimeOffset Ten = new(2026, 3, 4, 10, 0, 0, TimeSpan.FromHours(8));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_workflow_starts_pauses_and_stops_a_clock_and_waits_for_an_acknowledgement()
    {
        var catalog = CustomerServiceActivities.AddTo(BuiltInActivities.AddTo(ActivityCatalog.WithEngineActivities()));
        await using var desk = await DeskUnderTest.OpenAsync(
            postgres,
            Ten,
            more => more.AddSingleton(new WorkflowCompiler(catalog, [])).AddSingleton<IAccess, OpenAccess>()
        );
        var week = Enum.GetValues<DayOfWeek>().Select(d => new WeeklyHours(d, new(540, 1080)));
        await desk.Get<CalendarService>().CreateAsync(new("Office", "Asia/Shanghai", null, [.. week], [], "first"), Ct);
        var policies = desk.Get<SlaPolicyService>();
        var policy = await policies.CreateAsync("fix", "resolution", new() { Targets = [new([], SlaTarget.Minutes(240))] }, Ct);
        await policies.ActivateAsync(policy.PolicyId, 1, Ct);
        await PublishAsync(
            desk,
            """
            { "id": "start", "type": "ServiceLoop.StartClock" },
            { "id": "wait", "type": "Elsa.Delay", "timeSpan": { "typeName": "TimeSpan", "expression": { "type": "Literal", "value": "00:30:00" } } },
            { "id": "pause", "type": "ServiceLoop.PauseClock" },
            { "id": "rest", "type": "Elsa.Delay", "timeSpan": { "typeName": "TimeSpan", "expression": { "type": "Literal", "value": "01:00:00" } } },
            { "id": "go", "type": "ServiceLoop.ResumeClock" },
            { "id": "up", "type": "ServiceLoop.Escalate",
              "level": { "typeName": "Int32", "expression": { "type": "Literal", "value": "2" } },
              "waitForAnswer": { "typeName": "Boolean", "expression": { "type": "Literal", "value": "true" } } },
            { "id": "stop", "type": "ServiceLoop.StopClock" }
            """
        );

        await desk.Get<WorkflowRuntime>().StartAsync(new StartInstanceRequest("clock-flow") { CorrelationId = "case-7" }, Ct);
        await desk.PassUntilAsync(Ten.AddMinutes(100));

        var clock = (await desk.Get<ClockService>().OfCaseAsync("case-7", Ct)).ShouldHaveSingleItem();
        (clock.State, clock.Runs.Length, clock.DueAt).ShouldBe((ClockState.Running, 2, Ten.AddMinutes(300)));
        clock.InstanceId.ShouldNotBeNull();
        var raised = (await desk.Get<EscalationService>().ListAsync(new() { CaseId = "case-7" }, Ct)).ShouldHaveSingleItem();
        (raised.Level, raised.State).ShouldBe((2, EscalationState.Raised));

        await desk.Get<EscalationService>().AcknowledgeAsync(raised.Id, Ct);
        await desk.PumpAsync();

        var ended = (await desk.Get<ClockService>().OfCaseAsync("case-7", Ct)).Single();
        ended.State.ShouldBe(ClockState.Met);
        ended.Consumed.ShouldBe(TimeSpan.FromMinutes(40));
        desk.Failures.ShouldBeEmpty();
    }

    private static async Task PublishAsync(DeskUnderTest desk, string activities)
    {
        var json =
            $$"""{ "definitionId": "clock-flow", "name": "clock-flow", "root": { "id": "root", "type": "Elsa.Sequence", "activities": [ {{activities}} ] } }""";
        await desk.Get<DefinitionService>().SaveDraftAsync(ElsaJson.Read(Encoding.UTF8.GetBytes(json)), Ct);
        await desk.Get<DefinitionService>().PublishAsync("clock-flow", null, Ct);
    }
}
