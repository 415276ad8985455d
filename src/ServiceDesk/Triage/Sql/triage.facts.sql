-- What is known of a case when a contact of it is judged; one row with nulls for a case that is not there. $1 case. Uses the primary keys,
-- interaction_case, triage_result_case and triage_correction_case.
with said as (
  select i.received_at, i.id,
    concat_ws(E'\n', i.subject, coalesce(i.body, (
      select string_agg(t.segment ->> 'text', ' ' order by t.place)
      from jsonb_array_elements(i.transcript) with ordinality as t (segment, place)
      where jsonb_typeof(t.segment) = 'object' and coalesce(t.segment ->> 'speaker', 'customer') not in ('agent', 'bot', 'system')
    ))) as text
  from interaction i
  where i.case_id = $1 and i.direction = 'inbound'
  order by i.received_at desc, i.id desc
  limit 20
), decided as (
  select c.intent from triage_correction c where c.case_id = $1 order by c.at desc, c.id desc limit 1
), judged as (
  select r.intent, r.is_sure from triage_result r where r.case_id = $1 order by r.at desc, r.id desc limit 1
)
select coalesce((select max(version) from taxonomy), 0), s.id is not null, s.category, s.impact, s.urgency, s.is_angry, s.contact_no,
  d.intent is not null, coalesce(d.intent, j.intent), d.intent is not null or coalesce(j.is_sure, false),
  (select string_agg(left(a.text, 4000), E'\n' order by a.received_at, a.id) from said a),
  (select a.text from said a order by a.received_at desc, a.id desc limit 1), coalesce(s.reopen_count, 0) > 0
from (select 1) as one
left join service_case s on s.id = $1
left join decided d on true
left join judged j on true
