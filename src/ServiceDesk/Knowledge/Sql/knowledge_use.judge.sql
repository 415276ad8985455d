-- What became of a use. $1 id, $2 verdict or null, $3 reason, $4 helpful or null, $5 who, $6 now. Uses the primary keys.
update knowledge_use u
set verdict = coalesce($2, u.verdict), reason = case when $2::text is null then u.reason else $3 end, is_helpful = coalesce($4, u.is_helpful), judged_by = $5,
  judged_at = $6
from knowledge_version v
where u.id = $1 and v.article_id = u.article_id and v.version = u.version
returning u.id, u.kind, u.article_id, u.version, v.title, u.case_id, u.place, u.score, u.verdict, u.reason, u.is_helpful, u.at
