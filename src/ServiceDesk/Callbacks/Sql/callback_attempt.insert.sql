-- An attempt, once for each number. $1 callback, $2 number, $3 when, $4 outcome, $5 agent, $6 note.
insert into callback_attempt (callback_id, no, at, outcome, agent, note) values ($1, $2, $3, $4, $5, $6)
