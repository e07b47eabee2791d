"""Lists of layers in YAML: layer lines, their mapping form, branches, loops and conditions."""

from __future__ import annotations

from cnncalc.problems import BadLine, MissingKey, WrongForm
from cnncalc.spec.limits import within_stack
from cnncalc.spec.lines import check_name, is_name, parse_layer_line
from cnncalc.spec.reporting import Problems
from cnncalc.spec.syntax import Body, Call, If, Join, Loop, Piece, Repeat, Statement
from cnncalc.spec.trees import (
    found_in,
    known_keys,
    mapping,
    missing,
    one_or_more,
    piece_of,
    text_of,
)
from cnncalc.spec.yaml import Mapping, Scalar, Sequence, Tree

_STRUCTURE = {
    "for": ("for", "layers", "name"),
    "repeat": ("repeat", "layers", "name"),
    "if": ("if", "then", "else"),
}


@within_stack
def body_of(tree: Tree | None, what: str, problems: Problems) -> Body:
    """A list of layers; of those that cannot be read, only the ``problems`` are left."""
    with problems:
        return _body(tree, what, problems)
    return ()


def _body(tree: Tree | None, what: str, problems: Problems) -> Body:
    if tree is None:
        return ()
    if isinstance(tree, Scalar) and not tree.text.strip():
        raise WrongForm(
            f"{what} is empty", at=tree.at, hint="list its layers, or write [] for none"
        )
    if not isinstance(tree, Sequence):
        raise WrongForm(
            f"{what} must be a list of layers, got {found_in(tree)}",
            at=tree.at,
            hint="start the line of each layer with -",
        )
    found: list[Statement] = []
    for item in tree.items:
        with problems:
            found.append(_statement(item, problems))
    return tuple(found)


def _statement(tree: Tree, problems: Problems) -> Statement:
    if isinstance(tree, Scalar):
        return layer_line(tree)
    if not isinstance(tree, Mapping):
        raise WrongForm(
            f"a layer is wanted here, got {found_in(tree)}",
            at=tree.at,
            hint="remove one - or one pair of []",
        )
    for word in _STRUCTURE:
        if tree.get(word) is not None:
            return _structure(word, tree, problems)
    return _layer(tree, problems)


def layer_line(scalar: Scalar) -> Call:
    if not scalar.text.strip():
        raise BadLine(
            "a layer is missing here", at=scalar.at, hint="write one, as conv 8 k=3, or remove it"
        )
    return parse_layer_line(*scalar)


def _structure(word: str, given: Mapping, problems: Problems) -> Statement:
    tree = known_keys(given, _STRUCTURE[word], problems, f" beside {word}:", "keys here")
    subject = tree.get(word)
    assert subject is not None
    at = tree.key(word).at
    body = "then" if word == "if" else "layers"
    if tree.get(body) is None:
        hint = f"add {body}: with a list of layers"
        raise missing(tree, MissingKey(f"{word}: has no {body}:", at=at, hint=hint))
    inner = body_of(tree.get(body), body, problems)
    if word == "if":
        otherwise = body_of(tree.get("else"), "else", problems)
        return If(_subject(subject, word, problems), inner, otherwise, at)
    name = _name_of(tree, problems)
    if word == "repeat":
        return Repeat(name, _subject(subject, word, problems), inner, at)
    return Loop(name, _variables(subject, problems), inner, at)


def _subject(tree: Tree, word: str, problems: Problems) -> Piece:
    with problems:
        return piece_of(tree, word)
    return Piece("0", tree.at)


def _variables(tree: Tree, problems: Problems) -> dict[str, Piece | tuple[Piece, ...]]:
    found: dict[str, Piece | tuple[Piece, ...]] = {}
    with problems:
        named = mapping(tree, "for:", "for: {i: 4}, or for: {mid: [64, 128], s: [1, 2]}")
        if not named.items:
            raise WrongForm("for: has no variable", at=named.at, hint="write for: {i: 4}")
        for key, value in named.items:
            with problems:
                check_name(key.text, key.at, "a variable")
                found[key.text] = one_or_more(value, key.text)
    return found


def _name_of(tree: Mapping, problems: Problems) -> str | None:
    given = tree.get("name")
    if given is not None:
        with problems:
            scalar = text_of(given, "name")
            check_name(scalar.text, scalar.at)
            return scalar.text
    return None


def _layer(tree: Mapping, problems: Problems) -> Statement:
    """The mapping form: ``{conv: {out: 64, k: 7}}``, ``add: [branch, branch]``."""
    kinds = [(key, value) for key, value in tree.items if key.text != "name"]
    if not kinds:
        raise BadLine(
            "a layer is missing here", at=tree.at, hint="write one, as conv 8 k=3, or remove it"
        )
    if len(kinds) > 1:
        raise BadLine(
            f"one kind is wanted here, got {len(kinds)}: {', '.join(key.text for key, _ in kinds)}",
            at=kinds[1][0].at,
            hint="start each layer with its own -",
        )
    (key, value) = kinds[0]
    if not is_name(key.text):
        raise BadLine(
            f"{key.text!r} is not the name of a kind or a block",
            at=key.at,
            hint="a layer line has no colon: write - conv 8 k=3, or - conv: {out: 8, k: 3}",
        )
    name = _name_of(tree, problems)
    names = (name,) if name else ()
    if isinstance(value, Sequence):
        branches = tuple(_branch(branch, problems) for branch in value.items)
        return Join(names, key.text, branches, key.at)
    if isinstance(value, Scalar):
        same_line = value.at.line == key.at.line
        gap = value.at.column - key.at.column - len(key.text) if same_line else 1
        line = f"{key.text}{' ' * max(1, gap)}{value.text}"
        return parse_layer_line(line, key.at)._replace(names=names)
    one = "write one value, or one per axis as 3x1"
    given = mapping(value, key.text, f"{key.text}: {{…}}")
    keys = {word.text: piece_of(item, word.text, one) for word, item in given.items}
    return Call(names, key.text, (), keys, key.at, {word.text: word.at for word, _ in given.items})


def _branch(tree: Tree, problems: Problems) -> Body:
    if isinstance(tree, Sequence):
        return body_of(tree, "a branch", problems)
    with problems:
        return (_statement(tree, problems),)
    return ()
