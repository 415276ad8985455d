-- A version of an article. $1 article, $2 version. Uses the primary key.
select version, state, title, body, category, intents, is_standard, expires_at, authors, note, written_at, submitted_at, approved_by, approved_at
from knowledge_version
where article_id = $1 and version = $2
