"""What notebooks show of results: the tables of the command line, as HTML."""

from __future__ import annotations

from cnncalc.cli.rows import analysis_table, default_depth
from cnncalc.render.html import table
from cnncalc.results import Analysis


def analysis_html(analysis: Analysis) -> str:
    """The table of ``cnncalc analyze``."""
    return table(analysis_table(analysis, default_depth(analysis)))
