-- ServiceLoop, migration 4: lists of definitions without their content, who publishes what, and what was odd about it.
-- Columns repeat what the content says, so that no list ever reads it.

alter table definition_version
  add column description        text,
  add column tool_version       text,
  add column is_readonly        boolean not null default false,
  add column is_system          boolean not null default false,
  add column usable_as_activity boolean not null default false,
  add column published_by       text,
  -- What was odd about it when it was published, as a JSON array; empty for a draft.
  add column warnings           bytea not null default '',
  add column warning_count      integer not null default 0,
  -- Lines that its call sites name.
  add column consumes           text[] collate "C" not null default '{}',
  -- Versions that it was published with: they stay as long as it does.
  add column uses               text[] collate "C" not null default '{}',
  -- A draft as it was when it was tried out: found by its id alone, never latest, never published.
  add column is_snapshot        boolean not null default false;

-- Text of a member of a stored definition; null when it is none, or holds what the server cannot represent.
create function migrated_definition_text(content bytea, variadic path text[]) returns text language plpgsql as $$
begin
  return convert_from(content, 'UTF8')::json #>> path;
exception when others then
  return null;
end $$;

create function migrated_definition_consumes(content bytea) returns text[] language plpgsql as $$
begin
  return coalesce(
    (
      select array_agg(distinct line #>> '{}')
      from jsonb_path_query(convert_from(content, 'UTF8')::jsonb, 'lax $.**.workflowDefinitionId') as line
      where jsonb_typeof(line) = 'string' and line #>> '{}' <> ''
    ),
    '{}'
  );
exception when others then
  return '{}';
end $$;

create function migrated_definition_uses(pins bytea) returns text[] language plpgsql as $$
begin
  return coalesce((select array_agg(distinct value) from json_each_text(convert_from(pins, 'UTF8')::json)), '{}');
exception when others then
  return '{}';
end $$;

update definition_version
set description = migrated_definition_text(content, 'description'),
    tool_version = migrated_definition_text(content, 'toolVersion'),
    is_readonly = coalesce(migrated_definition_text(content, 'isReadonly') = 'true', false),
    is_system = coalesce(migrated_definition_text(content, 'isSystem') = 'true', false),
    usable_as_activity = coalesce(migrated_definition_text(content, 'options', 'usableAsActivity') = 'true', false),
    consumes = migrated_definition_consumes(content),
    uses = migrated_definition_uses(pins);

drop function migrated_definition_text, migrated_definition_consumes, migrated_definition_uses;

-- Made by the server from the other columns. Collation "C": the same order on every server; the index holds no long names.
alter table definition_version
  add column name_key    text collate "C" generated always as (lower(left(coalesce(name, ''), 200) collate "default")) stored,
  add column search_text text generated always as (
    lower((coalesce(name, '') || E'\n' || coalesce(description, '') || E'\n' || definition_id || E'\n' || id) collate "default")
  ) stored;

drop index definition_version_number;
create unique index definition_version_number on definition_version (definition_id, version) where not is_snapshot;
create index definition_version_snapshot on definition_version (definition_id) where is_snapshot;
create index definition_version_created on definition_version (created_at, id) where not is_snapshot;
create index definition_version_name on definition_version (name_key, definition_id, version) where not is_snapshot;
create index definition_version_current on definition_version (name_key, definition_id, version) where is_latest or is_published;
create index definition_version_activity on definition_version (definition_id, version) where published_at is not null and usable_as_activity;
create index definition_version_search on definition_version using gin (search_text gin_trgm_ops);
create index definition_version_consumes on definition_version using gin (consumes) where is_latest or is_published;
create index definition_version_uses on definition_version using gin (uses);

-- What was published, rolled back and taken back, by whom and why. Appended to with the change itself.
create table definition_publication (
  id            bigint generated always as identity primary key,
  definition_id text collate "C" not null,
  version_id    text collate "C" not null,
  version       integer not null,
  kind          smallint not null,
  -- The version that was in force before; null for none.
  replaced      integer,
  at            timestamptz not null,
  who           text,
  note          text
);
create index definition_publication_line on definition_publication (definition_id, id desc);
create index definition_publication_number on definition_publication (definition_id, version);

insert into definition_publication (definition_id, version_id, version, kind, at, note)
select definition_id, id, version, 0, published_at, note
from definition_version
where published_at is not null
order by published_at, definition_id, version;

-- How many instances run on each version of a line, from the index alone.
create index workflow_instance_running_version on workflow_instance (definition_id, version_id) where finished_at is null;
drop index workflow_instance_running;
