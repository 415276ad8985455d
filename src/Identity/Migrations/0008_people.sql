-- ServiceLoop, migration 8: people, their roles, their sessions, and the keys of programs. Secrets stand here as hashes, or protected with the server's keys.

create table person (
  id                   uuid primary key,
  name                 text not null,
  -- The name in upper case: two people do not differ by case alone.
  name_key             text collate "C" not null unique,
  display_name         text not null,
  email                text,
  language             text,
  time_zone            text,
  -- Null: signs in elsewhere.
  password_hash        text,
  password_at          timestamptz,
  must_change_password boolean not null,
  failed_count         integer not null default 0,
  locked_until         timestamptz,
  -- Waits for its first code while there is no moment from which on it is asked for.
  totp_secret          text,
  totp_since           timestamptz,
  -- The last time step whose code was taken: none is taken twice.
  totp_step            bigint not null default 0,
  recovery_codes       bytea[] not null default '{}',
  is_disabled          boolean not null,
  roles                text[] not null,
  teams                text[] not null,
  regions              text[] not null,
  issuer               text,
  subject              text,
  row_version          bigint not null,
  created_at           timestamptz not null,
  changed_at           timestamptz not null,
  seen_at              timestamptz
);
create unique index person_subject on person (issuer, subject) where subject is not null;
create index person_roles on person using gin (roles);

-- Roles of the company; those of the product stand in its code.
create table role (
  name        text primary key,
  title       text,
  permissions text[] not null,
  row_version bigint not null,
  created_at  timestamptz not null,
  changed_at  timestamptz not null
);

create table session (
  id           uuid primary key,
  person_id    uuid not null references person (id) on delete cascade,
  -- 0 browser, 1 tokens.
  kind         smallint not null,
  secret_hash  bytea not null,
  refresh_hash bytea,
  address      text,
  agent        text,
  created_at   timestamptz not null,
  seen_at      timestamptz not null,
  ends_at      timestamptz not null,
  latest_at    timestamptz not null,
  ended_at     timestamptz,
  ended_by     text
) with (fillfactor = 80);
create index session_person on session (person_id, created_at desc);
create index session_open on session (ends_at) where ended_at is null;

create table api_key (
  id           text collate "C" primary key,
  name         text not null,
  secret_hash  bytea not null,
  scopes       text[] not null,
  created_by   text not null,
  created_at   timestamptz not null,
  expires_at   timestamptz not null,
  revoked_at   timestamptz,
  revoked_by   text,
  used_at      timestamptz,
  used_from    text
);
