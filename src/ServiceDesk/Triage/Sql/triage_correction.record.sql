-- What people say that cases are about: kept, and the cases corrected. $1 ids, $2 cases, $3 moments, $4 who, $5 reasons, $6 intents, $7 categories, $8 queues,
-- $9 impacts, $10 urgencies. A misroute is a sure judgement with another category or queue. Uses the primary keys, triage_result_case and
-- triage_correction_case.
with told as (
  select t.*
  from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
    with ordinality as t (id, case_id, at, by, reason, intent, category, queue, impact, urgency, place)
), written as (
  insert into triage_correction (id, case_id, at, by, reason, result_id, intent_before, intent, category, queue, is_misroute)
  select t.id, t.case_id, t.at, t.by, t.reason, r.id, coalesce(d.intent, r.intent), t.intent, t.category, t.queue,
    coalesce(r.is_sure and (r.category <> t.category or r.queue is distinct from t.queue), false)
  from told t
  join service_case s on s.id = t.case_id
  left join lateral (
    select x.id, x.intent, x.category, x.queue, x.is_sure from triage_result x where x.case_id = t.case_id order by x.at desc, x.id desc limit 1
  ) r on true
  left join lateral (
    select x.intent from triage_correction x where x.case_id = t.case_id order by x.at desc, x.id desc limit 1
  ) d on true
  on conflict (id) do nothing
  returning id
), newest as (
  select distinct on (t.case_id) t.*
  from told t
  join written w on w.id = t.id
  order by t.case_id, t.place desc
), judged as (
  select s.id, n.category, n.impact,
    case when s.is_angry or s.contact_no >= 3 then (select u.raised from service_case_urgency u where u.urgency = n.urgency) else n.urgency end as urgency
  from newest n
  join service_case s on s.id = n.case_id
  where s.closed_at is null
)
update service_case s
set rev = s.rev + 1, category = j.category, impact = j.impact, urgency = j.urgency, priority = p.priority
from judged j
join service_case_priority p on p.impact = j.impact and p.urgency = j.urgency
where s.id = j.id
