"""Analyses: functions from a graph to values. They read the facts of layers and name no kind."""
