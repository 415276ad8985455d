-- ServiceLoop, migration 29: change requests. What is said of one is in its body; the columns are what is looked for.

create table change_request (
  id         text collate "C" primary key,
  rev        bigint not null default 1,
  state      text not null,
  kind       text not null,
  title      text not null,
  body       text not null,
  operation  text not null,
  made_at    timestamptz not null,
  changed_at timestamptz not null
);
create index change_request_list on change_request (made_at desc, id desc);
