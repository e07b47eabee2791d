"""Several mistakes in one spec: all are found, in order, and none that only follows from another."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_language_fuzz import LINES as FUZZED_LINES
from test_language_fuzz import TEXTS, Damage, damaged, damages

import cnncalc
from cnncalc import CnncalcError, Limits
from cnncalc.check import Diagnostic, Settings, check_text
from cnncalc.check.rules import for_error
from cnncalc.spec import parse_yaml
from cnncalc.spec.reporting import MOST, AllProblems


def check(text: str, **settings: object) -> list[Diagnostic]:
    return list(check_text(text, "net.yaml", Settings(**settings)).diagnostics)  # type: ignore[arg-type]


def found(text: str) -> list[tuple[int, str]]:
    """Line and code of every finding."""
    return [(one.place.line, one.code) for one in check(text)]


def wanted(text: str) -> list[tuple[int, str]]:
    """Line and codes that the comments of a text name: ``# S113 S114``."""
    return [
        (number, code)
        for number, line in enumerate(text.splitlines(), start=1)
        for code in re.findall(r"[SGD]\d{3}", line.partition("#")[2])
    ]


READING = """\
cnncalc: 2                          # S108
name: [a]                           # S107
colour: blue                        # S105
input: 3x32x32
at: {H: , 1x: 3}                    # S107 S109
parms: {n: 3, 7up: 2}               # S105 S109
blocks:
  a(n:                              # S111
    - con n k=3                     # S113
  b(m, m):                          # G202
    - conv m
    - rleu                          # S113
  c(out):
    - conv out k=(3                 # S112
    - conv out k=3 strid=2          # S114
layer:                              # S105
  - a 3
  - b 4 q=2
  - c 8 8                           # S114
  - skip = conv 8 k = 3             # S111
  - conv 8 k=3 kernel=5 filters=3   # S104 S114
  - 64                              # S111
  - add:
      - - cnov 3 k=3                # S113
      - []
  - repeat:                         # S107
    layers:
      - rleu                        # S113
  - for: {x: 3, i: [1, 2], s: }     # S109 S107
    name: 3d                        # S109
    layers:
      - conv 2^3 k=3 wibble=1       # S114
      - conv 8+ k=3                 # S118
  - conv: {out: 8, k: 3, k: 5}      # S104
  - - relu                          # S107
  - relu: *missing                  # S102
  - if: n == 3
    thn:                            # S105
      - tanh 3                      # S114
expect: 7                           # S107
presets:
  p: {set: {n: 2, nn: 3, 7up: 2}, att: {H: 3}}  # G201 S109 S105
"""

BUILDING = """\
input: 3xHx64
at: {H: 64, V: 3}                   # G201
params: {n: 3, w: n/0, u: w+1}      # S119
blocks:
  c(out, s=1):
    - conv out k=3 s=s              # S116
    - from nowhere                  # G201
    - relu
  d(out, deep):
    - if: deep
      then:
        - inner = relu
    - conv out k=3
    - from inner
layers:
  - a = conv 8 k=3
  - c w
  - c 8 s=0
  - from a
  - d 3                             # S115
  - conv width k=3                  # G201
  - b = conv 8 k=99
  - conv b.c k=3
  - add:
      - - conv 4 k=3 p=1
        - conv 4 k=300
      - - conv 8 k=3 g=3
      - - from a
        - linear 3                  # D304
      - - from a
        - conv 8 k=1 g=3            # D302
  - from b
  - for: {i: 16}
    layers:
      - conv 8*i k=3                # S116
      - dropout skp                 # G201
  - if: b.c > 3
    then:
      - q = conv bb.c k=3
  - from q
  - from n                          # G204
  - d = relu
  - d = tanh                        # G202
  - add a d
  - for: {i: [1, 2], j: [1]}        # G206
    name: down
    layers:
      - s = relu
  - from down[0].s
  - from a
  - repeat: 3
    name: up
    layers:
      - t = conv 8 k=99             # D301
  - from up[1].t
  - from a
  - r = a = relu
outputs: [a, dd, q]                 # G201
expect: {parms: 3}
"""


def test_reading() -> None:
    assert found(READING) == wanted(READING)


def test_building() -> None:
    text = BUILDING.replace("  - r = a = relu\n", "")
    assert found(text) == wanted(text)


