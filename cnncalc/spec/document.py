"""YAML and one-line networks to the syntax tree."""

from __future__ import annotations

import re

from cnncalc.errors import Position, Source, SpecError, suggest
from cnncalc.layers import KINDS
from cnncalc.spec.limits import Limits, within_stack
from cnncalc.spec.lines import (
    check_name,
    is_name,
    parse_layer_line,
    split_line,
    split_sizes,
    strip,
)
from cnncalc.spec.syntax import (
    Block,
    Body,
    Call,
    Entry,
    If,
    Join,
    Loop,
    Piece,
    Repeat,
    Spec,
    Statement,
)
from cnncalc.spec.validate import validate
from cnncalc.spec.yaml import Mapping, Scalar, Sequence, Tree, read

VERSION = 1
_TOP = (
    "cnncalc",
    "name",
    "source",
    "notes",
    "input",
    "inputs",
    "at",
    "params",
    "blocks",
    "layers",
    "outputs",
    "expect",
)
_SIZES = "write channels first, joined by x: 3x224x224, 3xHxW, 3x(32*h)x(32*w)"
_SIGNATURE = re.compile(r"([A-Za-z_]\w*)\s*(?:\((.*)\))?\s*", re.DOTALL)
_STRUCTURE = {
    "for": ("for", "layers", "name"),
    "repeat": ("repeat", "layers", "name"),
    "if": ("if", "then", "else"),
}


@within_stack
def parse_line(text: str, name: str = "<line>") -> Spec:
    """A one-line network: ``3x32x32 | conv 10 k=5 p=2 | relu``. Raises :class:`SpecError`."""
    text = " ".join(text.splitlines())
    source = Source(name, text)
    first, *rest = map(strip, split_line(Piece(text, Position(source, 1, 1))))
    if first.text.partition(" ")[0] in ("", *KINDS):
        raise SpecError(
            f"a one-line network begins with the size of its input, got {first.text!r}",
            at=first.at,
            hint="write channels first, joined by x: 3x32x32 | conv 8 k=3",
        )
    size, _, line = first.text.partition(" ")
    if line.strip() and "x" in size and split_sizes(Piece(size, first.at)):
        raise SpecError(
            f"{first.text!r} is not the size of an input",
            at=first.at,
            hint=f"write | after the input: {size} | {line.strip()}",
        )
    sizes = _sizes(Scalar(*first))
    if not rest:
        raise SpecError(
            "the network has no layers",
            at=first.at,
            hint=f"write the layers after the input: {first.text} | conv 8 k=3",
        )
    layers = tuple(_layer_line(Scalar(*piece)) for piece in rest)
    spec = Spec(
        origin=source,
        one_line=True,
        name=text.strip(),
        source=None,
        notes=None,
        inputs={"input": sizes},
        at={},
        params={},
        blocks={},
        layers=layers,
        outputs=None,
        expect={},
    )
    validate(spec, Limits())
    return spec


@within_stack
def parse_yaml(text: str, name: str, limits: Limits | None = None) -> Spec:
    """A spec in YAML. ``name`` is what errors call it. Raises :class:`SpecError`."""
    source = Source(name, text)
    limits = limits or Limits()
    tree = read(source, limits)
    top = _mapping(tree, "a spec", "input: 3x32x32, then layers: with a list")
    for key, _ in top.items:
        if key.text not in _TOP:
            hint = suggest(key.text, _TOP, "keys")
            raise SpecError(f"unknown key {key.text!r}", at=key.at, hint=hint)
    _check_version(top)
    if top.get("layers") is None:
        raise SpecError("the spec has no layers", at=top.at, hint="add layers: with a list")
    spec = Spec(
        origin=source,
        one_line=False,
        name=_optional_text(top, "name") or name,
        source=_optional_text(top, "source"),
        notes=_optional_text(top, "notes"),
        inputs=_inputs(top),
        at=_pieces(top.get("at"), "at:", "{H: 224, W: 224}"),
        params=_params(top.get("params")),
        blocks=_blocks(top.get("blocks")),
        layers=_body(top.get("layers"), "layers"),
        outputs=_outputs(top.get("outputs")),
        expect=_expect(top.get("expect")),
    )
    validate(spec, limits)
    return spec


def _check_version(top: Mapping) -> None:
    version = top.get("cnncalc")
    if version is not None and _text(version, "the version").text != str(VERSION):
        raise SpecError(
            f"this is version {VERSION} of the language, the spec says {_text(version, '').text!r}",
            at=version.at,
            hint=f"write cnncalc: {VERSION}, or update cnncalc",
        )


def _found(tree: Tree) -> str:
    """What a tree is, for messages."""
    if isinstance(tree, Scalar):
        return repr(tree.text) if tree.text else "nothing"
    return "a list" if isinstance(tree, Sequence) else "a mapping"


