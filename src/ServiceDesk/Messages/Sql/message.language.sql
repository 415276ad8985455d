-- The language in which a customer is written to: the customer's own, else that of the last contact on the case; null when neither is known.
-- $1 customer or null, $2 case or null. Uses customer's primary key and interaction_case.
select coalesce(
  (select c.locale from customer c where c.id = (select root_id from customer where id = $1)),
  (select i.language from interaction i where i.case_id = $2 and i.direction = 'inbound' and i.language is not null order by i.started_at desc limit 1)
)
