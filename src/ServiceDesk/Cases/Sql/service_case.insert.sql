-- A case that a person opens. $1 id, $2 customer, $3 category, $4 title, $5 impact, $6 urgency, $7 priority, $8 angry, $9 journey stage, $10 channel,
-- $11 now.
insert into service_case (id, customer_id, category, title, impact, urgency, priority, is_angry, journey_stage, channel, opened_at)
select $1, (select root_id from customer where id = $2), $3, $4, $5, $6, $7, $8, $9, $10, $11
where $2::text is null or exists (select 1 from customer where id = $2)
