"""The templates as a table: topics, types, difficulties as they are measured, misconceptions."""

from __future__ import annotations

from typing import Any

from cnncalc.quiz.blueprints import Blueprint
from cnncalc.quiz.profiles import profile
from cnncalc.quiz.registry import Template
from cnncalc.render import Column, Report, Table

_COLUMNS = (
    Column("template", "template"),
    Column("topic", "topic"),
    Column("type", "type"),
    Column("difficulty", "difficulty"),
    Column("title", "asks"),
    Column("misconceptions", "misconceptions", right=True),
)


def report(wanted: Blueprint) -> Report:
    """The templates that a blueprint allows for. The table counts misconceptions; JSON names them."""
    found = [_row(one) for one in wanted.templates().values() if _is_in(one, wanted)]
    columns = (*_COLUMNS, Column("bank", "bank")) if wanted.banks else _COLUMNS
    shown = (
        {
            **one,
            "difficulty": "–".join(map(str, one["difficulty"])),
            "misconceptions": len(one["misconceptions"]),
        }
        for one in found
    )
    return Report(
        lambda: found, Table("", columns, [[row[c.key] for c in columns] for row in shown])
    )


def _is_in(one: Template, wanted: Blueprint) -> bool:
    levels = wanted.difficulty
    return (
        (not wanted.topics or one.topic in wanted.topics)
        and (not wanted.types or one.type in wanted.types)
        and (not levels or any(str(level) in levels for level in profile(one).levels))
    )


def _row(one: Template) -> dict[str, Any]:
    measured = profile(one)
    return {
        "template": one.id,
        "topic": one.topic,
        "type": one.type,
        "title": one.title,
        "difficulty": sorted({measured.levels[0], measured.levels[-1]}),
        "misconceptions": list(measured.misconceptions),
        "sources": list(one.sources),
        "bank": one.bank or None,
    }
