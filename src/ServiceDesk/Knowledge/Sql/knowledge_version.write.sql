-- Writes a draft, or writes at it. $1 article, $2 version, $3 title, $4 body, $5 category, $6 intents, $7 standard answer, $8 expiry, $9 author, $10 now. Uses
-- the primary keys.
with written as (
  insert into knowledge_version (article_id, version, state, title, body, category, intents, is_standard, expires_at, authors, written_at)
  values ($1, $2, 'draft', $3, $4, $5, $6, $7, $8, array[$9], $10)
  on conflict (article_id, version) do update
  set title = excluded.title, body = excluded.body, category = excluded.category, intents = excluded.intents, is_standard = excluded.is_standard,
    expires_at = excluded.expires_at, written_at = excluded.written_at, state = 'draft',
    authors = case when $9 = any(knowledge_version.authors) then knowledge_version.authors else knowledge_version.authors || $9 end
)
update knowledge_article
set rev = rev + 1, latest_version = $2, changed_at = $10, state = case when state = 'published' then state else 'draft' end
where id = $1
