"""A year of a shop on virtual time: the terminal's own code, everything around it simulated, one seed replays all."""
