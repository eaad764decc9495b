"""A cloud that speaks the contract: commits before it acks, de-duplicates, finds gaps, parks poison, answers hello."""
