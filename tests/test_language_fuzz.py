"""Damaged specs: each either works or is refused in words, whatever was done to it."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc import CnncalcError, Limits
from cnncalc.zoo import find

EVERYTHING = """\
cnncalc: 1
name: Everything
inputs: {left: 3xHxW, right: 3x(2*h)x16}
at: {H: 16, W: 16, h: 8}
params: {n: 3, width: 1.5, widths: [8, 16], flag: yes}
blocks:
  gate(ratio=2):
    - s = identity
    - gap
    - conv ceil(s.c/ratio) k=1
    - conv s.c k=1
    - sigmoid
    - mul x s
  residual(out, s=1):
    - add:
        - - conv out k=3 s=s p=1
          - gate
        - - if: s != 1 or x.c != out
            then:
              - conv out k=1 s=s
    - relu
layers:
  - from left
  - for: {i: n, j: [1, 2, 3]}
    name: stage
    layers:
      - skip = conv 8*2**0 k=3x3 p=(0+1)x1 mode=reflect
      - relu
  - add stage[*].skip
  - residual floor(8*width) s=2
  - up = deconv x.c//2 k=2 s=2
  - main = concat x stage[0].skip
  - repeat: 2
    layers:
      - {conv: {out: 'widths[1]', k: 3, p: same, bias: no}}
  - aux = crop like=main
outputs: {a: aux, b: main}
expect: {params: {max: 30k}}
"""
LINES = (
    "3x32x32 | conv 10 k=5 p=2 | relu | maxpool 2",
    "3xHxW | a = conv 4*2 k=3x1 p=same | b = relu | add a b | gap | flatten | linear max(3,4)",
    "1x8x8x8 | conv 2 k=3 s=1x2x1 | deconv 4 k=2 s=2 | avgpool 2 ceil=yes | bn | flatten",
)
TEXTS = (
    EVERYTHING,
    *(find(name).text for name in ("lenet5_1998", "resnet18", "alexnet_2012")),
    *LINES,
)
TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
#: What stands in the wrong place most often, and what is wrong in every place.
WORDS = """
x x.c x.h H W 0 1 -1 1/2 2.5 1e3 1e-9 2**9 007 0x10 1_0 999 3j b'a' f'a' ~3 None i s
[ ] ( ) { } : | = == , # & * @ ` ? % // << ** ' " \\ . ... - --- &a *a !!str <<: stage[*] stage[0]
yes no if else not lambda min( from add concat repeat for same widths flag é × \ud800 \x00 \x1b
"""
SPACES = (" ", "  ", "\t", "\n", "\r", "\n\n", "\n    ", "\u2028", "- ", ": ", " if ", " else ")
JUNK = (*WORDS.split(), *SPACES)


class Damage(NamedTuple):
    """What is done to one token: its place is a fraction of the text."""

    way: str
    place: float
    other: float
    junk: str

    def to(self, tokens: list[str]) -> list[str]:
        here, there = (int(at * len(tokens)) for at in (self.place, self.other))
        before, token, after = tokens[:here], tokens[here], tokens[here + 1 :]
        cut = int(self.other * (len(token) + 1))
        changed = {
            "delete": [],
            "double": [token, token],
            "replace": [self.junk],
            "insert": [self.junk, token],
            "move": [tokens[there]],
            "break": [token[:cut], self.junk, token[cut:]],
            "indent": [token.replace("\n", "\n  ")],
            "outdent": [token[:-1]],
        }[self.way]
        return [*before, *changed, *after] or ["x"]


WAYS = ("delete", "double", "replace", "insert", "move", "break", "indent", "outdent")
fraction = st.floats(0, 1, exclude_max=True)
damages = st.builds(Damage, st.sampled_from(WAYS), fraction, fraction, st.sampled_from(JUNK))


def damaged(text: str, done: list[Damage]) -> str:
    tokens = TOKENS.findall(text)
    for damage in done:
        tokens = damage.to(tokens)
    return "".join(tokens)


def outcome(text: str, one_line: bool) -> str:
    """``works`` or ``refused``; anything but a :class:`CnncalcError` goes through."""
    limits = Limits(layers=2000)
    try:
        network = cnncalc.load(text, limits) if one_line else cnncalc.parse(text, "f.yaml", limits)
        json.dumps(network.analyze().to_dict())
    except CnncalcError as error:
        check(error)
        return "refused"
    return "works"


def check(error: CnncalcError) -> None:
    report = str(error)
    assert error.message
    assert error.hint, report
    assert "Traceback" not in report
    assert "object at 0x" not in report
    assert len(report) < 2000


@settings(max_examples=250 * settings().max_examples // 20)
@given(st.sampled_from(TEXTS), st.lists(damages, min_size=1, max_size=4))
def test_damaged_specs_work_or_are_refused(text: str, done: list[Damage]) -> None:
    wrong = damaged(text, done)
    if text in LINES and "|" not in wrong:
        return  # without a bar it is the name of a file
    outcome(wrong, one_line=text in LINES)


@pytest.mark.parametrize("text", TEXTS)
def test_undamaged_specs_work(text: str) -> None:
    assert outcome(text, one_line=text in LINES) == "works"


def test_damage_is_done() -> None:
    way = Damage("replace", 0.5, 0, "Q")
    assert damaged("a b c", [way]) == "a Q c"
    assert damaged("a b c", [way._replace(way="delete")]) == "a  c"
    assert damaged("abcd", [way._replace(way="break", other=0.5)]) == "abQcd"


@pytest.mark.parametrize("way", WAYS)
def test_every_damage_is_met(way: str) -> None:
    """Of the first tokens, some do no harm and some do."""
    found = {
        outcome(damaged(EVERYTHING, [Damage(way, place / 50, 0.9, "?")]), one_line=False)
        for place in range(50)
    }
    assert "refused" in found


def test_the_harness_lets_other_exceptions_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnncalc.spec.build.evaluate", lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        outcome(EVERYTHING, one_line=False)
