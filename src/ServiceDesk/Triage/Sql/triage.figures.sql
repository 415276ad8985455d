-- How good the judgements were, by intent: the first one of each case within a time, with the first decision of a person. $1 and $2 from and until.
-- Uses triage_result_at and triage_correction_case.
select r.intent, count(*), count(*) filter (where r.is_sure), count(*) filter (where r.is_sure and c.is_misroute),
  coalesce(sum(extract(epoch from c.at - r.at)) filter (where r.is_sure and c.is_misroute), 0)::double precision / 60,
  count(*) filter (where not r.is_sure and c.intent is not null), count(*) filter (where not r.is_sure and c.intent = r.intent)
from (
  select distinct on (t.case_id) t.case_id, t.at, t.intent, t.is_sure
  from triage_result t
  where t.at >= $1 and t.at < $2
  order by t.case_id, t.at, t.id
) r
left join lateral (
  select x.at, x.intent, x.is_misroute from triage_correction x where x.case_id = r.case_id and x.at >= r.at order by x.is_misroute desc, x.at, x.id limit 1
) c on true
group by r.intent
order by 2 desc, 1
