-- Takes a published article out of what is found; a draft beside it goes on. $1 article, $2 now. Uses the primary keys.
with over as (
  update knowledge_version set state = 'superseded' where article_id = $1 and state = 'published'
)
update knowledge_article
set rev = rev + 1, state = 'expired', published_version = null, changed_at = $2
where id = $1
