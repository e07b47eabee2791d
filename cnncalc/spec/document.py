"""YAML and one-line networks to the syntax tree."""

from __future__ import annotations

import re

from cnncalc.errors import Position, Source, SpecError, suggest
from cnncalc.layers import KINDS
from cnncalc.spec.body import body_of, layer_line
from cnncalc.spec.limits import Limits, within_stack
from cnncalc.spec.lines import (
    check_name,
    split_line,
    split_list,
    split_sizes,
    strip,
)
from cnncalc.spec.syntax import (
    Block,
    Entry,
    Expect,
    Piece,
    Preset,
    Spec,
)
from cnncalc.spec.trees import mapping, one_or_more, optional_text, piece_of, text_of
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
    "presets",
)
_SIZES = "write channels first, joined by x: 3x224x224, 3xHxW, 3x(32*h)x(32*w)"
_SIGNATURE = re.compile(r"([A-Za-z_]\w*)\s*(?:\((.*)\))?\s*", re.DOTALL)


def parse_line(text: str, name: str = "<line>") -> Spec:
    """A one-line network: ``3x32x32 | conv 10 k=5 p=2 | relu``. Raises :class:`SpecError`."""
    text = " ".join(text.splitlines())
    source = Source(name, text)
    first, *rest = map(strip, split_line(Piece(text, Position(source, 1, 1))))
    if first.text.partition(" ")[0] in ("", *KINDS):
        got = repr(first.text) if first.text else "nothing"
        raise SpecError(
            f"a one-line network begins with the size of its input, got {got}",
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
    layers = tuple(layer_line(Scalar(*piece)) for piece in rest)
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
        presets={},
    )
    validate(spec, Limits())
    return spec


@within_stack
def parse_yaml(text: str, name: str, limits: Limits | None = None) -> Spec:
    """A spec in YAML. ``name`` is what errors call it. Raises :class:`SpecError`."""
    source = Source(name, text)
    limits = limits or Limits()
    tree = read(source, limits)
    top = mapping(tree, "a spec", "input: 3x32x32, then layers: with a list")
    for key, _ in top.items:
        if key.text not in _TOP:
            hint = suggest(key.text, _TOP, "keys")
            raise SpecError(f"unknown key {key.text!r}", at=key.at, hint=hint)
    _check_version(top)
    if top.get("layers") is None:
        raise SpecError("the spec has no layers", at=top.at, hint="add layers: with a list")
    expect, expect_list = _expect(top.get("expect"))
    spec = Spec(
        origin=source,
        one_line=False,
        name=optional_text(top, "name") or name,
        source=optional_text(top, "source"),
        notes=optional_text(top, "notes"),
        inputs=_inputs(top),
        at=_pieces(top.get("at"), "at:", "{H: 224, W: 224}"),
        params=_params(top.get("params")),
        blocks=_blocks(top.get("blocks")),
        layers=body_of(top.get("layers"), "layers"),
        outputs=_outputs(top.get("outputs")),
        expect=expect,
        presets=_presets(top),
        expect_list=expect_list,
    )
    validate(spec, limits)
    return spec


def _check_version(top: Mapping) -> None:
    version = top.get("cnncalc")
    if version is not None and text_of(version, "the version").text != str(VERSION):
        raise SpecError(
            f"this is version {VERSION} of the language, the spec says {text_of(version, '').text!r}",
            at=version.at,
            hint=f"write cnncalc: {VERSION}, or update cnncalc",
        )


def _inputs(top: Mapping) -> dict[str, tuple[Piece, ...]]:
    one, several = top.get("input"), top.get("inputs")
    if (one is None) == (several is None):
        raise SpecError(
            "the spec has no input" if one is None else "the spec has both input: and inputs:",
            at=top.at,
            hint="write input: 3xHxW, or inputs: {left: 3xHxW, right: 3xHxW}",
        )
    if one is not None:
        return {"input": _sizes(text_of(one, "input", _SIZES))}
    assert several is not None
    named = mapping(several, "inputs:", "inputs: {left: 3xHxW, right: 3xHxW}")
    if not named.items:
        raise SpecError("inputs: is empty", at=named.at, hint="name at least one input")
    for key, _ in named.items:
        check_name(key.text, key.at, "an input")
    return {key.text: _sizes(text_of(tree, key.text, _SIZES)) for key, tree in named.items}


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
    named = mapping(tree, what, example)
    for key, _ in named.items:
        check_name(key.text, key.at, "a symbol")
    return {key.text: piece_of(value, key.text) for key, value in named.items}


