"""The LaTeX sheet and its key: parsed by pylatexenc, and set by pdflatex where there is one.

``CNNCALC_PDFLATEX`` names the program, if it is not called ``pdflatex``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from quiz_samples import SAMPLES, awkward, usual

from cnncalc.quiz import bank, export
from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.exam import Quiz
from cnncalc.render.drawing.scene import Cells, Lines, Rect, Scene, Text
from cnncalc.render.drawing.tikz import tikz
from cnncalc.render.latex import escape


def source(made: Quiz, key: bool) -> str:
    found = export(made, "latex", key)
    assert isinstance(found, str)
    return found


@pytest.mark.parametrize("sample", SAMPLES)
def test_latex_is_well_formed(sample: Any) -> None:
    walker = pytest.importorskip("pylatexenc.latexwalker")
    text = source(sample(), True)
    nodes = walker.LatexWalker(text, tolerant_parsing=False).get_latex_nodes()[0]
    (document,) = (one for one in nodes if one.isNodeType(walker.LatexEnvironmentNode))
    (questions,) = (
        one
        for one in _environments(walker, document.nodelist)
        if one.environmentname == "questions"
    )
    inside = [one.environmentname for one in _environments(walker, questions.nodelist)]
    assert inside.count("solution") == len(sample().questions)
    assert len(re.findall(r"\\question\[\d\]", text)) == len(sample().questions)
    assert text.isascii(), sorted(set(re.findall(r"[^\x00-\x7f]", text)))


def _environments(walker: Any, nodes: Any) -> Any:
    return [one for one in nodes if one.isNodeType(walker.LatexEnvironmentNode)]


@pytest.mark.parametrize("broken", [r"\begin{a}", "{", r"$x", r"\begin{a}\end{b}"])
def test_the_parser_finds_mistakes(broken: str) -> None:
    walker = pytest.importorskip("pylatexenc.latexwalker")
    with pytest.raises(walker.LatexWalkerParseError):
        walker.LatexWalker(broken, tolerant_parsing=False).get_latex_nodes()


def test_sheet_and_key_differ_in_what_the_class_prints() -> None:
    sheet, key = (source(usual(), key).split("\n") for key in (False, True))
    different = [pair for pair in zip(sheet, key) if pair[0] != pair[1]]
    assert len(sheet) == len(key)
    assert [one for one, _ in different] == [
        r"\documentclass[11pt,a4paper,addpoints]{exam}",
        next(line for line in sheet if line.startswith(r"\header")),
    ]
    assert r"addpoints,answers]" in different[0][1]


def test_every_item_of_a_picture_is_drawn() -> None:
    items = [
        Rect(1, 2, 3, 4, "#ff0000", "#00ff00", 2, (6, 3)),
        Lines([(0, 0, 5, 5)], "#0000ff"),
        Text(1, 2, "50 % of C′", 12, "middle", bold=True, turned=True),
        Cells(0, 0, 2, 2, {"#102030": [(1, 2, 3)]}),
    ]
    drawn = tikz(Scene(10, 20, "title", "description", items))
    assert drawn.count(r"\path") == 3
    assert "(1,2) rectangle (4,6)" in drawn
    assert "(4,2) rectangle (10,4)" in drawn
    assert r"\textbf{50 \% of C$'$}" in drawn
    assert "rgb,255:red,16;green,32;blue,48" in drawn


def test_every_letter_of_the_bank_is_set() -> None:
    for one in bank.templates():
        made = Quiz(1, "A", (question(one, Seed(1)),))
        assert "U+" not in source(made, True), one.id
    assert "U+2603" in escape("a snowman: ☃")


def test_text_is_no_option_of_a_command() -> None:
    """After the end of a row, and at the beginning of a solution, LaTeX takes brackets for that."""
    assert not re.findall(r"(?:\\\\|\{solution\}|\\item|[cC]hoice) *\n?\[", source(awkward(), True))
    assert escape("[3]") == "{[}3{]}"


def test_accents_stand_on_their_letters() -> None:
    assert escape("x\u0302 = (x − μ)/σ₁") == r"\^{x} = (x $-$ $\mu$)/$\sigma$$_1$"


def test_points_of_very_many_questions_have_no_table() -> None:
    one = usual().questions[0]
    few, many = (source(Quiz(1, "A", (one,) * count), False) for count in (60, 61))
    assert r"\multirowgradetable{6}" in few
    assert "gradetable" not in many
    assert r"\numpoints" in many


def test_exponents_are_raised() -> None:
    answers = re.findall(r"\\answerline\[(.*)\]", source(awkward(), True))
    assert "9$\\cdot$C$^{2}$ + C" in answers


@pytest.mark.parametrize("key", [False, True], ids=["sheet", "key"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_pdflatex_sets_it(sample: Any, key: bool, tmp_path: Path) -> None:
    program = shutil.which(os.environ.get("CNNCALC_PDFLATEX", "pdflatex"))
    if program is None:
        pytest.skip("pdflatex is missing: apt-get install texlive-latex-extra")
    (tmp_path / "quiz.tex").write_text(source(sample(), key), encoding="utf-8")
    for _ in range(2):  # the second run knows the points
        result = subprocess.run(
            [program, "-interaction=nonstopmode", "-halt-on-error", "quiz.tex"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        assert result.returncode == 0, result.stdout[-2000:]
    assert (tmp_path / "quiz.pdf").read_bytes().startswith(b"%PDF")
    log = (tmp_path / "quiz.log").read_text(encoding="utf-8", errors="replace")
    assert not re.findall(r"Undefined control|Missing character|undefined references", log)
    over = re.findall(r"Overfull \\(?:hbox \(|vbox \((?=\d\d))(\d+)", log)
    assert not [points for points in over if int(points) > 2], "something stands in the margin"
