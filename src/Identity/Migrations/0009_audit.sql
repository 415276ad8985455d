-- ServiceLoop, migration 9: the audit log. Entries are only ever added; each holds the hash of the one before it.

create table audit_entry (
  -- Place in the chain, from 1 on, without gaps.
  number       bigint primary key,
  at           timestamptz not null,
  actor_kind   smallint not null,
  actor_id     text not null,
  actor        text not null,
  on_behalf_of text,
  address      text,
  session      text,
  action       text collate "C" not null,
  subject      text collate "C" not null,
  permission   text not null,
  outcome      smallint not null,
  begun        bigint not null,
  -- JSON as it was hashed: a binary form would write it anew.
  before       text,
  wanted       text,
  after        text,
  reason       text,
  prev_hash    bytea not null,
  hash         bytea not null
);
create index audit_entry_at on audit_entry (at desc, number desc);
create index audit_entry_actor on audit_entry (lower(actor), at desc, number desc);
create index audit_entry_action on audit_entry (action, at desc, number desc);
create index audit_entry_subject on audit_entry (subject, at desc, number desc);
-- What was denied or failed is rare and often asked for.
create index audit_entry_trouble on audit_entry (outcome, at desc, number desc) where outcome in (2, 3);

-- Where the chain ends: one row. Who adds entries moves it in the same transaction.
create table audit_head (
  only_one boolean primary key default true check (only_one),
  number   bigint not null,
  hash     bytea not null
) with (fillfactor = 10);
insert into audit_head (number, hash) values (0, decode(repeat('00', 32), 'hex'));

create function audit_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is only ever added to: % of % is refused.', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end
$$;

create function audit_head_forward() returns trigger language plpgsql as $$
begin
  if new.number <= old.number then
    raise exception 'The audit log is only ever added to: its end cannot go from % back to %.', old.number, new.number
      using errcode = 'insufficient_privilege';
  end if;

  return new;
end
$$;

create trigger audit_entry_refuse before update or delete or truncate on audit_entry
  for each statement execute function audit_refuse();
create trigger audit_head_refuse before insert or delete or truncate on audit_head
  for each statement execute function audit_refuse();
create trigger audit_head_forward before update on audit_head
  for each row execute function audit_head_forward();
-- Also for sessions that replay what another server did.
alter table audit_entry enable always trigger audit_entry_refuse;
alter table audit_head enable always trigger audit_head_refuse;
alter table audit_head enable always trigger audit_head_forward;
