"""Reading parts of a YAML tree, with messages for what is not there."""

from __future__ import annotations

from collections.abc import Sequence as Words

from cnncalc.errors import nearest
from cnncalc.problems import MissingKey, UnknownKey, WrongForm
from cnncalc.spec.reporting import Problems, Reported
from cnncalc.spec.syntax import Piece
from cnncalc.spec.yaml import Broken, Mapping, Scalar, Sequence, Tree

#: Letters of a text that messages show.
MOST_SHOWN = 60


def found_in(tree: Tree) -> str:
    """What a tree is, for messages; raises :class:`Reported` for what could not be read."""
    if isinstance(tree, Broken):
        raise Reported
    if isinstance(tree, Scalar):
        text = tree.text if len(tree.text) <= MOST_SHOWN else f"{tree.text[: MOST_SHOWN - 1]}…"
        return repr(text) if text else "nothing"
    return "a list" if isinstance(tree, Sequence) else "a mapping"


def mapping(tree: Tree, what: str, example: str) -> Mapping:
    if isinstance(tree, Mapping):
        return tree
    raise WrongForm(
        f"{what} must be a mapping of keys to values, got {found_in(tree)}",
        at=tree.at,
        hint=f"write {example}",
    )


def known_keys(
    tree: Mapping, known: Words[str], problems: Problems, where: str = "", what: str = "keys"
) -> Mapping:
    """Reports keys that are not ``known``; the mapping with the misspelt ones as they are meant."""
    items: dict[str, tuple[Scalar, Tree]] = {key.text: (key, value) for key, value in tree.items}
    partial = tree.partial
    for key, value in tree.items:
        if key.text not in known:
            error = UnknownKey(
                f"unknown key {key.text!r}{where}",
                at=key.at,
                word=key.text,
                known=known,
                what=what,
            )
            del items[key.text]
            meant = nearest(key.text, known)
            if meant in items:
                error.typo = None
            elif meant:
                items[meant] = key._replace(text=meant), value
            else:
                partial = True
            problems.report(error)
    return Mapping(tuple(items.values()), tree.at, partial)


def missing(tree: Mapping, error: MissingKey) -> Exception:
    """The error, unless the key may be among those that were left out."""
    return Reported() if tree.partial else error


def text_of(tree: Tree, what: str, hint: str = "write it on one line") -> Scalar:
    if isinstance(tree, Scalar):
        return tree
    raise WrongForm(f"{what} must be a single value, got {found_in(tree)}", at=tree.at, hint=hint)


def piece_of(tree: Tree, what: str, hint: str = "write it on one line") -> Piece:
    scalar = text_of(tree, what, hint)
    if not scalar.text.strip():
        raise WrongForm(f"{what} is empty", at=scalar.at, hint="give a value")
    return Piece(*scalar)


def optional_text(top: Mapping, key: str) -> str | None:
    tree = top.get(key)
    return None if tree is None else text_of(tree, key).text


def one_or_more(tree: Tree, what: str) -> Piece | tuple[Piece, ...]:
    if isinstance(tree, Sequence):
        return tuple(piece_of(item, what) for item in tree.items)
    return piece_of(tree, what)
