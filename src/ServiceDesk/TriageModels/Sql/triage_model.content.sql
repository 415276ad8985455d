-- What a model is made of. $1 version. Uses the primary key.
select content, sha256, threshold from triage_model where version = $1
