-- What was used for a case. $1 case. Uses knowledge_use_case.
select u.id, u.kind, u.article_id, u.version, v.title, u.case_id, u.place, u.score, u.verdict, u.reason, u.is_helpful, u.at
from knowledge_use u
join knowledge_version v on v.article_id = u.article_id and v.version = u.version
where u.case_id = $1
order by u.at, u.place, u.id
