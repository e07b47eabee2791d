"""The templates, and how they register themselves.

A template is a function that makes a question from random choices, decorated with
:func:`template`, in a module of :mod:`cnncalc.quiz.templates`; or an entry of the bank.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple

from cnncalc.errors import UsageError, suggest
from cnncalc.quiz.making import Maker
from cnncalc.quiz.model import TYPES

#: What questions are about.
TOPICS: dict[str, str] = {
    "size": "output size",
    "design": "padding to choose, kernel to infer",
    "rf": "receptive field and jump",
    "params": "parameters",
    "macs": "MACs and FLOPs",
    "memory": "memory",
    "comparison": "comparisons of designs",
    "domain": "input sizes that work",
    "architectures": "architectures and their ideas",
    "computation": "small computations by hand",
    "convolution": "what a convolution is",
    "pooling": "pooling",
    "normalisation": "normalisation",
    "activation": "activations and gradients",
    "training": "regularisation and training",
}


#: What an id is.
ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def topic_words(topic: str) -> str:
    """What a topic is called; one of a teacher's own bank by its name."""
    return TOPICS.get(topic, topic)


class Template(NamedTuple):
    """``make`` makes a question; ``sources`` are sections of documents that teach what it asks.

    ``id`` is lower case words with hyphens, ``title`` what it asks in a few words. ``once``: a quiz
    has it only once, since its questions are all about the same. ``bank`` is the file of a teacher's
    own.
    """

    id: str
    topic: str
    type: str
    title: str
    make: Maker
    sources: tuple[str, ...] = ()
    once: bool = False
    bank: str = ""


_FOUND: dict[str, Template] = {}


def template(
    id: str, *, topic: str, type: str, title: str, sources: tuple[str, ...] = ()
) -> Callable[[Maker], Maker]:
    """Registers a template; unknown topics and types and ids that are taken are errors.

    ``sources`` are written as "003 7.7.3 Number of Learnable Parameters".
    """

    def register(make: Maker) -> Maker:
        add(Template(id, topic, type, title, make, sources))
        return make

    return register


def add(one: Template) -> None:
    if not ID.fullmatch(one.id):
        raise ValueError(f"{one.id!r} is no id: use lower case words with hyphens")
    if one.id in _FOUND:
        raise ValueError(f"two templates are called {one.id!r}")
    for value, known in ((one.topic, TOPICS), (one.type, TYPES)):
        if value not in known:
            raise ValueError(f"{one.id}: {value!r} is not one of {', '.join(known)}")
    _FOUND[one.id] = one


@cache
def catalogue() -> dict[str, Template]:
    """All templates by their ids, in the order of the topics."""
    from cnncalc.quiz import bank, templates

    for module in sorted(found.name for found in iter_modules(templates.__path__)):
        import_module(f"{templates.__name__}.{module}")
    for one in bank.templates():
        add(one)
    order = {topic: i for i, topic in enumerate(TOPICS)}
    return dict(sorted(_FOUND.items(), key=lambda item: (order[item[1].topic], item[0])))


def find(id: str, among: Mapping[str, Template] | None = None) -> Template:
    """Raises :class:`UsageError` for an unknown template."""
    found = catalogue() if among is None else among
    if id not in found:
        raise UsageError(f"there is no template {id!r}", hint=suggest(id, found, "templates"))
    return found[id]
