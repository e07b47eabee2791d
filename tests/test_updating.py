"""``--update-expect``: only the numbers change, they become right, and every other byte stays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from commandline import cnncalc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc.check import Settings, check_text
from cnncalc.check.updating import renumbered, updated
from cnncalc.zoo import folder

ALL = Settings()
#: conv1 has 3*9*4 + 4 = 112 parameters and 112 - 4 weights used at each of 6*6 places.
NET = "input: 3xHxW\nat: {H: 8, W: 8}\nparams: {n: 4}\nlayers:\n  - conv1 = conv n k=3\n"


def after(expect: str, net: str = NET, settings: Settings = ALL) -> str:
    """What becomes of the ``expect:`` of a network, if nothing else changes."""
    text = net + expect
    new = updated(text, "net.yaml", settings)
    assert new.startswith(net)
    assert updated(new, "net.yaml", settings) == new
    return new.removeprefix(net)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        # Exact numbers, in their style.
        ("expect: {params: 111}\n", "expect: {params: 112}\n"),
        ("expect: {params: 112}\n", "expect: {params: 112}\n"),
        ("expect: {params: 1_111, macs: 1}\n", "expect: {params: 112, macs: 3888}\n"),
        ("expect: {macs: 1_000}\n", "expect: {macs: 3_888}\n"),
        ("expect: {macs: 1k}\n", "expect: {macs: 3.888k}\n"),
        ("expect: {macs: 4 k, flops: 0.5M}\n", "expect: {macs: 3.888 k, flops: 7776}\n"),
        ("expect: {flops: 0.000001M}\n", "expect: {flops: 0.007776M}\n"),
        ("expect: {params: 1e3}\n", "expect: {params: 112}\n"),
        ("expect: {params: 7/2}\n", "expect: {params: 112}\n"),
        ("expect: {buffers: 5k}\n", "expect: {buffers: 0}\n"),
        # Layout, comments and quotes.
        (
            "expect:   # numbers\n  params:   111   # of the paper: 111\n  macs: 0xF\n",
            "expect:   # numbers\n  params:   112   # of the paper: 111\n  macs: 0xF\n",
        ),
        (
            "expect: { 'params' : '111', \"macs\": \"1\" ,buffers: 0 }",
            "expect: { 'params' : '112', \"macs\": \"3888\" ,buffers: 0 }",
        ),
        ("expect:\r\n  params: 1\r\n  macs: 2\r\n", "expect:\r\n  params: 112\r\n  macs: 3888\r\n"),
        ("expect: {params: 1}   \n\n\n", "expect: {params: 112}   \n\n\n"),
        ("expect: {params: 1, macs: 1} # é ☃\n", "expect: {params: 112, macs: 3888} # é ☃\n"),
        ("expect:\n  params:\n    1\n", "expect:\n  params:\n    112\n"),
        # Shapes: size by size, or all of it where there are more or fewer.
        ("expect: {output: [4, 7, 6]}\n", "expect: {output: [4, 6, 6]}\n"),
        ("expect: {output: [n, 7, W-2]}\n", "expect: {output: [n, 6, W-2]}\n"),
        ("expect:\n  output:\n  - 5 # out\n  - 6\n  - 7\n", "expect:\n  output:\n  - 4 # out\n  - 6\n  - 6\n"),
        ("expect: {output: [4, 6]}\n", "expect: {output: [4, 6, 6]}\n"),
        ("expect: {output: [4]} # one\n", "expect: {output: [4, 6, 6]} # one\n"),
        ("expect: {shapes: {conv1: [_, 1, 1], input: [1, 8, 8]}}\n", "expect: {shapes: {conv1: [_, 6, 6], input: [3, 8, 8]}}\n"),
        ("expect: {outputs: {output: [4, 6, 5]}}\n", "expect: {outputs: {output: [4, 6, 6]}}\n"),
        ("expect: {layers: {conv1: {params: 1, output: [1, 1, 1]}}}\n", "expect: {layers: {conv1: {params: 112, output: [4, 6, 6]}}}\n"),
        # Receptive fields.
        ("expect: {receptive_field: {size: 5, jump: [1, 2], center: 3/2}}\n", "expect: {receptive_field: {size: 3, jump: [1, 1], center: 1}}\n"),
        # Lists, and sizes that agree.
        (
            "expect:\n- params: 1\n- at: [{H: 9}, {H: 10}]\n  params: 2\n- at: {H: 9}\n  macs: 3\n",
            "expect:\n- params: 112\n- at: [{H: 9}, {H: 10}]\n  params: 112\n- at: {H: 9}\n  macs: 4536\n",
        ),
    ],
)  # fmt: skip
def test_writes_what_is_so(before: str, expected: str) -> None:
    assert after(before) == expected


@pytest.mark.parametrize(
    "expect",
    [
        # Decisions.
        "expect: {params: {max: 100, min: 200}}\n",
        "expect: {params: {min: 100k, max_increase: 2%}}\n",
        "expect: {receptive_field: {size: {min: 100}}}\n",
        # Expressions and conditions.
        "expect: {params: n*27, output: [n+1, 6, 6]}\n",
        "expect: {params: 100+1}\n",
        "expect: {output: [n, 6]}\n",
        "expect: {domain: H >= 100}\n",
        # Two numbers at once.
        "expect: {at: [{H: 9}, {H: 10}], macs: 5}\n",
        "expect: {at: [{H: 9}, {H: 10}], output: [4, 7, 6]}\n",
        # What means nothing, and what cannot be changed in its place.
        "expect: {parms: 3}\n",
        "expect: {shapes: {conv9: [1]}}\n",
        "expect:\n  params: >\n    1\n",
        'expect: {params: "\\x31"}\n',
        "expect: {at: {K: 1}, params: 3}\n",
        "expect: {at: {H: 1}, params: 3}\n",
        "expect: {output: [4, # out\n  6]}\n",
    ],
)
def test_leaves(expect: str) -> None:
    assert after(expect) == expect


def test_leaves_what_is_no_network() -> None:
    for text in ("", "a: [", "input: 3\n", "input: 3\nlayers: [conv 3 k=9]\nexpect: {params: 1}\n"):
        assert updated(text, "net.yaml", ALL) == text


def test_what_is_left_is_still_found() -> None:
    text = f"{NET}expect: {{params: 1, macs: {{max: 1}}, output: [n, 5, n]}}\n"
    left = check_text(updated(text, "net.yaml", ALL), "net.yaml", ALL).diagnostics
    assert [(one.code, one.label) for one in left] == [
        ("B403", "over by 3,887 (3,888.0x)"),
        ("B405", "width 6, not 4"),
    ]


def test_rules_that_are_off_leave_their_numbers() -> None:
    only = Settings(select=("B401",))
    assert after("expect: {params: 1, macs: 1}\n", settings=only) == (
        "expect: {params: 112, macs: 1}\n"
    )


def test_oblong_fields_are_not_one_number() -> None:
    net = "input: 3x9x9\nlayers: [conv 4 k=3x5]\n"
    assert after("expect: {receptive_field: {size: 7}}\n", net) == (
        "expect: {receptive_field: {size: 7}}\n"
    )
    assert after("expect: {receptive_field: {size: [7, 7]}}\n", net) == (
        "expect: {receptive_field: {size: [3, 5]}}\n"
    )


def test_presets_have_their_own() -> None:
    net = "input: 3x8x8\nparams: {n: 4}\nlayers: [conv n k=3]\n"
    before = """\
