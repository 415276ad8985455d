-- The history of an article. $1 article. Uses knowledge_event_article.
select seq, version, at, actor, action, reason
from knowledge_event
where article_id = $1
order by seq
limit 500
