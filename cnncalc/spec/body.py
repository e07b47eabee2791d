"""Lists of layers in YAML: layer lines, their mapping form, branches, loops and conditions."""

from __future__ import annotations

from cnncalc.errors import SpecError, suggest
from cnncalc.spec.limits import within_stack
from cnncalc.spec.lines import check_name, is_name, parse_layer_line
from cnncalc.spec.syntax import Body, Call, If, Join, Loop, Repeat, Statement
from cnncalc.spec.trees import found_in, mapping, one_or_more, piece_of, text_of
from cnncalc.spec.yaml import Mapping, Scalar, Sequence, Tree

_STRUCTURE = {
    "for": ("for", "layers", "name"),
    "repeat": ("repeat", "layers", "name"),
    "if": ("if", "then", "else"),
}


@within_stack
def body_of(tree: Tree | None, what: str) -> Body:
    if tree is None:
        return ()
    if isinstance(tree, Scalar) and not tree.text.strip():
        raise SpecError(
            f"{what} is empty", at=tree.at, hint="list its layers, or write [] for none"
        )
    if not isinstance(tree, Sequence):
        raise SpecError(
            f"{what} must be a list of layers, got {found_in(tree)}",
            at=tree.at,
            hint="start the line of each layer with -",
        )
    return tuple(_statement(item) for item in tree.items)


def _statement(tree: Tree) -> Statement:
    if isinstance(tree, Scalar):
        return layer_line(tree)
    if isinstance(tree, Sequence):
        raise SpecError(
            "a layer is wanted here, got a list", at=tree.at, hint="remove one - or one pair of []"
        )
    for word in _STRUCTURE:
        if tree.get(word) is not None:
            return _structure(word, tree)
    return _layer(tree)


def layer_line(scalar: Scalar) -> Call:
    if not scalar.text.strip():
        raise SpecError(
            "a layer is missing here", at=scalar.at, hint="write one, as conv 8 k=3, or remove it"
        )
    return parse_layer_line(*scalar)


def _structure(word: str, tree: Mapping) -> Statement:
    allowed = _STRUCTURE[word]
    for key, _ in tree.items:
        if key.text not in allowed:
            hint = suggest(key.text, allowed, "keys here")
            raise SpecError(f"unknown key {key.text!r} beside {word}:", at=key.at, hint=hint)
    subject = tree.get(word)
    assert subject is not None
    at = tree.key(word).at
    body = "then" if word == "if" else "layers"
    if tree.get(body) is None:
        raise SpecError(f"{word}: has no {body}:", at=at, hint=f"add {body}: with a list of layers")
    inner = body_of(tree.get(body), body)
    if word == "if":
        return If(piece_of(subject, "if"), inner, body_of(tree.get("else"), "else"), at)
    name = _name_of(tree)
    if word == "repeat":
        return Repeat(name, piece_of(subject, "repeat"), inner, at)
    named = mapping(subject, "for:", "for: {i: 4}, or for: {mid: [64, 128], s: [1, 2]}")
    if not named.items:
        raise SpecError("for: has no variable", at=named.at, hint="write for: {i: 4}")
    for key, _ in named.items:
        check_name(key.text, key.at, "a variable")
    variables = {key.text: one_or_more(value, key.text) for key, value in named.items}
    return Loop(name, variables, inner, at)


def _name_of(tree: Mapping) -> str | None:
    given = tree.get("name")
    if given is None:
        return None
    scalar = text_of(given, "name")
    check_name(scalar.text, scalar.at)
    return scalar.text


def _layer(tree: Mapping) -> Statement:
    """The mapping form: ``{conv: {out: 64, k: 7}}``, ``add: [branch, branch]``."""
    kinds = [(key, value) for key, value in tree.items if key.text != "name"]
    if not kinds:
        raise SpecError(
            "a layer is missing here", at=tree.at, hint="write one, as conv 8 k=3, or remove it"
        )
    if len(kinds) > 1:
        raise SpecError(
            f"one kind is wanted here, got {len(kinds)}: {', '.join(key.text for key, _ in kinds)}",
            at=kinds[1][0].at,
            hint="start each layer with its own -",
        )
    (key, value) = kinds[0]
    if not is_name(key.text):
        raise SpecError(
            f"{key.text!r} is not the name of a kind or a block",
            at=key.at,
            hint="a layer line has no colon: write - conv 8 k=3, or - conv: {out: 8, k: 3}",
        )
    name = _name_of(tree)
    names = (name,) if name else ()
    if isinstance(value, Sequence):
        branches = tuple(
            body_of(branch, "a branch") if isinstance(branch, Sequence) else (_statement(branch),)
            for branch in value.items
        )
        return Join(names, key.text, branches, key.at)
    if isinstance(value, Scalar):
        same_line = value.at.line == key.at.line
        gap = value.at.column - key.at.column - len(key.text) if same_line else 1
        line = f"{key.text}{' ' * max(1, gap)}{value.text}"
        return parse_layer_line(line, key.at)._replace(names=names)
    one = "write one value, or one per axis as 3x1"
    keys = {word.text: piece_of(item, word.text, one) for word, item in value.items}
    return Call(names, key.text, (), keys, key.at, {word.text: word.at for word, _ in value.items})
