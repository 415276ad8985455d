-- What the server has done: numbers of transactions that wrote, which are exact at once, unlike its statistics; bytes of its log. No parameters.
select pg_snapshot_xmax(pg_current_snapshot())::text::bigint, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')
