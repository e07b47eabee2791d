"""Specs written as text again: what is read back is the same network."""

from __future__ import annotations

from typing import Any

import pytest
from drawing import samples
from hypothesis import given
from hypothesis import strategies as st
from writing import described, spec

import cnncalc
from cnncalc.errors import CnncalcError, LayerError, Position
from cnncalc.layers import KINDS, Layer
from cnncalc.spec import parse_yaml
from cnncalc.spec.flattening import flat
from cnncalc.spec.lines import parse_layer_line
from cnncalc.spec.printing import NOWHERE, Line, call_text, in_line, yaml_text
from cnncalc.spec.syntax import Spec
from cnncalc.zoo import _files

SPECS = {path.stem: path.read_text(encoding="utf-8") for path in _files()}


def plain(value: Any) -> Any:
    """A syntax tree without its places."""
    if isinstance(value, Position):
        return None
    if hasattr(value, "_fields"):
        kept = [name for name in value._fields if name not in ("places", "origin")]
        return (type(value).__name__, *(plain(getattr(value, name)) for name in kept))
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value.strip() if isinstance(value, str) else value


@pytest.mark.parametrize("name", SPECS)
def test_a_spec_is_read_back_as_it_was(name: str) -> None:
    before = parse_yaml(SPECS[name], name)
    assert plain(parse_yaml(yaml_text(before), name)) == plain(before)


def results(network: cnncalc.Network) -> list[Any]:
    """What is known of every layer, names apart; a layer that only had a name may be gone."""
    analysis = network.analyze()
    layers = [(row.kind, row.output, row.cost, row.fields) for row in analysis.layers]
    return [*layers, analysis.total, analysis.memory, [*analysis.outputs.values()]]


@pytest.mark.parametrize("name", SPECS)
def test_a_network_written_out_is_the_same(name: str) -> None:
    network = cnncalc.load(name)
    written = yaml_text(flat(network.spec, network.graph(), {}))
    assert "for:" not in written
    assert results(cnncalc.parse(written)) == results(network)


@pytest.mark.parametrize("name", ["unet", "resnet18", "mobilenet_v3_small", "wavenet"])
def test_symbols_stay_symbols_when_written_out(name: str) -> None:
    network = cnncalc.load(name)
    written = cnncalc.parse(yaml_text(flat(network.spec, network.graph(symbolic=True), {})))
    assert results(written) == results(network)
    assert written.spec.inputs.keys() == network.spec.inputs.keys()
    assert written.analyze(symbolic=True).total == network.analyze(symbolic=True).total


def test_a_symbolic_number_of_layers_is_not_written_out() -> None:
    network = cnncalc.load("stack").bound(settings={"depth": "L"})
    with pytest.raises(CnncalcError, match="a symbolic number of layers") as caught:
        flat(network.spec, network.graph(), {})
    assert "--set" in str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_line_makes_the_layer_that_it_is_of(kind: str, data: st.DataObject) -> None:
    cls = KINDS[kind]
    sample = data.draw(samples(cls))
    try:
        layer = sample.layer
    except LayerError:
        return
    if getattr(layer, "like", None) is not None:
        return  # the name of a tensor, which a layer does not know
    line = Line.of(layer)
    assert parse_layer_line(str(line), NOWHERE).kind == kind
    if cls.arity[0] == 1:
        assert made(str(line), sample.shapes[0]) in (None, values(layer))


def values(layer: Layer) -> dict[str, Any]:
    """All arguments, equal ones of all axes as one."""
    found = {name: getattr(layer, name) for name in layer.arguments}
    return {
        name: value[:1] if isinstance(value, tuple) and len({*value}) == 1 else value
        for name, value in found.items()
    }


def made(line: str, shape: Any) -> dict[str, Any] | None:
    """Arguments of the layer that a line makes; None where it does not fit the input."""
    text = "x".join(map(str, shape)) if not shape.features_last else None
    if text is None:
        return None
    try:
        graph = cnncalc.load(f"{text} | {line}").graph()
    except CnncalcError:
        return None
    return values(graph.nodes[-1].layer)


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("conv {out: 4 + 4, k: 3 x 1}", "conv (4 + 4) k=3x1"),
        ("conv: {out: 8, kernel: 3}", "conv 8 k=3"),
        ("dropout 0.125", "dropout 0.125"),
    ],
)
def test_values_are_written_as_one_word(written: str, line: str) -> None:
    item = written.replace("conv {", "conv: {")
    network = spec(f"- {item}")
    (call,) = network.spec.layers
    again = spec(f"- {call_text(call)}")  # type: ignore[arg-type]
    assert described(again.graph()) == described(network.graph())
    assert str(Line.of(network.graph().nodes[0].layer)) == line.replace("(4 + 4)", "8")


@pytest.mark.parametrize(
    ("expression", "word"),
    [("a + b", "(a + b)"), ("(a + b)", "(a + b)"), ("f(a, b)", "f(a, b)"), ("3 x 1", "3x1")],
)
def test_spaces_stay_inside_brackets(expression: str, word: str) -> None:
    assert in_line(expression) == word


TEXTS = [
    "plain",
    "a: b",
    "a # b",
    "it's",
    '"quoted"',
    "- dash",
    "*star",
    "[1, 2] if a else [3]",
    "",
    'two\nlines \\ and "more"',
    "tab\t",
    "ends with:",
    " a space",
    "Ünïcödé ×",
    "emoji 🙂\nand a line",
    " ".join(["words"] * 60),
    "no",
    "1:30",
    "? question",
    "@at",
    "% percent",
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_a_value(text: str) -> None:
    found = with_notes(text)
    assert parse_yaml(yaml_text(found), "net.yaml").notes == text


@given(
    st.text(st.characters(blacklist_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("\n\t:#'\""))
)
def test_drawn_texts_are_values(text: str) -> None:
    assert parse_yaml(yaml_text(with_notes(text)), "net.yaml").notes == text


def with_notes(text: str) -> Spec:
    return parse_yaml("input: 3x8x8\nlayers: [relu]\n", "net.yaml")._replace(notes=text)
