"""Backends that build and run a network."""
