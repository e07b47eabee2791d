"""Closed forms of the bundled specs, with numbers put in, are the concrete run."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

import cnncalc
from cnncalc.results import FIELD_KEYS, Analysis, LayerResult
from cnncalc.sizes import is_symbolic
from cnncalc.symbolic import substitute

#: Sizes that each spec takes, besides its own: smallest, odd, oblong, large.
SIZES: dict[str, tuple[tuple[int, int], ...]] = {
    "alexnet": ((63, 63), (127, 200), (256, 224), (513, 1025)),
    "alexnet_2012": ((67, 67), (127, 200), (224, 224), (513, 1025)),
    "lenet5": ((4, 4), (5, 30), (29, 28), (224, 224)),
    "lenet5_1998": ((16, 16), (17, 33), (28, 28), (224, 224)),
    "resnet18": ((1, 1), (33, 200), (256, 224), (513, 1025)),
    "resnet50": ((1, 1), (33, 200), (256, 224), (513, 1025)),
    "unet": ((188, 188), (572, 764), (224, 224), (1004, 188)),
    "vgg16": ((32, 32), (33, 200), (256, 224), (513, 1025)),
}
#: Specs whose receptive fields depend on the sizes: adaptive pooling, crops of odd differences.
VARYING = {"alexnet", "vgg16", "unet"}


#: The rest of the zoo, at its own sizes and larger ones.
OTHERS = sorted(set(cnncalc.bundled()) - set(SIZES))


def test_every_spec_is_held_to_it() -> None:
    assert sorted({*SIZES, *OTHERS}) == cnncalc.bundled()


@cache
def closed(name: str) -> Analysis:
    return cnncalc.load(name).analyze(symbolic=True)


CASES = [(name, size) for name in SIZES for size in ((224, 224), None, *SIZES[name])]


@pytest.mark.parametrize(("name", "size"), CASES)
def test_closed_forms_are_the_concrete_run(name: str, size: tuple[int, int] | None) -> None:
    hold(name, {} if size is None else dict(zip("HW", size, strict=True)))


@pytest.mark.long
@pytest.mark.parametrize("name", OTHERS)
def test_closed_forms_of_the_whole_zoo(name: str) -> None:
    own = cnncalc.load(name).analyze().at
    hold(name, {})
    hold(name, {symbol: 2 * size for symbol, size in own.items()})


def hold(name: str, at: dict[str, int]) -> None:
    concrete = cnncalc.load(name).analyze(at)
    symbolic = closed(name)
    at = dict(concrete.at)

    def put(value: Any) -> Any:
        return substitute(value, at) if is_symbolic(value) else value

    assert [row.name for row in symbolic.layers] == [row.name for row in concrete.layers]
    for formula, number in zip(symbolic.layers, concrete.layers, strict=True):
        assert tuple(map(put, formula.output)) == number.output, formula.name
        assert tuple(map(put, formula.cost)) == number.cost, formula.name
        assert _fields(formula, put) in (_fields(number), None), formula.name
    assert tuple(map(put, symbolic.total)) == concrete.total
    assert put(symbolic.memory.written) == concrete.memory.written
    assert put(symbolic.memory.peak) == concrete.memory.peak
    assert tuple(map(put, symbolic.output)) == concrete.output


def _fields(row: LayerResult, put: Any = lambda value: value) -> Any:
    """What is said of the field along each axis; None where it is undefined."""
    if row.fields is None:
        return "no field"
    if any(field.size is None for field in row.fields):
        return None
    return [[put(getattr(field, key)) for key in FIELD_KEYS] for field in row.fields]


@pytest.mark.parametrize("name", sorted(set(SIZES) - VARYING))
def test_fields_are_known_for_all_sizes(name: str) -> None:
    assert [row.name for row in closed(name).layers if _fields(row) is None] == []


@pytest.mark.parametrize("name", sorted(SIZES))
def test_closed_forms_are_open_in_both_sizes(name: str) -> None:
    symbolic = closed(name)
    assert symbolic.at == {}
    assert {str(symbol) for symbol in symbolic.total.macs.free_symbols} == {"H", "W"}


@pytest.mark.parametrize("name", sorted(SIZES))
def test_one_size_may_be_given(name: str) -> None:
    network = cnncalc.load(name)
    height, width = SIZES[name][1]
    half = network.analyze({"W": width}, symbolic=True)
    full = network.analyze({"H": height, "W": width})
    assert {str(symbol) for symbol in half.total.macs.free_symbols} == {"H"}
    assert substitute(half.total.macs, {"H": height}) == full.total.macs
    assert substitute(half.memory.peak, {"H": height}) == full.memory.peak


@pytest.mark.parametrize("name", sorted(SIZES))
def test_a_symbolic_batch(name: str) -> None:
    network = cnncalc.load(name)
    many, one = network.analyze(batch="N"), network.analyze()
    assert substitute(many.total.macs, {"N": 8}) == 8 * one.total.macs
    assert substitute(many.memory.peak, {"N": 8}) == 8 * one.memory.peak
    assert network.analyze(batch=8).memory.peak == 8 * one.memory.peak
    assert many.total.params == one.total.params
