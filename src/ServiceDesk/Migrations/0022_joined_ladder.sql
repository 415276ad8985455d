-- ServiceLoop, migration 22: the ladder is joined to cases, messages and starts.

-- Where somebody on the ladder is written to, and in which language; null: in the product, in the language of the desk.
alter table escalation_contact
  add column address  text,
  add column language text;

-- How many cases of one category came within a short time and are not settled, and when the latest storm of a cause ended.
create index service_case_cause on service_case (category, opened_at)
  where category is not null and status not in ('resolved', 'in-follow-up', 'closed', 'cancelled', 'merged');
create index escalation_storm on escalation (cause, ended_at) where subject_kind = 'storm';

-- Starts that go to another definition while an escalation lasts. A null does not count; a row of nulls only is for all contacts.
create table degraded_switch (
  escalation_id text collate "C" primary key,
  definition_id text not null,
  queue_id      text collate "C",
  category      text,
  channel       text,
  since         timestamptz not null,
  ended_at      timestamptz,
  -- Why starts go the usual way all the same; null when they do not.
  fault         text
);
create index degraded_switch_open on degraded_switch (since) where ended_at is null;

-- Starts that went another way: a start that is repeated goes the same.
create table degraded_start (
  instance_id   text collate "C" primary key,
  subject_id    text collate "C" not null,
  escalation_id text collate "C" not null,
  version_id    text collate "C" not null,
  trigger_id    text not null,
  at            timestamptz not null,
  unique (subject_id)
);
create index degraded_start_escalation on degraded_start (escalation_id);

-- Lists of callbacks of a case, also of those that are over.
create index callback_of_case on callback (case_id, requested_at desc, id desc) where case_id is not null;