def _mapping(tree: Tree, what: str, example: str) -> Mapping:
    if isinstance(tree, Mapping):
        return tree
    raise SpecError(
        f"{what} must be a mapping of keys to values, got {_found(tree)}",
        at=tree.at,
        hint=f"write {example}",
    )


def _text(tree: Tree, what: str, hint: str = "write it on one line") -> Scalar:
    if isinstance(tree, Scalar):
        return tree
    raise SpecError(f"{what} must be a single value, got {_found(tree)}", at=tree.at, hint=hint)


def _piece(tree: Tree, what: str, hint: str = "write it on one line") -> Piece:
    scalar = _text(tree, what, hint)
    if not scalar.text.strip():
        raise SpecError(f"{what} is empty", at=scalar.at, hint="give a value")
    return Piece(*scalar)


def _optional_text(top: Mapping, key: str) -> str | None:
    tree = top.get(key)
    return None if tree is None else _text(tree, key).text


def _inputs(top: Mapping) -> dict[str, tuple[Piece, ...]]:
    one, several = top.get("input"), top.get("inputs")
    if (one is None) == (several is None):
        raise SpecError(
            "the spec has no input" if one is None else "the spec has both input: and inputs:",
            at=top.at,
            hint="write input: 3xHxW, or inputs: {left: 3xHxW, right: 3xHxW}",
        )
    if one is not None:
        return {"input": _sizes(_text(one, "input", _SIZES))}
    assert several is not None
    named = _mapping(several, "inputs:", "inputs: {left: 3xHxW, right: 3xHxW}")
    if not named.items:
        raise SpecError("inputs: is empty", at=named.at, hint="name at least one input")
    for key, _ in named.items:
        check_name(key.text, key.at, "an input")
    return {key.text: _sizes(_text(tree, key.text, _SIZES)) for key, tree in named.items}


def _sizes(scalar: Scalar) -> tuple[Piece, ...]:
    parts = split_sizes(Piece(*scalar))
    if parts is None or len(parts) > 4:
        meant = re.sub(r"\s*[X×*,]\s*", "x", scalar.text.strip())
        likely = parts is None and split_sizes(Piece(meant, scalar.at))
        raise SpecError(
            f"{scalar.text!r} is not the size of an input",
            at=scalar.at,
            hint=f"did you mean {meant!r}?" if likely else _SIZES,
        )
    return tuple(parts)


def _pieces(tree: Tree | None, what: str, example: str) -> dict[str, Piece]:
    if tree is None:
        return {}
    mapping = _mapping(tree, what, example)
    for key, _ in mapping.items:
        check_name(key.text, key.at, "a symbol")
    return {key.text: _piece(value, key.text) for key, value in mapping.items}


def _params(tree: Tree | None) -> dict[str, Piece | tuple[Piece, ...]]:
    if tree is None:
        return {}
    named = _mapping(tree, "params:", "params: {classes: 1000}")
    for key, _ in named.items:
        check_name(key.text, key.at, "a parameter")
    return {key.text: _one_or_more(value, key.text) for key, value in named.items}


def _one_or_more(tree: Tree, what: str) -> Piece | tuple[Piece, ...]:
    if isinstance(tree, Sequence):
        return tuple(_piece(item, what) for item in tree.items)
    return _piece(tree, what)


def _blocks(tree: Tree | None) -> dict[str, Block]:
    if tree is None:
        return {}
    blocks: dict[str, Block] = {}
    for key, body in _mapping(tree, "blocks:", "name(a, b=1): with a list of layers").items:
        name, parameters = _signature(key)
        if name in blocks:
            raise SpecError(f"the block {name!r} is defined twice", at=key.at, hint="rename one")
        if name in KINDS:
            raise SpecError(f"{name!r} is a kind already", at=key.at, hint="rename the block")
        blocks[name] = Block(name, parameters, _body(body, f"the block {name}"), key.at)
    return blocks


def _signature(key: Scalar) -> tuple[str, dict[str, Piece | None]]:
    match = _SIGNATURE.fullmatch(key.text)
    if not match:
        raise SpecError(
            f"{key.text!r} is not the signature of a block",
            at=key.at,
            hint="write name(a, b=1), as in bottleneck(mid, s=1)",
        )
    name, inside = match.group(1), match.group(2)
    check_name(name, key.at, "a block")
    parameters: dict[str, Piece | None] = {}
    at = key.at.shifted(match.start(2)) if inside else key.at
    for part in (inside or "").split(",") if (inside or "").strip() else []:
        parameter, equals, default = part.partition("=")
        word = parameter.strip()
        check_name(word, at, "a parameter")
        if word in parameters:
            raise SpecError(f"the parameter {word!r} is there twice", at=at, hint="rename one")
        value = Piece(default.strip(), at.shifted(len(parameter) + 1)) if equals else None
        parameters[word] = value
        at = at.shifted(len(part) + 1)
    return name, parameters


