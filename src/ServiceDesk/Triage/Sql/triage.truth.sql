-- Texts with what people said that they are about, the newest first, for the next training. $1 how many. Uses triage_correction_at and the primary key.
select r.text, c.intent
from (
  select distinct on (x.case_id) x.case_id, x.intent, x.result_id, x.at
  from (select * from triage_correction order by at desc, id desc limit $1) x
  order by x.case_id, x.at desc, x.id desc
) c
join triage_result r on r.id = c.result_id
where r.text is not null and r.text <> ''
order by c.at desc
