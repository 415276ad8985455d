-- ServiceLoop, migration 17: customers and how they are known, their contacts, their cases.

-- root_id is the customer that goes on: itself, or the one at the end of the chain of merges. A merged customer keeps all its rows.
create table customer (
  id              text collate "C" primary key,
  rev             bigint not null default 1,
  state           text not null check (state in ('active', 'merged', 'erased')),
  root_id         text collate "C" not null references customer (id),
  merged_into     text collate "C" references customer (id),
  name            text,
  zone            text,
  jurisdiction    text,
  locale          text,
  value_tier      smallint not null default 0 check (value_tier between 0 and 3),
  journey_stage   text,
  preferences     jsonb not null,
  do_not_contact  boolean not null default false,
  suppressed_until timestamptz,
  created_at      timestamptz not null,
  changed_at      timestamptz not null,
  check ((state = 'merged') <= (merged_into is not null)),
  check (merged_into <> id),
  check ((merged_into is null) = (root_id = id))
);
create index customer_root on customer (root_id);
create index customer_list on customer (created_at desc, id desc) where merged_into is null;

create table customer_identity (
  kind        text not null check (kind in ('email', 'phone', 'external')),
  value       text collate "C" not null,
  customer_id text collate "C" not null references customer (id),
  is_verified boolean not null,
  zone        text,
  added_at    timestamptz not null,
  primary key (kind, value, customer_id)
);
create unique index customer_identity_verified on customer_identity (kind, value) where is_verified;
create index customer_identity_customer on customer_identity (customer_id);

create table customer_consent (
  customer_id text collate "C" not null references customer (id),
  purpose     text not null,
  is_given    boolean not null,
  source      text not null,
  at          timestamptz not null,
  primary key (customer_id, purpose)
);

create table customer_merge (
  id        text collate "C" primary key,
  winner_id text collate "C" not null references customer (id),
  loser_id  text collate "C" not null references customer (id),
  reason    text not null,
  merged_at timestamptz not null,
  merged_by text not null,
  undone_at timestamptz,
  undone_by text
);
create index customer_merge_loser on customer_merge (loser_id);
create index customer_merge_winner on customer_merge (winner_id);

create table customer_event (
  seq         bigint generated always as identity primary key,
  customer_id text collate "C" not null references customer (id),
  at          timestamptz not null,
  actor       text not null,
  action      text not null,
  facts       jsonb not null
);
create index customer_event_customer on customer_event (customer_id, seq);

create sequence service_case_number;

create table service_case (
  id                    text collate "C" primary key,
  number                bigint not null unique default nextval('service_case_number'),
  rev                   bigint not null default 1,
  customer_id           text collate "C" references customer (id),
  category              text,
  title                 text,
  impact                text not null,
  urgency               text not null,
  priority              smallint not null check (priority between 1 and 4),
  is_angry              boolean not null default false,
  contact_no            integer not null default 1 check (contact_no > 0),
  journey_stage         text,
  channel               text not null,
  definition_id         text,
  definition_version_id text,
  instance_id           text collate "C",
  stage                 text,
  status                text not null default 'new',
  status_reason         text,
  held_until            timestamptz,
  queue_id              text collate "C",
  owner_id              text,
  resolution_code       text,
  resolution_mode       text,
  resolution_note       text,
  root_cause_id         text,
  merged_into           text collate "C" references service_case (id),
  opened_at             timestamptz not null,
  first_response_at     timestamptz,
  resolved_at           timestamptz,
  closed_at             timestamptz,
  reopen_count          integer not null default 0,
  erased_at             timestamptz,
  check (merged_into <> id)
);
create index service_case_customer on service_case (customer_id, category, opened_at desc);
create index service_case_instance on service_case (instance_id);
create index service_case_list on service_case (opened_at desc, id desc);
create index service_case_open on service_case (status, opened_at desc, id desc) where closed_at is null;

create table service_case_event (
  seq         bigint generated always as identity primary key,
  key         text collate "C" not null unique,
  case_id     text collate "C" not null references service_case (id),
  at          timestamptz not null,
  actor       text not null,
  action      text not null,
  status      text,
  stage       text,
  reason      text,
  merged_into text collate "C",
  is_applied  boolean not null
);
create index service_case_event_case on service_case_event (case_id, seq);

create table service_case_link (
  case_id  text collate "C" not null references service_case (id),
  other_id text collate "C" not null references service_case (id),
  kind     text not null check (kind in ('repeat', 'follows', 'duplicate', 'related')),
  at       timestamptz not null,
  actor    text not null,
  primary key (case_id, other_id, kind),
  check (case_id <> other_id)
);
create index service_case_link_other on service_case_link (other_id);

