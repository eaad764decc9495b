"""One file a table of the ledger. Only these write projections; a service sees them through `edge.ports`."""
