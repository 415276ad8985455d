-- Publishes a version; the one before is superseded. $1 article, $2 version, $3 by whom, $4 now. Uses the primary keys.
with before as (
  update knowledge_version set state = 'superseded' where article_id = $1 and state = 'published' and version <> $2
), published as (
  update knowledge_version
  set state = 'published', note = null, approved_by = $3, approved_at = $4
  where article_id = $1 and version = $2
  returning category, intents, is_standard, expires_at
)
update knowledge_article a
set rev = a.rev + 1, state = 'published', published_version = $2, published_at = $4, changed_at = $4, category = p.category, intents = p.intents,
  is_standard = p.is_standard, expires_at = p.expires_at
from published p
where a.id = $1
