"""The demo: a shop on one machine that a person can play with, and a short day that it plays by itself."""
