-- Counts a call for its segment and for all. $1 segments, $2 hour of the week, $3 answers.
insert into callback_rate (segment, hour, attempts, answers)
select s, $2, 1, $3 from unnest($1::text[]) as s order by s
on conflict (segment, hour) do update
set attempts = callback_rate.attempts + 1, answers = callback_rate.answers + excluded.answers
