-- ServiceLoop, migration 18: callbacks, promises, follow-ups, surveys, findings.

create table legal_window (
  jurisdiction text primary key,
  opens        time not null,
  closes       time not null,
  days_off     smallint[] not null,
  holidays     date[] not null,
  changed_at   timestamptz not null
);

-- How many callbacks may begin in a slot, and how many were promised. A slot without a row is empty and has the usual room.
create table callback_slot (
  starts_at timestamptz primary key,
  capacity  integer not null check (capacity >= 0),
  reserved  integer not null default 0 check (reserved >= 0),
  check (reserved <= capacity)
);

create table callback (
  id               text collate "C" primary key,
  rev              bigint not null default 1,
  generation       integer not null default 1,
  case_id          text collate "C" references service_case (id),
  customer_id      text collate "C" references customer (id),
  instance_id      text collate "C",
  bookmark_id      bigint,
  channel          text not null,
  numbers          text[] not null,
  reason           text,
  segment          text not null default '',
  wish_start       timestamptz,
  wish_end         timestamptz,
  state            text not null default 'requested' check (state in (
    'requested', 'scheduled', 'reserved', 'dialling', 'reached', 'retry-scheduled', 'exhausted', 'cancelled', 'superseded')),
  window_start     timestamptz,
  window_end       timestamptz,
  next_at          timestamptz,
  slot_reason      text,
  slot_value       double precision,
  propensity       double precision,
  slots_free       integer,
  zones            jsonb not null default '[]',
  needs_booking    boolean not null default false,
  same_agent       text,
  is_on_time       boolean,
  was_moved        boolean not null default false,
  contact_at       timestamptz,
  end_reason       text,
  requested_at     timestamptz not null,
  first_attempt_at timestamptz,
  ended_at         timestamptz,
  check ((ended_at is not null) = (state in ('reached', 'exhausted', 'cancelled', 'superseded')))
);
create index callback_case on callback (case_id) where ended_at is null;
create index callback_customer on callback (customer_id);
create index callback_list on callback (requested_at desc, id desc);
create index callback_next on callback (next_at, id) where ended_at is null;
create index callback_instance on callback (instance_id);

create table callback_attempt (
  callback_id text collate "C" not null references callback (id),
  no          integer not null check (no > 0),
  at          timestamptz not null,
  outcome     text not null,
  agent       text,
  note        text,
  primary key (callback_id, no)
);

-- How often people answered, by the hour of their week; of all segments under ''.
create table callback_rate (
  segment  text not null,
  hour     smallint not null check (hour between 0 and 167),
  attempts bigint not null,
  answers  bigint not null check (answers <= attempts),
  primary key (segment, hour)
);

create table promise (
  id          text collate "C" primary key,
  case_id     text collate "C" references service_case (id),
  customer_id text collate "C" references customer (id),
  instance_id text collate "C",
  what        text not null,
  due_at      timestamptz not null,
  made_at     timestamptz not null,
  kept_at     timestamptz,
  broken_at   timestamptz
);
create index promise_case on promise (case_id, due_at);
create index promise_customer on promise (customer_id);

create table follow_up (
  id            text collate "C" primary key,
  generation    integer not null default 1,
  case_id       text collate "C" references service_case (id),
  customer_id   text collate "C" references customer (id),
  instance_id   text collate "C",
  bookmark_id   bigint,
  kind          text not null check (kind in ('survey', 'call', 'message')),
  metric        text not null check (metric in ('csat', 'ces', 'nps')),
  cause         text not null,
  channel       text not null,
  has_template  boolean not null default false,
  settled_at    timestamptz not null,
  state         text not null default 'planned' check (state in ('planned', 'sent', 'answered', 'expired', 'suppressed')),
  reason        text,
  planned_at    timestamptz,
  sent_at       timestamptz,
  ended_at      timestamptz,
  expires_at    timestamptz not null,
  chosen_by     text not null default 'rule',
  made_at       timestamptz not null
);
create index follow_up_case on follow_up (case_id);
create index follow_up_customer on follow_up (customer_id, sent_at);
create index follow_up_list on follow_up (made_at desc, id desc);
create index follow_up_instance on follow_up (instance_id);

create table survey_response (
  follow_up_id text collate "C" primary key references follow_up (id),
  metric       text not null,
  score        smallint not null,
  verbatim     text,
  is_low       boolean not null,
  channel      text not null,
  answered_at  timestamptz not null
);

-- With what the links to surveys and bookings are signed; one row, made at first use.
create table link_key (
  id  integer primary key check (id = 1),
  key bytea not null
);

create table finding (
  id          text collate "C" primary key,
  source      text not null check (source in ('survey', 'kpi', 'incident', 'qa', 'staff', 'review')),
  kpi         text,
  segment     text,
  category    text,
  title       text not null,
  detail      text,
  case_id     text collate "C" references service_case (id),
  evidence    jsonb not null,
  detected_by text not null,
  effect_size double precision,
  confidence  double precision check (confidence between 0 and 1),
  state       text not null default 'new' check (state in ('new', 'merged', 'promoted', 'dismissed')),
  reason      text,
  merged_into text collate "C" references finding (id),
  found_at    timestamptz not null,
  settled_at  timestamptz,
  check (merged_into <> id)
);
create index finding_list on finding (found_at desc, id desc);
create index finding_case on finding (case_id);