-- What may follow what; the same as CaseTransitions in the program, which a test compares.
create table service_case_transition (
  from_status text not null,
  to_status   text not null,
  primary key (from_status, to_status)
);
insert into service_case_transition (from_status, to_status)
select f, t
from unnest(array['new','triaged','in-diagnosis','in-solution','in-tracking','pending-customer','pending-third-party','on-hold']) f
cross join unnest(array['triaged','in-diagnosis','in-solution','in-tracking','pending-customer','pending-third-party','on-hold','resolved']) t
where f <> t
union all
select f, t
from unnest(array['new','triaged','in-diagnosis','in-solution','in-tracking','pending-customer','pending-third-party','on-hold','resolved','in-follow-up']) f
cross join unnest(array['cancelled','merged']) t
union all
values ('resolved', 'in-follow-up'), ('resolved', 'closed'), ('in-follow-up', 'closed');

create function service_case_guard() returns trigger language plpgsql as $$
begin
  if old.status = 'closed' and new.erased_at is not distinct from old.erased_at then
    raise exception 'case % is closed', old.id using errcode = 'SL001';
  end if;
  return new;
end $$;
create trigger service_case_guard before update on service_case for each row execute function service_case_guard();

-- The only way to a status: writes the line of the history, and projects it if it may follow. A key that was written before changes nothing.
create function service_case_move(
  p_key text, p_case text, p_at timestamptz, p_actor text, p_action text, p_status text, p_stage text, p_reason text,
  p_until timestamptz, p_code text, p_mode text, p_note text, p_merged_into text, p_instance text
) returns boolean language plpgsql as $$
declare
  before service_case%rowtype;
  may boolean;
begin
  select * into before from service_case where id = p_case for update;
  if not found then
    return null;
  end if;

  may := case
    when p_action = 'reopen' then before.status in ('resolved', 'in-follow-up')
    when p_status is null or p_status = before.status then before.status not in ('closed', 'cancelled', 'merged')
    else exists (select 1 from service_case_transition where from_status = before.status and to_status = p_status)
  end;

  insert into service_case_event (key, case_id, at, actor, action, status, stage, reason, merged_into, is_applied)
  values (p_key, p_case, p_at, p_actor, p_action, p_status, p_stage, p_reason, p_merged_into, may)
  on conflict (key) do nothing;

  if not found or not may then
    return may;
  end if;

  update service_case set
    rev = rev + 1,
    status = coalesce(p_status, status),
    stage = coalesce(p_stage, stage),
    status_reason = p_reason,
    held_until = p_until,
    resolution_code = case when p_action = 'reopen' then null else coalesce(p_code, resolution_code) end,
    resolution_mode = case when p_action = 'reopen' then null else coalesce(p_mode, resolution_mode) end,
    resolution_note = case when p_action = 'reopen' then null else coalesce(p_note, resolution_note) end,
    resolved_at = case when p_status = 'resolved' and before.status <> 'resolved' then p_at else resolved_at end,
    closed_at = case when p_status in ('closed', 'cancelled', 'merged') then p_at else closed_at end,
    reopen_count = reopen_count + case when p_action = 'reopen' then 1 else 0 end,
    merged_into = coalesce(p_merged_into, merged_into),
    instance_id = coalesce(instance_id, p_instance),
    definition_id = coalesce(definition_id, (select w.definition_id from workflow_instance w where w.id = p_instance)),
    definition_version_id = coalesce(definition_version_id, (select w.version_id from workflow_instance w where w.id = p_instance))
  where id = p_case;
  return true;
end $$;

create table conversation (
  id                   text collate "C" primary key,
  channel              text not null,
  thread_key           text collate "C" not null,
  customer_id          text collate "C" references customer (id),
  case_id              text collate "C" references service_case (id),
  state                text not null check (state in ('open', 'idle', 'closed')),
  message_window_until timestamptz,
  opened_at            timestamptz not null,
  last_at              timestamptz not null,
  unique (channel, thread_key)
);
create index conversation_case on conversation (case_id);

create table interaction (
  id              text collate "C" primary key,
  channel         text not null,
  external_id     text collate "C" not null,
  digest          text not null,
  direction       text not null check (direction in ('inbound', 'outbound')),
  state           text not null check (state in ('received', 'correlated', 'spam')),
  customer_id     text collate "C" references customer (id),
  case_id         text collate "C" references service_case (id),
  conversation_id text collate "C" references conversation (id),
  sender_kind     text,
  sender          text collate "C",
  subject         text,
  body            text,
  transcript      jsonb not null,
  attachments     jsonb not null,
  sentiment       text,
  language        text,
  bot_handled     boolean not null default false,
  started_at      timestamptz not null,
  ended_at        timestamptz,
  received_at     timestamptz not null,
  unique (channel, external_id)
);
create index interaction_case on interaction (case_id, started_at);
create index interaction_customer on interaction (customer_id, started_at);
create index interaction_list on interaction (received_at desc, id desc);
create index interaction_conversation on interaction (conversation_id);
create index interaction_sender on interaction (sender_kind, sender) where sender is not null;
