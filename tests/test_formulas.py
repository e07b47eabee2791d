"""Every formula against counting: windows are placed, positions enumerated, products counted."""

from __future__ import annotations

import doctest
import inspect
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc import formulas, symbolic
from cnncalc.sizes import is_symbolic

many = settings(max_examples=15 * settings.default.max_examples)

sizes = st.integers(1, 40)
kernels = st.integers(1, 7)
strides = st.integers(1, 6)
paddings = st.integers(0, 8)
dilations = st.integers(1, 4)


# Numbers


@given(kernels, dilations)
def test_span_is_from_the_first_to_the_last_tap(kernel: int, dilation: int) -> None:
    taps = [dilation * i for i in range(kernel)]
    assert formulas.span(kernel, dilation) == len(range(taps[0], taps[-1] + 1))


def placements(size: int, kernel: int, stride: int, dilation: int, hanging: int = 0) -> list[int]:
    """Where windows start: every tap within ``size``, or at most ``hanging`` beyond its end."""
    found, start = [], 0
    while all(start + dilation * tap < size + hanging for tap in range(kernel)):
        found.append(start)
        start += stride
    return found


@many
@given(sizes, kernels, strides, paddings, dilations)
def test_slide_counts_windows(
    size: int, kernel: int, stride: int, padding: int, dilation: int
) -> None:
    count = formulas.slide(size, kernel, stride, padding, dilation)
    assert max(0, count) == len(placements(size + padding, kernel, stride, dilation))


@many
@given(sizes, kernels, strides, paddings, paddings, dilations)
def test_slide_ceil_counts_windows(
    size: int, kernel: int, stride: int, before: int, after: int, dilation: int
) -> None:
    count = formulas.slide_ceil(size, kernel, stride, before + after, dilation, before)
    starts = placements(size + before + after, kernel, stride, dilation, hanging=stride - 1)
    assert max(0, count) == len([start for start in starts if start < before + size])


@many
@given(sizes, kernels, strides, paddings, dilations, st.integers(0, 5))
def test_spread_counts_positions(
    size: int, kernel: int, stride: int, padding: int, dilation: int, extra: int
) -> None:
    written = {i * stride + dilation * tap for i in range(size) for tap in range(kernel)}
    reached = range(min(written), max(written) + 1)
    count = formulas.spread(size, kernel, stride, padding, dilation, extra)
    assert count == len(reached) - padding + extra


@many
@given(sizes, kernels, dilations)
def test_same_padding_keeps_the_size(size: int, kernel: int, dilation: int) -> None:
    before, after = formulas.same_padding(kernel, dilation)
    assert len(placements(before + size + after, kernel, 1, dilation)) == size
    assert after - before in (0, 1)


@many
@given(st.integers(1, 30), st.integers(1, 30))
def test_adaptive_windows_hold_the_pixels_they_overlap(size: int, out: int) -> None:
    for index in range(out):
        low, high = Fraction(index * size, out), Fraction((index + 1) * size, out)
        pixels = [i for i in range(size) if i < high and i + 1 > low]
        assert formulas.adaptive_window(index, size, out) == (pixels[0], pixels[-1])


@given(sizes, strides)
def test_enlarged_counts_repeated_positions(size: int, scale: int) -> None:
    assert formulas.enlarged(size, scale) == len([i for i in range(size) for _ in range(scale)])


@many
@given(st.integers(1, 30), st.integers(1, 30))
def test_interpolated_is_where_the_middles_of_cells_meet(size: int, out: int) -> None:
    """Both maps cover the same length, in cells; positions are the middles of cells."""
    middles = [(Fraction(m) + Fraction(m + 1)) / 2 for m in range(out)]
    for unit, middle in enumerate(middles):
        a, b = formulas.interpolated(unit, size, out)
        assert middle / out == (Fraction(a, b) + Fraction(1, 2)) / size


@many
@given(st.integers(1, 30), st.integers(1, 30))
def test_interpolated_with_corners_aligned_is_even(size: int, out: int) -> None:
    """From the first position to the last in ``out`` equal steps."""
    places = [Fraction(*formulas.interpolated(m, size, out, align=True)) for m in range(out + 1)]
    assert (places[0], places[-1]) == (0, size)
    assert len({after - before for before, after in pairwise(places)}) == 1


