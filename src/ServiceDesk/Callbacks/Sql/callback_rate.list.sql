-- What is known about answers of a segment, and of all. $1 segment. Uses the primary key.
select segment, hour, attempts, answers from callback_rate where segment in ($1, '')
