-- What the server has done. No parameters.
select xact_commit, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')
from pg_stat_database
where datname = current_database()
