-- The ladder, who stands on it, and what climbs.

create table escalation_ladder (
  id         text collate "C" primary key,
  version    integer not null,
  content    jsonb not null,
  made_by    text not null,
  changed_at timestamptz not null
);

-- Who is told in a role.
create table escalation_contact (
  role        text not null,
  recipient   text not null,
  calendar_id text collate "C",
  is_on_call  boolean not null,
  rank        integer not null,
  primary key (role, recipient)
);

-- state: 0 raised, 1 acknowledged, 2 resolved, 3 waived.
create table escalation (
  id           text collate "C" primary key,
  subject_kind text collate "C" not null,
  subject_id   text collate "C" not null,
  metric       text collate "C" not null,
  case_id      text collate "C",
  priority     text,
  cause        text,
  assignee     text,
  queue_id     text collate "C",
  calendar_id  text collate "C",
  level        smallint not null,
  state        smallint not null,
  reason       text not null,
  raised_at    timestamptz not null,
  level_at     timestamptz not null,
  ack_deadline timestamptz,
  ack_by       text,
  ack_at       timestamptz,
  clear_since  timestamptz,
  ended_at     timestamptz,
  parent_id    text collate "C",
  is_silent    boolean not null,
  round        integer not null,
  next_at      timestamptz,
  generation   integer not null,
  rev          integer not null
);
create unique index escalation_subject on escalation (subject_kind, subject_id, metric) where state < 2;
create index escalation_cause on escalation (cause, raised_at) where cause is not null;
create index escalation_open on escalation (level desc, id) where state < 2;
create index escalation_parent on escalation (parent_id) where parent_id is not null;
create index escalation_case on escalation (case_id, id) where case_id is not null;

-- Signals that were heeded: the same one twice is one. instance_id: the workflow that waits.
create table escalation_signal (
  key           text collate "C" primary key,
  escalation_id text collate "C",
  instance_id   text collate "C",
  at            timestamptz not null
);
create index escalation_signal_waiting on escalation_signal (escalation_id) where instance_id is not null;

-- Who was told of what: the key makes a second time impossible.
create table escalation_notice (
  escalation_id text collate "C" not null,
  level         smallint not null,
  recipient     text not null,
  role          text not null,
  due_at        timestamptz not null,
  sent_at       timestamptz,
  suppressed    text,
  primary key (escalation_id, level, recipient)
);
create index escalation_notice_recipient on escalation_notice (recipient, due_at desc);

create table escalation_event (
  id            bigint generated always as identity primary key,
  escalation_id text collate "C" not null,
  at            timestamptz not null,
  kind          text not null,
  detail        text,
  who           text not null
);
create index escalation_event_escalation on escalation_event (escalation_id, id);
