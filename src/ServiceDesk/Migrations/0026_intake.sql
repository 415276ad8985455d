-- ServiceLoop, migration 26: intake from every channel, the problem file of a case, and what its customer sees of it.

-- Programs without an API key that send contacts, signed. The secret is encrypted where the host encrypts.
create table intake_source (
  id         text collate "C" primary key,
  name       text not null,
  channel    text not null,
  secret     bytea not null,
  is_active  boolean not null,
  created_at timestamptz not null,
  created_by text not null
);
create unique index intake_source_name on intake_source (lower(name));

-- Signatures that were seen: a request that was recorded by somebody is not taken a second time. Kept while a signature counts.
create table intake_signature (
  source_id text collate "C" not null references intake_source (id) on delete cascade,
  signature text collate "C" not null,
  at        timestamptz not null,
  primary key (source_id, signature)
);
create index intake_signature_at on intake_signature (at);

create table interaction_file (
  id             text collate "C" primary key,
  interaction_id text collate "C" not null references interaction (id),
  name           text not null,
  media_type     text not null,
  size           integer not null,
  sha256         text not null,
  width          integer,
  height         integer,
  taken_at       timestamp,
  content        bytea not null,
  at             timestamptz not null
);
create index interaction_file_interaction on interaction_file (interaction_id);

create table problem_fact (
  case_id    text collate "C" not null references service_case (id),
  key        text collate "C" not null,
  value      text not null,
  source     text not null,
  confidence real not null check (confidence between 0 and 1),
  at         timestamptz not null,
  primary key (case_id, key, value)
);

create table problem_question (
  case_id     text collate "C" not null references service_case (id),
  key         text collate "C" not null,
  question    text not null,
  asked_count integer not null default 0,
  -- How often it was asked although the answer was there.
  repeat_count integer not null default 0,
  answer      text,
  source      text,
  opened_at   timestamptz not null,
  answered_at timestamptz,
  primary key (case_id, key)
);

create table problem_attempt (
  key       text collate "C" primary key,
  case_id   text collate "C" not null references service_case (id),
  what      text not null,
  article_id text collate "C",
  by_whom   text not null,
  result    text not null check (result in ('offered', 'helped', 'did-not-help')),
  at        timestamptz not null
);
create index problem_attempt_case on problem_attempt (case_id, at);

create table hand_over (
  id        text collate "C" primary key,
  case_id   text collate "C" not null references service_case (id),
  reason    text not null,
  note      text,
  -- What was known and tried at that moment, as the person sees it.
  summary   jsonb not null,
  to_queue  text,
  at        timestamptz not null
);
create index hand_over_case on hand_over (case_id, at);

-- Links of a case that were made before this moment open nothing any more.
create table status_revocation (
  case_id text collate "C" primary key references service_case (id),
  before  timestamptz not null,
  actor   text not null
);

-- Looks at status pages by day, and contacts that only asked where things stand.
create table status_view (
  case_id text collate "C" not null references service_case (id),
  day     date not null,
  views   integer not null,
  primary key (case_id, day)
);
create index status_view_day on status_view (day);

create table status_ask (
  interaction_id text collate "C" primary key references interaction (id),
  at             timestamptz not null
);
create index status_ask_at on status_ask (at);