def _body(tree: Tree | None, what: str) -> Body:
    if tree is None:
        return ()
    if isinstance(tree, Scalar) and not tree.text.strip():
        raise SpecError(
            f"{what} is empty", at=tree.at, hint="list its layers, or write [] for none"
        )
    if not isinstance(tree, Sequence):
        raise SpecError(
            f"{what} must be a list of layers, got {_found(tree)}",
            at=tree.at,
            hint="start the line of each layer with -",
        )
    return tuple(_statement(item) for item in tree.items)


def _statement(tree: Tree) -> Statement:
    if isinstance(tree, Scalar):
        return _layer_line(tree)
    if isinstance(tree, Sequence):
        raise SpecError(
            "a layer is wanted here, got a list", at=tree.at, hint="remove one - or one pair of []"
        )
    for word in _STRUCTURE:
        if tree.get(word) is not None:
            return _structure(word, tree)
    return _layer(tree)


def _layer_line(scalar: Scalar) -> Call:
    if not scalar.text.strip():
        raise SpecError(
            "a layer is missing here", at=scalar.at, hint="write one, as conv 8 k=3, or remove it"
        )
    return parse_layer_line(*scalar)


def _structure(word: str, tree: Mapping) -> Statement:
    allowed = _STRUCTURE[word]
    for key, _ in tree.items:
        if key.text not in allowed:
            hint = suggest(key.text, allowed, f"keys of {word}:")
            raise SpecError(f"unknown key {key.text!r} beside {word}:", at=key.at, hint=hint)
    subject = tree.get(word)
    assert subject is not None
    at = tree.key(word).at
    body = "then" if word == "if" else "layers"
    if tree.get(body) is None:
        raise SpecError(f"{word}: has no {body}:", at=at, hint=f"add {body}: with a list of layers")
    inner = _body(tree.get(body), body)
    if word == "if":
        return If(_piece(subject, "if"), inner, _body(tree.get("else"), "else"), at)
    name = _name_of(tree)
    if word == "repeat":
        return Repeat(name, _piece(subject, "repeat"), inner, at)
    named = _mapping(subject, "for:", "for: {i: 4}, or for: {mid: [64, 128], s: [1, 2]}")
    if not named.items:
        raise SpecError("for: has no variable", at=named.at, hint="write for: {i: 4}")
    for key, _ in named.items:
        check_name(key.text, key.at, "a variable")
    variables = {key.text: _one_or_more(value, key.text) for key, value in named.items}
    return Loop(name, variables, inner, at)


def _name_of(tree: Mapping) -> str | None:
    given = tree.get("name")
    if given is None:
        return None
    scalar = _text(given, "name")
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
            _body(branch, "a branch") if isinstance(branch, Sequence) else (_statement(branch),)
            for branch in value.items
        )
        return Join(names, key.text, branches, key.at)
    if isinstance(value, Scalar):
        same_line = value.at.line == key.at.line
        gap = value.at.column - key.at.column - len(key.text) if same_line else 1
        line = f"{key.text}{' ' * max(1, gap)}{value.text}"
        return parse_layer_line(line, key.at)._replace(names=names)
    one = "write one value, or one per axis as 3x1"
    keys = {word.text: _piece(item, word.text, one) for word, item in value.items}
    return Call(names, key.text, (), keys, key.at, {word.text: word.at for word, _ in value.items})


def _outputs(tree: Tree | None) -> dict[str, Piece] | None:
    if tree is None:
        return None
    if isinstance(tree, Sequence):
        pieces = [_piece(item, "outputs") for item in tree.items]
        if len({piece.text for piece in pieces}) < len(pieces) or not pieces:
            raise SpecError(
                "outputs: must name one or several different layers",
                at=tree.at,
                hint="write outputs: [main, aux]",
            )
        return {piece.text: piece for piece in pieces}
    example = "a list of names, as outputs: [main, aux], or outputs: {logits: main}"
    return _pieces(tree, "outputs:", example) or None


def _expect(tree: Tree | None) -> dict[str, Entry]:
    if tree is None:
        return {}
    named = _mapping(tree, "expect:", "expect: {params: 25557032}")
    return {key.text: _entry(value) for key, value in named.items}


def _entry(tree: Tree) -> Entry:
    if isinstance(tree, Scalar):
        return Entry(_piece(tree, "the expectation"), tree.at)
    if isinstance(tree, Sequence):
        return Entry(tuple(_entry(item) for item in tree.items), tree.at)
    return Entry({key.text: _entry(value) for key, value in tree.items}, tree.at)