def test_building_waits_for_reading() -> None:
    assert found(BUILDING) == [(BUILDING.splitlines().index("  - r = a = relu") + 1, "S111")]


def test_expectations() -> None:
    text = """\
input: 3x8x8
layers: [conv 8 k=3]
expect:
  parms: 3                          # S120
  params: [1, 2]                    # S120
  macs: {max: 1}
  output: 7                         # S120
  receptive_field: {size: 3, jmp: 1}  # S120
"""
    assert [one for one in found(text) if one[1] == "S120"] == wanted(text)
    assert any(code.startswith("B") for _, code in found(text))


# One line for each mistake that a line alone can hold.

LINES = {
    "conv 8 k=3": None,
    "relu": None,
    "con 8 k=3": "S113",
    "conv 8 k=3 strid=2": "S114",
    "relu 3": "S114",
    "conv 8 k=3 kernel=3": "S104",
    "conv 8 k = 3": "S111",
    "conv (8 k=3": "S112",
    "1st = relu": "S109",
    "conv 8* k=3": "S118",
    "a, b = relu": "G205",
    "add x": None,
    "from x y": "G205",
    "{repeat: 3}": "S106",
    "{repeat: 3, layers: [relu], nme: r}": "S105",
    "{for: {i: 3}, layers: relu}": "S107",
    "{if: 1 == 1, then: [rleu]}": "S113",
    "{add: [[relu]]}": "G205",
    "[relu]": "S107",
    "!!str relu": "S103",
}


@given(st.lists(st.sampled_from(sorted(LINES)), min_size=1, max_size=12))
def test_any_mix_of_lines(lines: list[str]) -> None:
    text = "input: 3x32x32\nlayers:\n" + "".join(f"  - {line}\n" for line in lines)
    expected = [(i, LINES[line]) for i, line in enumerate(lines, start=3) if LINES[line]]
    if expected:
        assert found(text) == expected


MISTAKES = {
    "name: [a]": "S107",
    "cnncalc: 3": "S108",
    "colour: blue": "S105",
    "at: [1]": "S107",
    "at: {1x: 3}": "S109",
    "params: {if: 3}": "S109",
    "params: {n: }": "S107",
    "params: {n: 3*}": "S118",
    "blocks: {conv: [relu]}": "G202",
    "blocks: {b: [b]}": "G203",
    "blocks: {b: [bb]}": "S113",
    "outputs: []": "S107",
    "outputs: 3": "S107",
    "presets: {p: {sett: {}}}": "S105",
    "presets: {p: {set: {n7: 3}}}": "G201",
    "expect: 3": "S107",
    "inputs: {a: 3x8}": "S104",
}


@given(st.lists(st.sampled_from(sorted(MISTAKES)), min_size=1, unique_by=lambda one: one[:4]))
def test_any_mix_of_sections(sections: list[str]) -> None:
    text = "".join(f"{line}\n" for line in ("input: 3x32x32", "layers: [relu]", *sections))
    codes = sorted(MISTAKES[line] for line in sections)
    assert sorted(code for _, code in found(text)) == codes


# The first that is raised is the first that is kept: they are found by the same code.


@pytest.mark.parametrize("text", [READING, BUILDING, BUILDING.replace("  - r = a = relu\n", "")])
def test_the_first_is_raised(text: str) -> None:
    with pytest.raises(CnncalcError) as caught:
        cnncalc.parse(text, "net.yaml").graph()
    problems = AllProblems()
    with pytest.raises(CnncalcError) as again:
        cnncalc.Network(parse_yaml(text, "net.yaml", problems=problems)).expansion(
            problems=problems
        ).graph()
    assert str(problems.found[0]) == str(caught.value) == str(again.value)


@given(st.lists(st.sampled_from(sorted(LINES)), min_size=1, max_size=12))
def test_the_first_of_any_mix_is_raised(lines: list[str]) -> None:
    text = "input: 3x32x32\nlayers:\n" + "".join(f"  - {line}\n" for line in lines)
    problems = AllProblems()
    try:
        parse_yaml(text, "net.yaml", problems=problems)
    except CnncalcError as error:
        with pytest.raises(type(error), match=re.escape(error.message)) as caught:
            parse_yaml(text, "net.yaml")
        assert str(problems.found[0]) == str(caught.value)
    else:
        assert parse_yaml(text, "net.yaml").layers
        assert not problems.found


