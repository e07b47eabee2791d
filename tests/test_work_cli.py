"""``cnncalc work``: options, formats, arguments of all kinds, and what is told about bad ones."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import tempfile
from pathlib import Path
from shutil import which

import pytest
from commandline import answer, cnncalc

X = "1 3 2 1; 4 2 1 5; 2 0 3 1; 1 5 2 2"


def test_a_whole_answer() -> None:
    assert answer("work", "conv", "1 2; 3 4", "1 -1;", "-p", "0x1").splitlines() == [
        "conv: stride 1, padding 0x1, dilation 1",
        "",
        "x (2x2)    w (1x2)",
        "1  2       1  −1",
        "3  4",
        "",
        "height: 2 − 1 + 1 = 2",
        "width: 2 + 2 − 2 + 1 = 3",
        "",
        "y[0,0] = (−1)·1 = −1",
        "y[0,1] = 1·1 + (−1)·2 = −1",
        "y[0,2] = 1·2 = 2",
        "y[1,0] = (−1)·3 = −3",
        "y[1,1] = 1·3 + (−1)·4 = −1",
        "y[1,2] = 1·4 = 4",
        "",
        "y (2x3)",
        "−1  −1  2",
        "−3  −1  4",
        "",
        "note: products with the zeros of the padding are left out",
    ]


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["conv", X, "1 0; 0 1"], "[[3, 4, 7], [4, 5, 2], [7, 2, 5]]"),
        (["conv", X, "1 0; 0 1", "-s", "2", "-d", "2"], "[[4]]"),
        (["conv", "-1 2", "-3", "--bias", "-1"], "[2, -7]"),
        (["convolve", "1 2 3", "1 2", "--element", "1"], "7"),
        (["deconv", "1 2", "1 1 1", "-s", "2", "--op", "1"], "[1, 1, 3, 2, 2, 0]"),
        (["conv-backward", "1 2 3", "1 2", "1 1"], "dw = [3, 5]\ndb = 2\ndx = [1, 3, 2]"),
        (["conv-backward", "1 2 3", "1 2", "1 1", "--of", "dx"], "[1, 3, 2]"),
        (["maxpool", X, "-k", "2"], "[[4, 5], [5, 3]]"),
        (["maxpool", X, "--kernel", "2x4"], "[[5], [5]]"),
        (["avgpool", "1 2; 4 4", "-k", "2"], "[[2.75]]"),
        (["avgpool", "1 2 4", "-k", "3"], "[7/3]"),
        (["maxpool-backward", "1 2; 3 3", "[[1/3]]", "-k", "2"], "[[0, 0], [1/3, 0]]"),
        (["avgpool-backward", "1 2; 3 3", "[[1]]", "-k", "2"], "[[0.25, 0.25], [0.25, 0.25]]"),
        (["norm", "1 1; 3 5"], "[[-1, -1], [1, 1]]"),
        (["norm", "1 1; 3 5", "--of", "variance"], "[1, 4]"),
        (["norm", "1 3; 5 5", "--kind", "ln", "--eps", "1", "--element", "1,0"], "0"),
        (["norm", "[[1, 3, 0, 4]]", "--kind", "gn", "--groups", "2"], "[[-1, 1, -1, 1]]"),
        (["matmul", "1 2; 3 4", "1 1"], "[3, 7]"),
        (["outer", "1 2", "3 4"], "[[3, 4], [6, 8]]"),
    ],
)
def test_results_alone(arguments: list[str], shown: str) -> None:
    assert answer("work", *arguments, "-q") == shown + "\n"


def test_files_and_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("1 2\n3 4\n\n5 6\n7 8\n", encoding="utf-8")
    shown = "[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]\n"
    assert answer("work", "conv", str(path), "[[[1]]]", "-q") == shown
    assert answer("work", "conv", "-", "[[[1]]]", "-q", stdin=shown) == shown
    path.write_bytes(b"[[1, 2],\r\n [3, 4]]\r\n")
    assert answer("work", "maxpool", str(path), "-k", "2", "-q") == "[[4]]\n"


def test_the_result_is_read_again() -> None:
    first = answer("work", "avgpool", "1 2 -4 1/3", "-k", "2", "-q")
    assert first == "[1.5, -11/6]\n"
    assert answer("work", "outer", "-", "3 0", "-q", stdin=first) == "[[4.5, 0], [-5.5, 0]]\n"


def test_json() -> None:
    data = json.loads(answer("work", "maxpool", "1 5 5", "-k", "3", "--json"))
    assert data["name"] == "maxpool"
    assert data["settings"] == {"kernel": [3], "stride": [3], "padding": [0], "dilation": [1]}
    (result,) = data["results"]
    assert result == {
        "name": "y",
        "shape": [1],
        "values": [5],
        "steps": [
            {"index": [0], "working": "max(1, 5, 5)", "value": 5, "at": ["x[1]", "x[2]"]},
        ],
    }


def test_csv() -> None:
    found = csv.reader(io.StringIO(answer("work", "conv", "1 2 3", "1 1", "-f", "csv")))
    assert list(found) == [
        ["element", "working", "value"],
        ["y[0]", "1·1 + 1·2", "3"],
        ["y[1]", "1·2 + 1·3", "5"],
    ]


def test_markdown() -> None:
    assert answer("work", "conv", "1 2 3", "1 1", "-f", "markdown").splitlines() == [
        "**conv: stride 1, padding 0, dilation 1**",
        "",
        r"$$x = \begin{bmatrix} 1 & 2 & 3 \end{bmatrix}$$",
        "",
        r"$$w = \begin{bmatrix} 1 & 1 \end{bmatrix}$$",
        "",
        "- width: 3 − 2 + 1 = 2",
        "",
        r"- $y_{0} = 1 \cdot 1 + 1 \cdot 2 = 3$",
        r"- $y_{1} = 1 \cdot 2 + 1 \cdot 3 = 5$",
        "",
        r"$$y = \begin{bmatrix} 3 & 5 \end{bmatrix}$$",
    ]


def test_latex_of_a_table() -> None:
    found = answer("analyze", "3x8x8 | a_1 = conv 4 k=3", "-f", "latex")
    assert r"\begin{tabular}{llrrrrr}" in found
    assert r"a\_1 & conv & 4x6x6 & 3x3 & 1 & 112 & 3,888 \\" in found
    assert r"\section*{3x8x8 \textbar{} a\_1 = conv 4 k=3: 3x8x8 {-}\textgreater{} 4x6x6}" in found


COMPILED = [
    ("work", "conv", X, "1 0; 0 1", "-f", "latex"),
    ("work", "convolve", "[[[1, 2, 3]] * 3] * 3", "[[[1, 1/3]] * 3] * 3", "-f", "latex"),
    ("work", "norm", "1 2; 4 7; 5 5", "-f", "latex"),
    ("work", "maxpool-backward", X, "0.2 -0.3; 0.4 0.1", "-k", "2", "-f", "latex"),
]


def test_latex_compiles() -> None:
    compiler = which("pdflatex")
    if compiler is None:
        pytest.skip("needs pdflatex, which is not installed")
    pages = "\n\n".join(answer(*one) for one in COMPILED)  # pieces of a document, unlike tables
    source = (
        r"\documentclass{article}\usepackage{amsmath}\begin{document}" + pages + r"\end{document}"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "page.tex").write_text(source, encoding="utf-8")
        found = subprocess.run(
            [compiler, "-interaction=nonstopmode", "-halt-on-error", "page.tex"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 0, found.stdout[-2000:]


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (
            ["conv", "1 2 3", "1 1 1 1 1"],
            "width: kernel 5 is larger than its padded input 3 (3 + 0 + 0 = 3)",
            "add padding, use a kernel of at most 3, or a larger input",
        ),
        (
            ["conv", "1 2 3; 4 5 6", "1 1; 1 1", "-d", "2"],
            "height: kernel 2 with dilation 2 spans 3 and is larger than its padded input 2",
            "add padding",
        ),
        (["conv", "1 2; 3", "1"], "a row of 1 number, after one of 2 numbers", "equal lengths"),
        (["conv", "1 2; 3 4", "1 2"], "w has 1 axis, and x 2", "a single row is [[1, 2]]"),
        (["conv", "[[1, 2]]", "[[[1], [1]]]"], "w is for 2 channels, and x has 1", "filters, chan"),
        (["conv", "[[[[1]]]]", "[[[[1]]]]"], "4 spatial axes: conv takes 1 to 3", "signal"),
        (["conv", "1 2", "1", "-s", "0"], "stride must be an integer of at least 1, got 0", "3x1"),
        (["conv", "1 2", "1", "-s", "2x2"], "stride has 2 values for 1 axis", "3x1"),
        (["conv", "1 2", "1", "-s", "two"], "--stride must be an integer", "write --stride 2"),
        (
            ["conv", "1 2", "1", "-p", "-1"],
            "padding must be an integer of at least 0, got -1",
            "3x1",
        ),
        (["conv", "1 2", "1", "-p", "99999999"], "this takes 200,000,000 steps", "worked by hand"),
        (["conv", "1 2", "1", "--bias", "1 2"], "b has shape [2]", "a bias is a number"),
        (["conv", "1 2", "1", "--element", "2"], "there is no element 2", "y[0] to y[1]"),
        (["conv", "1 2", "1", "--element", "a"], "--element must be indices", "--element 0,1"),
        (["conv", "x.txt", "1"], "there is no file x.txt", "an array is written"),
        (["conv", "-", "-"], "two arrays are -", "in a file"),
        (
            ["deconv", "1 2", "1 1", "-p", "2"],
            "padding 2 + 2 removes all of the output",
            "less padding",
        ),
        (["deconv", "1 2", "1 1", "--op", "1"], "output_padding=1 must be smaller", ""),
        (["deconv", "1 2", "1 1", "-s", "99999999"], "steps, more than 20,000", "by hand"),
        (["conv-backward", "1 2", "1", "1"], "dy has shape [1], and y has [2]", "gradient"),
        (["conv-backward", "1", "1", "1", "--of", "dz"], "conv-backward has no 'dz'", "dw, db, dx"),
        (["maxpool", "1 2"], "the window has no size", "-k 2"),
        (
            ["maxpool", "1 2 3", "-k", "3", "-p", "2"],
            "padding 2 is more than half of the kernel 3",
            "pooling windows must touch the input: use p of at most 1",
        ),
        (["maxpool", "1 2", "-k", "2", "-d", "3", "-p", "1"], "lies in the padding alone", "less"),
        (["avgpool-backward", "1 2", "1 1", "-k", "2"], "dy has shape [2], and y has [1]", ""),
        (["conv", "[10**400]", "1"], "a number of more than 100 digits", "smaller numbers"),
        (["conv", "1 2 3", "1 1; 1 1"], "w has 2 axes, and x 1", "as many axes"),
        (["conv", "1 2; 1 2", "[[[1, 2]]]"], "w is for 1 channel, and x has 2", "filters"),
        (["norm", "1 2 3"], "x has 1 axis", "samples, channels"),
        (["norm", "1 2; 1 3"], "a variance is 0", "1e-5"),
        (["norm", "1 2; 1 3", "--eps", "-1"], "eps is a number of at least 0", "1e-5"),
        (
            ["norm", "1 2; 1 3", "--kind", "lm"],
            "no normalisation 'lm'",
            "known ones: bn, gn, in, ln",
        ),
        (["norm", "1 2; 1 3", "--kind", "gn"], "gn needs the number of groups", "--groups 2"),
        (["norm", "1 2; 1 3", "--groups", "2"], "bn takes no groups", "gn"),
        (["norm", "1 2; 1 3", "--kind", "gn", "--groups", "3"], "3 groups do not divide 2", ""),
        (["norm", "1 2; 1 3", "--kind", "gn", "--groups", "0"], "0 groups do not divide 2", ""),
        (["norm", "1 2; 1 3", "--kind", "in"], "over the axes after the channels", "one axis"),
        (["matmul", "1 2; 3 4", "1 2 3"], "rows of 2 numbers in a, columns of 3 in b", "as many"),
        (["matmul", "[[[1]]]", "1"], "a has 3 axes, and b 1", "matrices"),
        (["outer", "1 2; 3 4", "1"], "a has 2 axes", "vectors"),
    ],
)
def test_bad_input(arguments: list[str], message: str, hint: str) -> None:
    found = cnncalc("work", *arguments)
    assert (found.code, found.out) == (2, "")
    assert message in found.err
    assert hint in found.err.partition("hint: ")[2]
    assert "Traceback" not in found.err


def test_help_lists_the_operations() -> None:
    found = answer("work", "--help")
    for name in ("conv", "deconv", "maxpool-backward", "norm", "outer"):
        assert f"  {name} " in found
    assert "No such command 'pool'" in cnncalc("work", "pool").err
