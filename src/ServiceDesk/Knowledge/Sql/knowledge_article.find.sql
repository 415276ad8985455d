-- An article with its latest version. $1 id. Uses the primary keys.
select a.id, a.rev, a.key, a.language, a.state, a.published_version, a.expires_at, a.source_case_id, a.changed_at,
  v.version, v.state, v.title, v.body, v.category, v.intents, v.is_standard, v.expires_at, v.authors, v.note, v.written_at, v.submitted_at, v.approved_by,
  v.approved_at
from knowledge_article a
join knowledge_version v on v.article_id = a.id and v.version = a.latest_version
where a.id = $1
