-- Takes back what session.begin has set. No parameters.
reset all
