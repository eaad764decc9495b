"""What a shop is: pure values and state tables. No I/O, no clock, no randomness, no logging."""
