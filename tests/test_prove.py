"""``cnncalc prove``: verdicts, arguments, wording, and what is told about bad statements."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commandline import cnncalc

from cnncalc.errors import CnncalcError
from cnncalc.prove import PROVED, REFUTED, UNDECIDED, prove
from cnncalc.prove.functions import FUNCTIONS

CANONICAL = "both sides have the same canonical form"
SIGNS = "the signs of the terms, for all values from the lowest on"

PROOFS = [
    ("1 + 1 == 2", (), "both sides are the same number"),
    ("conv([1, 2, 3], [1, 1]) == [3, 5]", (), "both sides are equal, element by element"),
    ("K + (K-1)*(r-1) == r*(K-1) + 1", (), "polynomial identity"),
    ("(a*a - b*b)/(a + b) == a - b", (), "identity of rational functions"),
    ("ceil((W-K+1+2*P)/S) == floor((W-K+2*P)/S) + 1", (), CANONICAL),
    ("ceil((W-K+1+2*P)/S) == floor((W-K+2*P)/S) + 1", ("P >= 0", "integer(W)"), CANONICAL),
    ("floor(floor(n/S)/r) == floor(n/(S*r))", ("integer(n)",), CANONICAL),
    ("conv_out(n, 2*k + 1, 1, k) == n", (), CANONICAL),
    ("conv_out(n, K, S, P) == floor((n - K + 2*P)/S) + 1", (), CANONICAL),
    ("deconv_out(n, 2, 2) == 2*n", (), "polynomial identity"),
    ("span(K, r) == K + (K - 1)*(r - 1)", (), "polynomial identity"),
    ("rf_next(R, K, J) == R + (K - 1)*J", (), "polynomial identity"),
    ("k*k >= 2*k - 1", (), SIGNS),
    ("max(a, b) + min(a, b) == a + b", (), "Presburger arithmetic (isl)"),
    ("n % 3 < 3", ("integer(n)",), "Presburger arithmetic (isl)"),
    ("conv_out(n, 2, 2) <= n/2", (), "Presburger arithmetic (isl)"),
    ("a % b < b", (), "z3"),
    ("(a + b)**2 <= 2*(a*a + b*b)", (), "z3"),
    ("2**(n+1) == 2*2**n", (), "identity of powers"),
    ("4**n == 2**n * 2**n", (), "identity of powers"),
    ("2**n >= n + 1", (), "induction on n"),
    ("H//32*32 == H", ("H % 32 == 0",), CANONICAL),
    ("H*W//1024 == h*w", ("H == 32*h", "W == 32*w"), CANONICAL),
    ("S*(n//S) == n", ("n == S*m",), CANONICAL),
    ("x*y <= 100", ("x <= 10", "y <= 10"), "all 100 cases computed exactly"),
    ("n/(n - 3)*(n - 3) == n", ("n != 3",), "identity of rational functions"),
    ("n == 3 or 6/(n - 3)*(n - 3) == 6", (), "identity of rational functions"),
    ("params('CxHxW | conv D k=K') == D*(K*K*C + 1)", (), "polynomial identity"),
    ("output('3xHxW | conv 8 k=3 p=1 | maxpool 2') == [8, H//2, W//2]", (), CANONICAL),
    ("params('resnet50') == 25557032", (), "both sides are the same number"),
    ("params('resnet50', classes=N) == 23508032 + 2049*N", (), "polynomial identity"),
    ("macs('1xHxW | conv 1 k=3 p=P') == 9*(H + 2*P - 2)*(W + 2*P - 2)", ("P >= 0",), CANONICAL),
    ("conv_params(C, C, 3, bias=0, groups=C) == 9*C", (), "polynomial identity"),
    ("matmul([[a, b], [c, d]], [[d, -b], [-c, a]]) == [[a*d - b*c, 0], [0, a*d - b*c]]", (),
     "polynomial identity"),
    ("convolve(convolve([a, b, c], [1, 2]), [1, 1]) == convolve([a, b, c], convolve([1, 2], [1, 1], p=1))",
     (), "polynomial identity"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "given", "argument"), PROOFS)
def test_proofs(statement: str, given: tuple[str, ...], argument: str) -> None:
    found = prove(statement, given)
    assert (found.verdict, found.counterexample) == (PROVED, None), found
    if argument == CANONICAL and "macs(" in statement:
        assert found.argument in (CANONICAL, "polynomial identity")
    else:
        assert found.argument == argument


REFUTATIONS: list[tuple[str, tuple[str, ...], dict[str, int]]] = [
    ("1 + 1 == 3", (), {}),
    ("n*n > n", (), {"n": 1}),
    ("ceil((W-K+1+2*P)/S) == floor((W-K+2*P)/S)", (), {"W": 1, "K": 1, "P": 1, "S": 1}),
    ("ceil((W-K+1+2*P)/S) == floor((W-K+2*P)/S)", ("P >= 0",), {"W": 1, "K": 1, "P": 0, "S": 1}),
    ("rf_next(R, K, J) == R + (K - 1)", (), {"R": 1, "K": 2, "J": 2}),
    ("a == b or a == c", (), {"a": 2, "b": 1, "c": 1}),
    ("1 <= a < b", (), {"a": 1, "b": 1}),
    ("a % b < b", ("integer(b)",), {"a": 1, "b": 0}),
    ("n//(-2) == -(n//2)", (), {"n": 1}),
    ("n != 12345", (), {"n": 12345}),
    ("a + 2*b != 99999 or a*b != 1", (), {"a": 99997, "b": 1}),
    ("n*n != 1000000*1000000", (), {"n": 1000000}),
    ("n % 7 != 5 or n % 11 != 10 or n % 13 != 12", (), {"n": 285}),
    ("output('1xN | conv 1 k=3') == [1, N]", (), {"N": 3}),
    ("H % 64 == 0", ("H % 32 == 0",), {"H": 32}),
    ("H*H < 2000", ("H == 32*h",), {"H": 64, "h": 2}),
    ("n == 3 or 6/(n - 4)*(n - 4) == 6", (), {"n": 4}),
    (
        "rf('1xN | conv 1 k=A s=S | conv 1 k=B') == rf('1xN | conv 1 k=A s=S') + (B - 1)",
        (),
        {"N": 3, "A": 1, "S": 2, "B": 2},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "given", "point"), REFUTATIONS)
def test_refutations_are_the_smallest(
    statement: str, given: tuple[str, ...], point: dict[str, int]
) -> None:
    found = prove(statement, given)
    if "99999" in statement:  # a product of 1 needs a = b = 1, so nothing meets both
        assert found.verdict == PROVED
        return
    assert found.verdict == REFUTED, found
    assert dict(found.counterexample or {}) == point


def test_far_counterexamples_name_who_found_them() -> None:
    found = prove("n != 123456")
    assert found.argument == ("the smallest counterexample, found by Presburger arithmetic (isl)")
    assert found.smallest


def test_undecided_says_how_far_it_was_searched() -> None:
    found = prove("x**3 + y**3 != z**3")
    assert found.verdict == UNDECIDED
    assert found.argument.startswith("true for all 30,000 points that were tried, up to a sum of ")
    assert found.counterexample is None


def test_division_by_zero_is_no_truth() -> None:
    found = prove("n/(n - 3)*(n - 3) == n")
    assert found.verdict == REFUTED
    assert found.counterexample == {"n": 3}
    assert found.argument == "n/(n - 3) divides by zero"
    assert prove("0*(1/(n - 3)) == 0").verdict == REFUTED
    assert prove("0**(n - 3) >= 0").counterexample == {"n": 1}


def test_names_may_be_anything_that_conditions_say() -> None:
    assert prove("P == 0 or P >= 1", ["P >= 0"]).verdict == PROVED
    assert prove("P >= 0", ["P >= -2"]).counterexample == {"P": -1}
    assert prove("P >= 0", ["-2 <= P <= 3"]).counterexample == {"P": -1}
    assert prove("P <= 3", ["0 <= P < 4"]).argument == "all 4 cases computed exactly"
    assert prove("n*n >= n", ["integer(n)"]).verdict == PROVED
    assert prove("n >= 1", ["n > 0"]).verdict == PROVED
    assert prove("n == 5", ["n == 5"]).verdict == PROVED
    assert prove("P >= 0", ["P <= 4"]).verdict == PROVED, "still at least 1"


def test_networks_are_asked_where_they_are_well_formed() -> None:
    found = prove("output('1xHxW | conv 4 k=K')[1] >= 1")
    assert found.verdict == PROVED
    assert found.assumed == ("H >= K", "W >= K")
    assert prove("H >= 3 or output('1xH | conv 1 k=3') == [7]").verdict == PROVED


def test_padding_of_zero_is_within_reach() -> None:
    """A symbol of a network is at least 1; a name that may be 0 is not."""
    found = prove("output('1xN | conv 1 k=1 p=P') != [1, N]", ["P >= 0"])
    assert found.verdict == REFUTED
    assert found.counterexample == {"N": 1, "P": 0}


def test_layers_by_name() -> None:
    assert prove("params('lenet5', 'conv1') == 20*(5*5 + 1)").verdict == PROVED
    assert prove("rf('resnet50', 'maxpool1') == 11").verdict == PROVED
    assert prove("depth('resnet50') == 50 and depth('vgg16') == 16").verdict == PROVED
    assert prove("depth('googlenet') == 22").verdict == PROVED
    assert prove("jump('vgg16') == 32").verdict == PROVED


# The command line.


def test_a_proof_on_the_command_line() -> None:
    result = cnncalc("prove", "ceil((W-K+1+2*P)/S) == floor((W-K+2*P)/S)+1")
    assert result == (
        0,
        "proved: ceil((W-K+1+2*P)/S) == floor((W-K+2*P)/S)+1\n"
        "  for integers W, K, P, S >= 1\n"
        f"  argument: {CANONICAL}\n",
        "",
    )


def test_a_refutation_on_the_command_line() -> None:
    result = cnncalc("prove", "rf_next(R, K, J) == R + (K - 1)", "--given", "K >= 3")
    assert result == (
        1,
        "refuted: rf_next(R, K, J) == R + (K - 1)\n"
        "  given K >= 3\n"
        "  for integers R, J >= 1; K >= 3\n"
        "  not at R = 1, K = 3, J = 2\n"
        "    rf_next(R, K, J) = 5\n"
        "    R + (K - 1) = 3\n"
        "  argument: the smallest counterexample\n",
        "",
    )


def test_json_of_every_verdict() -> None:
    for statement, verdict, counterexample, code in (
        ("n + n == 2*n", "proved", None, 0),
        ("n*n == n", "refuted", {"n": 2}, 1),
        ("x**3 + y**3 != z**3", "undecided", None, 1),
    ):
        result = cnncalc("prove", statement, "--json")
        data: dict[str, Any] = json.loads(result.out)
        assert result.code == code
        assert data["statement"] == statement
        assert data["verdict"] == verdict
        assert data["counterexample"] == counterexample
        assert data["argument"]
        assert data["schema"] == 1


def test_products_of_very_many_factors_are_given_up() -> None:
    """An exponent is no loop: this one would have 387,420,489 turns."""
    assert prove("C**9**9 == C").verdict == "undecided"


BAD = [
    ("n +* 3 == 2", "1:4", "the statement cannot be read here", "statements are made of"),
    ("a = b", "1:3", "the statement cannot be read here", "compared with =="),
    ("(a == b", "1:1", "the statement cannot be read here", "a bracket is not closed"),
    ("'abc == 2", "1:1", "the statement cannot be read here", "a quote is not closed"),
    ("", "1:1", "the statement is empty", "write one"),
    ("n", "1:1", "neither true nor false", "compare two sides"),
    ("n ≥ 2", "1:3", "'≥' is not part of the language", "write >= instead"),
    ("2^3 == 8", "1:1", "'2^3' is not part of the language", "a power is written **"),
    ("n in [1]", "1:1", "is not part of the language", ""),
    ("lambda: 1", "1:1", "is not part of the language", ""),
    ("__import__('os') == 1", "1:1", "__import__ is not a function", ""),
    ("(1).real == 1", "1:1", "is not part of the language", ""),
    ("conv_out(n) == 1", "1:1", "missing a required argument: 'k'", "conv_out(n, k, s=1"),
    ("conv_outt(n, 3) == 1", "1:1", "conv_outt is not a function", "did you mean 'conv_out'?"),
    ("floor + 1 == 2", "1:1", "floor is a function", "call it: floor(x)"),
    ("floor([1]) == 'a'", "1:1", "numbers and tensors are compared, not the text 'a'", ""),
    ("floor('a') == 1", "1:1", "a number is wanted, got 'a'", ""),
    ("'a' + 1 == 2", "1:1", "a number or a tensor is wanted here, got the text 'a'", "quotes"),
    ("(a == b) + 1 == 2", "1:2", "got a comparison", ""),
    ("[1, 2] + [1] == [2]", "1:1", "tensors of different shapes", "the same shape"),
    ("conv([1, 2], [1, 2, 3]) == [1]", "1:1", "nothing is left", "fit into"),
    ("[1, 2][2] == 1", "1:8", "2 is not an index of 2 values", "from 0 to 1"),
    ("[] == n", "1:1", "a list without elements is compared with a number", "there is none"),
    ("2 <= 1*()", "1:1", "a list without elements is compared with a number", ""),
    ("n[0] == 1", "1:1", "'n' is a formula, not a list", ""),
    ("2**(1/2) == 1", "1:5", "an exponent must be an integer", "compare squares"),
    ("2**2**2**99 == 1", "1:4", "a number too large", ""),
    ("9**9**9 == 1", "1:1", "a number too large", ""),
    ("sqrt(2) == 1", "1:1", "the root of 2 is not rational", "compare squares"),
    ("log2(3) == 1", "1:1", "log2 of 3 is not an integer", "powers of two"),
    ("params(3) == 1", "1:8", "a network is wanted, in quotes", "as in params("),
    ("params('nothing') == 1", "1:1", "'nothing' is no file", ""),
    ("params('lenet5', 'conv9') == 1", "1:18", "LeNet-5 has no layer 'conv9'", "did you mean"),
    ("params('lenet5', size=3) == 1", "1:1", "no parameter and no symbol 'size'", "known names"),
    ("rf('10 | linear 3') == 1", "1:1", "no size of a receptive field", "before flatten"),
    ("conv_params(3, 4, 3, bias=2) == 1", "1:1", "bias is 0 or 1, got 2", ""),
    ("gcd(n, 2) == 1", "1:1", "an integer is wanted, got n", ""),
    ("(" * 250 + "1" + ")" * 250 + " == 1", "1:201", "cannot be read", ""),
    ("-" * 150 + "1 == 1", "1:100", "nested more than 100 deep", "nest less"),
    ("1 == " + "1 + " * 6000 + "1", "1:1", "a statement of", "split it"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "place", "message", "hint"), BAD)
def test_bad_statements_are_told_with_their_place(
    statement: str, place: str, message: str, hint: str
) -> None:
    with pytest.raises(CnncalcError) as caught:
        prove(statement)
    error = str(caught.value)
    assert error.startswith(f"<statement>:{place}: error: "), error
    assert message in error
    assert hint in (caught.value.hint or "")
    assert caught.value.hint


def test_a_network_that_never_fits_is_told() -> None:
    with pytest.raises(CnncalcError, match="kernel 9 is larger than its padded input 5"):
        prove("params('3x5x5 | conv 4 k=9') == n")


def test_conditions_that_nothing_meets_are_told() -> None:
    for given in (["n >= 2", "n <= 1"], ["n <= 0"], ["n*n == 2"], ["n % 2 == 1", "n % 4 == 2"]):
        with pytest.raises(CnncalcError, match="no integers meet the conditions") as caught:
            prove("n == n + 1", given)
        assert caught.value.hint


def test_bad_conditions_are_told_with_their_place() -> None:
    result = cnncalc("prove", "n == n", "--given", "n >")
    assert result.code == 2
    assert result.err.startswith("<given>:1:3: error: ")


def test_long_sums_do_not_overflow_the_stack() -> None:
    assert prove(" + ".join(["n"] * 60) + " == 60*n").verdict == PROVED
    assert prove("sum([" + ", ".join(["n"] * 900) + "]) == 900*n").verdict == PROVED


def test_without_z3_the_identities_are_still_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnncalc.prove import nonlinear

    monkeypatch.setattr(nonlinear, "available", lambda: False)
    statement = "ceil((W-K+1+2*P)/S) == floor((W-K+2*P)/S) + 1"
    assert prove(statement, ["integer(W)", "integer(P)"]).verdict == PROVED
    found = prove("a % b < b")
    assert found.verdict == UNDECIDED
    assert found.argument.endswith("z3 is not installed: pip install z3-solver")


def test_every_function_is_documented() -> None:
    page = (Path(__file__).parent.parent / "docs" / "prove.md").read_text(encoding="utf-8")
    for function in FUNCTIONS.values():
        assert f"| `{function.usage}` | {function.about} |" in page