@many
@given(st.lists(st.tuples(kernels, strides, paddings), min_size=1, max_size=3), st.integers(0, 5))
def test_edges_follow_the_positions_read(layers: list[tuple[int, int, int]], unit: int) -> None:
    """The edges of a field, layer by layer from the input, against walking back from the unit."""
    first, last, jump = 0, 0, 1
    for kernel, stride, padding in layers:
        first, last = (
            formulas.edge(first, -padding, jump),
            formulas.edge(last, kernel - 1 - padding, jump),
        )
        jump *= stride
    read = {unit}
    for kernel, stride, padding in reversed(layers):
        read = {m * stride - padding + tap for m in read for tap in range(kernel)}
    assert formulas.edge(first, unit, jump) == min(read)
    assert formulas.edge(last, unit, jump) == max(read)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.integers(1, 6))
def test_macs_are_the_multiplications_of_a_loop(
    inputs: int, out: int, kernel: int, width: int
) -> None:
    positions = placements(width + kernel - 1, kernel, 1, 1)
    multiplications = len(list(product(range(out), positions, range(inputs), range(kernel))))
    weights, uses = out * inputs * kernel, len(positions)
    assert formulas.macs(weights, uses) == multiplications
    assert formulas.flops(multiplications) == 2 * multiplications


def public() -> list[tuple[str, Callable[..., Any]]]:
    own = inspect.getmembers(formulas, inspect.isfunction)
    return [(name, f) for name, f in own if f.__module__ == formulas.__name__]


def test_examples_in_the_documentation_are_so() -> None:
    failed, tried = doctest.testmod(formulas)
    assert tried
    assert not failed


@pytest.mark.parametrize(("name", "formula"), public(), ids=[name for name, _ in public()])
def test_is_documented(name: str, formula: Callable[..., Any]) -> None:
    text = inspect.getdoc(formula) or ""
    assert text
    if name not in ("macs", "flops"):  # definitions of the counting itself
        assert "Source:" in text
        assert ">>>" in text


# Symbols: computed with symbols and evaluated afterwards, it is the same number.


class Mixed:
    """Arguments for a formula: some as numbers, some as symbols that stand for them."""

    def __init__(self, numbers: dict[str, int], chosen: set[str]) -> None:
        self.numbers = numbers
        self.symbolic = {
            name: symbolic.symbol(name) if name in chosen and number > 0 else number
            for name, number in numbers.items()
        }

    def holds(self, formula: Callable[..., Any]) -> None:
        found, expected = formula(**self.symbolic), formula(**self.numbers)
        pairs = zip(found, expected) if isinstance(expected, tuple) else [(found, expected)]
        for one, other in pairs:
            value = symbolic.substitute(one, self.numbers) if is_symbolic(one) else one
            assert type(value) is int
            assert value == other


def mixed(**ranges: st.SearchStrategy[int]) -> st.SearchStrategy[Mixed]:
    names = st.sets(st.sampled_from(sorted(ranges)), min_size=1)
    return st.builds(Mixed, st.fixed_dictionaries(ranges), names)


SLIDING = {
    "size": sizes, "kernel": kernels, "stride": strides, "padding": paddings, "dilation": dilations
}  # fmt: skip


@many
@given(mixed(**SLIDING))
def test_slide_of_symbols(arguments: Mixed) -> None:
    arguments.holds(formulas.slide)


@many
@given(mixed(**SLIDING, before=paddings))
def test_slide_ceil_of_symbols(arguments: Mixed) -> None:
    arguments.holds(formulas.slide_ceil)


@many
@given(mixed(**SLIDING, extra=st.integers(0, 5)))
def test_spread_of_symbols(arguments: Mixed) -> None:
    arguments.holds(formulas.spread)


@given(mixed(kernel=kernels, dilation=dilations))
def test_same_padding_of_symbols(arguments: Mixed) -> None:
    arguments.holds(formulas.same_padding)
    arguments.holds(formulas.span)


@given(mixed(index=st.integers(0, 9), size=sizes, out=st.integers(1, 9)))
def test_adaptive_window_of_symbols(arguments: Mixed) -> None:
    arguments.holds(formulas.adaptive_window)


