"""The terminal's side of MQTT: topics and the one session."""
