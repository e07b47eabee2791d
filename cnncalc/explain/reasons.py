"""Why a formula is as it is: what its docstring says, without the examples."""

from __future__ import annotations

from inspect import getdoc
from typing import Any

from cnncalc.explain.steps import Reason


def name_of(thing: Any) -> str:
    """The name of a reason: a kind's own, else that of the formula or the window."""
    word = str(getattr(thing, "kind", thing.__name__))
    return f"{word.lower()} window" if word[0].isupper() else word.replace("_", " ")


def reason(thing: Any) -> Reason:
    """The words of a formula, a kind or an analysis, and their source."""
    text = (getdoc(thing) or "").partition("\n>>>")[0]
    paragraphs = (" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
    words = " ".join(filter(None, paragraphs)).replace("``", "")
    said, _, source = words.partition("Source: ")
    return Reason(said.strip(), source.strip().rstrip(".") or None)
