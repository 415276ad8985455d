using ServiceLoop.ServiceDesk.Knowledge;
using ServiceLoop.ServiceDesk.Kpis;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Knowledge;

/// <summary>What counts as settled without a person, and what does not although a bot had the last word.</summary>
public sealed class AutomationTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTimeOffset From = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = From.AddDays(28);

    // Settled by a bot: A1 alone, A2 too although nobody took its task, A3 after a person took the task and gave it back, A4 put right, A5 called, A6 no
    // standard question. Then one with a bot's help, one by a person, one called off, one before the window.
    private const string Rows = """
        insert into customer (id, state, root_id, preferences, created_at, changed_at) values ('li', 'active', 'li', '{}', '2026-01-01Z', '2026-01-01Z');
        insert into taxonomy (version, intents, made_by, made_at)
        values (1, '[{"name":"card","isStandard":false}]', 'ann', '2026-02-01Z'),
          (2, '[{"name":"card","isStandard":true},{"name":"loan","isStandard":false}]', 'ann', '2026-03-01Z');
        insert into service_case (id, customer_id, category, impact, urgency, priority, channel, status, resolution_code, resolution_mode, opened_at, resolved_at, reopen_count)
        select id, 'li', case when id = 'a6' then 'loan' else 'card' end, 'minor', 'normal', 4, 'web', s, 'solved', m, at::timestamptz, at::timestamptz, 0
        from (values
          ('a1', 'closed', 'auto', '2026-03-03'), ('a2', 'closed', 'auto', '2026-03-03'), ('a3', 'closed', 'auto', '2026-03-03'),
          ('a4', 'closed', 'auto', '2026-03-03'), ('a5', 'closed', 'auto', '2026-03-03'), ('a6', 'in-follow-up', 'auto', '2026-03-03'),
          ('b1', 'closed', 'assisted', '2026-03-03'), ('h1', 'closed', 'human', '2026-03-03'), ('x1', 'merged', 'auto', '2026-03-03'),
          ('o1', 'closed', 'auto', '2026-02-03')) as v(id, s, m, at);
        insert into triage_result (id, case_id, at, model_version, taxonomy_version, intent, confidence, threshold, is_sure, ranked, language, sentiment, is_angry, complexity)
        select 'r' || c.id, c.id, '2026-03-03Z', 'm', 1, c.category, 0.9, 0.5, true, '[]', 'en', 0, false, 'simple' from service_case c;
        insert into triage_correction (id, case_id, at, by, intent, category, is_misroute) values ('k4', 'a4', '2026-03-03Z', 'ann', 'card', 'card', false);
        insert into workflow_instance (id, definition_id, version_id, version, row_version, sub_status, incident_count, state, created_at, updated_at)
        values ('w1', 'd', 'v', 1, 1, 2, 0, '', '2026-03-03Z', '2026-03-03Z');
        insert into task (id, instance_id, bookmark_id, case_id, type, title, outcomes, content, priority, channel, weight, required, preferred, only_for, excluded, state, enqueued_at, created_at, changed_at, ended_at)
        select 't' || n, 'w1', n, c, 'x', 'x', '{}', '{}', 3, 'web', 10, '[]', '[]', '{}', '{}', s, '2026-03-03Z', '2026-03-03Z', '2026-03-03Z', '2026-03-03Z'
        from (values (2, 'a2', 7), (3, 'a3', 7), (7, 'h1', 6)) as v(n, c, s);
        insert into task_event (task_id, at, verb, rev) values ('t2', '2026-03-03Z', 'offer', 2), ('t3', '2026-03-03Z', 'accept', 2), ('t3', '2026-03-03Z', 'release', 3);
        insert into callback (id, case_id, channel, numbers, state, requested_at, ended_at) values ('b5', 'a5', 'phone', '{}', 'reached', '2026-03-03Z', '2026-03-04Z');
        insert into callback_attempt (callback_id, no, at, outcome, agent) values ('b5', 1, '2026-03-03Z', 'reached', 'ann');
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_what_nobody_had_a_hand_in_is_settled_without_a_person()
    {
        await using var desk = await DeskUnderTest.OpenAsync(postgres, To.AddDays(1));
        await desk.ExecuteAsync(Rows);

        var report = await desk.Get<KnowledgeUses>().AutomationAsync(From, To, Ct);

        report.All.ShouldBe(new AutomationShare(null, 3, 4, 1));
        report.Standard.ShouldBe(new AutomationShare(null, 2, 4, 1));
        report.Categories.ShouldBe([new("card", 2, 4, 1), new("loan", 1, 0, 0)]);
        report.Standard.IsUnderTarget.ShouldBeTrue();
        // The key figure tells the same.
        var kpis = await desk.Get<KpiDesk>().ReportAsync(From, To, Ct);
        Is(kpis.Find("automation"), report.All);
        Is(kpis.Find("automation", "standard"), report.Standard);

        static void Is(Kpi? figure, AutomationShare share)
        {
            figure.ShouldNotBeNull().N.ShouldBe(share.Total);
            figure.Value.ShouldNotBeNull().ShouldBe((double)share.Auto / share.Total, 1e-9);
        }
    }
}
