"""The page that checks itself, driven in headless Chromium: answers, feedback, score, keyboard, paper.

Skipped where no Chromium is found (see :mod:`browser`).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import browser
import pytest
from quiz_samples import SAMPLES, SPECIAL, awkward, usual

from cnncalc.quiz import export, mark, marking
from cnncalc.quiz.exam import Quiz
from cnncalc.quiz.model import (
    Matching,
    Numeric,
    Question,
    Single,
    Symbolic,
    Table,
    TrueFalse,
    plain,
)
from cnncalc.quiz.written import number


def test_the_page_needs_nothing_else() -> None:
    page = export(usual(), "html")
    assert isinstance(page, str)
    assert re.findall(r"""(?:src|href)=["']([^"']{1,5})""", page).count("data:") >= 1
    assert {*re.findall(r"""(?:src|href)=["']([^"']{1,5})""", page)} == {"data:", "#q1"}
    assert "url(" not in page
    assert "@import" not in page


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Browser]:
    program = browser.program()
    if program is None:
        pytest.skip("no Chromium: apt-get install chromium, or CNNCALC_CHROMIUM names one")
    with browser.Browser(program, tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture
def show(chromium: browser.Browser, tmp_path: Path) -> Any:
    """Opens a quiz; afterwards nothing must have gone wrong, and nothing been asked for."""
    path = tmp_path / "quiz.html"

    def opened(made: Quiz) -> browser.Browser:
        page = export(made, "html")
        assert isinstance(page, str)
        path.write_text(page, encoding="utf-8")
        chromium.requests.clear()
        chromium.media()
        chromium.open(path)
        return chromium

    yield opened
    assert chromium.complaints == []
    assert [one for one in chromium.requests if not one.startswith("data:")] == [
        path.resolve().as_uri()
    ]


def enter(page: browser.Browser, question: Question, answers: list[str]) -> str:
    """Fills a question's fields in and checks it; returns the feedback."""
    page.run(
        f"""(() => {{
          const form = document.querySelector("#q{question.number} form");
          {json.dumps(answers)}.forEach((answer, i) => {{
            const field = form.elements.namedItem(`q{question.number}-${{i}}`);
            field.value = answer;
          }});
          form.querySelector("button").click();
        }})()"""
    )
    return str(page.run(f'document.querySelector("#q{question.number} .feedback").innerText'))


def right(question: Question) -> list[str]:
    """What is entered in each field to be right."""
    body = question.body
    if isinstance(body, Symbolic):
        return [body.value]
    if isinstance(body, (Single, Matching)):
        return list(body.key)
    if isinstance(body, TrueFalse):
        return ["true" if one.true else "false" for one in body.statements]
    return [str(plain(gap.value)) for gap in (body.gaps if isinstance(body, Table) else [body])]


@pytest.mark.parametrize("sample", SAMPLES)
def test_right_answers_are_right(sample: Any, show: Any) -> None:
    page = show(sample())
    for question in sample().questions:
        feedback = enter(page, question, right(question))
        assert set(re.findall("[✓✗]", feedback)) == {"✓"}, (question.id, feedback)
    count = len(sample().questions)
    assert page.run("document.getElementById('total').innerText") == (
        f"{count} of {count}; {count} answered"
    )
    assert page.run("document.getElementById('mistakes').innerText") == ""
    rows = page.run("[...document.querySelectorAll('#topics tbody tr')].map(x => x.innerText)")
    assert len(rows) == len({one.topic for one in sample().questions})
    assert all(len({*re.findall(r"\d+", row)}) == 1 for row in rows)


def test_mistakes_are_named_and_counted(show: Any) -> None:
    page = show(usual())
    named: Counter[str] = Counter()
    score = Fraction(0)
    for question in usual().questions:
        answers, typed = right(question), right(question)
        body = question.body
        wrong = next(iter(body.wrongs()), None)
        if isinstance(body, Single):
            place = next(i for i, one in enumerate(body.options) if one.wrong)
            wrong = body.options[place].wrong
            answers = typed = ["ABCDE"[place]]
        elif isinstance(body, TrueFalse):
            place = next(i for i, one in enumerate(body.statements) if one.wrong)
            wrong = body.statements[place].wrong
            answers[place] = {"true": "false", "false": "true"}[answers[place]]
            typed = ["".join(one[0].upper() for one in answers)]
        elif isinstance(body, (Numeric, Symbolic)):
            assert wrong
            answers = typed = [str(wrong.value)]
        elif isinstance(body, Table):
            place = next(i for i, gap in enumerate(body.gaps) if gap.wrong)
            wrong = body.gaps[place].wrong[0]
            answers[place] = str(wrong.value)
            typed = ["; ".join(answers)]
        else:
            assert isinstance(body, Matching)
            if not wrong:
                continue
            answers[0] = "ABCDEFGHI"[body.choices.index(str(wrong.value))]
            typed = ["".join(answers)]
        feedback = enter(page, question, answers)
        assert wrong
        assert wrong.feedback in feedback, question.id
        named[f"You {wrong.text}"] += 1
        found = mark(question, typed[0])
        assert found.wrong == (wrong,)
        score += found.score
        opened = page.run(f"document.querySelector('#q{question.number} details').open")
        assert opened is True
    listed = page.run("document.getElementById('mistakes').innerText")
    for name, count in named.items():
        assert (f"{name} ({count} times)." if count > 1 else f"{name}.") in listed
    total = float(page.run("document.getElementById('total').innerText.split(' ')[0]"))
    assert total == pytest.approx(float(score), abs=0.01)
    page.run("document.getElementById('again').click()")
    assert page.run("document.getElementById('total').innerText").startswith("0 of")
    assert page.run("document.querySelectorAll('details:not([hidden])').length") == 0


def test_nothing_is_marked_before_it_is_answered(show: Any) -> None:
    page = show(usual())
    for question in usual().questions:
        page.run(f"document.querySelector('#q{question.number} button').click()")
        feedback = page.run(f"document.querySelector('#q{question.number} .feedback').innerText")
        assert re.search(r"first\.|such as", feedback)
    assert page.run("document.getElementById('total').innerText").startswith("0 of")


def test_it_is_used_by_keyboard_alone(show: Any) -> None:
    made = usual()
    page = show(made)
    question = next(one for one in made.questions if isinstance(one.body, Single))
    page.press("Tab", 9)
    assert page.run("document.activeElement.className") == "skip"
    page.run(f"document.querySelector('#q{question.number} input').focus()")
    page.press(" ", 32, " ")
    down = {"key": "ArrowDown", "code": 40}
    for _ in range(question.body.at):
        page.press(*down.values())
    page.press("Enter", 13, "\r")
    feedback = page.run(f"document.querySelector('#q{question.number} .feedback').innerText")
    assert feedback.startswith("✓")
    number = next(one for one in made.questions if isinstance(one.body, Numeric))
    page.run(f"document.querySelector('#q{number.number} input').focus()")
    page.type(f"{number.body.value:,}")
    page.press("Enter", 13, "\r")
    feedback = page.run(f"document.querySelector('#q{number.number} .feedback').innerText")
    assert feedback.startswith("✓")


def test_numbers_are_read_as_they_are_when_graded(show: Any) -> None:
    page = show(usual())
    for text in (
        *("1,728", "1 728", "0.5", ".5", "5.", "1/2", "−3", "-3", "512 B", "1/0", "twelve", ""),
        *("1e5", "0x10", "1,72", "1.2.3", "12,345,678", "1\u202f728", "9" * 41, "3/4/5", "--1"),
        *("0,125", "169,0", ",5", "5,", "1234,567", "1.728,5", "2.359.808", "1.728", "1'728"),
        *("s = 3", "s=-3", "= 3", "1,728/2,304", "1 / 2", "1,2,3", "1/2.5", "-1/2", "1.5.", "٣"),
    ):
        found = page.run(
            f"(() => {{ const x = number({json.dumps(text)}, 'B'); "
            "return x && `${x.over}/${x.under}`; })()"
        )
        expected = number(text, "B")
        assert (None if found is None else Fraction(found)) == expected, text


FORMULAS = (
    *("9*C**2 + C", "C + 9*C^2", "C*(9*C + 1)", "9·C^2+C", "9*C**2", "C", "9*C*(C+1) - 8*C"),
    *("(9*C+1)*C", "9*C**2 + C + 0", "18*C**2/2 + C", "9*C**2 + c", "9*C**2 + C =", "9C**2", ""),
    *("9*C**2 + C + (C-1)*(C-2)", "alert(1)", "-(-9*C**2 - C)", "9*C**2 + C if C else 1"),
    *("max(C, C)*9*C + C", "C**2**2", "C/0", "(((", "9*C**2 + C//1", "9*C**2 + C % 7"),
    *(
        "C(9C + 1)",
        "9C² + C",
        "(9C+1)(C)",
        "9cc + c",
        "18C²/2 + C",
        "9C²0 + C",
        "C + 18/2C²",
        "C + 18/(2)C²",
    ),
    *(
        "9C2 + C",
        "C 9 C + C",
        "9 C C + C",
        "9 9",
        "9×C×C + C",
        "max(C, 1)(9C + 1)",
        "18C/(2)*C + C",
    ),
    *(
        "C*(18/2*C + 1)",
        "9floor(C)C + C",
        "C(",
        ")C(",
        "1.5C*6C + C",
        "max C",
        "maxC",
        "-C(-9C - 1)",
    ),
    *("(18C²)/(2) + C(1)", "C² × 9 + C³/C²", "9C**2 + C/1C", "9C^2 + C^1", "9C_2 + C"),
)


def test_formulas_are_compared_as_they_are_when_graded(show: Any) -> None:
    page = show(usual())
    for text in FORMULAS:
        found = page.run(
            f"(() => {{ const part = {{symbols: ['C']}}; "
            f"const x = KINDS.formula.read({json.dumps(text)}, part); "
            "return x !== null && KINDS.formula.is(x, '9*C**2 + C', part); })()"
        )
        assert found == marking.equivalent(text, "9*C**2 + C"), text
    rounded = ("floor((H + 3)/4)", "(H + 3)//4", "ceil(H/4)", "(H + 3)/4", "floor(H/4) + 1")
    for one in rounded:
        found = page.run(
            f"equivalent(formula({json.dumps(one)}, ['H']), formula({json.dumps(rounded[0])}, "
            "['H']), ['H'])"
        )
        assert found == marking.equivalent(one, rounded[0]), one
    for one in ("2chw", "2 H C W", "2C(HW)", "HW2C", "2CH·W", "CHW(2)", "2C/1 HW", "C2HW"):
        found = page.run(
            f"(() => {{ try {{ return equivalent(formula({json.dumps(one)}, ['C', 'H', 'W']), "
            "formula('2*C*H*W', ['C', 'H', 'W']), ['C', 'H', 'W']) } catch { return false } })()"
        )
        assert found == marking.equivalent(one, "2*C*H*W"), one


def test_text_is_shown_as_it_is(show: Any) -> None:
    page = show(awkward())
    shown = page.run("document.querySelectorAll('#q1 .option')[1].innerText.trim()")
    assert shown == f"B right {SPECIAL}"
    assert "second <line> & $more$" in page.run("document.querySelector('#q1 pre').innerText")
    answer = enter(page, awkward().questions[0], ["A"])
    assert f"You mixed up {SPECIAL}." in answer
    assert page.run("document.querySelector('#q1 img').naturalWidth") > 50
    assert page.run("document.querySelector('#q1 img').alt").startswith("A map of 4×4")


def test_it_is_dark_for_who_prefers_that_and_plain_on_paper(show: Any) -> None:
    page = show(usual())
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.run(ground) == "rgb(255, 255, 255)"
    page.media(prefers_color_scheme="dark")
    assert page.run(ground) == "rgb(20, 24, 30)"
    page.media("print", prefers_color_scheme="dark")
    assert page.run(ground) == "rgb(255, 255, 255)"
    for hidden in ("#score", ".check", ".solution", ".skip"):
        assert page.run(f"document.querySelector('{hidden}').checkVisibility()") is False
    assert page.run("document.querySelector('.print-only').checkVisibility()") is True


@pytest.mark.parametrize("width", [360, 800])
@pytest.mark.parametrize("sample", SAMPLES)
def test_it_fits_on_a_telephone_and_on_a_desk(sample: Any, width: int, show: Any) -> None:
    """No part of the page is beside the screen; on a desk, nothing has to be scrolled at all."""
    page = show(sample())
    for question in sample().questions:
        enter(page, question, right(question))
    page.call(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=800,
        deviceScaleFactor=1,
        mobile=False,
    )
    assert page.run("document.documentElement.scrollWidth") == width
    moved = (
        "[...document.querySelectorAll('fieldset, pre')].filter(x => x.scrollWidth > x.clientWidth)"
    )
    wide = page.run(f"{moved}.map(x => x.closest('.question').id)")
    assert wide == [] or width < 800


def test_every_field_has_a_name_for_who_cannot_see(show: Any, chromium: browser.Browser) -> None:
    page = show(usual())
    page.call("Accessibility.enable")
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    page.call("Accessibility.disable")
    for node in nodes:
        role = node.get("role", {}).get("value")
        if role in ("radio", "textbox", "combobox", "image", "button", "group"):
            assert node["name"]["value"].strip(), role
