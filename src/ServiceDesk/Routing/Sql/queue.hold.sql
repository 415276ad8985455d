-- Holds a queue until the end of the transaction, so that one looks at it at a time. $1 queue. False: somebody else does. No index.
select pg_try_advisory_xact_lock(5, hashtext($1))
