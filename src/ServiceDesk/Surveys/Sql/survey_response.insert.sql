-- An answer. $1 follow-up, $2 metric, $3 score, $4 text, $5 low, $6 channel, $7 when.
insert into survey_response (follow_up_id, metric, score, verbatim, is_low, channel, answered_at) values ($1, $2, $3, $4, $5, $6, $7)
