"""Words for people: what the terminal says, in the languages it speaks."""
