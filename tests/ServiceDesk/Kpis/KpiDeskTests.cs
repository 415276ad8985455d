using ServiceLoop.ServiceDesk.Kpis;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Kpis;

/// <summary>Rows with round numbers, and what follows from them by hand.</summary>
public sealed class KpiDeskTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTimeOffset From = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = From.AddDays(28);

    // Three cases of Li about "card" and one of Wu. C1 is closed, C2 comes 2 days after it, C3 9 days after that; C4 is open, C0 was before the window.
    private const string Rows = """
        insert into customer (id, state, root_id, preferences, created_at, changed_at)
        values ('li', 'active', 'li', '{}', '2026-01-01Z', '2026-01-01Z'), ('wu', 'active', 'wu', '{}', '2026-01-01Z', '2026-01-01Z');

        insert into service_case (id, customer_id, category, impact, urgency, priority, channel, status, resolution_code, resolution_mode, opened_at, first_response_at, resolved_at, closed_at, reopen_count)
        values
          ('c0', 'wu', 'card', 'minor', 'normal', 4, 'web', 'closed', 'solved', 'human', '2026-02-01T00:00Z', '2026-02-01T00:01Z', '2026-02-01T01:00Z', '2026-02-01T02:00Z', 0),
          ('c1', 'li', 'card', 'minor', 'normal', 4, 'web', 'closed', 'solved', 'human', '2026-03-03T08:00Z', '2026-03-03T08:00:10Z', '2026-03-03T10:00Z', '2026-03-03T12:00Z', 0),
          ('c2', 'li', 'card', 'minor', 'normal', 4, 'email', 'closed', 'solved', 'auto', '2026-03-05T08:00Z', '2026-03-05T08:00:50Z', '2026-03-05T09:00Z', '2026-03-05T10:00Z', 1),
          ('c3', 'li', 'card', 'minor', 'normal', 4, 'web', 'cancelled', null, null, '2026-03-14T08:00Z', null, null, '2026-03-14T14:00Z', 0),
          ('c4', 'wu', 'card', 'minor', 'normal', 4, 'web', 'in-solution', null, null, '2026-03-20T08:00Z', null, null, null, 0);

        -- C3 was told that its contact has come, and when work begins: that is no answer.
        insert into message (id, key, channel, recipient, template, format, body, case_id, status, created_at, sent_at)
        values ('m3', 'm3', 0, 'li', 'case-received', 0, 'x', 'c3', 1, '2026-03-14T08:00Z', '2026-03-14T08:00:01Z'),
          ('m4', 'm4', 0, 'li', 'out-of-hours', 0, 'x', 'c3', 1, '2026-03-14T08:00Z', '2026-03-14T08:00:02Z');

        insert into interaction (id, channel, external_id, digest, direction, state, customer_id, case_id, transcript, attachments, started_at, received_at)
        select 'i' || n, 'web', 'e' || n, '', 'inbound', 'correlated', 'li', c, '[]', '[]', at::timestamptz, at::timestamptz
        from (values (1, 'c1', '2026-03-03T08:00Z'), (2, 'c2', '2026-03-05T08:00Z'), (3, 'c3', '2026-03-14T08:00Z')) as v(n, c, at);

        -- C1: an hour in diagnosis, three hours in solution; named again in between, which changes nothing.
        insert into service_case_event (key, case_id, at, actor, action, status, stage, is_applied)
        values
          ('k1', 'c1', '2026-03-03T08:00Z', 'x', 'move', 'in-diagnosis', 'diagnosis', true),
          ('k2', 'c1', '2026-03-03T08:30Z', 'x', 'move', 'in-diagnosis', 'diagnosis', true),
          ('k3', 'c1', '2026-03-03T09:00Z', 'x', 'move', 'in-solution', 'solution', true),
          ('k4', 'c1', '2026-03-03T09:30Z', 'x', 'move', 'in-diagnosis', 'diagnosis', false);

        insert into sla_clock (id, case_id, metric, policy_id, policy_version, calendar_id, calendar_version, target_amount, target_unit, extension, state,
          started_at, runs, consumed, breached_at, stopped_at, thresholds, fired, generation, rev)
        values
          ('s1', 'c1', 'resolution', 'p', 1, 'k', 1, 240, 0, 0, 3, '2026-03-03T08:00Z', '{2026-03-03T08:00Z,2026-03-03T09:00Z}', 0, null, '2026-03-03T10:00Z', '{}', '{}', 1, 1),
          ('s2', 'c2', 'resolution', 'p', 1, 'k', 1, 30, 0, 0, 4, '2026-03-05T08:00Z', '{2026-03-05T08:00Z,2026-03-05T10:00Z}', 0, '2026-03-05T08:30Z', '2026-03-05T10:00Z', '{}', '{}', 1, 1),
          ('s3', 'c2', 'first_response', 'p', 1, 'k', 1, 30, 0, 0, 3, '2026-03-05T08:00Z', '{2026-03-05T08:00Z,2026-03-05T08:01Z}', 0, null, '2026-03-05T08:01Z', '{}', '{}', 1, 1),
          ('s4', 'c4', 'resolution', 'p', 1, 'k', 1, 30, 0, 0, 1, '2026-03-20T08:00Z', '{2026-03-20T08:00Z}', 0, null, null, '{}', '{}', 1, 1);

        insert into follow_up (id, case_id, customer_id, kind, metric, cause, channel, settled_at, state, planned_at, sent_at, expires_at, made_at)
        select 'f' || n, c, 'li', 'survey', m, 'bot', 'web', '2026-03-03Z', 'sent', '2026-03-06T08:00Z', '2026-03-06T08:00:02Z', '2026-03-13Z', '2026-03-03Z'
        from (values (1, 'c1', 'csat'), (2, 'c2', 'csat'), (3, 'c3', 'csat'), (4, 'c2', 'nps')) as v(n, c, m);
        insert into survey_response (follow_up_id, metric, score, is_low, channel, answered_at)
        values ('f1', 'csat', 5, false, 'web', '2026-03-07Z'), ('f2', 'csat', 2, true, 'web', '2026-03-07Z'), ('f4', 'nps', 9, false, 'web', '2026-03-07Z');

        -- The fifth was an offer that nobody took up: nobody was called.
        insert into callback (id, channel, numbers, state, is_on_time, requested_at, first_attempt_at, ended_at)
        values
          ('b1', 'phone', '{}', 'reached', true, '2026-03-03Z', '2026-03-04Z', '2026-03-04Z'),
          ('b2', 'phone', '{}', 'reached', false, '2026-03-03Z', '2026-03-04Z', '2026-03-04Z'),
          ('b3', 'phone', '{}', 'exhausted', true, '2026-03-03Z', '2026-03-03Z', '2026-03-04Z'),
          ('b4', 'phone', '{}', 'cancelled', null, '2026-03-03Z', null, '2026-03-04Z'),
          ('b5', 'phone', '{}', 'exhausted', null, '2026-03-03Z', null, '2026-03-04Z');

        insert into promise (id, what, due_at, made_at, kept_at, broken_at)
        values
          ('p1', 'x', '2026-03-04T10:00Z', '2026-03-03Z', '2026-03-04T09:00Z', null),
          ('p2', 'x', '2026-03-04T10:00Z', '2026-03-03Z', null, '2026-03-04T10:00Z'),
          ('p3', 'x', '2026-03-04T10:00Z', '2026-03-03Z', null, null);

        insert into escalation (id, subject_kind, subject_id, metric, level, state, reason, raised_at, level_at, ack_deadline, ack_at, is_silent, round, generation, rev)
        values
          ('e1', 'case', 'c1', 'resolution', 1, 2, 'x', '2026-03-03Z', '2026-03-03Z', '2026-03-03T01:00Z', '2026-03-03T00:30Z', false, 1, 1, 1),
          ('e2', 'case', 'c2', 'resolution', 1, 2, 'x', '2026-03-05Z', '2026-03-05Z', '2026-03-05T01:00Z', '2026-03-05T02:00Z', false, 1, 1, 1),
          ('e3', 'case', 'c3', 'resolution', 2, 2, 'x', '2026-03-14Z', '2026-03-14Z', '2026-03-14T01:00Z', null, false, 1, 1, 1),
          ('e4', 'case', 'c4', 'resolution', 3, 2, 'x', '2026-03-20Z', '2026-03-20Z', null, null, true, 1, 1, 1);

        insert into workflow_instance (id, definition_id, version_id, version, row_version, sub_status, incident_count, state, created_at, updated_at, finished_at)
        values
          ('w1', 'd', 'v', 1, 1, 2, 0, '', '2026-03-03Z', '2026-03-03Z', null),
          ('w2', 'd', 'v', 1, 1, 2, 0, '', '2026-03-03Z', '2026-03-03Z', '2026-03-04Z');
        insert into bookmark (instance_id, id, hash, name, activity_id, node_id, payload, created_at) values ('w1', 7, 'h', 'n', 'a', 'a', '', '2026-03-03Z');
        insert into task (id, instance_id, bookmark_id, case_id, type, title, outcomes, content, priority, channel, weight, required, preferred, only_for, excluded, state, enqueued_at, created_at, changed_at, ended_at)
        values
          ('t1', 'w2', 1, 'c1', 'x', 'x', '{}', '{}', 3, 'web', 10, '[]', '[]', '{}', '{}', 6, '2026-03-03T08:00Z', '2026-03-03T08:00Z', '2026-03-03Z', '2026-03-03T08:40Z'),
          ('t2', 'w1', 7, 'c4', 'x', 'x', '{}', '{}', 3, 'web', 10, '[]', '[]', '{}', '{}', 1, '2026-03-20T08:00Z', '2026-03-20T08:00Z', '2026-03-20Z', null),
          ('t3', 'w2', 9, 'c4', 'x', 'x', '{}', '{}', 3, 'web', 10, '[]', '[]', '{}', '{}', 1, '2026-03-20T08:00Z', '2026-03-20T08:00Z', '2026-03-20Z', null);
        -- C1 was sorted surely and wrongly, C2 surely and rightly; of C4 a person was asked, who found it right.
        insert into triage_result (id, case_id, at, model_version, taxonomy_version, intent, confidence, threshold, is_sure, ranked, language, sentiment, is_angry, complexity)
        select 'r' || n, c, '2026-03-05Z', 'm', 1, 'card', 0.9, 0.5, s, '[]', 'en', 0, false, 'simple'
        from (values (1, 'c1', true), (2, 'c2', true), (3, 'c4', false)) as v(n, c, s);
        insert into triage_correction (id, case_id, at, by, result_id, intent_before, intent, category, is_misroute)
        values ('x1', 'c1', '2026-03-06Z', 'ann', 'r1', 'card', 'loan', 'loan', true), ('x3', 'c4', '2026-03-06Z', 'ann', 'r3', 'card', 'card', 'card', false);

        -- C2 was answered from an article; C1 was handed over, and Ben took it 6 minutes later.
        insert into knowledge_article (id, key, language, state, latest_version, created_at, changed_at) values ('k1', 'k1', 'en', 'draft', 1, '2026-03-01Z', '2026-03-01Z');
        insert into taxonomy (version, intents, made_by, made_at) values (1, '[{"name":"card","isStandard":true},{"name":"loan","isStandard":false}]', 'ann', '2026-03-01Z');
        insert into knowledge_use (id, kind, article_id, version, case_id, place, score, at)
        values ('u1', 'answered', 'k1', 1, 'c2', 1, 0.9, '2026-03-05Z'), ('u2', 'recommended', 'k1', 1, 'c1', 1, 0.9, '2026-03-03Z');
        insert into hand_over (id, case_id, reason, summary, at) values ('h1', 'c1', 'too-complex', '{}', '2026-03-03T08:04Z');

        insert into task_event (task_id, at, verb, rev) values ('t1', '2026-03-03T08:10Z', 'accept', 2), ('t1', '2026-03-03T08:40Z', 'complete', 3);
        insert into offer (task_id, offer_no, agent_id, queue_id, state, weight, channel, offered_at, expires_at, ended_at)
        values
          ('t1', 1, 'ann', 'q', 3, 10, 'web', '2026-03-03T08:00Z', '2026-03-03T08:02Z', '2026-03-03T08:02:04Z'),
          ('t1', 2, 'ben', 'q', 1, 10, 'web', '2026-03-03T08:03Z', '2026-03-03T08:05Z', '2026-03-03T08:10Z');
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_figure_is_what_follows_from_the_rows_by_hand()
    {
        await using var desk = await DeskUnderTest.OpenAsync(postgres, To.AddDays(1));

        await using (var command = desk.Source.CreateCommand(Rows))
            await command.ExecuteNonQueryAsync(Ct);

        var report = await desk.Get<KpiDesk>().ReportAsync(From, To, Ct);

        Is("cases-opened", "", 4, 4);
        Is("cases-opened", "channel:web", 3, 3);
        Is("cases-ended", "", 3, 3);
        Is("cases-ended", "status:cancelled", 1, 1);
        Is("cases-ended", "resolution:solved", 2, 2);
        Is("contacts", "direction:inbound", 3, 3);
        // 10 s and 50 s; the third has none.
        Is("first-response", "p50", 30, 2);
        Is("first-response", "p90", 46, 2);
        Is("first-response-within", "15s", 0.5, 2);
        Is("first-response-within", "60s", 1, 2);
        // 4, 2 and 6 hours.
        Is("lead-time", "p50", 4 * 3600, 3);
        Is("resolution-time", "p50", 1.5 * 3600, 2);
        Is("stage-time", "p50:diagnosis", 3600, 1);
        Is("stage-time", "p50:solution", 3 * 3600, 1);
        // Half an hour of work in 12 hours.
        Is("touch-time", "mean", 1800, 1);
        Is("flow-efficiency", "", 0.5 / 12, 3);
        Is("sla-attainment", "resolution", 0.5, 2);
        Is("sla-attainment", "first_response", 1, 1);
        // One hour of the 241 minutes of three clocks.
        Is("paused-share", "", 60.0 / 241, 3);
        // C2 came 2 days after C1; C3 9 days after C2; C4 is Wu's second, 47 days after the first.
        Is("repeat-contact", "", 0.25, 4);
        Is("triage-accuracy", "", 2.0 / 3, 3);
        Is("triage-accuracy", "sure", 0.5, 2);
        Is("triage-asked", "", 1.0 / 3, 3);
        // Of C1 and C2, the first had a task; and it was a loan in truth, which is no standard question.
        Is("automation", "", 0.5, 2);
        Is("automation", "standard", 1, 1);
        Is("knowledge-reuse", "", 0.5, 2);
        Is("hand-over-latency", "p50", 360, 1);
        // C1 was followed by C2, C2 was reopened.
        Is("first-contact-resolution", "", 0, 2);
        Is("reopened", "", 0.5, 2);
        Is("survey-response", "csat", 2.0 / 3, 3);
        Is("csat", "", 0.5, 2);
        Is("csat-mean", "", 3.5, 2);
        Is("nps", "", 100, 1);
        Is("callback-on-time", "", 2.0 / 3, 3);
        Is("reach-rate", "", 2.0 / 3, 3);
        Is("promise-kept", "", 0.5, 2);
        Is("escalations-per-100-cases", "level:1", 50, 4);
        Is("escalations-per-100-cases", "level:2", 25, 4);
        report.Find("escalations-per-100-cases", "level:3").ShouldBeNull();
        Is("escalation-ack-in-time", "", 1.0 / 3, 3);
        Is("queue-wait", "p50", 600, 1);
        Is("handle-time", "mean", 1800, 1);
        Is("offer-answers", "missed", 1, 1);
        Is("offer-gini", "", 0, 1);
        // Four follow-ups 2 s late, an offer 4 s late.
        Is("timer-lateness", "p99", 3.92, 5);
        // T3's step does not wait; C4 has no workflow.
        Is("orphans", "task-without-step", 1, 1);
        Is("orphans", "instance-without-waiter", 0, 0);
        Is("orphans", "case-without-workflow", 1, 1);
        Is("double-tasks", "", 0, 0);
        // C2 was asked twice, and was reopened in between.
        Is("double-surveys", "", 0, 0);

        void Is(string name, string segment, double value, long n)
        {
            var figure = report.Find(name, segment).ShouldNotBeNull($"{name} {segment}");
            figure.Value.ShouldNotBeNull($"{name} {segment}").ShouldBe(value, 1e-6, $"{name} {segment}");
            figure.N.ShouldBe(n, $"{name} {segment}");
        }
    }

    [Fact]
    public async Task A_window_that_is_none_is_refused()
    {
        await using var desk = await DeskUnderTest.OpenAsync(postgres, To);

        var refusal = await Should.ThrowAsync<DeskRefusedException>(() => desk.Get<KpiDesk>().ReportAsync(To, From, Ct));

        refusal.Message.ShouldContain("2026-03-30");
    }
}
