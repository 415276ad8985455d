using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Clocks;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.TestKit;
using static ServiceLoop.ServiceDesk.Tests.Calendars.Sample;

namespace ServiceLoop.ServiceDesk.Tests.Escalations;

public sealed class EscalationServiceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private readonly Postbox postbox = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clock_climbs_the_ladder_tells_everybody_once_and_ends_with_the_clock()
    {
        await using var desk = await OpenAsync("2026-03-04 09:00");
        var (clocks, escalations) = (desk.Get<ClockService>(), desk.Get<EscalationService>());
        var clock = await StartAsync(desk, 240, "P2");

        await desk.PassUntilAsync(At("2026-03-04 13:43"));
        var raised = await OfAsync(desk, clock.CaseId);
        (raised.Level, raised.State).ShouldBe((1, EscalationState.Raised));
        raised.RaisedAt.ShouldBe(At("2026-03-04 13:42"));
        raised.AckDeadline.ShouldBe(At("2026-03-04 13:54"), "a quarter of the 48 minutes that are left");
        (await escalations.AcknowledgeAsync(raised.Id, Ct)).State.ShouldBe(EscalationState.Acknowledged);

        await desk.PassUntilAsync(At("2026-03-04 14:31"));
        var missed = await OfAsync(desk, clock.CaseId);
        (missed.Id, missed.Level, missed.State).ShouldBe((raised.Id, 2, EscalationState.Raised));

        await desk.PassUntilAsync(At("2026-03-04 15:01"));
        (await OfAsync(desk, clock.CaseId)).Level.ShouldBe(3, "nobody has acknowledged for 30 minutes");
        await clocks.AskAsync(clock.Id, ClockVerb.Stop, Nothing, Ct);
        await desk.PassAsync(TimeSpan.FromMinutes(9));
        (await OfAsync(desk, clock.CaseId)).IsOpen.ShouldBeTrue();
        await desk.PassAsync(TimeSpan.FromMinutes(2));

        var view = await escalations.GetAsync(raised.Id, Ct);
        view.Escalation.State.ShouldBe(EscalationState.Resolved);
        view.Notices.Select(n => (n.Level, n.Recipient))
            .ShouldBe([(1, "lead"), (2, "owner"), (2, "super"), (3, "chief"), (3, "duty"), (3, "sec")], ignoreOrder: true);
        view.Notices.ShouldAllBe(n => n.SentAt != null);
        postbox.Sent.Count(s => s.StartsWith(raised.Id, StringComparison.Ordinal)).ShouldBe(6);
        view.History.Select(h => h.Kind).ShouldBe(["Raised", "Acknowledged", "Climbed", "Climbed", "Clear", "Resolved"]);
        desk.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_who_rests_is_told_at_night_and_a_notice_of_what_is_over_is_not_sent()
    {
        await using var desk = await OpenAsync("2026-04-14 22:00");
        var escalations = desk.Get<EscalationService>();
        var (quiet, over) = (Signal("quiet"), Signal("over"));

        await escalations.SignalAsync(quiet with { Kind = SignalKinds.Complaint }, Ct);
        await escalations.SignalAsync(over with { Kind = SignalKinds.Complaint }, Ct);
        await desk.PumpAsync();
        var both = await escalations.ListAsync(new() { OpenOnly = true }, Ct);
        postbox.Sent.ShouldContain($"{Id(both, quiet)}:2:super", "a supervisor on call");
        postbox.Sent.ShouldNotContain($"{Id(both, quiet)}:1:lead");
        await escalations.WaiveAsync(Id(both, over), "a drill", Ct);

        await desk.PassUntilAsync(At("2026-04-15 09:01"));
        postbox.Sent.ShouldContain($"{Id(both, quiet)}:1:lead");
        postbox.Sent.ShouldNotContain($"{Id(both, over)}:1:lead");
        (await escalations.GetAsync(Id(both, over), Ct)).Notices.ShouldContain(n => n.Suppressed == "it was Waived before");
        (await desk.Get<EscalationStore>().NoticesOfAsync("lead", 100_000, Ct)).ShouldContain(n => n.EscalationId == Id(both, quiet));
        desk.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task More_than_ten_of_one_cause_get_one_parent_and_are_silent_until_it_ends()
    {
        await using var desk = await OpenAsync("2026-05-12 10:00");
        var escalations = desk.Get<EscalationService>();
        var cause = Guid.NewGuid().ToString("N");

        for (var i = 0; i < 14; i++)
        {
            await escalations.SignalAsync(Signal($"{cause}-{i}") with { Kind = SignalKinds.Complaint, Cause = cause }, Ct);
            desk.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        await desk.PumpAsync();
        var all = (await escalations.ListAsync(new() { OpenOnly = true, Take = 200 }, Ct)).Where(e => e.Cause == cause).ToList();
        var parent = all.Single(e => e.SubjectKind == "storm");
        var children = all.Where(e => e != parent).ToList();
        parent.Level.ShouldBe(3);
        children.Count.ShouldBe(14);
        children.ShouldAllBe(c => c.IsSilent && c.ParentId == parent.Id);
        postbox.Sent.Count(s => s.StartsWith(parent.Id, StringComparison.Ordinal)).ShouldBe(6);
        var atStorm = postbox.Sent.Count;

        await desk.PassAsync(TimeSpan.FromMinutes(50));
        postbox.Sent.Except([]).Count(s => children.Exists(c => s.StartsWith(c.Id, StringComparison.Ordinal))).ShouldBe(0);
        (await escalations.ListAsync(new() { ParentId = parent.Id, Take = 200 }, Ct)).ShouldAllBe(c => c.Level == 2);
        postbox.Sent.Count.ShouldBe(atStorm + 1, "the deputy, at the second round of the parent");

        await escalations.WaiveAsync(parent.Id, "the line is up again", Ct);
        await desk.PumpAsync();
        var released = await escalations.ListAsync(new() { ParentId = parent.Id, Take = 200 }, Ct);
        released.ShouldAllBe(c => !c.IsSilent);
        postbox.Sent.ShouldContain($"{children[0].Id}:2:super");
        released.ShouldAllBe(c => postbox.Sent.Contains($"{c.Id}:2:super"), "also those whose notice was held back by the parent");
        desk.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_same_signal_twice_is_one_and_many_at_once_raise_one_escalation()
    {
        await using var desk = await OpenAsync("2026-06-10 10:00");
        var heed = desk.Get<EscalationDesk>();
        var signal = Signal("race") with { Kind = SignalKinds.Complaint, At = desk.Clock.GetUtcNow() };

        await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => heed.HeedAsync(i < 10 ? signal : signal with { Key = $"{signal.Key}-{i}" }, Ct))
        );
        await desk.PumpAsync();

        (await desk.ReadAsync<long>("select count(*) from escalation where subject_id = $1", signal.SubjectId)).ShouldBe(1);
        postbox.Sent.Distinct().Count().ShouldBe(postbox.Sent.Count);
        desk.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Level_three_asks_for_the_degraded_definition_and_the_ladder_is_data()
    {
        await using var desk = await OpenAsync("2026-07-14 10:00");
        var escalations = desk.Get<EscalationService>();
        var ladder = await escalations.LadderAsync(Ct);
        var top = ladder.Top with { DegradedDefinitionId = "degraded-intake" };
        var saved = await escalations.SaveLadderAsync(ladder with { Levels = ladder.Levels.SetItem(2, top) }, ladder.Version, Ct);
        await Should.ThrowAsync<DeskRefusedException>(() => escalations.SaveLadderAsync(saved, ladder.Version, Ct));

        await escalations.SignalAsync(Signal("engine") with { Kind = SignalKinds.EngineDown, QueueId = "hotline" }, Ct);

        (
            await desk.ReadAsync<string>("select convert_from(payload, 'UTF8') from work where key like 'p:desk:escalation-degraded:%'")
        ).ShouldContain("degraded-intake");
        await desk.PumpAsync();
        await escalations.SaveLadderAsync(Ladder.Standard, saved.Version, Ct);
        desk.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_month_of_escalations_tells_nobody_of_a_level_twice_though_work_comes_twice()
    {
        await using var desk = await OpenAsync("2027-01-04 09:00");
        var (clocks, escalations) = (desk.Get<ClockService>(), desk.Get<EscalationService>());
        var dice = new TestKit.Chance.Dice(714);
        var ids = new List<string>();
        var policies = new[] { await PolicyAsync(desk, 60), await PolicyAsync(desk, 480), await PolicyAsync(desk, 900) };
        var end = At("2027-02-03 18:00");

        while (desk.Clock.GetUtcNow() < end)
        {
            var clock = await StartAsync(desk, dice.Of(policies), dice.Of("P1", "P2", "P3", "P4"));
            ids.Add(clock.Id);

            if (dice.Percent(30))
                await TwiceAsync(desk);

            if (dice.Percent(40))
                await TryAsync(() =>
                    clocks.AskAsync(dice.Of<string>(ids), ClockVerb.Pause, Nothing with { Reason = "agreed-callback" }, Ct)
                );

            if (dice.Percent(40))
                await TryAsync(() => clocks.AskAsync(dice.Of<string>(ids), ClockVerb.Resume, Nothing, Ct));

            if (dice.Percent(60))
                await TryAsync(() => clocks.AskAsync(dice.Of<string>(ids), ClockVerb.Stop, Nothing, Ct));

            if (dice.Percent(15))
                await TryAsync(() => clocks.AskAsync(dice.Of<string>(ids), ClockVerb.Reopen, Nothing, Ct));

            var open = await escalations.ListAsync(new() { OpenOnly = true, Take = 200 }, Ct);

            // The top level asks every quarter of an hour: somebody answers sooner or later.
            foreach (var one in open)
                if (dice.Percent(one.Level == 3 ? 60 : 20))
                    await TryAsync(() => escalations.AcknowledgeAsync(one.Id, Ct));

            if (open.Count > 0 && dice.Percent(10))
                await TryAsync(() => escalations.WaiveAsync(dice.Of(open).Id, "chance", Ct));

            await desk.PassAsync(TimeSpan.FromMinutes(dice.Between(240, 1200)));
        }

        desk.Failures.ShouldBeEmpty();
        ids.Count.ShouldBeGreaterThan(40);
        postbox.Sent.Count.ShouldBeGreaterThan(80);
        postbox.Sent.GroupBy(s => s).Where(g => g.Count() > 1).Select(g => g.Key).ShouldBeEmpty();
        (
            await desk.ReadAsync<long>(
                "select count(*) from (select 1 from escalation where state < 2 group by subject_kind, subject_id, metric having count(*) > 1) as twice"
            )
        ).ShouldBe(0);
        TestContext.Current.SendDiagnosticMessage($"{ids.Count} clocks, {postbox.Sent.Count} notices");
    }

    /// <summary>All messages of the desk that wait come once more, now: late, early or of an older generation.</summary>
    private static async Task TwiceAsync(DeskUnderTest desk)
    {
        await using var command = desk.Source.CreateCommand(
            "insert into work (key, kind, instance_id, target, payload, due_at) select key || ':again:' || $1, kind, instance_id, target, payload, $2 "
                + "from work where key like 'm:clock:%' or key like 'm:escalation%' on conflict do nothing"
        );
        command.Parameters.Add(new() { Value = desk.Clock.GetUtcNow().Ticks.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        command.Parameters.Add(new() { Value = desk.Clock.GetUtcNow() });
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (DeskRefusedException)
        {
            // Chance asks for what cannot be: that is refused, and nothing else happens.
        }
    }

    private static ClockAsk Nothing =>
        new()
        {
            Id = "x",
            Verb = ClockVerb.None,
            At = default,
        };

    private static string Id(IReadOnlyList<Escalation> list, EscalationSignal signal) =>
        list.Single(e => e.SubjectId == signal.SubjectId).Id;

    private static EscalationSignal Signal(string subject) =>
        LadderRulesTests.Signal(SignalKinds.Asked, $"{subject}-{Guid.NewGuid():N}") with
        {
            Level = 2,
        };

    private static async Task<Escalation> OfAsync(DeskUnderTest desk, string caseId) =>
        (await desk.Get<EscalationService>().ListAsync(new() { CaseId = caseId }, Ct)).ShouldHaveSingleItem();

    private async Task<DeskUnderTest> OpenAsync(string at)
    {
        var desk = await DeskUnderTest.OpenAsync(postgres, At(at), services => services.AddSingleton<INoticeSender>(postbox));
        await desk.ExecuteAsync("delete from work");
        var office = await CalendarAsync(desk);
        var escalations = desk.Get<EscalationService>();

        foreach (
            var (role, people) in new (string, Recipient[])[]
            {
                ("team-lead", [new("lead", office, false, 0)]),
                ("supervisor", [new("super", office, true, 0)]),
                ("process-owner", [new("owner", office, false, 0)]),
                ("duty-manager", [new("duty", null, true, 0), new("deputy", null, true, 1)]),
                ("management", [new("chief", office, false, 0)]),
                ("it-security", [new("sec", null, true, 0)]),
            }
        )
            await escalations.SaveContactsAsync(role, [.. people], Ct);

        return desk;
    }

    private static async Task<string> CalendarAsync(DeskUnderTest desk) =>
        (await desk.Get<CalendarService>().CreateAsync(new("Office", "Asia/Shanghai", null, OfficeWeek, [], "first"), Ct)).Calendar.Id;

    private static async Task<SlaPolicy> PolicyAsync(DeskUnderTest desk, int minutes)
    {
        var content = new PolicyContent { Targets = [new([], SlaTarget.Minutes(minutes))], CalendarId = await CalendarAsync(desk) };
        var policy = await desk.Get<SlaPolicyService>().CreateAsync(Guid.NewGuid().ToString("N"), "resolution", content, Ct);
        return await desk.Get<SlaPolicyService>().ActivateAsync(policy.PolicyId, 1, Ct);
    }

    private static async Task<SlaClock> StartAsync(DeskUnderTest desk, int minutes, string priority) =>
        await StartAsync(desk, await PolicyAsync(desk, minutes), priority);

    private static Task<SlaClock> StartAsync(DeskUnderTest desk, SlaPolicy policy, string priority) =>
        desk.Get<ClockService>()
            .StartAsync(
                new()
                {
                    Id = Guid.NewGuid().ToString("N"),
                    CaseId = Guid.NewGuid().ToString("N"),
                    Metric = "resolution",
                    Policy = policy.PolicyId,
                    Facts = ImmutableSortedDictionary<string, string?>.Empty.Add("priority", priority),
                    At = desk.Clock.GetUtcNow(),
                },
                Ct
            );

    /// <summary>Remembers what was sent.</summary>
    private sealed class Postbox : INoticeSender
    {
        public ConcurrentBag<string> Sent { get; } = [];

        public Task<ServiceDesk.Messages.Message?> PrepareAsync(
            Escalation escalation,
            LadderLevel level,
            EscalationNotice notice,
            string key,
            CancellationToken ct
        )
        {
            Sent.Add(key);
            return Task.FromResult<ServiceDesk.Messages.Message?>(null);
        }
    }
}
