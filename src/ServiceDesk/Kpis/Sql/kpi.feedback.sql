-- What customers say, and whether promises were kept. $1 from, $2 to (exclusive). Index: follow_up_list, callback_list, survey_response_pkey.
with asked as (
  select f.metric, r.score
  from follow_up f
  left join survey_response r on r.follow_up_id = f.id
  where f.kind = 'survey' and f.sent_at >= $1 and f.sent_at < $2
),
ended as (
  select state, is_on_time, first_attempt_at, window_end
  from callback
  where ended_at >= $1 and ended_at < $2
)
select 'survey-response' as name, metric as segment, count(score) as hits, count(*) as n, null::double precision as value
from asked
group by metric
union all
select 'csat', '', count(*) filter (where score >= 4), count(score), null from asked where metric = 'csat'
union all
select 'csat-mean', '', null, count(score), avg(score)::double precision from asked where metric = 'csat'
union all
select 'ces-mean', '', null, count(score), avg(score)::double precision from asked where metric = 'ces'
union all
select 'nps', '', null, count(score),
  (100.0 * (count(*) filter (where score >= 9) - count(*) filter (where score <= 6)) / nullif(count(score), 0))::double precision
from asked
where metric = 'nps'
union all
select 'callback-on-time', '', count(*) filter (where is_on_time), count(*), null from ended where is_on_time is not null
union all
select 'reach-rate', '', count(*) filter (where state = 'reached'), count(*), null from ended
where state in ('reached', 'exhausted') and first_attempt_at is not null
union all
select 'promise-kept', '', count(*) filter (where kept_at <= due_at), count(*), null
from promise
where due_at >= $1 and due_at < $2 and (kept_at is not null or broken_at is not null)
