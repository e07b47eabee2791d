"""Holes that dilation leaves, and the dilations that close them."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.analyses.gridding import closing_dilations


def read_together(kernels: tuple[int, ...], dilations: tuple[int, ...]) -> set[int]:
    """Positions that a stack reads, one tap of each layer after the other."""
    taps = (range(0, kernel * d, d) for kernel, d in zip(kernels, dilations, strict=True))
    return {sum(choice) for choice in product(*taps)}


@given(st.data())
def test_closing_dilations_close(data: st.DataObject) -> None:
    """Every position is read, and no other dilations of the same span are more even."""
    size = data.draw(st.integers(1, 4))
    kernels = tuple(data.draw(st.lists(st.integers(2, 5), min_size=size, max_size=size)))
    dilations = tuple(data.draw(st.lists(st.integers(1, 4), min_size=size, max_size=size)))
    reach = sum((kernel - 1) * d for kernel, d in zip(kernels, dilations, strict=True))
    found = closing_dilations(kernels, dilations)
    assert found is not None
    spanned = sum((kernel - 1) * d for kernel, d in zip(kernels, found, strict=True))
    assert spanned <= reach
    assert read_together(kernels, found) == set(range(spanned + 1))
    for others in product(range(1, max(found) + 2), repeat=size):
        total = sum((kernel - 1) * d for kernel, d in zip(kernels, others, strict=True))
        grows = list(others) == sorted(others)
        if (
            grows
            and spanned <= total <= reach
            and read_together(kernels, others) == set(range(total + 1))
        ):
            assert total == spanned
            assert max(others) >= max(found)


STACK = "1x64x64 | conv 1 k=3 d={} | relu | conv 1 k=3 d={} | conv 1 k=3 d={}"


def test_gridding_is_named() -> None:
    net = cnncalc.load(STACK.format(2, 2, 2))
    field = net.receptive_field()
    for axis in (0, 1):
        support = field.supports[axis]
        assert support is not None
        assert (field.fields[axis].size, support.size, support.read) == (13, 13, 7)
    assert [str(finding) for finding in field.findings] == [
        "conv3: gridding: equal dilations of 2 (conv1, conv2, conv3) leave holes: 7 of the 13 "
        "positions in its field are read; dilations 1, 2, 3 would close them"
    ]
    assert net.analyze().findings == field.findings


def test_closed_holes_are_not_named() -> None:
    field = cnncalc.load(STACK.format(1, 2, 3)).receptive_field()
    assert [(one.read, one.size) for one in field.supports if one] == [(13, 13), (13, 13)]
    assert field.findings == ()


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (
            "conv 1 k=3 d=2 | conv 1 k=3 d=4",
            "gridding: dilations 2, 4, all multiples of 2 (conv1, conv2), leave holes: 7 of the 13 "
            "positions in its field are read; dilations 1, 3 would close them, with a smaller field",
        ),
        (
            "conv 1 k=1 s=2 | conv 1 k=3",
            "3 of the 5 positions in its field are read: the kernel of conv1 (1) is smaller than "
            "its stride (2), which skips the positions between",
        ),
        ("conv 1 k=3 | conv 1 k=3 d=2 | conv 1 k=3 d=2", None),
        ("conv 1 k=3 d=2", None),
    ],
)
def test_wording(layers: str, message: str | None) -> None:
    field = cnncalc.load(f"1x64 | {layers}").receptive_field()
    found = [str(finding) for finding in field.findings]
    assert found == ([f"{field.name}: {message}"] if message else [])
