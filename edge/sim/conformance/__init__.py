"""`edge conformance`: a terminal that tries a cloud by its broker's address, and says what does not hold there."""
