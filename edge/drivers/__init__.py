"""One file a device. A driver is found by its file's name; no list to edit."""
