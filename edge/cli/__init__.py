"""One file a command of the command line; each prints for a person or a pipe and returns its exit code."""
