-- Working time, policies of service levels, and the clocks that measure them.

create table business_calendar (
  id         text collate "C" primary key,
  name       text not null,
  zone       text not null,
  is_default boolean not null,
  version    integer not null,
  changed_at timestamptz not null
);
-- At most one calendar is that of the company.
create unique index business_calendar_default on business_calendar (is_default) where is_default;

create table business_calendar_version (
  calendar_id    text collate "C" not null references business_calendar (id),
  number         integer not null,
  effective_from date,
  hours          jsonb not null,
  reason         text not null,
  made_by        text not null,
  made_at        timestamptz not null,
  primary key (calendar_id, number)
);

-- A calendar was changed: its open clocks are reckoned again in batches.
create table calendar_recompute (
  id          text collate "C" primary key,
  calendar_id text collate "C" not null references business_calendar (id),
  version     integer not null,
  total       bigint not null,
  done        bigint not null,
  moved       bigint not null,
  missed      bigint not null,
  reprieves   bigint not null,
  last_id     text collate "C" not null,
  step        integer not null,
  asked_by    text not null,
  started_at  timestamptz not null,
  changed_at  timestamptz not null,
  finished_at timestamptz
);
create index calendar_recompute_calendar on calendar_recompute (calendar_id, started_at desc);

create table sla_policy (
  id         text collate "C" primary key,
  name       text not null,
  metric     text not null,
  changed_at timestamptz not null
);

-- state: 0 draft, 1 active, 2 retired.
create table sla_policy_version (
  policy_id text collate "C" not null references sla_policy (id),
  number    integer not null,
  state     smallint not null,
  content   jsonb not null,
  made_by   text not null,
  made_at   timestamptz not null,
  primary key (policy_id, number)
);
create unique index sla_policy_version_active on sla_policy_version (policy_id) where state = 1;

-- state: 0 pending, 1 running, 2 paused, 3 met, 4 missed, 5 cancelled. target_unit: 0 minutes, 1 days. runs: beginnings and ends in turn, so that an odd
-- number of them runs. Spans are milliseconds.
create table sla_clock (
  id               text collate "C" primary key,
  case_id          text collate "C" not null,
  instance_id      text collate "C",
  metric           text collate "C" not null,
  policy_id        text collate "C" not null,
  policy_version   integer not null,
  calendar_id      text collate "C" not null,
  calendar_version integer not null,
  priority         text,
  target_amount    integer not null,
  target_unit      smallint not null,
  extension        bigint not null,
  state            smallint not null,
  started_at       timestamptz not null,
  runs             timestamptz[] not null,
  consumed         bigint not null,
  due_at           timestamptz,
  pause_reason     text,
  breached_at      timestamptz,
  breach_reason    text,
  reprieve_at      timestamptz,
  stopped_at       timestamptz,
  thresholds       integer[] not null,
  fired            integer[] not null,
  next_percent     integer,
  next_at          timestamptz,
  generation       integer not null,
  rev              integer not null
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
create index sla_clock_case on sla_clock (case_id, metric, started_at desc);
create index sla_clock_calendar on sla_clock (calendar_id, id) where state < 3;
create index sla_clock_policy on sla_clock (policy_id, id) where state < 3;
create index sla_clock_due on sla_clock (due_at, id) where state = 1;
create index sla_clock_reprieve on sla_clock (reprieve_at, id) where reprieve_at is not null;

create table clock_event (
  id       bigint generated always as identity primary key,
  clock_id text collate "C" not null,
  at       timestamptz not null,
  kind     text not null,
  detail   text,
  who      text not null,
  said_at  timestamptz not null
);
create index clock_event_clock on clock_event (clock_id, id);

-- What steps of workflows ask of clocks, in the transaction of the step; applied in order by a message that comes with it.
create table clock_command (
  id         text collate "C" primary key,
  clock_id   text collate "C",
  case_id    text collate "C",
  metric     text collate "C",
  verb       smallint not null,
  at         timestamptz not null,
  value      jsonb not null,
  applied_at timestamptz,
  answer     text
);
create index clock_command_clock on clock_command (clock_id, at, id) where applied_at is null and clock_id is not null;
create index clock_command_case on clock_command (case_id, metric, at, id) where applied_at is null and case_id is not null;
