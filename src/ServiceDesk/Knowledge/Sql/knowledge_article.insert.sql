-- Begins an article. $1 id, $2 key, $3 language, $4 category, $5 intents, $6 standard answer, $7 the case that it is from, $8 now. Uses the primary and the
-- unique key.
insert into knowledge_article (id, key, language, category, intents, is_standard, state, latest_version, source_case_id, created_at, changed_at)
values ($1, $2, $3, $4, $5, $6, 'draft', 1, $7, $8, $8)
on conflict do nothing
