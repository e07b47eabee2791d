"""YAML and one-line networks to the syntax tree."""

from __future__ import annotations

from cnncalc.errors import Position, Source
from cnncalc.layers import KINDS
from cnncalc.problems import BadSize, MissingKey, NoLayers, OtherVersion
from cnncalc.spec.body import body_of, layer_line
from cnncalc.spec.limits import Limits, within_stack
from cnncalc.spec.lines import split_line, split_sizes, strip
from cnncalc.spec.reporting import Problems
from cnncalc.spec.sections import Sections, sizes_of
from cnncalc.spec.syntax import Piece, Spec
from cnncalc.spec.trees import known_keys, mapping, missing, text_of
from cnncalc.spec.validate import validate
from cnncalc.spec.yaml import Mapping, Scalar, read

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


def parse_line(text: str, name: str = "<line>") -> Spec:
    """A one-line network: ``3x32x32 | conv 10 k=5 p=2 | relu``. Raises :class:`SpecError`."""
    text = " ".join(text.splitlines())
    return _line(Piece(text, Position(Source(name, text), 1, 1)), Limits())


def _line(whole: Piece, limits: Limits) -> Spec:
    first, *rest = map(strip, split_line(whole))
    if first.text.partition(" ")[0] in ("", *KINDS):
        got = repr(first.text) if first.text else "nothing"
        raise BadSize(
            f"a one-line network begins with the size of its input, got {got}",
            at=first.at,
            hint="write channels first, joined by x: 3x32x32 | conv 8 k=3",
        )
    size, _, line = first.text.partition(" ")
    if line.strip() and "x" in size and split_sizes(Piece(size, first.at)):
        raise BadSize(
            f"{first.text!r} is not the size of an input",
            at=first.at,
            hint=f"write | after the input: {size} | {line.strip()}",
        )
    sizes = sizes_of(Scalar(*first))
    if not rest:
        raise NoLayers(
            "the network has no layers",
            at=first.at,
            hint=f"write the layers after the input: {first.text} | conv 8 k=3",
        )
    layers = tuple(layer_line(Scalar(*piece)) for piece in rest)
    spec = Spec(
        origin=whole.at.source,
        one_line=True,
        name=whole.text.strip(),
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
    validate(spec, limits)
    return spec


@within_stack
def parse_yaml(
    text: str, name: str, limits: Limits | None = None, problems: Problems | None = None
) -> Spec:
    """A spec in YAML, or a one-line network as it stands. ``name`` is what errors call it.

    Raises the first :class:`SpecError`; ``problems`` may keep all of them.
    """
    source = Source(name, text)
    limits = limits or Limits()
    problems = problems or Problems()
    tree = read(source, limits, problems)
    if isinstance(tree, Scalar) and "|" in tree.text:
        if source.line(tree.at.line)[tree.at.column - 1 :].startswith(tree.text):
            return _line(Piece(*tree), limits)
        return parse_line(tree.text, name)  # folded: places are those in the line that it makes
    top = mapping(tree, "a spec", "input: 3x32x32, then layers: with a list")
    top = known_keys(top, _TOP, problems)
    with problems:
        _check_version(top)
    with problems:
        if top.get("layers") is None:
            hint = "add layers: with a list"
            raise missing(top, MissingKey("the spec has no layers", at=top.at, hint=hint))
    sections = Sections(top, problems)
    expect, expect_list = sections.expect(top.get("expect"))
    spec = Spec(
        origin=source,
        one_line=False,
        name=sections.text("name") or name,
        source=sections.text("source"),
        notes=sections.text("notes"),
        inputs=sections.inputs(),
        at=sections.at(top),
        params=sections.params(top.get("params")),
        blocks=sections.blocks(),
        layers=body_of(top.get("layers"), "layers", problems),
        outputs=sections.outputs(),
        expect=expect,
        presets=sections.presets(),
        expect_list=expect_list,
    )
    validate(spec, limits, problems, sections.doubtful)
    problems.settle()
    return spec


def _check_version(top: Mapping) -> None:
    version = top.get("cnncalc")
    if version is not None and text_of(version, "the version").text != str(VERSION):
        raise OtherVersion(
            f"this is version {VERSION} of the language, the spec says {text_of(version, '').text!r}",
            at=version.at,
            hint=f"write cnncalc: {VERSION}, or update cnncalc",
        )


def reread(spec: Spec, name: str, limits: Limits | None = None) -> Spec:
    """A spec that was made, read back from its text: errors have places in it."""
    from cnncalc.spec.printing import yaml_text

    return parse_yaml(yaml_text(spec), name, limits)
