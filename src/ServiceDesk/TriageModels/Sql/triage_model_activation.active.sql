-- The version in force. Uses the primary key.
select version from triage_model_activation order by seq desc limit 1
