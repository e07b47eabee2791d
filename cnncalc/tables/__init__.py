"""Results as tables: the rows that the command line prints and notebooks show."""
