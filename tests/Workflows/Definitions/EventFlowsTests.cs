using ServiceLoop.ServiceDesk.Changes;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.ServiceDesk.Findings;
using ServiceLoop.ServiceDesk.Improvements;
using ServiceLoop.ServiceDesk.Messages;
using ServiceLoop.ServiceDesk.Promises;

namespace ServiceLoop.Workflows.Tests.Definitions;

/// <summary>The shipped definitions that take events of the desk, on a clock that stands until it is moved.</summary>
public sealed class EventFlowsTests : IAsyncLifetime
{
    private ShippedDesk desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => desk = await ShippedDesk.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        desk.Desk.Failures.ShouldBeEmpty();
        await desk.DisposeAsync();
    }

    [Fact]
    public async Task A_breach_gets_a_commander_who_makes_a_new_promise_and_names_the_cause()
    {
        var id = await desk.ContactAsync();
        await ThresholdAsync(id, 80);
        (await desk.TypesAsync(id)).ShouldNotContain("take-command");
        await ThresholdAsync(id, 100);

        await desk.AnswerAsync(id, "take-command", "Taken", """{ "promise": "Tomorrow.", "hours": 24, "cause": "parts" }""");

        (await desk.Get<PromiseDesk>().ListAsync(id, Ct)).ShouldHaveSingleItem().What.ShouldBe("Tomorrow.");
        (await FindingsAsync(id)).ShouldContain(f => f.Contains("parts", StringComparison.Ordinal));
        await desk.ShouldBeDoneAsync("escalation");
    }

    [Fact]
    public async Task A_breach_that_nobody_commands_climbs_to_the_last_level_and_waits_for_somebody()
    {
        var id = await desk.ContactAsync();
        await ThresholdAsync(id, 100);

        await desk.Desk.PassAsync(TimeSpan.FromMinutes(31));

        (await desk.TypesAsync(id)).ShouldNotContain("take-command");
        var raised = (await desk.Get<EscalationService>().ListAsync(new() { CaseId = id }, Ct)).Single(e => e.Metric == "command");
        raised.Level.ShouldBe(3);
        await desk.Get<EscalationService>().AcknowledgeAsync(raised.Id, Ct);
        await desk.Desk.PumpAsync();
        await desk.ShouldBeDoneAsync("escalation");
    }

    [Theory]
    [InlineData("Recovered")]
    [InlineData("Offer made")]
    [InlineData(null)]
    public async Task An_unhappy_customer_is_spoken_with_by_the_supervisor_at_the_latest(string? outcome)
    {
        var id = await desk.ContactAsync();
        await desk.PublishAsync("service-recovery-needed", id, ("CaseId", id), ("Score", 1L), ("DueAt", ShippedDesk.Morning.AddHours(4)));

        if (outcome is not null)
        {
            await desk.AnswerAsync(id, "service-recovery", outcome, """{ "offer": "A month for free." }""");
        }
        else
        {
            await desk.Desk.PassAsync(TimeSpan.FromDays(1.1));
            (await desk.TypesAsync(id)).ShouldNotContain("service-recovery");
            await desk.AnswerAsync(id, "recovery-by-supervisor", "Recovered");
        }

        await desk.ShouldBeDoneAsync("service-recovery");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_complaint_is_answered_by_two_people_and_ends_with_a_finding(bool objects)
    {
        var id = await desk.ContactAsync();
        await desk.PublishAsync("complaint-received", id, ("CaseId", id), ("Text", "Rude."), ("IsRegulator", objects));
        await desk.AnswerAsync(id, "investigate-complaint", "Upheld", """{ "decision": "You are right.", "cause": "tone" }""");
        await desk.AnswerAsync(id, "check-complaint", "Approved", by: "bob");

        if (objects)
        {
            await desk.SayAsync(id, body: "I do not agree.");
            await desk.AnswerAsync(id, "complaint-objection", "Decided");
        }
        else
        {
            await desk.Desk.PassAsync(TimeSpan.FromDays(5.1));
        }

        (await FindingsAsync(id)).ShouldContain(f => f.Contains("tone", StringComparison.Ordinal));
        await desk.ShouldBeDoneAsync("complaint-closed-loop");
    }

    [Fact]
    public async Task A_degraded_service_is_looked_at_every_hour_until_it_is_restored()
    {
        await desk.PublishAsync(
            "ServiceDesk.Degraded",
            null,
            ("definitionId", "degraded-service"),
            ("queueId", "first-line"),
            ("cause", "net")
        );
        await desk.AnswerAsync(null, "degraded-review", "Still degraded");
        (await desk.TypesAsync(null)).ShouldNotContain("degraded-review");
        await ShouldBeToldAsync(
            "service-degraded",
            "服务受影响",
            "Service disturbed",
            "部分服务暂受影响",
            "Parts of our service are disturbed",
            "net"
        );
        await desk.Desk.PassAsync(TimeSpan.FromMinutes(61));
        await desk.AnswerAsync(null, "degraded-review", "Restored");
        await ShouldBeToldAsync("service-restored", "服务已恢复", "Service restored", "服务已恢复正常", "works again as usual");
        await desk.ShouldBeDoneAsync("degraded-service");
    }

    [Theory]
    [InlineData("callback-due", "call-now", "Called")]
    [InlineData("contact-fix-needed", "fix-contact", "Corrected")]
    [InlineData("promise-broken", "mend-promise", "New promise")]
    [InlineData("ServiceDesk.SlaLongPause", "review-pause", "Justified")]
    public async Task An_event_of_the_desk_becomes_one_task_that_is_escalated_or_ends_in_its_time(string name, string type, string outcome)
    {
        var id = await desk.ContactAsync();

        foreach (var answered in new[] { true, false })
        {
            await desk.PublishAsync(name, id, ("CaseId", id), ("caseId", id));

            if (answered)
                await desk.AnswerAsync(id, type, outcome);
            else
                await desk.Desk.PassAsync(TimeSpan.FromDays(3.1));

            (await desk.TypesAsync(id)).ShouldNotContain(type);
        }

        foreach (var definition in new[] { "callback-call", "fix-contact", "promise-broken", "long-pause-review" })
            await desk.ShouldBeDoneAsync(definition);
    }

    [Theory]
    [InlineData("Fine", ChangeState.Closed)]
    [InlineData("Roll back", ChangeState.RolledBack)]
    public async Task A_change_is_assessed_communicated_implemented_and_tracked_or_taken_back(string review, ChangeState state)
    {
        await desk.PublishAsync("change-requested", null, ("Title", "New form"), ("Author", "ann"));
        await desk.AnswerAsync(null, "change-assess", "Assessed", """{ "necessity": 4 }""");

        // What is missing leads back to the one who can add it.
        await desk.AnswerAsync(
            null,
            "change-assess",
            "Assessed",
            """
            { "necessity": 4, "impact": 3, "feasibility": 4, "reason": "needed", "steps": "a", "times": "May", "owner": "ann", "testEvidence": "t",
              "pilotShare": "20 %", "rollbackTrigger": "csat", "rollbackPlan": "form 1" }
            """
        );
        await desk.AnswerAsync(null, "change-approve", "Approve", by: "bob");
        await desk.AnswerAsync(null, "change-communicate", "Communicated", """{ "ways": ["notice"], "coverage": 0.97 }""");
        await ShouldBeToldAsync("change-notice", "变更通知", "A change is coming", "New form");
        await desk.AnswerAsync(null, "change-implement", "Implemented");

        foreach (var days in new[] { 1.1, 6.1, 23.1 }.Take(review == "Fine" ? 3 : 1))
        {
            await desk.Desk.PassAsync(TimeSpan.FromDays(days));
            await desk.AnswerAsync(null, "change-review", review, """{ "effect": "seen" }""");
        }

        (await desk.Get<ChangeDesk>().ListAsync(null, null, 1, Ct))[0].State.ShouldBe(state);
        await desk.ShouldBeDoneAsync("change-management");
    }

    [Fact]
    public async Task A_finding_walks_round_the_cycle_until_its_effect_has_held()
    {
        var finding = await desk.Get<FindingDesk>().ReportAsync(new("staff", "Form too long"), Ct);
        await desk.PublishAsync("finding-chosen", null, ("FindingId", finding.Report.Id));
        await desk.AnswerAsync(
            null,
            "improvement-describe",
            "Register",
            """{ "problem": "Customers give up.", "rootCause": "form", "kpi": "csat", "category": "forms", "impact": 5, "frequency": 4, "ease": 3, "confidence": 4 }"""
        );
        await desk.AnswerAsync(
            null,
            "improvement-analyse",
            "Analysed",
            """{ "fishbone": [ { "branch": "process", "cause": "too long" } ] }"""
        );
        await desk.AnswerAsync(
            null,
            "improvement-analyse",
            "Analysed",
            """
            { "fishbone": [ { "branch": "process", "cause": "too long", "isConfirmed": true,
                "counts": { "failedWith": 30, "fineWith": 20, "failedWithout": 70, "fineWithout": 180 } } ], "hypothesis": "Shorter, then csat +6." }
            """
        );
        await desk.AnswerAsync(
            null,
            "improvement-design",
            "Designed",
            """
            { "what": "form 2", "difference": "less", "testEvidence": "t", "rollbackPlan": "form 1", "steps": "a", "times": "May", "owner": "ann",
              "pilotShare": "20 %", "rollbackTrigger": "csat", "cases": 900, "days": 14, "guardrails": ["csat"] }
            """
        );
        await desk.AnswerAsync(null, "change-approve", "Approve", by: "bob");

        foreach (var (days, look) in new[] { (7, 1), (21, 4) })
        {
            await desk.Desk.PassAsync(TimeSpan.FromDays(7.1));
            await desk.AnswerAsync(
                null,
                "improvement-check",
                "Evaluate",
                $$"""
                { "card": [ {{string.Join(
                    ",",
                    Evaluation.Indicators.Select(i => $$"""{ "name": "{{i.TrimStart('-')}}", "before": 1, "after": 1 }""")
                )}} ],
                  "counts": { "baselineGood": 360, "baseline": 1000, "candidateGood": 420, "candidate": 1000 }, "look": {{look}}, "days": {{days}},
                  "smallestEffect": 0.06, "minimumCases": 900, "brokenGuardrails": [] }
                """
            );
        }

        await desk.AnswerAsync(null, "improvement-standardise", "Taught", """{ "articleId": "a", "readShare": 0.97 }""");
        await desk.Desk.PassAsync(TimeSpan.FromDays(15.1));
        await desk.AnswerAsync(null, "improvement-standardise", "Taught", """{ "articleId": "a", "readShare": 0.97, "effectHeld": 0.7 }""");

        (await desk.Get<ImprovementDesk>().ListAsync(null, null, null, 1, Ct))[0].State.ShouldBe(ImprovementState.Closed);
        await desk.ShouldBeDoneAsync("improvement-cycle");
    }

    /// <summary>One letter for everybody, which those who read Chinese and those who read English understand.</summary>
    private async Task ShouldBeToldAsync(string template, params string[] words)
    {
        var letters = await desk.Get<MessageService>().ListAsync(new() { CustomerId = "everybody" }, 50, Ct);
        var letter = letters.Where(m => m.Template == template).ShouldHaveSingleItem();

        foreach (var word in words)
            $"{letter.Subject}\n{letter.Body}".ShouldContain(word);
    }

    private Task ThresholdAsync(string id, int percent) =>
        desk.PublishAsync("ServiceDesk.SlaThreshold", id, ("caseId", id), ("percent", (long)percent), ("metric", "resolution"));

    private async Task<IReadOnlyList<string>> FindingsAsync(string id) =>
        [
            .. (await desk.Get<FindingDesk>().ListAsync(null, null, null, 200, Ct))
                .Where(f => f.Report.CaseId == id)
                .Select(f => f.Report.Title),
        ];
}
