-- All legal windows.
select jurisdiction, opens, closes, days_off, holidays from legal_window order by jurisdiction