#: Those with one network each, without what they expect of it.
YAML = [
    text.partition("\nexpect:")[0] + "\n"
    for text in TEXTS
    if text not in FUZZED_LINES and "presets:" not in text
]


@settings(max_examples=100 * settings().max_examples // 20)
@given(st.sampled_from(YAML), st.lists(damages, min_size=1, max_size=4))
def test_the_first_of_a_damaged_spec_is_raised_and_all_are_found(
    text: str, done: list[Damage]
) -> None:
    wrong, limits = damaged(text, done), Limits(layers=2000)
    said = None
    try:
        cnncalc.parse(wrong, "f.yaml", limits).graph()
    except CnncalcError as error:
        said = error
    problems = AllProblems()
    try:
        spec = parse_yaml(wrong, "f.yaml", limits, problems)
        cnncalc.Network(spec, limits).expansion(problems=problems).graph()
    except CnncalcError as error:
        problems.add(error)  # a limit, after which nothing else is looked at
    assert [str(one) for one in problems.found[:1]] == ([str(said)] if said else [])
    findings = check_text(wrong, "f.yaml", Settings(limits=limits)).diagnostics
    codes = {one.code for one in findings if one.code[0] not in "AB"}
    assert codes == {for_error(one).code for one in problems.found}


# What follows from an earlier mistake is not said.


@pytest.mark.parametrize(
    "text",
    [
        "blocks: [a]  # S107\nlayers: [a 3, b]\ninput: 3x8x8\n",
        "blocks: {a(: [relu]}  # S111\nlayers: [a 3]\ninput: 3x8x8\n",
        "blocks: {conv(n): [relu]}  # G202\nlayers: [conv 3, conv 3 k=3]\ninput: 3x8x8\n",
        "params: [n]  # S107\npresets: {p: {set: {n: 3}}}\nlayers: [relu]\ninput: 3x8x8\n",
        "params: {n: }  # S107\npresets: {p: {set: {n: 3}}}\nlayers: [relu]\ninput: 3x8x8\n",
        "input: *a  # S102\nlayers: [relu]\n",
        "input: 3x8x8\nlayers: *a  # S102\n",
        "input: 3x8x8\nlayrs: [relu]  # S105\n",
        "inptu: 3x8x8  # S105\nlayers: [relu]\n",
        "inptu: 3x8x  # S105 S110\nlayers: [relu]\n",
        "<<: {input: 3x8x8}  # S103\nlayers: [relu]\n",
        "network: 3x8x8  # S105\nlayers: [relu]\n",
        "input: 3x(8+)x8  # S118\nlayers: [relu, conv x.h k=3]\n",
        "input: 3x(h/0)x8  # S119\nlayers: [a = conv 3 k=300, conv x.h k=3, add a x]\n",
        "input: 3xHx8\nat: {H: 0}  # S110\nlayers: [conv 3 k=300, conv H k=3]\n",
        "input: 3x8x8\nparams: {n: 1/0, m: n+1}  # S119\nlayers: [conv m k=3, conv n k=3]\n",
        "input: 3x8x8\nlayers: [a = conv q k=3, conv a.c k=3, from a]  # G201\noutputs: [a]\n",
        "input: 3x8x8\nlayers: [{repeat: q, name: r, layers: [a = relu]}, 'from r[0].a']  # G201\n",
        "input: 3x8x8\nlayers: [{if: q, then: [a = relu]}, from a]  # G201\n",
        "input: 3x8x8\nblocks: {b(n): [conv n k=3, a = relu, from a]}\nlayers: [b]  # S115\n",
        "input: 3x8x8\nblocks: {b: [conv q k=3]}  # G201\nlayers: [t = b, from input, reuse t]\n",
        "input: 3x8x8\nblocks: {b: [conv q k=3]}  # G201\nlayers: [b, b, b]\n",
        "input: 3x8x8\nlayers: [{for: {i: 9}, layers: [conv q k=3]}]  # G201\n",
        "input: 3x8x8\nlayers: ['a, b = split 2', add a b]  # D302\n",
        "inputs: {l: 3x0, r: 3x8}  # S110\nlayers: [from l, relu, from r, relu]\n",
    ],
)
def test_nothing_that_follows(text: str) -> None:
    assert found(text) == wanted(text)


def test_presets_have_their_own() -> None:
    text = """\
input: 3x8x8
params: {k: 3, w: 8}
layers:
  - conv w k=k
  - relu
presets:
  small: {}
  large: {set: {k: 9}}
  none: {set: {w: 0}}
"""
    assert [(one.code, one.place.line, one.model) for one in check(text)] == [
        ("D301", 4, "large"),
        ("S116", 4, "none"),
    ]


def test_the_same_in_every_preset_is_said_once() -> None:
    text = "input: 3x8x8\nparams: {k: 3}\nlayers: [conv q k=k]\npresets: {a: {}, b: {}}\n"
    assert [(one.code, one.model) for one in check(text)] == [("G201", "a")]


def test_a_limit_ends_the_search_and_keeps_what_was_found() -> None:
    text = "input: 3x8x8\nlayers: [conv q k=3, {repeat: 1000000, layers: [relu]}, conv r k=3]\n"
    assert [one.code for one in check(text)] == ["G201", "S121"]


def test_what_is_wrong_with_the_command_is_no_finding() -> None:
    text = "input: 3xHx8\nparams: {n: 3}\nlayers: [conv n k=3]\n"
    for wrong in ({"at": (("H", "0"),)}, {"at": (("H", "3="),)}, {"set": (("n", "1/0"),)}):
        with pytest.raises(CnncalcError):
            check(text, **wrong)


def test_a_file_full_of_mistakes_is_given_up() -> None:
    text = "input: 3x8x8\nlayers:\n" + "  - relu 3\n" * 20_000
    *codes, last = [one.code for one in check(text)]
    assert codes == ["S114"] * MOST
    assert last == "S121"


# Slips of the keyboard.


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("input: 3x8x8\nlayrs: [relu]\n", "input: 3x8x8\nlayers: [relu]\n"),
        ("input: 3x8x8\nlayers: [rleu]\n", "input: 3x8x8\nlayers: [relu]\n"),
        ("input: 3x8x8\nlayers: [Conv2d 3 k=3]\n", "input: 3x8x8\nlayers: [conv 3 k=3]\n"),
        ("input: 3, 8, 8\nlayers: [relu]\n", "input: 3x8x8\nlayers: [relu]\n"),
        ("input: 3x8x8\nlayers: [conv 3 kernl=3]\n", "input: 3x8x8\nlayers: [conv 3 kernel=3]\n"),
        (
            "input: 3x8x8\nlayers: [conv filters=3 k=3]\n",
            "input: 3x8x8\nlayers: [conv out=3 k=3]\n",
        ),
        (
            "input: 3x8x8\nlayers: [conv 3 k=3 p=smae]\n",
            "input: 3x8x8\nlayers: [conv 3 k=3 p=same]\n",
        ),
        (
            "input: 3x8x8\nlayers: [skip = relu, tanh, add x (skp)]\n",
            "input: 3x8x8\nlayers: [skip = relu, tanh, add x (skip)]\n",
        ),
    ],
)
def test_a_slip_has_a_fix(text: str, fixed: str) -> None:
    (one,) = check(text)
    assert one.fix is not None
    (edit,) = one.fix.edits
    lines = text.splitlines(keepends=True)
    line = lines[edit.place.line - 1]
    lines[edit.place.line - 1] = (
        line[: edit.place.column - 1] + edit.text + line[edit.place.end_column - 1 :]
    )
    assert "".join(lines) == fixed
    assert check(fixed) == []


@pytest.mark.parametrize(
    "text",
    [
        "input: 3x8x8\nlayers: [xelu]\n",  # elu, gelu, relu or selu
        "input: 3x8x8\nlayers: [skip2 = relu, tanh, add x skip3]\n",
        "input: 3x8x8\nlayers: [conv 3 k=3 kernl=3]\n",  # the kernel is there
        "input: 3x8x8\nlayers: [relu]\nlayrs: [relu]\n",
        "input: 3x8x8\nlayers: [wobble]\n",
        "input: 3x8x8\nlayers: [{for: {i: 2}, name: down, layers: [skip = relu]}, "
        "'from down[0].skp']\n",  # the place is that of down
    ],
)
def test_what_is_not_certain_is_not_fixed(text: str) -> None:
    (one,) = check(text)
    assert one.fix is None
