-- ServiceLoop, migration 7: keys with which the pages sign what they give to browsers, the same on all nodes and after a restart.
create table page_key
(
    name       text primary key,
    xml        text not null,
    created_at timestamptz not null
);
