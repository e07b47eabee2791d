"""Legal and seldom meant."""
