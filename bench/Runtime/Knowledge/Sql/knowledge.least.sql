-- The least that a search must do: the postings of the terms added up. $1 terms, $2 language. Uses the primary key of knowledge_term.
select article_id, sum(weight) as score
from knowledge_term
where term = any($1::text[]) and language = $2
group by article_id
order by score desc
limit 40
