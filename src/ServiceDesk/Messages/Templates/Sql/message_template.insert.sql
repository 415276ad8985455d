-- Adds a version: the one after the last, which must be the one that the writer knew. $1 name, $2 channel, $3 language, $4 the last version, 0 for none, $5 format,
-- $6 subject, $7 body, $8 note, $9 who, $10 now. Index: message_template_pkey.
insert into message_template (name, channel, language, version, format, subject, body, note, created_by, created_at)
select $1, $2, $3, $4 + 1, $5, $6, $7, $8, $9, $10
where coalesce((select max(version) from message_template where name = $1 and channel = $2 and language = $3), 0) = $4
on conflict do nothing
