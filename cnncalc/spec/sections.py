"""The parts of a spec in YAML, each read by itself: inputs, parameters, blocks, presets."""

from __future__ import annotations

import re
from collections.abc import Container

from cnncalc.errors import Position
from cnncalc.layers import KINDS
from cnncalc.problems import (
    BadLine,
    BadSize,
    GivenTwice,
    MissingKey,
    NameTaken,
    UnknownName,
    WrongForm,
)
from cnncalc.spec.body import body_of
from cnncalc.spec.lines import check_name, split_list, split_sizes
from cnncalc.spec.reporting import Problems, Reported
from cnncalc.spec.syntax import Block, Entry, Expect, Piece, Preset
from cnncalc.spec.trees import (
    known_keys,
    mapping,
    missing,
    one_or_more,
    optional_text,
    piece_of,
    text_of,
)
from cnncalc.spec.yaml import Mapping, Scalar, Sequence, Tree

_SIZES = "write channels first, joined by x: 3x224x224, 3xHxW, 3x(32*h)x(32*w)"
_SIGNATURE = re.compile(r"([A-Za-z_]\w*)\s*(?:\((.*)\))?\s*", re.DOTALL)
_PRESET = ("title", "source", "notes", "set", "at", "expect")


class Anything:
    """Every word, where those that there are could not be read."""

    def __contains__(self, word: object) -> bool:
        return True


