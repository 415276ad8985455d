-- ServiceLoop, migration 27: knowledge with versions, its search, and what came of it.

create table knowledge_article (
  id                text collate "C" primary key,
  rev               bigint not null default 1,
  key               text collate "C" not null,
  language          text not null check (language in ('zh', 'en')),
  category          text,
  intents           text[] not null default '{}',
  is_standard       boolean not null default false,
  state             text not null check (state in ('draft', 'review', 'published', 'expired')),
  latest_version    integer not null,
  published_version integer,
  published_at      timestamptz,
  expires_at        timestamptz,
  source_case_id    text collate "C" references service_case (id),
  created_at        timestamptz not null,
  changed_at        timestamptz not null,
  unique (key, language),
  check ((state = 'published') <= (published_version is not null))
);
create index knowledge_article_list on knowledge_article (changed_at desc, id desc);
create index knowledge_article_published on knowledge_article (language) where state = 'published';
create index knowledge_article_intents on knowledge_article using gin (intents) where state = 'published';

-- Everybody who wrote at a version stands in authors: none of them approves it.
create table knowledge_version (
  article_id   text collate "C" not null references knowledge_article (id),
  version      integer not null,
  state        text not null check (state in ('draft', 'review', 'published', 'superseded')),
  title        text not null,
  body         text not null,
  category     text,
  intents      text[] not null,
  is_standard  boolean not null,
  expires_at   timestamptz,
  authors      text[] not null,
  note         text,
  written_at   timestamptz not null,
  submitted_at timestamptz,
  approved_by  text,
  approved_at  timestamptz,
  primary key (article_id, version)
);

-- What a published article can be found by: words of Latin script, pairs of Chinese characters. The weight is that of BM25, computed when it is published;
-- the index alone answers a search.
create table knowledge_term (
  term       text collate "C" not null,
  language   text not null,
  article_id text collate "C" not null references knowledge_article (id) on delete cascade,
  weight     real not null,
  primary key (term, language, article_id) include (weight)
);
create index knowledge_term_article on knowledge_term (article_id);

create table knowledge_event (
  seq        bigint generated always as identity primary key,
  article_id text collate "C" not null references knowledge_article (id),
  version    integer not null,
  at         timestamptz not null,
  actor      text not null,
  action     text not null,
  reason     text
);
create index knowledge_event_article on knowledge_event (article_id, seq);

-- Every time an article was shown for a case, and what became of it.
create table knowledge_use (
  id         text collate "C" primary key,
  kind       text not null check (kind in ('recommended', 'answered', 'used')),
  article_id text collate "C" not null references knowledge_article (id),
  version    integer not null,
  case_id    text collate "C" references service_case (id),
  category   text,
  place      integer not null,
  score      real not null,
  verdict    text check (verdict in ('accepted', 'edited', 'rejected')),
  reason     text,
  is_helpful boolean,
  judged_by  text,
  judged_at  timestamptz,
  at         timestamptz not null
);
create index knowledge_use_case on knowledge_use (case_id, at);
create index knowledge_use_article on knowledge_use (article_id, category);
create index knowledge_use_at on knowledge_use (at);

-- For the share of cases that were settled without a person.
create index service_case_settled on service_case (resolved_at) where resolution_mode is not null;
