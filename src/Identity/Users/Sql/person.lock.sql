-- Lets one transaction at a time decide over administrators: the last one must stay. No parameters; "SLadmins" in ASCII.
select pg_advisory_xact_lock(x'534c61646d696e73'::bigint)
