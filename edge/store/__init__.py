"""The only code that writes files: ledger, catalogue, documents."""
