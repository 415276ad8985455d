-- Takes back what session.open has set. No parameters.
reset all
