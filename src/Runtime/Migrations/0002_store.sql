-- ServiceLoop, migration 2: instances, waiters, work, history, definitions.
-- Ids, keys and hashes compare byte by byte (collate "C"): faster, and in the same order on every server.
-- Moments come from the program; nothing here reads a clock.

create table definition_version (
  id            text collate "C" primary key,
  definition_id text collate "C" not null,
  version       integer not null,
  name          text,
  type_name     text collate "C" not null,
  is_latest     boolean not null,
  is_published  boolean not null,
  content       bytea not null,
  pins          bytea not null,
  note          text,
  created_at    timestamptz not null,
  published_at  timestamptz
);
-- Two nodes that save the same line at once: one of them is told.
create unique index definition_version_number on definition_version (definition_id, version);
create unique index definition_version_latest on definition_version (definition_id) where is_latest;
create unique index definition_version_published on definition_version (definition_id) where is_published;
create index definition_version_type on definition_version (type_name);

create table workflow_trigger (
  id            bigint generated always as identity primary key,
  definition_id text collate "C" not null,
  version_id    text collate "C" not null,
  activity_id   text not null,
  node_id       text collate "C" not null,
  name          text collate "C" not null,
  hash          text collate "C" not null,
  payload       bytea not null
);
create index workflow_trigger_hash on workflow_trigger (hash);
create index workflow_trigger_name on workflow_trigger (name);
create index workflow_trigger_definition on workflow_trigger (definition_id);

-- One row is one instance. A burst from suspended to suspended changes no indexed column, so PostgreSQL updates the row within its page and
-- touches no index; the fill factor leaves the room for it.
create table workflow_instance (
  id             text collate "C" primary key,
  definition_id  text collate "C" not null,
  version_id     text collate "C" not null,
  version        integer not null,
  row_version    bigint not null,
  sub_status     smallint not null,
  correlation_id text collate "C",
  name           text,
  parent_id      text collate "C",
  incident_count integer not null,
  state          bytea not null,
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  finished_at    timestamptz,
  lease_owner    text,
  lease_until    timestamptz,
  -- The attempt that wrote the row last; tells whether a commit happened whose answer was lost.
  commit_id      uuid
) with (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0.05);
create index workflow_instance_created on workflow_instance (created_at desc, id desc);
create index workflow_instance_definition on workflow_instance (definition_id, created_at desc, id desc);
create index workflow_instance_version on workflow_instance (version_id);
create index workflow_instance_running on workflow_instance (definition_id) where finished_at is null;
create index workflow_instance_correlation on workflow_instance (correlation_id) where correlation_id is not null;
create index workflow_instance_parent on workflow_instance (parent_id) where parent_id is not null;
create index workflow_instance_incidents on workflow_instance (created_at desc, id desc) where incident_count > 0;
create index workflow_instance_finished on workflow_instance (finished_at) where finished_at is not null;

create table bookmark (
  instance_id text collate "C" not null,
  id          bigint not null,
  hash        text collate "C" not null,
  name        text not null,
  activity_id text not null,
  node_id     text not null,
  due_at      timestamptz,
  payload     bytea not null,
  created_at  timestamptz not null,
  primary key (instance_id, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0.05);
create index bookmark_hash on bookmark (hash);

-- Timers, outbox and inbox alike: something to be done at a time, once.
create table work (
  id          bigint generated always as identity primary key,
  key         text collate "C" not null unique,
  kind        smallint not null,
  -- The instance that it is for; the line of versions for the timer of a trigger.
  instance_id text collate "C",
  target      bigint not null,
  payload     bytea not null,
  due_at      timestamptz not null,
  lease_until timestamptz,
  attempts    integer not null default 0,
  error       text,
  buried_at   timestamptz
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.05);
create index work_due on work (due_at) where lease_until is null and buried_at is null;
create index work_lease on work (lease_until) where lease_until is not null;
create index work_instance on work (instance_id) where instance_id is not null;
create index work_failing on work (id) where attempts > 0 and buried_at is null;
create index work_buried on work (buried_at) where buried_at is not null;

create table guard (
  name  text collate "C" primary key,
  owner text not null,
  until timestamptz not null
);

-- History, a partition a month. The default partition takes what no month was prepared for, so that no commit fails for lack of one.
create table journal (
  instance_id text collate "C" not null,
  sequence    bigint not null,
  at          timestamptz not null,
  stimuli     bytea not null,
  entries     bytea not null,
  state_hash  bigint not null
) partition by range (at);
create index journal_instance on journal (instance_id, sequence);
create table journal_default partition of journal default;
alter table journal_default set (autovacuum_vacuum_insert_scale_factor = 0.05);

-- Makes the partition of a month (its first moment, UTC), with what the default partition holds of it. False: it is there already.
-- Commits wait at most for the lock of the default partition, which is empty as long as months are prepared in time.
create function journal_prepare(month timestamptz) returns boolean language plpgsql as $$
declare
  utc  timestamp := month at time zone 'UTC';
  name text := 'journal_' || to_char(utc, 'YYYY_MM');
  next timestamptz := (utc + interval '1 month') at time zone 'UTC';
begin
  if to_regclass(quote_ident(name)) is not null then
    return false;
  end if;
  perform set_config('lock_timeout', '2s', true);
  lock table journal_default in access exclusive mode;
  execute format('create table %I (like journal including defaults including indexes) with (autovacuum_vacuum_insert_scale_factor = 0.05)', name);
  execute format('with moved as (delete from journal_default where at >= %L and at < %L returning *) insert into %I select * from moved', month, next, name);
  execute format('alter table journal attach partition %I for values from (%L) to (%L)', name, month, next);
  return true;
end $$;

-- Months whose last moment lies at or before a moment, oldest first.
create function journal_months_before(moment timestamptz) returns setof text language sql stable as $$
  select child.relname::text
  from pg_inherits
  join pg_class child on child.oid = inhrelid
  where inhparent = 'journal'::regclass
    and child.relname ~ '^journal_\d{4}_\d{2}$'
    and (to_date(right(child.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= moment
  order by child.relname
$$;

-- Drops a month. Gives up after a quarter of a second in which others use the history: they are not to wait.
create function journal_drop(name text) returns void language plpgsql as $$
begin
  perform set_config('lock_timeout', '250ms', true);
  execute format('alter table journal detach partition %I', name);
  execute format('drop table %I', name);
end $$;
