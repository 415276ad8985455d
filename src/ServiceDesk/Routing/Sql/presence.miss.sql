-- Counts a missed offer; after some in a row the agent counts as not there. $1 agent, $2 how many, $3 moment. True: it has come to that.
-- Index: presence_pkey.
update presence
set misses = misses + 1,
    status = case when misses + 1 >= $2 and status = 1 then 7 else status end,
    since = case when misses + 1 >= $2 and status = 1 then $3 else since end
where agent_id = $1
returning misses >= $2
