-- ServiceLoop, migration 19: messages to customers, their templates, and outgoing webhooks.

create table message_template (
  name       text collate "C" not null,
  channel    smallint not null,
  -- BCP 47, as it was given.
  language   text collate "C" not null,
  version    integer not null,
  format     smallint not null,
  subject    text,
  body       text not null,
  note       text,
  created_by text not null,
  created_at timestamptz not null,
  -- The same in all versions of a template.
  retired_at timestamptz,
  primary key (name, channel, language, version)
);

create table message (
  id               text collate "C" primary key,
  -- A wish that comes again is the same message.
  key              text collate "C" not null unique,
  channel          smallint not null,
  recipient        text not null,
  template         text,
  template_version integer,
  language         text,
  format           smallint not null,
  subject          text,
  body             text not null,
  customer_id      text collate "C",
  case_id          text collate "C",
  instance_id      text collate "C",
  status           smallint not null,
  attempts         integer not null default 0,
  error            text,
  -- While somebody sends it.
  claimed_until    timestamptz,
  created_at       timestamptz not null,
  sent_at          timestamptz
);
create index message_created on message (created_at desc, id desc);
create index message_case on message (case_id, created_at desc, id desc) where case_id is not null;
create index message_customer on message (customer_id, created_at desc, id desc) where customer_id is not null;
-- Those that are not sent are few and often asked for.
create index message_unsent on message (status, created_at desc, id desc) where status <> 1;

create table webhook_subscription (
  id         text collate "C" primary key,
  name       text not null,
  url        text not null,
  -- Names of events; * for all.
  events     text[] not null,
  -- Encrypted where the host encrypts at all.
  secret     bytea not null,
  is_active  boolean not null,
  created_at timestamptz not null,
  created_by text not null
);
create unique index webhook_subscription_name on webhook_subscription (lower(name));

create table webhook_delivery (
  id              text collate "C" primary key,
  subscription_id text collate "C" not null references webhook_subscription on delete cascade,
  event           text collate "C" not null,
  -- As it is signed and sent.
  body            text not null,
  status          smallint not null,
  attempts        integer not null default 0,
  answered        integer,
  error           text,
  created_at      timestamptz not null,
  delivered_at    timestamptz
);
create index webhook_delivery_created on webhook_delivery (subscription_id, created_at desc, id desc);
