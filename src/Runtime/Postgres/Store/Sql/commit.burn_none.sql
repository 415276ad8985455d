-- Part of a commit that burns no waiter. No parameters.
burned as (select null::text as instance_id, null::bigint as id, null::timestamptz as due_at where false)
