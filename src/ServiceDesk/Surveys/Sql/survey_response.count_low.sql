-- Low answers of a customer, whoever went on for whom, since a moment. $1 customer, $2 since. Index: customer_root, follow_up_customer, survey_response_pkey.
select count(*)
from customer c
join follow_up f on f.customer_id = c.id
join survey_response s on s.follow_up_id = f.id
where c.root_id = $1 and s.is_low and s.answered_at > $2
