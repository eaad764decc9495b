"""Eight weeks of one shop, lived through under several ways to order, all with the same customers."""