presets:
  a: {}
  b: {set: {n: 5}, expect: {params: 1, output: [1, 6, 6]}}
  c: {set: {n: 6}, expect: {params: 168}}
expect:
  params: 1
  buffers: 1
  macs: 1
  output: [9, 6, 6]
"""
    expected = before.replace("{params: 1, output: [1,", "{params: 140, output: [5,")
    expected = expected.replace("  params: 1\n", "  params: 112\n").replace(
        "buffers: 1", "buffers: 0"
    )
    # macs and output of a and c differ, so that they stay
    assert after(before, net) == expected


def test_presets_with_outputs_of_other_ranks_share_no_list() -> None:
    net = """\
input: 3x8x8
params: {flat: no}
presets: {a: {}, b: {set: {flat: yes}}}
layers:
  - conv 4 k=3
  - {if: flat, then: [flatten]}
"""
    assert after("expect: {output: [4, 6, 6], params: 1}\n", net) == (
        "expect: {output: [4, 6, 6], params: 112}\n"
    )
    assert after("expect: {output: [144]}\n", net) == "expect: {output: [144]}\n"


def test_anchors() -> None:
    """A value that is used twice changes where it is written, if both want the same."""
    assert after("expect: {params: &p 1, layers: {conv1: {params: *p}}}\n") == (
        "expect: {params: &p 112, layers: {conv1: {params: *p}}}\n"
    )
    assert after("expect: {params: &p '1', macs: *p}\n") == "expect: {params: &p '1', macs: *p}\n"


def test_symbols_are_written_as_formulas() -> None:
    net = "input: 3xHxW\nlayers: [conv 4 k=3, maxpool 2]\n"
    assert after("expect: {macs: 1, output: [4, 5, 5], params: 1}\n", net) == (
        "expect: {macs: 108*H*W - 216*H - 216*W + 432,"
        " output: [4, floor(H/2) - 1, floor(W/2) - 1], params: 112}\n"
    )
    again = after("expect: {macs: 1, output: [4, 5, 5], params: 1}\n", net)
    assert check_text(net + again, "net.yaml", Settings(select=("B", "S"))).diagnostics == ()


@pytest.mark.parametrize(
    ("old", "value", "expected"),
    [
        ("1", 25557032, "25557032"),
        ("1_0", 25557032, "25_557_032"),
        ("25.5M", 25600000, "25.6M"),
        ("4.1G", 4089184256, "4089184256"),
        ("4.1G", 4_123_000_000, "4.123G"),
        ("4.1234G", 4_123_400_000, "4.1234G"),
        ("1_000k", 25_557_000, "25_557k"),
        ("1.1_0", 3, None),
        ("-1", -213, "-213"),
        ("-213", 4, "4"),
        ("n", 4, None),
        ("4*n", 4, None),
        ("", 4, None),
        ("12", None, None),
    ],
)
def test_styles(old: str, value: int | None, expected: str | None) -> None:
    assert renumbered(old, value) == expected


@given(
    st.integers(0, 10**13),
    st.from_regex(r"\d{1,3}(_\d{3}){0,2}|\d{1,4}(\.\d{1,6})?[kMGT]", fullmatch=True),
)
def test_every_style_means_the_number(value: int, old: str) -> None:
    from cnncalc.spec.quantities import quantity

    new = renumbered(old, value)
    assert new is not None
    assert (quantity(new) if new[-1] in "kMGT" else int(new.replace("_", ""))) == value
    assert renumbered(new, value) == new


# Files.


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_keeps_its_bytes(tmp_path: Path, mark: bytes) -> None:
    path = tmp_path / "net.cnn.yaml"
    text = NET.replace("\n", "\r\n").encode() + b"expect: {params: 1}  # \xc3\xa9\r\n"
    path.write_bytes(mark + text)
    result = cnncalc("check", "--update-expect", "-q", str(path))
    assert path.read_bytes() == mark + text.replace(b"params: 1}", b"params: 112}")
    assert (result.code, result.out) == (0, "1 file, 1 expectation checked: nothing found\n")


def test_a_file_that_is_right_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "net.cnn.yaml"
    path.write_text(f"{NET}expect: {{params: 112}}\n")
    path.chmod(0o444)
    stamp = path.stat().st_mtime_ns
    assert cnncalc("check", "--update-expect", str(path)).code == 0
    assert path.stat().st_mtime_ns == stamp


# The whole zoo, with damaged numbers.

SPECS = sorted(folder().glob("*.yaml"))
_LITERAL = re.compile(r"(?<![\w.*/+-])-?\d+(?=\s*[,\]}\n#])")


def expectations(text: str) -> list[tuple[int, int]]:
    """Where numbers stand in the expectations of a bundled spec, found without reading YAML."""
    found: list[tuple[int, int]] = []
    for match in re.finditer(r"^expect:(?:.*\n(?: .*\n|\n|$)*)|(?<=expect: )\{.*\}", text, re.M):
        for number in _LITERAL.finditer(re.sub(r"#.*", lambda c: " " * len(c[0]), match[0]) + "\n"):
            found.append((match.start() + number.start(), match.start() + number.end()))
    return found


def test_numbers_of_the_zoo_are_found() -> None:
    counts = {path.stem: len(expectations(path.read_text(encoding="utf-8"))) for path in SPECS}
    assert counts["lenet5"] == 5  # params, macs, size, jump, start
    assert counts["resnet"] > 20
    assert sum(counts.values()) > 200


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_zoo_that_is_right_stays(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert updated(text, path.name, ALL) == text


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_all_numbers_of_a_spec_at_once(path: Path) -> None:
    text = damaged = path.read_text(encoding="utf-8")
    for start, end in sorted(expectations(text), reverse=True):
        damaged = f"{damaged[:start]}{int(damaged[start:end]) - 1000}{damaged[end:]}"
    assert damaged != text
    assert updated(damaged, path.name, ALL) == text


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_damaged_numbers_are_repaired(data: st.DataObject) -> None:
    """Numbers are replaced by others; what comes back is the bundled spec, byte by byte."""
    path = data.draw(st.sampled_from([one for one in SPECS if len(one.read_bytes()) < 3500]))
    text = path.read_text(encoding="utf-8")
    places = data.draw(st.lists(st.sampled_from(expectations(text)), min_size=1, unique=True))
    damaged = text
    for start, end in sorted(places, reverse=True):
        other = data.draw(st.integers(-(10**3), 10**12))
        damaged = f"{damaged[:start]}{other}{damaged[end:]}"
    repaired = updated(damaged, path.name, ALL)
    assert repaired == text
    assert updated(repaired, path.name, ALL) == repaired
    assert [one.held for model in check_text(repaired, path.name, ALL).models for one in model.expected if one.held is not True] == []  # fmt: skip
