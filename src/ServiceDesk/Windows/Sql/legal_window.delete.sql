-- The place has no window of its own any more. $1 jurisdiction. Uses the primary key.
delete from legal_window where jurisdiction = $1
