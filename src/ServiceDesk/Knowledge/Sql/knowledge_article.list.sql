-- A page of articles, those first that were changed last. $1 state, $2 language, $3 category, each or null, $4 and $5 moment and id of the last one seen or
-- null, $6 how many. Uses knowledge_article_list.
select a.id, a.rev, a.key, a.language, a.state, a.published_version, a.expires_at, a.source_case_id, a.changed_at,
  v.version, v.state, v.title, v.body, v.category, v.intents, v.is_standard, v.expires_at, v.authors, v.note, v.written_at, v.submitted_at, v.approved_by,
  v.approved_at
from knowledge_article a
join knowledge_version v on v.article_id = a.id and v.version = a.latest_version
where ($1::text is null or a.state = $1 or v.state = $1)
  and ($2::text is null or a.language = $2)
  and ($3::text is null or v.category = $3)
  and ($4::timestamptz is null or (a.changed_at, a.id) < ($4, $5::text))
order by a.changed_at desc, a.id desc
limit $6
