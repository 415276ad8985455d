-- Part of a commit: history. $40 burst, $41 to $46: see CommitColumns. No index.
written as (
  insert into journal (instance_id, sequence, at, stimuli, entries, state_hash)
  select x.instance_id, x.sequence, x.at, x.stimuli, x.entries, x.state_hash
  from unnest($40::integer[], $41::text[], $42::bigint[], $43::timestamptz[], $44::bytea[], $45::bytea[], $46::bigint[])
    as x(n, instance_id, sequence, at, stimuli, entries, state_hash)
  where (x.n in (select n from won)) is true
)