def _params(tree: Tree | None) -> dict[str, Piece | tuple[Piece, ...]]:
    if tree is None:
        return {}
    named = mapping(tree, "params:", "params: {classes: 1000}")
    for key, _ in named.items:
        check_name(key.text, key.at, "a parameter")
    return {key.text: one_or_more(value, key.text) for key, value in named.items}


def _blocks(tree: Tree | None) -> dict[str, Block]:
    if tree is None:
        return {}
    blocks: dict[str, Block] = {}
    for key, body in mapping(tree, "blocks:", "name(a, b=1): with a list of layers").items:
        name, parameters = _signature(key)
        if name in blocks:
            raise SpecError(f"the block {name!r} is defined twice", at=key.at, hint="rename one")
        if name in KINDS:
            raise SpecError(f"{name!r} is a kind already", at=key.at, hint="rename the block")
        blocks[name] = Block(name, parameters, body_of(body, f"the block {name}"), key.at)
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
    inner = Piece(inside or "", key.at.shifted(match.start(2) if inside else 0))
    for part, at in split_list(inner) if inner.text.strip() else []:
        parameter, equals, default = part.partition("=")
        word = parameter.strip()
        check_name(word, at, "a parameter")
        if word in parameters:
            raise SpecError(f"the parameter {word!r} is there twice", at=at, hint="rename one")
        value = Piece(default.strip(), at.shifted(len(parameter) + 1)) if equals else None
        parameters[word] = value
    return name, parameters


def _outputs(tree: Tree | None) -> dict[str, Piece] | None:
    if tree is None:
        return None
    if isinstance(tree, Sequence):
        pieces = [piece_of(item, "outputs") for item in tree.items]
        if len({piece.text for piece in pieces}) < len(pieces) or not pieces:
            raise SpecError(
                "outputs: must name one or several different layers",
                at=tree.at,
                hint="write outputs: [main, aux]",
            )
        return {piece.text: piece for piece in pieces}
    example = "a list of names, as outputs: [main, aux], or outputs: {logits: main}"
    return _pieces(tree, "outputs:", example) or None


def _expect(tree: Tree | None) -> tuple[Expect, tuple[Expect, ...]]:
    """A mapping of expectations, or a list of such mappings."""
    if isinstance(tree, Sequence):
        return {}, tuple(map(_expected, tree.items))
    return ({} if tree is None else _expected(tree)), ()


def _expected(tree: Tree) -> Expect:
    named = mapping(tree, "expect:", "expect: {params: 25557032}")
    return {key.text: _entry(value, key.at) for key, value in named.items}


_PRESET = ("title", "source", "notes", "set", "at", "expect")


def _presets(top: Mapping) -> dict[str, Preset]:
    tree = top.get("presets")
    if tree is None:
        return {}
    params = _params(top.get("params"))
    found: dict[str, Preset] = {}
    for name, value in mapping(tree, "presets:", "presets: {small: {set: {depth: 18}}}").items:
        check_name(name.text, name.at, "a preset")
        preset = mapping(value, f"the preset {name.text}", "{set: {depth: 18}}")
        for key, _ in preset.items:
            if key.text not in _PRESET:
                hint = suggest(key.text, _PRESET, "keys of a preset")
                raise SpecError(f"unknown key {key.text!r} in a preset", at=key.at, hint=hint)
        settings = _params(preset.get("set"))
        for word in settings:
            if word not in params:
                chosen = preset.get("set")
                assert isinstance(chosen, Mapping)
                raise SpecError(
                    f"the preset sets {word!r}, which is no parameter",
                    at=chosen.key(word).at,
                    hint=suggest(word, params, "parameters"),
                )
        expect, expect_list = _expect(preset.get("expect"))
        found[name.text] = Preset(
            title=optional_text(preset, "title") or name.text,
            source=optional_text(preset, "source"),
            notes=optional_text(preset, "notes"),
            settings=settings,
            at=_pieces(preset.get("at"), "at:", "{H: 224, W: 224}"),
            expect=expect,
            place=name.at,
            expect_list=expect_list,
        )
    return found


def _entry(tree: Tree, key: Position | None = None) -> Entry:
    if isinstance(tree, Scalar):
        return Entry(piece_of(tree, "the expectation"), tree.at, key)
    if isinstance(tree, Sequence):
        return Entry(tuple(_entry(item) for item in tree.items), tree.at, key)
    return Entry({name.text: _entry(value, name.at) for name, value in tree.items}, tree.at, key)
