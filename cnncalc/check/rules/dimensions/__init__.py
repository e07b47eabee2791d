"""Layers that do not fit their input."""
