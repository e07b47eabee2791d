"""Networks side by side: exact ratios, closed forms of them, layers of two versions aligned."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from commandline import answer, cnncalc
from hypothesis import given
from hypothesis import strategies as st

import cnncalc as library
from cnncalc import compare
from cnncalc.errors import UsageError
from cnncalc.sizes import proportion, text
from cnncalc.spec import Limits
from cnncalc.spec.bind import open_names
from cnncalc.symbolic import substitute, symbol
from cnncalc.tables.comparison import rounded
from cnncalc.versions import align, steps

FIVE = "CxHxW | conv C k=5 p=2 bias=no"
THREES = "CxHxW | conv C k=3 p=1 bias=no | conv C k=3 p=1 bias=no"


def ratio(quantity: str, *networks: str, **options: Any) -> list[str]:
    """One quantity of the second network over that of the first, along each axis."""
    (found,) = compare(*networks, **options)[quantity].ratios
    return ["-" if value is None else text(value) for value in found]


def test_two_3x3_against_one_5x5() -> None:
    found = compare(FIVE, THREES)
    assert found["receptive_field"].values == ((5, 5), (5, 5))
    assert found["params"].ratios == ((Fraction(18, 25),),)
    assert found["macs"].ratios == ((Fraction(18, 25),),)
    assert found["params"].differences[0][0] == -7 * symbol("C") ** 2


@pytest.mark.parametrize(
    ("first", "second", "quantity", "expected"),
    [
        # Howard et al. 2017 (MobileNets), section 3.1: 1/N + 1/D_K^2
        ("conv N k=D p=same bias=no", "sepconv N k=D p=same bias=no", "macs", "1/D**2 + 1/N"),
        ("conv D k=K p=same bias=no", "sepconv D k=K p=same bias=no", "macs", "1/D + 1/K**2"),
        ("conv D k=K p=same bias=no", "sepconv D k=K p=same bias=no", "params", "1/D + 1/K**2"),
        ("conv D k=3 p=1 bias=no", "conv D k=3 p=1 g=G bias=no", "params", "1/G"),
        # He et al. 2016, Figure 5: 1x1 to a quarter, 3x3, 1x1 back
        (
            "conv 4*M k=3 p=1 bias=no",
            "conv M k=1 bias=no | conv M k=3 p=1 bias=no | conv 4*M k=1 bias=no",
            "macs",
            "(C + 13*M)/(36*C)",
        ),
        ("flatten | linear D bias=no", "gap | flatten | linear D bias=no", "params", "1/(H*W)"),
    ],
)
def test_ratios_that_are_taught(first: str, second: str, quantity: str, expected: str) -> None:
    assert ratio(quantity, first, second, input="CxHxW") == [expected]


@given(c=st.integers(1, 9), d=st.integers(1, 9), k=st.sampled_from([1, 3, 5]))
def test_a_symbolic_ratio_is_the_ratio_of_numbers(c: int, d: int, k: int) -> None:
    names = ("conv D k=K p=same", "sepconv D k=K p=same")
    (found,) = compare(*names, input="CxHxW")["params"].ratios
    numbers = compare(*names, input="CxHxW", at={"C": c}, settings={"D": d, "K": k})
    assert number(found[0], {"C": c, "D": d, "K": k}) == numbers["params"].ratios[0][0]


@given(
    st.lists(st.integers(-5, 5), min_size=3, max_size=3),
    st.lists(st.integers(1, 5), min_size=3, max_size=3),
)
def test_a_proportion_is_a_quotient(a: list[int], b: list[int]) -> None:
    x, y = symbol("x"), symbol("y")
    top, bottom = (n[0] * x**2 + n[1] * x * y + n[2] for n in (a, b))
    found = proportion(top, bottom)
    at = {"x": 3, "y": 7}
    assert found is not None
    assert number(found, at) == Fraction(number(top, at), number(bottom, at))


def number(value: Any, at: dict[str, int]) -> Any:
    return substitute(value, at) if hasattr(value, "free_symbols") else value


def test_what_has_no_ratio() -> None:
    assert proportion(3, 0) is None
    assert ratio("params", "3x8x8 | relu", "3x8x8 | conv 3 k=1") == ["-"]
    # a maximum of formulas is not divided, unless it is the same
    peak = compare("unet", "unet_same", symbolic=True)["peak_activation_bytes"]
    assert "Max" in str(peak.values)
    assert peak.ratios == ((None,),)
    assert compare("unet", "unet", symbolic=True)["peak_activation_bytes"].ratios == ((1,),)


def test_axes_that_do_not_correspond_are_not_compared() -> None:
    field = compare("3x32 | conv 3 k=3", "3x32x32 | conv 3 k=3")["receptive_field"]
    assert field.values == ((3,), (3, 3))
    assert field.differences == ((),)


def test_values_go_to_the_networks_that_have_the_name() -> None:
    found = compare("vgg16", "3xHxW | conv D k=3", at={"H": 64}, settings={"classes": 10, "D": 5})
    assert found.analyses[0].output == (10,)
    assert found.analyses[0].at == {"H": 64, "W": 224}
    assert [text(size) for size in found.analyses[1].output] == ["5", "62", "W - 2"]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("3x8x8 | conv D k=K", {"D", "K"}),
        ("CxHxW | conv C*D k=3 p=P", {"D", "P"}),
        ("3x8x8 | a = relu | conv a.c k=1x7 p=same mode=reflect bias=no", set()),
        ("3x8x8 | a = relu | conv max(D, 8) | add x a", {"D"}),
        ("3x8x8 | split n=N", {"N"}),
        ("3x8x8 | pad left=(2**I)", {"I"}),
    ],
)
def test_open_names_of_a_line(line: str, names: set[str]) -> None:
    assert {*open_names(library.load(line).spec, Limits())} == names


# Layers of two versions.


def different(first: str, second: str) -> list[tuple[str | None, str | None]]:
    (alignment,) = compare(first, second).alignments
    return [
        (pair.first and pair.first.line, pair.second and pair.second.line)
        for pair in alignment.different
    ]


def test_equal_layers_are_aligned() -> None:
    first = "3x32x32 | conv 8 k=3 | relu | conv 8 k=5 | relu | maxpool 2 | flatten | linear 10"
    second = first.replace("conv 8 k=5", "conv 8 k=3 | relu | conv 8 k=3")
    assert different(first, first) == []
    assert different(first, second) == [
        ("conv 8 k=5", "conv 8 k=3"),
        (None, "relu"),
        (None, "conv 8 k=3"),
    ]


def test_a_changed_layer_faces_the_one_that_it_was() -> None:
    first = "3x32x32 | conv 8 k=3 | relu | conv 8 k=3 s=2 | bn"
    assert different(first, first.replace("8 k=3 s=2", "16 k=3 s=2")) == [
        ("conv 8 k=3 s=2", "conv 16 k=3 s=2"),
        ("bn", "bn"),  # of more channels
    ]


def test_written_defaults_make_no_difference() -> None:
    assert different("3x8x8 | conv 8 k=3", "3x8x8 | conv 8 k=3x3 s=1 bias=yes") == []


def test_resnet34_is_resnet18_with_more_blocks() -> None:
    (alignment,) = compare("resnet18", "resnet34").alignments
    assert alignment.counts == {"equal": 69, "changed": 0, "only_first": 0, "only_second": 56}


@given(st.data())
def test_an_alignment_has_every_layer_once_and_in_order(data: st.DataObject) -> None:
    lines = st.lists(st.sampled_from(["relu", "bn", "conv 4 k=1", "conv 4 k=3 p=1"]), min_size=1)
    sides = []
    for _ in range(2):
        network = library.load(" | ".join(["4x8x8", *data.draw(lines)]))
        sides.append(steps(network.graph(), network.analyze().layers))
    found = align(*sides)
    assert [pair.first for pair in found.pairs if pair.first] == sides[0]
    assert [pair.second for pair in found.pairs if pair.second] == sides[1]
    assert all(any(pair) for pair in found.pairs)
    assert sum(found.counts.values()) == len(found.pairs)


# The command.


def test_table_of_the_command() -> None:
    lines = answer("compare", FIVE, THREES).splitlines()
    assert lines[0].split() == ["A", "B", "B", "-", "A", "B", "/", "A"]
    assert lines[3].split() == ["receptive", "field", "5x5", "5x5", "0", "1"]
    assert lines[5].split() == ["parameters", "25*C**2", "18*C**2", "-7*C**2", "18/25", "(0.72)"]
    assert lines[-2:] == [f"A  {FIVE}", f"B  {THREES}"]


def test_single_layers_with_an_input() -> None:
    out = answer(
        "compare", "--input", "64x56x56", "conv 64 k=3 p=1", "sepconv 64 k=3 p=1", "-f", "csv"
    )
    rows = [line.split(",") for line in out.splitlines()]
    assert rows[0] == ["quantity", "a", "b", "b_minus_a", "b_over_a"]
    assert rows[1] == ["output", "64x56x56", "64x56x56", "same", ""]
    assert ["params", "36928", "4736", "-32192", "74/577"] in rows
    assert ["buffers", "0", "0", "0", ""] in rows


def test_json_of_the_command() -> None:
    found = json.loads(answer("compare", FIVE, THREES, "--layers", "--json"))
    assert found["schema"] == 1
    assert [network["name"] for network in found["networks"]] == [FIVE, THREES]
    quantities = {one["quantity"]: one for one in found["quantities"]}
    assert quantities["params"] == {
        "quantity": "params",
        "values": ["25*C**2", "18*C**2"],
        "differences": ["-7*C**2"],
        "ratios": ["18/25"],
    }
    assert quantities["receptive_field"]["values"] == [[5, 5], [5, 5]]
    (layers,) = found["layers"]
    assert (layers["equal"], layers["changed"], layers["only_second"]) == (0, 1, 1)


def test_markdown_of_the_command() -> None:
    assert "| jump | 1 | 1 | 0 | 1 |" in answer("compare", FIVE, THREES, "-f", "markdown")


def test_outputs_that_differ_or_depend() -> None:
    def agreement(*networks: str) -> str:
        out = answer("compare", "-q", "-f", "csv", *networks)
        return out.splitlines()[1].split(",")[-2]

    assert agreement("3x8x8 | relu", "3x8x8 | conv 3 k=3") == "differs"
    assert agreement("3x8x8 | relu", "3x8 | relu") == "differs"
    assert agreement("3xHx8 | maxpool 2", "3xHx8 | conv 3 k=2 s=2 p=1") == "differs"
    assert agreement("3xHx8 | relu", "3xKx8 | relu") == "depends"


def test_more_than_two_networks_and_their_layers() -> None:
    out = answer(
        "compare", "--layers", "-f", "csv", "3x8x8 | relu", "3x8x8 | bn", "3x8x8 | relu | bn"
    )
    assert out.splitlines() == [
        "change,networks,layer,line,output,params,macs",
        '-,"A, B",relu1,relu,3x8x8,0,0',
        '+,"A, B",bn1,bn,3x8x8,6,0',
        '+,"A, C",bn1,bn,3x8x8,6,0',
    ]


def test_layers_of_two_networks() -> None:
    first = "3x8x8 | conv 8 k=3 | relu"
    out = answer("compare", "--layers", first, first.replace("8 k=3", "9 k=3"))
    assert out.splitlines() == [
        "   layer  line        output  params   MACs",
        "-  -----  ----------  ------  ------  -----",
        "-  conv1  conv 8 k=3   8x6x6     224  7,776",
        "+  conv1  conv 9 k=3   9x6x6     252  8,748",
        "",
        f"A     {first}",
        f"B     {first.replace('8 k=3', '9 k=3')}",
        "A, B  1 layers equal, 1 changed, 0 only in A, 0 only in B",
    ]


def test_warnings_of_each_network_are_told() -> None:
    found = cnncalc("compare", "CxHxW | conv 8 k=3 g=2", "CxHxW | conv 8 k=3")
    assert found.code == 0
    assert "C mod 2 = 0" in found.err


@pytest.mark.parametrize(
    ("arguments", "problem", "hint"),
    [
        ((), "two networks or more are compared, got 0", "compare vgg16 resnet18"),
        (("vgg16",), "two networks or more are compared, got 1", "compare vgg16 resnet18"),
        (("vgg16", "vgg17"), "'vgg17' is no file", "vgg19"),
        (("conv 8 k=3", "vgg16"), "'conv 8 k=3' has no input", "--input 64x56x56"),
        (("vgg16", "lenet5", "--input", "3x8x8"), "--input is for networks", "leave it out"),
        (
            ("vgg16", "lenet5", "--set", "clases=3"),
            "--set clases: none of",
            "did you mean 'classes'",
        ),
        (("vgg16", "lenet5", "--at", "Q=3"), "--at Q: none of", "known symbols: H, W"),
        (("vgg16", "lenet5", "--set", "H=3"), "--set H: none of", "write --at H=…"),
        (("vgg16", "3x8x8 | conv 8 k=3 p=sme"), "got 'sme'", "did you mean 'same'?"),
        (("vgg16", "3x8x8 | conv 8 kk=3"), "no argument 'kk'", "did you mean"),
        (("vgg16", "lenet5", "--batch", "0"), "a batch must be", "--batch 8"),
    ],
)
def test_bad_input(arguments: tuple[str, ...], problem: str, hint: str) -> None:
    found = cnncalc("compare", *arguments)
    assert (found.code, found.out) == (2, "")
    assert problem in found.err
    assert hint in found.err.partition("hint: ")[2]


def test_the_function_takes_networks_paths_and_texts(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("input: 3x8x8\nlayers: [conv 8 k=3]\n", encoding="utf-8")
    found = compare(library.load(path), path, "3x8x8 | conv 8 k=3")
    assert found["params"].values == ((224,),) * 3
    with pytest.raises(UsageError, match="two networks or more"):
        compare()


def test_wide_tables_are_turned() -> None:
    nets = ("resnet18", "resnet34", "resnet50", "resnet101")
    text = answer("compare", *nets)
    assert max(map(len, text.splitlines())) <= 80
    assert "                  C     25,557,032     13,867,520  3194629/1461189 (2.19)\n" in text
    assert str(compare(*nets)) == text
    programs = answer("compare", *nets, "-f", "csv").splitlines()
    assert programs[0].startswith("quantity,a,b,c,d,b_minus_a,b_over_a,c_minus_a")
    assert "params,11689512,21797672,25557032,44549160,10108160,2724709/1461189" in programs[4]


def test_long_formulas_have_a_line_each() -> None:
    text = cnncalc("compare", "vgg16", "resnet18", "--symbolic", "-q").out
    assert "\nparameters        A      138,357,544\n                  B      11,689,512\n" in text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(18, 25), "0.72"),
        (Fraction(17294693, 28), "617,668"),
        (Fraction(200704, 321), "625"),
        (Fraction(999996, 10000), "100"),
        (Fraction(1_000_001, 1_000_000), "1.000001"),
        (Fraction(21599, 21606), "0.9997"),
        (Fraction(1, 2000), "0.0005"),
    ],
)
def test_rounded_ratios(value: Fraction, shown: str) -> None:
    assert rounded(value) == shown


def test_a_warning_says_of_which_network() -> None:
    options = ("--input", "CxHxW", "conv D k=3 p=1", "conv D k=3 p=1 g=G")
    found = cnncalc("compare", *options)
    assert "warning: B: well-formed only if C is a multiple of G (conv1)\n" in found.err
    found = cnncalc("compare", "3xHxW | conv 8 k=3", "3xHxW | conv 9 k=3")
    assert found.err == "warning: A, B: well-formed only if H >= 3 and W >= 3\n"


def test_notebooks_show_the_table() -> None:
    found = compare("lenet5", "vgg16")
    assert repr(found) == "<Comparison of LeNet-5, VGG-16>"
    assert "<th" in found._repr_html_()
    assert str(found) == answer("compare", "lenet5", "vgg16")


def test_equal_networks_are_said_to_be() -> None:
    assert "layers  all equal\n" in answer("compare", "lenet5", "lenet5", "--layers")
