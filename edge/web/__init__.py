"""The terminal's own page: state only, on loopback."""
