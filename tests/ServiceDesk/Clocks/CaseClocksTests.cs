using System.Globalization;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;
using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Cases;
using ServiceLoop.ServiceDesk.Clocks;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.ServiceDesk.Interactions;
using ServiceLoop.TestKit;
using static ServiceLoop.ServiceDesk.Tests.Calendars.Sample;

namespace ServiceLoop.ServiceDesk.Tests.Clocks;

/// <summary>What happens to cases moves their clocks: in order, once, whatever becomes of the messages.</summary>
public sealed class CaseClocksTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static int serial;
    private DeskUnderTest desk = null!;
    private int number;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        number = Interlocked.Increment(ref serial);
        desk = await DeskUnderTest.OpenAsync(postgres, At("2026-03-04 10:00"));
        await desk.ExecuteAsync("delete from work; update sla_policy_version set state = 2 where state = 1");
    }

    public async ValueTask DisposeAsync()
    {
        desk.Failures.ShouldBeEmpty();
        await desk.DisposeAsync();
    }

    [Fact]
    public async Task News_that_come_twice_late_and_in_the_wrong_order_move_clocks_once_and_in_order()
    {
        await PolicyAsync("resolution", 240);
        await PolicyAsync("first_human_response", 60);
        var opened = await desk.Get<CaseDesk>().OpenAsync(new() { Impact = "one", Urgency = "normal" }, Ct);
        var id = opened.Id;
        desk.Clock.Advance(TimeSpan.FromMinutes(10));
        await desk.Get<CaseDesk>().ProjectAsync(new(id, "stage", CaseStatus.PendingCustomer, "asked"), Ct);
        desk.Clock.Advance(TimeSpan.FromMinutes(10));
        await desk.Get<CaseDesk>().ProjectAsync(new(id, "stage", CaseStatus.InSolution, null), Ct);
        desk.Clock.Advance(TimeSpan.FromMinutes(10));
        await desk.Get<CaseDesk>()
            .ChangeAsync(id, (await desk.Get<CaseDesk>().GetAsync(id, Ct)).Rev, new() { Urgency = "urgent", Category = "water" }, Ct);
        desk.Clock.Advance(TimeSpan.FromMinutes(10));
        await desk.Get<CaseDesk>().ProjectAsync(new(id, "resolve", CaseStatus.Resolved, null), Ct);

        // Not one of them was heard so far. The last one comes first, twice at once; then all others.
        var handler = desk.Get<IEnumerable<IMessageHandler>>().Single(h => h.Topic == "cases.news");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => handler.HandleAsync(new Message("last", id, 0), Ct)));
        var heard = await LinesAsync(id);
        await desk.PumpAsync();

        heard
            .Select(l => (l.Kind, l.At.ToOffset(TimeSpan.FromHours(8)).ToString("HH:mm", CultureInfo.InvariantCulture)))
            .ShouldBe([("Started", "10:00"), ("Paused", "10:10"), ("Resumed", "10:20"), ("Retargeted", "10:30"), ("Met", "10:40")]);
        (await LinesAsync(id)).ShouldBe(heard);
        (await desk.ReadAsync<long>("select heard_seq from case_news where case_id = $1", id)).ShouldBe(
            await desk.ReadAsync<long>("select max(seq) from service_case_event where case_id = $1", id)
        );
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Moves_that_came_too_late_are_heard_by_nobody()
    {
        await PolicyAsync("resolution", 240);
        var id = (await desk.Get<CaseDesk>().OpenAsync(new(), Ct)).Id;
        await desk.Get<CaseDesk>().ProjectAsync(new(id, "stage", CaseStatus.Cancelled, "mistake"), Ct);
        await desk.PumpAsync();
        await desk.Get<CaseDesk>().ProjectAsync(new(id, "reopen", CaseStatus.InDiagnosis, "late"), Ct);
        await desk.Get<CaseDesk>().ProjectAsync(new(id, "resolve", CaseStatus.Resolved, "late"), Ct);
        await desk.PumpAsync();

        (await ClockAsync(id)).State.ShouldBe(ClockState.Cancelled);
        (await LinesAsync(id)).Select(l => l.Kind).ShouldBe(["Started", "Cancelled"]);
    }

    [Fact]
    public async Task Work_that_a_node_died_with_is_done_by_another_one_once()
    {
        await PolicyAsync("resolution", 240);
        var id = (await desk.Get<CaseDesk>().OpenAsync(new(), Ct)).Id;

        // The node has leased the work and is gone; its lease runs out.
        var store = desk.Get<IWorkflowStore>();
        var leased = await store.LeaseDueAsync(desk.Clock.GetUtcNow(), desk.Clock.GetUtcNow().AddMinutes(5), 50, Ct);
        leased.Count.ShouldBeGreaterThan(0);
        await desk.PumpAsync();
        (await desk.Get<ClockService>().OfCaseAsync(id, Ct)).ShouldBeEmpty();

        await desk.PassAsync(TimeSpan.FromMinutes(6));

        var clock = await ClockAsync(id);
        clock.StartedAt.ShouldBe(At("2026-03-04 10:00"), "the moment of the event counts, not that of its handling");
        (await LinesAsync(id)).Count(l => l.Kind == "Started").ShouldBe(1);
    }

    [Fact]
    public async Task A_bot_answers_first_and_a_person_answers_as_a_person()
    {
        await PolicyAsync("first_response", 60);
        await PolicyAsync("first_human_response", 60);
        var id = (await desk.Get<CaseDesk>().OpenAsync(new(), Ct)).Id;
        await desk.Get<CaseDesk>().ProjectAsync(new(id, "stage", CaseStatus.PendingCustomer, null), Ct);
        await desk.PumpAsync();
        (await OfMetricAsync(id, "first_response")).State.ShouldBe(ClockState.Running, "it never pauses");

        desk.Clock.Advance(TimeSpan.FromMinutes(5));
        await ContactAsync(id, "outbound", isBot: true);
        (await OfMetricAsync(id, "first_response")).State.ShouldBe(ClockState.Met);
        (await OfMetricAsync(id, "first_human_response")).State.ShouldNotBe(ClockState.Met);

        desk.Clock.Advance(TimeSpan.FromMinutes(5));
        await ContactAsync(id, "outbound");
        (await OfMetricAsync(id, "first_human_response")).State.ShouldBe(ClockState.Met);
    }

    [Fact]
    public async Task An_urgent_case_raises_the_second_level_at_once_and_lowers_it_when_it_is_settled()
    {
        var id = (
            await desk.Get<CaseDesk>()
                .OpenAsync(
                    new()
                    {
                        Impact = "many",
                        Urgency = "urgent",
                        Category = "outage",
                    },
                    Ct
                )
        ).Id;
        await desk.PumpAsync();
        var raised = (await EscalationsAsync(id)).ShouldHaveSingleItem();
        (raised.Metric, raised.Level, raised.Cause, raised.Priority).ShouldBe(("priority", 2, "outage", "P1"));

        await desk.Get<CaseDesk>().ProjectAsync(new(id, "resolve", CaseStatus.Resolved, null), Ct);
        await desk.PassAsync(TimeSpan.FromMinutes(11));

        (await EscalationsAsync(id)).ShouldBeEmpty();
    }

    private async Task PolicyAsync(string metric, int minutes)
    {
        var calendar = await desk.Get<CalendarService>().CreateAsync(new("Office", "Asia/Shanghai", null, OfficeWeek, [], "first"), Ct);
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
        var policy = await policies.CreateAsync($"{number} {metric}", metric, content, Ct);
        await policies.ActivateAsync(policy.PolicyId, 1, Ct);
    }

    private async Task ContactAsync(string caseId, string direction, bool isBot = false)
    {
        await desk.Get<InteractionDesk>()
            .ReceiveAsync(
                new()
                {
                    Channel = "chat",
                    ExternalId = Guid.NewGuid().ToString("N"),
                    CaseId = caseId,
                    Direction = direction,
                    BotHandled = isBot,
                    Body = "text",
                },
                Ct
            );
        await desk.PumpAsync();
    }

    private async Task<SlaClock> ClockAsync(string caseId) => await OfMetricAsync(caseId, "resolution");

    private async Task<SlaClock> OfMetricAsync(string caseId, string metric) =>
        (await desk.Get<ClockService>().OfCaseAsync(caseId, Ct)).Where(c => c.Metric == metric).ShouldHaveSingleItem();

    private async Task<IReadOnlyList<ClockHistoryLine>> LinesAsync(string caseId) =>
        await desk.Get<ClockService>().HistoryAsync((await ClockAsync(caseId)).Id, Ct);

    private async Task<IReadOnlyList<Escalation>> EscalationsAsync(string caseId) =>
        [.. (await desk.Get<EscalationService>().ListAsync(new() { CaseId = caseId }, Ct)).Where(e => e.IsOpen)];

    private async Task NothingIsLeftAsync() =>
        (
            await desk.ReadAsync<long>("select count(*) from work where buried_at is not null or due_at <= $1", desk.Clock.GetUtcNow())
        ).ShouldBe(0);
}
