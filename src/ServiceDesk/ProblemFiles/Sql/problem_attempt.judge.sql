-- Whether something that was tried helped. $1 key, $2 result. Uses the primary key.
update problem_attempt set result = $2 where key = $1
