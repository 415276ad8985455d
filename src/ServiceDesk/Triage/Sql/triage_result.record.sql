-- Judgements about contacts, and what follows for their cases. $1 ids, $2 cases, $3 moments, $4 models, $5 versions of the taxonomy, $6 intents, $7 categories,
-- $8 queues, $9 confidences, $10 thresholds, $11 sure, $12 ranked, $13 languages, $14 sentiments, $15 angry, $16 complexities, $17 texts, $18 impacts,
-- $19 urgencies. A case gets category, impact and urgency by a sure judgement of another category, unless a person has decided; anger that is new
-- raises the urgency in any case. Uses the primary keys and triage_correction_case.
with told as (
  select t.*
  from unnest(
    $1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::integer[], $6::text[], $7::text[], $8::text[], $9::double precision[], $10::double precision[],
    $11::boolean[], $12::text[], $13::text[], $14::double precision[], $15::boolean[], $16::text[], $17::text[], $18::text[], $19::text[])
    with ordinality as t (id, case_id, at, model_version, taxonomy_version, intent, category, queue, confidence, threshold, is_sure, ranked, language,
      sentiment, is_angry, complexity, text, impact, urgency, place)
), written as (
  insert into triage_result (
    id, case_id, at, model_version, taxonomy_version, intent, category, queue, confidence, threshold, is_sure, ranked, language, sentiment, is_angry,
    complexity, text)
  select t.id, t.case_id, t.at, t.model_version, t.taxonomy_version, t.intent, t.category, t.queue, t.confidence, t.threshold, t.is_sure, t.ranked::jsonb,
    t.language, t.sentiment, t.is_angry, t.complexity, t.text
  from told t
  join service_case s on s.id = t.case_id
  on conflict (id) do nothing
  returning id
), newest as (
  select distinct on (t.case_id) t.*
  from told t
  join written w on w.id = t.id
  order by t.case_id, t.place desc
), judged as (
  select s.id, n.is_angry, s.is_angry or s.contact_no >= 3 as was_raised,
    n.is_sure and n.category is distinct from s.category and not exists (select 1 from triage_correction c where c.case_id = s.id) as is_set,
    n.category, n.impact, n.urgency, s.impact as impact_before, s.urgency as urgency_before
  from newest n
  join service_case s on s.id = n.case_id
  where s.closed_at is null
), counted as (
  select j.*,
    case when j.is_set then j.impact else j.impact_before end as impact_now,
    case
      when j.is_set and (j.was_raised or j.is_angry) then (select u.raised from service_case_urgency u where u.urgency = j.urgency)
      when j.is_set then j.urgency
      when j.is_angry and not j.was_raised then (select u.raised from service_case_urgency u where u.urgency = j.urgency_before)
      else j.urgency_before
    end as urgency_now
  from judged j
)
update service_case s
set rev = s.rev + 1, category = case when c.is_set then c.category else s.category end, impact = c.impact_now, urgency = c.urgency_now,
  priority = p.priority, is_angry = s.is_angry or c.is_angry
from counted c
join service_case_priority p on p.impact = c.impact_now and p.urgency = c.urgency_now
where s.id = c.id and (c.is_set or c.is_angry)
