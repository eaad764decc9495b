"""What each real thing is replaced by: devices with memory and physics. May import all; nobody imports it."""