class Sections:
    """The sections of a spec, read from its top mapping.

    A part that cannot be read is left out; ``doubtful`` are the blocks that have no signature then.
    """

    def __init__(self, top: Mapping, problems: Problems) -> None:
        self.top = top
        self.problems = problems
        self.doubtful: Container[str] = ()

    def text(self, key: str) -> str | None:
        with self.problems:
            return optional_text(self.top, key)
        return None

    def inputs(self) -> dict[str, tuple[Piece, ...]]:
        found: dict[str, tuple[Piece, ...]] = {}
        with self.problems:
            one, several = self.top.get("input"), self.top.get("inputs")
            hint = "write input: 3xHxW, or inputs: {left: 3xHxW, right: 3xHxW}"
            if one is None and several is None:
                error = MissingKey("the spec has no input", at=self.top.at, hint=hint)
                raise missing(self.top, error)
            if one is not None and several is not None:
                raise GivenTwice("the spec has both input: and inputs:", at=self.top.at, hint=hint)
            if one is not None:
                return {"input": sizes_of(text_of(one, "input", _SIZES))}
            assert several is not None
            named = mapping(several, "inputs:", "inputs: {left: 3xHxW, right: 3xHxW}")
            if not named.items:
                raise WrongForm("inputs: is empty", at=named.at, hint="name at least one input")
            for key, tree in named.items:
                with self.problems:
                    check_name(key.text, key.at, "an input")
                    found[key.text] = sizes_of(text_of(tree, key.text, _SIZES))
        return found

    def pieces(self, tree: Tree | None, what: str, example: str) -> dict[str, Piece]:
        found: dict[str, Piece] = {}
        if tree is not None:
            with self.problems:
                for key, value in mapping(tree, what, example).items:
                    with self.problems:
                        check_name(key.text, key.at, "a symbol")
                        found[key.text] = piece_of(value, key.text)
        return found

    def at(self, tree: Mapping) -> dict[str, Piece]:
        return self.pieces(tree.get("at"), "at:", "{H: 224, W: 224}")

    def params(self, tree: Tree | None) -> dict[str, Piece | tuple[Piece, ...]]:
        found: dict[str, Piece | tuple[Piece, ...]] = {}
        if tree is not None:
            with self.problems:
                for key, value in mapping(tree, "params:", "params: {classes: 1000}").items:
                    with self.problems:
                        check_name(key.text, key.at, "a parameter")
                        found[key.text] = one_or_more(value, key.text)
        return found

    # Blocks.

    def blocks(self) -> dict[str, Block]:
        blocks: dict[str, Block] = {}
        tree = self.top.get("blocks")
        if tree is None:
            return blocks
        self.doubtful = Anything()
        doubtful: set[str] = set()
        with self.problems:
            for key, body in mapping(tree, "blocks:", "name(a, b=1): with a list of layers").items:
                self.block(key, body, blocks, doubtful)
            self.doubtful = doubtful
        return blocks

    def block(self, key: Scalar, tree: Tree, blocks: dict[str, Block], doubtful: set[str]) -> None:
        name = key.text.partition("(")[0].strip()
        parameters: dict[str, Piece | None] = {}
        doubtful.add(name)
        with self.problems:
            name, parameters = self.signature(key)
            if name in blocks:
                raise NameTaken(
                    f"the block {name!r} is defined twice", at=key.at, hint="rename one"
                )
            if name in KINDS:
                raise NameTaken(f"{name!r} is a kind already", at=key.at, hint="rename the block")
            doubtful.discard(name)
        body = body_of(tree, f"the block {name}", self.problems)
        blocks.setdefault(name, Block(name, parameters, body, key.at))

    def signature(self, key: Scalar) -> tuple[str, dict[str, Piece | None]]:
        match = _SIGNATURE.fullmatch(key.text)
        if not match:
            raise BadLine(
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
                raise NameTaken(f"the parameter {word!r} is there twice", at=at, hint="rename one")
            value = Piece(default.strip(), at.shifted(len(parameter) + 1)) if equals else None
            parameters[word] = value
        return name, parameters

    # What the spec says of its results.

    def outputs(self) -> dict[str, Piece] | None:
        tree = self.top.get("outputs")
        if isinstance(tree, Sequence):
            with self.problems:
                pieces = [piece_of(item, "outputs") for item in tree.items]
                if len({piece.text for piece in pieces}) < len(pieces) or not pieces:
                    raise WrongForm(
                        "outputs: must name one or several different layers",
                        at=tree.at,
                        hint="write outputs: [main, aux]",
                    )
                return {piece.text: piece for piece in pieces}
            return None
        example = "a list of names, as outputs: [main, aux], or outputs: {logits: main}"
        return self.pieces(tree, "outputs:", example) or None

    def expect(self, tree: Tree | None) -> tuple[Expect, tuple[Expect, ...]]:
        """A mapping of expectations, or a list of such mappings."""
        if isinstance(tree, Sequence):
            return {}, tuple(map(self.expected, tree.items))
        return ({} if tree is None else self.expected(tree)), ()

    def expected(self, tree: Tree) -> Expect:
        found: dict[str, Entry] = {}
        with self.problems:
            for key, value in mapping(tree, "expect:", "expect: {params: 25557032}").items:
                with self.problems:
                    found[key.text] = _entry(value, key.at)
        return found

    def presets(self) -> dict[str, Preset]:
        found: dict[str, Preset] = {}
        tree = self.top.get("presets")
        if tree is None:
            return found
        params = _keys(self.top.get("params"))
        with self.problems:
            example = "presets: {small: {set: {depth: 18}}}"
            for name, value in mapping(tree, "presets:", example).items:
                with self.problems:
                    check_name(name.text, name.at, "a preset")
                    found[name.text] = self.preset(name, value, params)
        return found

    def preset(self, name: Scalar, tree: Tree, params: tuple[str, ...] | None) -> Preset:
        given = mapping(tree, f"the preset {name.text}", "{set: {depth: 18}}")
        given = known_keys(given, _PRESET, self.problems, " in a preset", "keys of a preset")
        chosen = given.get("set")
        settings = self.params(chosen)
        for word in settings:
            if params is not None and word not in params:
                assert isinstance(chosen, Mapping)
                self.problems.report(
                    UnknownName(
                        f"the preset sets {word!r}, which is no parameter",
                        at=chosen.key(word).at,
                        word=word,
                        known=params,
                        what="parameters",
                    )
                )
        expect, expect_list = self.expect(given.get("expect"))
        return Preset(
            title=optional_text(given, "title") or name.text,
            source=optional_text(given, "source"),
            notes=optional_text(given, "notes"),
            settings=settings,
            at=self.at(given),
            expect=expect,
            place=name.at,
            expect_list=expect_list,
        )


def sizes_of(scalar: Scalar) -> tuple[Piece, ...]:
    parts = split_sizes(Piece(*scalar))
    if parts is None or len(parts) > 4:
        meant = re.sub(r"\s*[X×*,]\s*", "x", scalar.text.strip())
        likely = parts is None and split_sizes(Piece(meant, scalar.at))
        error = BadSize(
            f"{scalar.text!r} is not the size of an input",
            at=scalar.at,
            hint=f"did you mean {meant!r}?" if likely else _SIZES,
        )
        error.typo = (scalar.text, meant) if likely else None
        raise error
    return tuple(parts)


def _keys(tree: Tree | None) -> tuple[str, ...] | None:
    """The keys of a mapping, those with a value that cannot be read too; None: not known."""
    if tree is None:
        return ()
    return tuple(key.text for key, _ in tree.items) if isinstance(tree, Mapping) else None


def _entry(tree: Tree, key: Position | None = None) -> Entry:
    if isinstance(tree, Scalar):
        return Entry(piece_of(tree, "the expectation"), tree.at, key)
    if isinstance(tree, Sequence):
        return Entry(tuple(_entry(item) for item in tree.items), tree.at, key)
    if isinstance(tree, Mapping):
        inner = {name.text: _entry(value, name.at) for name, value in tree.items}
        return Entry(inner, tree.at, key)
    raise Reported
