"""Advice, held against what happens: which positions are read, how many inputs make an output."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from commandline import cnncalc
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.check import Settings, check, check_text
from cnncalc.check.diagnostics import Edit, Fix, Place
from cnncalc.check.fixing import fixed
from cnncalc.zoo import folder


def codes(text: str) -> list[str]:
    """Codes found in a network, notes about its whole design left out."""
    return [one.code for one in check_text(text, "net.yaml", Settings()).diagnostics]


def spec(size: str, *lines: str) -> str:
    return "\n".join([f'input: "{size}"', "layers:", *(f"  - {line}" for line in lines), ""])


kernels, strides, paddings = st.integers(1, 6), st.integers(1, 4), st.integers(0, 3)


@given(n=st.integers(1, 24), k=kernels, s=strides, p=paddings, d=st.integers(1, 3))
def test_a502_names_positions_that_no_unit_reads(n: int, k: int, s: int, p: int, d: int) -> None:
    reach = d * (k - 1)
    starts = [start for start in range(-p, n + p, s) if start + reach < n + p]
    if not starts:
        return
    last = max(start + reach for start in starts)
    # A stride beyond the span leaves such gaps between all units: those are not at the end.
    lost = n - 1 - last - max(0, s - reach - 1)
    found = codes(spec(f"1x{n}", f"conv 1 k={k} s={s} p={p} d={d}"))
    assert ("A502" in found) is (lost > 0)


@given(k=kernels, s=strides, p=paddings)
def test_a508_names_outputs_of_different_numbers_of_inputs(k: int, s: int, p: int) -> None:
    n = 12
    counts = Counter(i * s + tap for i in range(n) for tap in range(k))
    inner = {counts[place] for place in range(k + s, (n - 3) * s)}
    if (n - 1) * s + k - 2 * p < 1:
        return
    found = codes(spec(f"1x{n}", f"deconv 1 k={k} s={s} p={p}"))
    assert ("A508" in found) is (len(inner) > 1)


@given(k=kernels, p=st.integers(0, 8), d=st.integers(1, 3))
def test_a503_is_about_more_than_half_of_the_span(k: int, p: int, d: int) -> None:
    taps = [d * i for i in range(k)]
    middle = (taps[-1] + 1) / 2
    found = codes(spec("1x40", f"conv 1 k={k} p={p} d={d}"))
    assert ("A503" in found) is (p > middle)


def test_one_finding_for_a_line_that_makes_many_layers() -> None:
    text = (
        "input: 3x64x64\nblocks:\n  unit(out):\n    - conv out k=3 p=1\n    - bn\n    - relu\n"
        "layers:\n  - repeat: 6\n    layers:\n      - unit 8\n"
    )
    (found,) = check_text(text, "net.yaml", Settings()).diagnostics
    assert (found.code, found.place.line) == ("A501", 4)
    assert found.notes[0].startswith("the line makes other such layers: ")
    assert found.notes[0].endswith(" and 2 more")


def test_a_layer_that_is_read_twice_may_need_its_bias() -> None:
    assert codes(spec("8x16x16", "a = conv 8 k=3", "bn", "add x a")) == []


def test_what_is_advised_on_the_published_networks() -> None:
    """Each looked at by hand: these are in the publications."""
    warned = {
        (Path(one.place.path).stem, one.code)
        for one in check([folder()]).diagnostics
        if one.severity != "note"
    }
    assert warned == {
        ("accelerometer", "A501"),
        ("accelerometer", "A502"),  # 128 samples, kernels of 3 with stride 2 and no padding
        ("autoencoder", "A508"),
        ("fcn8s", "A503"),  # pads by 100, so that the scores can be cropped
        ("nin_imagenet", "A502"),
        ("segnet", "A501"),
        ("segnet", "A502"),  # 360 rows are halved to 45
        ("squeezenet", "A502"),
        ("vgg", "A501"),
    }


# Fixes.


def _edit(line: int, first: int, last: int, text: str) -> Edit:
    return Edit(Place("net.yaml", line, first, line, last), text)


def test_fixes_that_overlap_wait_for_the_next_round() -> None:
    text = "one two\nthree\n"
    fixes = [
        Fix("", (_edit(1, 1, 4, "1"),)),
        Fix("", (_edit(1, 3, 6, "?"),)),
        Fix("", (_edit(2, 1, 6, "3"), _edit(1, 5, 8, "2"))),
    ]
    assert fixed(text, fixes) == "1 2\n3\n"
    assert fixed(text, []) == text


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_file_keeps_its_bytes_where_nothing_is_fixed(
    before: bytes, end: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "net.cnn.yaml"
    lines = [b"input: 3x32x32  # \xc3\xa9", b"layers:", b"  - con 8 k=3 # typo", b"  - rellu", b""]
    file.write_bytes(before + end.join(lines))
    result = cnncalc("check", "--fix", str(file))
    lines[2], lines[3] = b"  - conv 8 k=3 # typo", b"  - relu"
    assert file.read_bytes() == before + end.join(lines)
    assert result.code == 0
