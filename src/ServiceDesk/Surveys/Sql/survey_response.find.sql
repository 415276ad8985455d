-- The answer to a follow-up. $1 follow-up. Uses the primary key.
select follow_up_id, metric, score, verbatim, is_low, channel, answered_at from survey_response where follow_up_id = $1
