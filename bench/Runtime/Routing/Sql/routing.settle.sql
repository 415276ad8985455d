-- Statistics as a server has them that has run for a while. No parameters.
analyze
