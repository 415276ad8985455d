-- How much status pages are used, and how many ask all the same. $1 from, $2 to. Uses status_view_day, interaction_list and status_ask_at.
select
  (select coalesce(sum(v.views), 0) from status_view v where v.day >= $1::date and v.day <= $2::date),
  (select count(distinct v.case_id) from status_view v where v.day >= $1::date and v.day <= $2::date),
  (select count(*) from interaction i where i.direction = 'inbound' and i.state <> 'spam' and i.received_at >= $1 and i.received_at < $2),
  (select count(*) from status_ask a where a.at >= $1 and a.at < $2)
