-- Service levels, of clocks that stopped in the window; and how much of their time they were paused. $1 from, $2 to (exclusive). The list of runs holds
-- beginnings and ends in turn; a clock that stopped has as many of both. Reads the clocks of the window: no index by their end, for reports only.
with stopped as (
  select c.metric, c.state, c.started_at, c.stopped_at, c.breached_at,
    (
      select coalesce(sum(extract(epoch from case when r.no % 2 = 0 then r.at - c.started_at else c.started_at - r.at end)), 0)
      from unnest(c.runs) with ordinality as r(at, no)
    ) as ran
  from sla_clock c
  where c.stopped_at >= $1 and c.stopped_at < $2 and c.state in (3, 4)
)
select 'sla-attainment' as name, metric as segment, count(*) filter (where state = 3) as hits, count(*) as n, null::double precision as value
from stopped
group by metric
union all
select 'paused-share', '', null, count(*),
  1 - sum(ran) / nullif(sum(extract(epoch from stopped_at - started_at)), 0)
from stopped
