"""The templates: one module for each family; those here are found by themselves."""
