-- Takes back work that is no longer wanted. $1 keys. Index: work_key_key.
delete from work where key = any($1)
