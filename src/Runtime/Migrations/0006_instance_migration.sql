-- ServiceLoop, migration 6: runs that carry running instances to another version of their definition, and what became of each instance.
-- An item keeps what the instance was before, so that it can be moved back; it goes with its instance.

create table migration_run (
  id                text collate "C" primary key,
  definition_id     text collate "C" not null,
  target_version_id text collate "C" not null,
  target_version    integer not null,
  scope             bytea not null,
  plan              bytea not null,
  pace              bytea not null,
  status            smallint not null,
  note              text,
  who               text,
  halt_reason       text,
  -- Counts starts, pauses and undos: queued work of an older count is stale.
  generation        integer not null,
  created_at        timestamptz not null,
  started_at        timestamptz,
  ended_at          timestamptz
);
create index migration_run_created on migration_run (created_at desc, id desc);
create index migration_run_definition on migration_run (definition_id, created_at desc, id desc);

create table migration_item (
  run_id          text collate "C" not null references migration_run (id) on delete cascade,
  instance_id     text collate "C" not null references workflow_instance (id) on delete cascade,
  status          smallint not null,
  reason          text,
  attempts        integer not null default 0,
  due_at          timestamptz not null,
  lease_until     timestamptz,
  from_version_id text collate "C",
  from_version    integer,
  before_state    bytea,
  -- The commit that moved it; the move can be undone as long as no other has followed.
  row_version     bigint,
  updated_at      timestamptz not null,
  primary key (run_id, instance_id)
) with (fillfactor = 80);
create index migration_item_status on migration_item (run_id, status, due_at, instance_id);
create index migration_item_instance on migration_item (instance_id);
create index migration_item_from on migration_item (from_version_id) where from_version_id is not null;
