-- What became of a new finding. $1 id, $2 state, $3 reason, $4 the one that goes on or null, $5 now. Uses the primary key.
update finding
set state = $2, reason = $3, merged_into = $4, settled_at = $5
where id = $1 and state = 'new' and ($4::text is null or exists (select 1 from finding o where o.id = $4 and o.state <> 'merged'))
