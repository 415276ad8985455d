-- Part of the commits that move instances: timers that get another moment. Who has one in hand finds it gone. $1 keys. Index: work_key_key.
delete from work
where key = any($1)
