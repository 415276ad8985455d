-- What an article is found by. $1 article, $2 language, $3 terms, $4 weights. Uses the primary key and knowledge_term_article.
with wanted as (
  select t.term, t.weight from unnest($3::text[], $4::real[]) as t (term, weight)
), dropped as (
  delete from knowledge_term k where k.article_id = $1 and k.term not in (select w.term from wanted w)
)
insert into knowledge_term (term, language, article_id, weight)
select w.term, $2, $1, w.weight from wanted w
on conflict (term, language, article_id) do update set weight = excluded.weight