@given(mixed(size=sizes, scale=strides))
def test_enlarged_of_symbols(arguments: Mixed) -> None:
    arguments.holds(formulas.enlarged)


@given(mixed(unit=st.integers(0, 9), size=sizes, out=st.integers(1, 9)), st.booleans())
def test_interpolated_of_symbols(arguments: Mixed, align: bool) -> None:
    arguments.holds(partial(formulas.interpolated, align=align))


@given(mixed(first=paddings, index=paddings, jump=strides))
def test_edge_of_symbols(arguments: Mixed) -> None:
    arguments.holds(formulas.edge)


# Chains of layers, in which floors of floors merge


Chain = list[tuple[str, dict[str, int]]]
slides = st.fixed_dictionaries(
    {"kernel": kernels, "stride": strides, "padding": paddings, "dilation": dilations}
)
chains = st.lists(
    st.tuples(st.sampled_from(("slide", "slide", "spread", "slide_ceil")), slides),
    min_size=1,
    max_size=4,
)


def through(chain: Chain, size: Any, symbols: Callable[[int, str, int], Any] | None = None) -> Any:
    for i, (name, layer) in enumerate(chain):
        if symbols:
            layer = {argument: symbols(i, argument, n) for argument, n in layer.items()}
        size = getattr(formulas, name)(size, **layer)
    return size


@many
@given(chains)
def test_chain_of_layers_on_a_symbol(chain: Chain) -> None:
    height = symbolic.symbol("H")
    found = through(chain, height)
    for size in range(1, 41):
        value = symbolic.substitute(found, {"H": size}) if is_symbolic(found) else found
        assert type(value) is int
        assert value == through(chain, size)


@settings(max_examples=5 * settings.default.max_examples)
@given(chains, st.data())
def test_chain_of_layers_with_symbolic_arguments(chain: Chain, data: st.DataObject) -> None:
    at: dict[str, int] = {}

    def symbols(layer: int, argument: str, number: int) -> Any:
        if number == 0 or not data.draw(st.booleans()):
            return number
        name = f"{argument}{layer}"
        at[name] = number
        return symbolic.symbol(name)

    found = through(chain, symbolic.symbol("H"), symbols)
    for size in range(1, 41, 6):
        value = symbolic.substitute(found, {**at, "H": size}) if is_symbolic(found) else found
        assert type(value) is int
        assert value == through(chain, size)


def alike(names: tuple[str, ...], strides: tuple[int, ...]) -> st.SearchStrategy[Chain]:
    layers = {"kernel": kernels, "stride": st.sampled_from(strides), "padding": paddings}
    return st.lists(
        st.tuples(st.sampled_from(names), st.fixed_dictionaries({**layers, "dilation": dilations})),
        min_size=1,
        max_size=4,
    )


#: What has one canonical form: slides; and transposed ones by powers of the same stride.
canonical = st.one_of(
    alike(("slide",), (1, 2, 3, 4, 5, 6)),
    alike(("slide", "spread"), (1, 2, 4)),
    alike(("slide", "spread"), (1, 3)),
)


@settings(max_examples=5 * settings.default.max_examples)
@given(canonical, canonical)
def test_equal_chains_print_alike(one: Chain, other: Chain) -> None:
    """Equal for every size, by counting: then the texts are equal too."""
    others = [other, one[:-1], [*one, ("slide", {"kernel": 1})], merged(one)]
    height = symbolic.symbol("H")
    for chain in others:
        if all(through(one, size) == through(chain, size) for size in range(1, 300)):
            assert symbolic.text(through(one, height)) == symbolic.text(through(chain, height))


def merged(chain: Chain) -> Chain:
    """The first two slides of a chain as one."""
    for i in range(len(chain) - 1):
        (first, a), (second, b) = chain[i], chain[i + 1]
        if first == second == "slide":
            stride = a["stride"] * b["stride"]
            span = formulas.span(a["kernel"], a["dilation"]) - a["padding"]
            reach = formulas.span(b["kernel"], b["dilation"]) - b["padding"]
            kernel = span + (reach - 1) * a["stride"]
            both = {"kernel": 1, "stride": stride, "padding": 1 - kernel, "dilation": 1}
            return [*chain[:i], ("slide", both), *chain[i + 2 :]]
    return chain
