-- Another case goes on with this one. $1 key, $2 loser, $3 winner, $4 reason, $5 now, $6 who.
select service_case_move($1, $2, $5, $6, 'merge', 'merged', null, $4, null, null, null, null, $3, null)
