-- Judgements about a case, the newest first. $1 case, $2 how many. Uses triage_result_case.
select id, case_id, at, model_version, taxonomy_version, intent, category, queue, confidence, threshold, is_sure, ranked::text, language, sentiment, is_angry,
  complexity, text
from triage_result
where case_id = $1
order by at desc, id desc
limit $2
