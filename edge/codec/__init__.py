"""Bytes, keys and text to values and back. Pure: no I/O, no clock, no randomness, no logging."""
