"""Explanations as pages: folding, Markdown, LaTeX, HTML, and the command."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from commandline import answer
from commandline import cnncalc as run
from reading import rows

import cnncalc
from cnncalc.explain.page import page_of
from cnncalc.notation import Letter
from cnncalc.render.latex import FORMULA, escape

FIRST = "3x224x224 | conv 64 k=7 s=2 p=3"
COMMAND = ("explain", FIRST)


# Long networks.


def titles(name: str, **how: Any) -> list[str]:
    found = cnncalc.load(name).explain(**how)
    return [section.title for section in page_of(found).sections]


def test_equal_layers_of_a_long_network_are_explained_once() -> None:
    found = titles("resnet50")
    assert "conv 64 k=7 s=2 p=3 bias=no: 3x224x224 -> 64x112x112 (conv1)" in found
    times = "(6 times: bottleneck1.bn1, bottleneck1.bn2, bottleneck2.bn1, …)"
    assert f"bn: 64x56x56 -> 64x56x56 {times}" in found
    assert len(found) < 70
    assert len(set(found)) == len(found)


def test_folded_layers_add_up() -> None:
    found = titles("resnet50", of=["memory"])  # every layer writes, or says that it is a view
    counts = [re.search(r"\((?:(\d+) times: )?[^)]*\)$", title) for title in found]
    assert sum(int(one.group(1) or 1) for one in counts if one) == 175


def test_fields_of_a_long_network_follow_layer_by_layer() -> None:
    text = str(cnncalc.load("resnet50").explain())
    fields = text.partition("receptive field, layer by layer\n")[2]
    assert fields.index("bottleneck2.conv2") < fields.index("bottleneck2.add1")
    assert "union of bottleneck2.bn3 and bottleneck1.relu3" in fields
    assert "size = 427  (of bottleneck16.relu3, the last feature map)" in text


def test_short_networks_and_all_show_every_layer() -> None:
    assert len(answer("explain", "lenet5").split("\n\n")) == 1 + 10 + 2
    every = answer("explain", "resnet18", "--all")
    assert "basic5.shortcut1.bn1 = bn: 128x28x28" not in every
    assert re.findall(r"^basic8\.conv2 = ", every, re.MULTILINE)
    assert not re.findall(r"^basic8\.conv2 = ", answer("explain", "resnet18"), re.MULTILINE)


def test_one_layer_shows_what_it_takes_over_too() -> None:
    text = answer("explain", "lenet5", "--layer", "relu1", "--of", "params,macs")
    assert "parameters = 0" in text
    assert "MACs = 0" in text
    assert "in all" not in text


# The command.


def test_text_is_that_of_the_library() -> None:
    assert answer(*COMMAND) == str(cnncalc.load(FIRST).explain())
    assert answer(*COMMAND, "--why") == cnncalc.load(FIRST).explain().text(why=True)


def test_quantities_may_be_listed_or_repeated() -> None:
    both = answer(*COMMAND, "--of", "shape,params")
    assert both == answer(*COMMAND, "--of", "params", "--of", "shape")
    assert "macs" not in both


def test_json_of_the_command() -> None:
    found = json.loads(answer(*COMMAND, "--json", "--of", "macs"))
    assert found == cnncalc.load(FIRST).explain(of=["macs"]).to_dict()
    assert "reasons" in json.loads(answer(*COMMAND, "--json", "--why"))


def test_csv_has_a_row_for_each_step() -> None:
    header, *body = rows(answer(*COMMAND, "-f", "csv"))
    assert header == ["layer", "of", "name", "letters", "numbers", "value", "unit"]
    assert [
        "conv1",
        "params",
        "parameters",
        "C′·(C·k·k + 1)",
        "64·(3·7·7 + 1)",
        "9472",
        "",
    ] in body
    assert body[-1][:3] == ["total", "memory", "peak"]


def test_symbols_and_settings() -> None:
    text = run("explain", "resnet50", "--symbolic", "--layer", "conv1", "-q").out
    assert "height = ⌊(H + 2p − k)/s⌋ + 1 = ⌊(H + 2·3 − 7)/2⌋ + 1 = ⌊(H + 1)/2⌋" in text
    text = answer("explain", "vgg16", "--set", "classes=7", "--layer", "linear3")
    assert "parameters = C′·(C + 1) = 7·(4,096 + 1) = 28,679" in text


def test_warnings_go_to_standard_error() -> None:
    found = run("explain", "3xHxW | conv 8 k=3")
    assert found.err.startswith("warning: well-formed only if")
    assert "warning" not in found.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--layer", "conv2"), "has no layer 'conv2'\n  hint: did you mean 'conv1'?"),
        (("--of", "size"), "called 'size'\n  hint: "),
        (("--of", ","), "nothing is asked for\n  hint: choose among shape, rf"),
        (("--at", "H"), "not NAME=VALUE"),
    ],
)
def test_bad_input_of_the_command(arguments: tuple[str, ...], message: str) -> None:
    found = run(*COMMAND, *arguments)
    assert found.code == 2
    assert message in found.err
    assert "Traceback" not in found.err


def test_colour_changes_no_words() -> None:
    plain = answer(*COMMAND, "--why")
    coloured = run(*COMMAND, "--why", "--color", "always").out
    assert "\x1b[" in coloured
    stripped = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert stripped.split() == plain.split()


# Markdown.


def test_markdown() -> None:
    text = answer(*COMMAND, "-f", "markdown", "--why")
    assert text.startswith("# 3x224x224 \\| conv 64 k=7 s=2 p=3\n\n## conv1 = conv 64")
    assert "- parameters = `C′·(C·k·k + 1) = 64·(3·7·7 + 1) = 9,472`\n" in text
    assert "\n> *slide*: Positions" in text
    assert "\n\n\n" not in text


# LaTeX.


EXPLAINED = [
    (FIRST, "--why"),
    ("unet", "--symbolic", "-q", "--why"),
    ("vit_b_16", "--layer", "encoder1.attention1"),
]


@pytest.mark.parametrize("arguments", EXPLAINED, ids=" ".join)
def test_latex_is_balanced(arguments: tuple[str, ...]) -> None:
    text = answer("explain", *arguments, "-f", "latex")
    assert text.startswith("\\documentclass{article}\n")
    assert text.endswith("\\end{document}\n")
    check_latex(text)


def check_latex(text: str) -> None:
    """Braces, environments, mathematics and brackets are closed; nothing special is left bare."""
    plain = re.sub(r"\\[\\{}$&#%_]", "", text)
    depth = 0
    for character in plain:
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0
    environments = re.findall(r"\\(begin|end)\{(\w+\*?)\}", text)
    opened: list[str] = []
    for what, name in environments:
        if what == "begin":
            opened.append(name)
        else:
            assert opened.pop() == name
    assert opened == []
    assert plain.count("$") % 2 == 0
    for equations in re.findall(r"\\begin\{align\*\}\n(.*?)\n\\end\{align\*\}", text, re.DOTALL):
        for row in equations.split(" \\\\\n"):
            assert row.strip()
            assert row.count("\\left") == row.count("\\right")
            assert row.replace("\\&", "").count("&") == 1
    outside = re.sub(r"\\begin\{(align\*|tabular)\}.*?\\end\{\1\}", "", text, flags=re.DOTALL)
    bare = re.sub(r"\$[^$]*\$", "", re.sub(r"\\[\\{}$&#%_]", "", outside))
    assert not re.search(r"[&#_^~|<>]", bare), "special characters of LaTeX are escaped"
    assert all(ord(one) < 127 or 0xC0 <= ord(one) < 0x180 for one in text)


def test_checks_of_latex_can_fail() -> None:
    good = answer(*COMMAND, "-f", "latex")
    check_latex(good)
    for bad in (
        good.replace("\\end{align*}", "", 1),
        good.replace("{align*}", "{align*}}", 1),
        good.replace("\\right", "", 1),
        good.replace("\\section*{", "\\section*{_", 1),
        good + "⌊",
    ):
        with pytest.raises(AssertionError):
            check_latex(bad)


@pytest.mark.parametrize("arguments", [*EXPLAINED, ("analyze",)], ids=" ".join)
def test_latex_compiles(arguments: tuple[str, ...], tmp_path: Path) -> None:
    compiler = shutil.which("pdflatex") or shutil.which("xelatex")
    if compiler is None:
        pytest.skip("neither pdflatex nor xelatex is installed")
    command = ("explain", *arguments) if arguments != ("analyze",) else ("analyze", "lenet5")
    (tmp_path / "page.tex").write_text(answer(*command, "-f", "latex"), encoding="utf-8")
    done = subprocess.run(
        [compiler, "-interaction=nonstopmode", "-halt-on-error", "page.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "page.pdf").stat().st_size > 1000


def test_latex_of_formulas() -> None:
    text = answer(*COMMAND, "-f", "latex")
    letters = r"\left\lfloor\frac{H + 2p - k}{s}\right\rfloor + 1"
    numbers = r"\left\lfloor\frac{224 + 2 \cdot 3 - 7}{2}\right\rfloor + 1 = 112"
    assert f"\\text{{height, width}} &= {letters} \\\\\n &= {numbers}" in text
    assert r"C' \cdot \left(C \cdot k \cdot k + 1\right)" in text
    assert r"118{,}013{,}952" in text


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("k", "k"),
        ("k_h", "k_{h}"),
        ("H′", "H'"),
        ("H_0", "H_{0}"),
        ("bytes", r"\mathit{bytes}"),
        ("Sum(K**i, (i, 0, L - 1))", r"\text{Sum(K**i, (i, 0, L {-} 1))}"),
    ],
)
def test_latex_of_letters(name: str, latex: str) -> None:
    assert Letter(name).write(FORMULA) == latex


def test_latex_escapes() -> None:
    assert escape("a_b & 50 % of {x} #1 $2 ^ ~ \\ | <i>") == (
        r"a\_b \& 50 \% of \{x\} \#1 \$2 \textasciicircum{} \textasciitilde{} \textbackslash{} "
        r"\textbar{} \textless{}i\textgreater{}"
    )
    assert escape("Übung ⌊n/2⌋ 猫") == r"Übung $\lfloor$n/2$\rfloor$ {[}U+732B{]}"


@pytest.mark.parametrize("command", ["analyze", "shape", "rf", "params", "macs"])
def test_latex_of_tables(command: str) -> None:
    text = answer(command, "lenet5", "-f", "latex")
    check_latex(text)
    assert "\\begin{tabular}" in text


# Notebooks.


class Tags(HTMLParser):
    """Counts tags, and fails where one is closed that is not the last opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.count: Counter[str] = Counter()
        self.words = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.count[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_html_of_an_analysis() -> None:
    found = Tags(cnncalc.load("lenet5").analyze()._repr_html_())
    assert found.count["table"] == 2
    assert found.count["tr"] == 1 + 10 + 1 + 7
    assert "392,000" in found.words
    folded = Tags(cnncalc.load("resnet50").analyze()._repr_html_())
    assert folded.count["tr"] < 50


def test_html_of_an_explanation() -> None:
    found = Tags(cnncalc.load(FIRST).explain()._repr_html_())
    assert found.count["h4"] == 2
    assert "⌊(224 + 2·3 − 7)/2⌋ + 1 = 112" in found.words


def test_html_escapes() -> None:
    net = cnncalc.parse("name: <script>alert(1)</script>\ninput: 3x8x8\nlayers: [relu]\n")
    for result in (net.analyze(), net.explain()):
        found = Tags(result._repr_html_())
        assert "<script>alert(1)</script>" in found.words
        assert found.count["script"] == 0


def test_fractions_are_written() -> None:
    """A jump of 1/2, and one that is whole again, in all formats."""
    net = "8x9x9 | deconv 4 k=3 s=2 p=1 | maxpool 2"
    assert "jump = j·step = (1/2)·2 = 1" in answer("explain", net)
    assert r"= 1" in answer("explain", net, "-f", "latex")
    assert "`j·step = (1/2)·2 = 1`" in answer("explain", net, "-f", "markdown")


def test_several_layers_and_blocks() -> None:
    text = answer("explain", "resnet50", "--layer", "bottleneck1*.bn1", "--layer", "conv1")
    assert text.count("\nbottleneck1") == 10  # 1 and 10 to 16, and the shortcuts of 1 and 14
    assert "in all" not in text
    text = answer("explain", "unet", "--layer", "down[0]", "--of", "shape")
    assert [line.partition(" = ")[0] for line in text.splitlines() if line.startswith("down")] == [
        "down[0].skip.conv1",
        "down[0].skip.conv2",
        "down[0].maxpool1",
    ]


def test_a_letter_that_kinds_mean_differently() -> None:
    text = " ".join(answer("explain", "3x9x9 | conv 4 k=3 p=1 | deconv 4 k=3 s=2 p=1").split())
    assert (
        "p: zeros (or what mode says) added on both sides (conv), rows and columns removed on both "
        "sides of the output (deconv);"
    ) in text


def test_digits_and_a_letter_stay_apart() -> None:
    text = answer("explain", "3x9x9 | conv 64 k=3", "--batch", "B", "--of", "macs")
    assert "MACs = 84,672·B\n" in text


def test_good_sizes_are_named() -> None:
    assert "nearest good sizes: H=188" in run("explain", "unet", "--at", "H=100").err
