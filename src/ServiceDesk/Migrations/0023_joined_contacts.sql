-- ServiceLoop, migration 23: presence that comes back as it was, and what is erased of contacts.

-- What an agent did before the connection was lost; null for who is connected.
alter table presence
  add column before_status smallint,
  add column before_reason text;
