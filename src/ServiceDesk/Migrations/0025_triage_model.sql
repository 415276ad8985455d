-- ServiceLoop, migration 25: models that tell what contacts want, with what was measured of them.

create table triage_model (
  version    bigint generated always as identity primary key,
  trained_at timestamptz not null,
  trained_by text not null,
  note       text,
  rows       integer not null,
  labels     integer not null,
  threshold  double precision not null,
  sha256     text not null,
  report     jsonb not null,
  content    bytea not null
);
-- Models are packed already.
alter table triage_model alter column content set storage external;

-- The last line names the model in force.
create table triage_model_activation (
  seq     bigint generated always as identity primary key,
  version bigint not null references triage_model (version),
  at      timestamptz not null,
  by      text not null
);
