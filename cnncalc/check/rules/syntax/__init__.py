"""Not a spec: text that cannot be read."""
