"""Many contract-true terminals in few processes: load, reconnect storms, and what drains after an outage."""
