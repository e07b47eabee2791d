"""How counting tools count, one file per tool, with the version and the file of each rule."""
