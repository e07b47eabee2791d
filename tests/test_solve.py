"""Values that a network is wanted to have: exact, against trying them all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import answer
from commandline import cnncalc as run

import cnncalc
from cnncalc.solve import Found, Problem, solve
from cnncalc.spec import Limits
from cnncalc.spec.bind import Values

STACK = """
name: stack
input: 3xHxW
at: {H: 224, W: 224}
params: {depth: 5, kernel: 3, stride: 1}
layers:
  - repeat: depth
    layers: [conv 8 k=kernel s=stride p=kernel//2]
"""
PADDED = "CxHxW | conv C k=k p=p d=d"


def solved(
    net: str, unknowns: str, such_that: str, span: tuple[int, int] | None = None, **values: object
) -> Found:
    spec = (cnncalc.parse(net) if "\n" in net else cnncalc.load(net)).spec
    given = Values(**values)  # type: ignore[arg-type]
    return solve(Problem(spec, given, Limits(), unknowns.split(","), such_that), "all", span)


# What the issue shows.


def test_the_largest_image_under_4_gmac() -> None:
    found = solved("resnet50", "H", "macs <= 4G", assume={"W": "H"})
    assert (found.largest, found.tried) == ({"H": 216}, None)
    macs = [cnncalc.load("resnet50").analyze({"H": n, "W": n}).total.macs for n in (216, 217)]
    assert macs[0] <= 4 * 10**9 < macs[1]


def test_the_padding_that_keeps_the_size() -> None:
    found = solved(PADDED, "p", "output.h == input.h", symbolic=True, settings={"k": "k", "d": "d"})
    assert found.solutions is not None
    (solution,) = found.solutions
    assert solution.values == {"p": "d*(k - 1)/2"}
    assert solution.conditions == ["d*(k - 1) mod 2 = 0"]


@pytest.mark.parametrize("kernel", range(1, 6))
@pytest.mark.parametrize("dilation", range(1, 4))
def test_the_padding_for_given_kernels(kernel: int, dilation: int) -> None:
    settings = {"k": kernel, "d": dilation}
    found = solved(PADDED, "p", "output.h == input.h", symbolic=True, settings=settings)
    total = dilation * (kernel - 1)
    assert found.smallest == ({"p": total // 2} if total % 2 == 0 else None)


def test_the_fewest_layers_that_cover_an_image() -> None:
    found = solved(STACK, "depth", "rf >= 224")
    assert found.smallest == {"depth": 112}
    assert found.argument == "for all values at once, by the roots of 2*depth - 223"


def test_the_transposed_convolution_that_doubles() -> None:
    text = "8xHxW | deconv 8 k=k s=s p=p"
    found = solved(text, "s,k", "output.h == 2*input.h", symbolic=True, settings={"p": "p"})
    assert found.solutions is not None
    assert [solution.values for solution in found.solutions] == [{"s": "2", "k": "2*p + 2"}]
    found = solved(text, "s,k", "output.h == 2*input.h", symbolic=True, settings={"p": 0})
    assert found.solutions is not None
    assert [solution.values for solution in found.solutions] == [{"s": "2", "k": "2"}]


# Sets and bisection against trying.

CASES = [
    ("1xHx8 | conv 4 k=3 s=2 | conv 4 k=3", "H", "macs <= 2000"),
    ("1xHx8 | conv 4 k=3 s=2 | conv 4 k=3", "H", "macs > 2000"),
    ("1xHxH | conv 4 k=3 s=2 p=1 | conv 2 k=1", "H", "macs <= 20k and H % 4 == 1"),
    ("1xHxH | conv 4 k=3 s=2 p=1 | conv 2 k=1", "H", "10k >= macs"),
    ("1xHxH | conv 4 k=3 s=2 p=1 | conv 2 k=1", "H", "macs < 5k and params > 5"),
    ("1xHxH | a = relu | maxpool 2 | upsample 2 | add x a | conv 3 k=3", "H", "flops >= 9k"),
    ("1xHxH | conv 4 k=3 s=2 p=1", "H", "output.h == 7 and output.h == conv1.w"),
    ("1xHxH | conv 4 k=3 s=2 p=1", "H", "macs < 0"),
    ("8x32x32 | conv n k=3 | conv n k=3", "n", "params <= 5k"),
    ("8x32x32 | conv n k=3 g=4", "n", "output.c >= 12 and n < 50"),
    ("1x33x33 | conv 4 k=3 s=2", "conv1.stride", "output.h == 4"),
    ("1x33x33 | conv 4 k=3", "conv1.p", "output.h < 36"),
    ("1x33x33 | conv 4 k=3", "conv1.k", "output.h*2 >= input.h"),
    ("1x33x33 | conv 4 k=3", "conv1.k", "macs/1000 < 3"),
    ("1xHxH | conv 4 k=3 s=2 | if2 = relu | conv 4 k=3", "H", "conv2.h != 3"),
]


@pytest.mark.parametrize(("net", "unknown", "such_that"), CASES)
def test_solved_is_what_trying_finds(net: str, unknown: str, such_that: str) -> None:
    settings = {"n": "n"} if unknown == "n" else {}
    found = solved(net, unknown, such_that, settings=settings)
    tried = solved(net, unknown, such_that, (0, 60), settings=settings)
    assert tried.values is not None
    values = [point[unknown] for point in tried.values]
    assert found.smallest == ({unknown: values[0]} if values else None)
    if found.largest and found.largest[unknown] <= 60:
        assert found.largest == {unknown: values[-1]}
    elif values:
        assert values[-1] >= 57, "many more are good"


def test_at_least_one_of_each_way() -> None:
    ways = {solved(*case, settings={"n": "n"} if case[1] == "n" else {}).argument for case in CASES}
    assert any("bisection" in way for way in ways)
    assert "decided by isl for all values at once" in ways
    assert any(way.startswith("tried every value") for way in ways)


def test_what_shrinks_and_grows_is_found_by_its_roots() -> None:
    """Wider kernels have more weights and fewer places: MACs rise and fall."""
    found = solved("1x9x9 | conv 1 k=3", "conv1.k", "macs >= 400")
    assert found.condition == "3 <= conv1.k <= 7"


def test_for_all_sizes_that_are_left() -> None:
    found = solved("3xHxW | conv 8 k=5 s=2 p=p", "p", "output.h == (input.h+1)//2", symbolic=True)
    assert found.condition == "p = 2"
    assert found.argument.endswith("for all H, W for which the network is well-formed")


def test_depth_in_closed_form() -> None:
    found = solved(STACK, "depth", "params <= 1M")
    assert found.largest == {"depth": 1712}
    assert found.argument.startswith("for all values at once, by the roots of ")


@pytest.mark.parametrize(
    "condition",
    [
        "rf >= 224",
        "rf < 20 and params > 100",
        "rf * rf == 49",
        "rf * rf - 30 * rf + 200 >= 0",
        "rf == 4",
        "rf <= 1",
    ],
)
def test_depth_like_trying(condition: str) -> None:
    """The set that the roots give is what trying every value finds."""
    found = solved(STACK, "depth", condition)
    tried = solved(STACK, "depth", condition, span=(0, 200))
    assert tried.values is not None
    assert (found.smallest or None) == (tried.smallest or None)
    if found.largest or not found.smallest:
        assert found.largest == tried.largest


# The command.


def test_command(tmp_path: Path) -> None:
    arguments = ["solve", "resnet50", "--for", "H", "--such-that", "macs <= 4G", "--assume", "W=H"]
    assert answer(*arguments).splitlines()[:3] == [
        "1 <= H <= 216", "smallest H = 1", "largest H = 216",
    ]  # fmt: skip
    assert answer(*arguments, "--want", "largest").splitlines()[0] == "H = 216"
    found = json.loads(answer(*arguments, "--json"))
    assert (found["largest"], found["exact"]) == ({"H": 216}, True)
    assert "proved by isl" in found["argument"]
    path = tmp_path / "stack.yaml"
    path.write_text(STACK, encoding="utf-8")
    arguments = ["solve", str(path), "--for", "depth", "--such-that", "rf >= 224"]
    assert answer(*arguments, "--want", "smallest").splitlines() == [
        "depth = 112", "(for all values at once, by the roots of 2*depth - 223)",
    ]  # fmt: skip


def test_no_such_value() -> None:
    result = run("solve", "vgg16", "--for", "H", "--such-that", "macs <= 1")
    assert (result.code, result.out.splitlines()[0]) == (1, "none")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--for", "Q", "--such-that", "macs > 1"], "error: --for Q: the network has no symbol or parameter 'Q'"),
        (["--for", "H", "--such-that", "macz > 1"], "<such-that>:1:1: error: 'macz' is nothing that can be asked"),
        (["--for", "H", "--such-that", "macs"], "error: --such-that macs: not a condition"),
        (["--for", "H", "--such-that", "macs <="], "<such-that>:1:1: error: cannot read the expression"),
        (["--for", "H,H", "--such-that", "macs > 1"], "error: --for H,H: not names"),
        (["--for", "conv1.pad", "--such-that", "macs > 1"], "error: conv1.pad: conv has no argument 'pad'"),
        (["--for", "conv99.p", "--such-that", "macs > 1"], "error: there is no layer 'conv99'"),
        (["--for", "H", "--such-that", "macs > 1", "--range", "5"], "error: --range 5: not LOW:HIGH"),
    ],
)  # fmt: skip
def test_errors(arguments: list[str], message: str) -> None:
    result = run("solve", "resnet18", *arguments)
    assert result.code == 2
    assert result.err.startswith(message)
