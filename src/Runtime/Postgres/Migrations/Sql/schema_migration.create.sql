-- The list of applied migrations; made by the runner itself, before the first of them. No parameters.
create table if not exists schema_migration (
  version    integer primary key,
  name       text not null,
  checksum   text not null,
  applied_at timestamptz not null
)
