-- ServiceLoop, migration 30: ranking asks how articles did in the uses that were judged last. Most uses nobody judges; they stay out of the index.

create index knowledge_use_judged on knowledge_use (article_id, judged_at desc) where judged_at is not null;
drop index knowledge_use_article;
