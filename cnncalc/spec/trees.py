"""Reading parts of a YAML tree, with messages for what is not there."""

from __future__ import annotations

from cnncalc.errors import SpecError
from cnncalc.spec.syntax import Piece
from cnncalc.spec.yaml import Mapping, Scalar, Sequence, Tree


def found_in(tree: Tree) -> str:
    """What a tree is, for messages."""
    if isinstance(tree, Scalar):
        return repr(tree.text) if tree.text else "nothing"
    return "a list" if isinstance(tree, Sequence) else "a mapping"


def mapping(tree: Tree, what: str, example: str) -> Mapping:
    if isinstance(tree, Mapping):
        return tree
    raise SpecError(
        f"{what} must be a mapping of keys to values, got {found_in(tree)}",
        at=tree.at,
        hint=f"write {example}",
    )


def text_of(tree: Tree, what: str, hint: str = "write it on one line") -> Scalar:
    if isinstance(tree, Scalar):
        return tree
    raise SpecError(f"{what} must be a single value, got {found_in(tree)}", at=tree.at, hint=hint)


def piece_of(tree: Tree, what: str, hint: str = "write it on one line") -> Piece:
    scalar = text_of(tree, what, hint)
    if not scalar.text.strip():
        raise SpecError(f"{what} is empty", at=scalar.at, hint="give a value")
    return Piece(*scalar)


def optional_text(top: Mapping, key: str) -> str | None:
    tree = top.get(key)
    return None if tree is None else text_of(tree, key).text


def one_or_more(tree: Tree, what: str) -> Piece | tuple[Piece, ...]:
    if isinstance(tree, Sequence):
        return tuple(piece_of(item, what) for item in tree.items)
    return piece_of(tree, what)
