-- A line of the history of an article. $1 article, $2 version, $3 when, $4 who, $5 what, $6 why.
insert into knowledge_event (article_id, version, at, actor, action, reason)
values ($1, $2, $3, $4, $5, $6)
