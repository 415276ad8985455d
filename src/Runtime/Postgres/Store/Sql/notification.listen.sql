-- Listens for changed definitions, observed instances, changed rights and models; the names are those in NotifyListener. No parameters.
listen serviceloop_definitions;
listen serviceloop_observed;
listen serviceloop_moved;
listen serviceloop_people;
listen serviceloop_triage
