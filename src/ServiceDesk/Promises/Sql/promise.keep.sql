-- A promise was kept; one that was broken before stays broken, too. $1 id, $2 when. Uses the primary key.
update promise set kept_at = $2 where id = $1 and kept_at is null
