-- Signals that something is wrong. $1 ids, $2 sources, $3 KPIs, $4 segments, $5 categories, $6 titles, $7 details, $8 cases, $9 evidence, $10 who, $11 effects,
-- $12 confidences, $13 moments. Uses the primary key.
insert into finding (id, source, kpi, segment, category, title, detail, case_id, evidence, detected_by, effect_size, confidence, found_at)
select f.id, f.source, f.kpi, f.segment, f.category, f.title, f.detail, s.id, f.evidence::jsonb, f.who, f.effect, f.confidence, f.at
from unnest(
  $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::double precision[],
  $12::double precision[], $13::timestamptz[])
  as f (id, source, kpi, segment, category, title, detail, case_id, evidence, who, effect, confidence, at)
left join service_case s on s.id = f.case_id
on conflict (id) do nothing
