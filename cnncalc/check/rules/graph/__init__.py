"""Names, blocks and references that lead nowhere."""
