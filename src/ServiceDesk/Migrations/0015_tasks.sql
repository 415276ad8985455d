-- ServiceLoop, migration 15: tasks that workflows wait for, what happened to them, and what waits in queues.
-- States: 0 Created, 1 Ready, 2 Offered, 3 Assigned, 4 InProgress, 5 Completing, 6 Completed, 7 Cancelled, 8 TimedOut, 9 Superseded.

create table task (
  id           text collate "C" primary key,
  instance_id  text collate "C" not null references workflow_instance (id) on delete cascade,
  bookmark_id  bigint not null,
  case_id      text collate "C",
  customer_id  text collate "C",
  type         text not null,
  title        text not null,
  form         text,
  outcomes     text[] not null,
  content      text not null,
  priority     smallint not null check (priority between 1 and 4),
  channel      text not null,
  weight       integer not null check (weight between 0 and 10000),
  due_at       timestamptz,
  follow_up_at timestamptz,
  times_out_at timestamptz,
  queue_id     text collate "C",
  required     text not null,
  preferred    text not null,
  language     text collate "C",
  only_for     text[] not null,
  excluded     text[] not null,
  -- Who declined or missed it in this round; forgotten at each step of its overflow.
  declined     text[] not null default '{}',
  state        smallint not null,
  is_suspended boolean not null default false,
  is_escalated boolean not null default false,
  assignee     text collate "C",
  owner        text collate "C",
  offered_to   text collate "C",
  sender       text collate "C",
  offer_no     integer not null default 0,
  overflow     smallint not null default 0,
  enqueued_at  timestamptz not null,
  latest_at    timestamptz,
  clock_due_at timestamptz,
  tier_boost   integer not null default 0,
  case_owner   text collate "C",
  last_agent   text collate "C",
  sticky_until timestamptz,
  draft        text,
  answer       text,
  outcome      text,
  answered_by  text collate "C",
  rev          bigint not null default 1,
  created_at   timestamptz not null,
  changed_at   timestamptz not null,
  ended_at     timestamptz
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.05);
create index task_instance on task (instance_id);
create index task_created on task (created_at desc, id desc);
create index task_open on task (created_at desc, id desc) where state < 6;
create index task_queue on task (queue_id, created_at desc, id desc) where state < 6;
create index task_assignee on task (assignee, created_at desc, id desc) where state < 6 and assignee is not null;
create index task_case on task (case_id, changed_at desc) where case_id is not null;
create index task_customer on task (customer_id, changed_at desc) where customer_id is not null;

create table task_event (
  id      bigint generated always as identity primary key,
  task_id text collate "C" not null references task (id) on delete cascade,
  at      timestamptz not null,
  actor   text,
  verb    text not null,
  rev     bigint not null,
  detail  text
);
create index task_event_task on task_event (task_id, id);

-- What a caller has asked for under an id of its own: asked again, it gets the same answer.
create table task_operation (
  task_id      text collate "C" not null references task (id) on delete cascade,
  operation_id text collate "C" not null,
  fingerprint  text collate "C" not null,
  rev          bigint not null,
  answer       text not null,
  at           timestamptz not null,
  primary key (task_id, operation_id)
);

create table task_file (
  id         text collate "C" primary key,
  task_id    text collate "C" not null references task (id) on delete cascade,
  name       text not null,
  media_type text not null,
  size       integer not null,
  sha256     text not null,
  content    bytea not null,
  added_by   text,
  at         timestamptz not null
);
create index task_file_task on task_file (task_id, at);

-- Places in queues. The order stands in the index: the smallest virtual deadline first, for each kind of demand by itself.
create table waiting (
  task_id          text collate "C" not null references task (id) on delete cascade,
  queue_id         text collate "C" not null,
  demand           text collate "C" not null,
  virtual_deadline timestamptz not null,
  enqueued_at      timestamptz not null,
  primary key (task_id, queue_id)
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.05);
create index waiting_order on waiting (queue_id, demand, virtual_deadline, enqueued_at, task_id);
