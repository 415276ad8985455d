using Microsoft.Extensions.Logging.Abstractions;
using ServiceLoop.Runtime.Postgres.Store;
using ServiceLoop.ServiceDesk.Upkeep;
using ServiceLoop.TestKit;

namespace ServiceLoop.ServiceDesk.Tests.Upkeep;

public sealed class DeskUpkeepTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_ended_long_ago_goes_and_what_is_open_or_young_stays()
    {
        await using var desk = await DeskUnderTest.OpenAsync(postgres, Now);
        await desk.ExecuteAsync(
            """
            insert into sla_clock (id, case_id, metric, policy_id, policy_version, calendar_id, calendar_version, target_amount, target_unit, extension, state,
              started_at, runs, consumed, stopped_at, thresholds, fired, generation, rev)
            select id, 'case', 'resolution', 'p', 1, 'cal', 1, 60, 0, 0, case when stopped is null then 1 else 3 end, '2024-01-01', '{}', 0, stopped, '{}', '{}', 1, 1
            from (values ('open', null::timestamptz), ('old', '2025-01-01'), ('young', '2026-01-01')) as t (id, stopped);
            insert into clock_event (clock_id, at, kind, who, said_at)
            select id, '2024-01-01', 'Started', 'x', '2024-01-01' from sla_clock;
            insert into clock_command (id, clock_id, verb, at, value, applied_at)
            values ('done', 'old', 1, '2024-01-01', '{}', '2024-01-01'), ('waits', 'open', 1, '2024-01-01', '{}', null);
            insert into escalation_signal (key, at) values ('old', '2024-01-01'), ('young', '2026-03-01');
            """
        );
        var upkeep = new DeskUpkeep(desk.Get<Database>(), new(), desk.Clock, NullLogger<DeskUpkeep>.Instance);

        var removed = await upkeep.CleanAsync(Ct);
        var again = await upkeep.CleanAsync(Ct);

        (removed, again).ShouldBe((3, 0));
        (await desk.ReadAsync<string[]>("select array_agg(clock_id order by clock_id) from clock_event")).ShouldBe(["open", "young"]);
        (await desk.ReadAsync<string[]>("select array_agg(id) from clock_command")).ShouldBe(["waits"]);
        (await desk.ReadAsync<string[]>("select array_agg(key) from escalation_signal")).ShouldBe(["young"]);
    }
}
