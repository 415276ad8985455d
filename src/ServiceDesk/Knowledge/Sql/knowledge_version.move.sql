-- Hands a draft in, or sends it back. $1 article, $2 version, $3 state, $4 why, $5 now. Uses the primary keys.
with moved as (
  update knowledge_version
  set state = $3, note = $4, submitted_at = case when $3 = 'review' then $5 else submitted_at end
  where article_id = $1 and version = $2
)
update knowledge_article
set rev = rev + 1, changed_at = $5, state = case when state = 'published' then state else $3 end
where id = $1
