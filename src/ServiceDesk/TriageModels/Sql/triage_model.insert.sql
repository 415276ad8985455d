-- A model. $1 now, $2 who, $3 note, $4 examples, $5 intents, $6 threshold, $7 hash, $8 report, $9 content. Answers its version.
insert into triage_model (trained_at, trained_by, note, rows, labels, threshold, sha256, report, content)
values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9)
returning version
