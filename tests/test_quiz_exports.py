"""Exports, held to what others read: Moodle's format, QTI's schemas, text2qti, Anki, GIFT's grammar.

What is not installed is skipped with what to install.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import warnings
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import exam_files
import pytest
import quiz_class
from commandline import answer, cnncalc
from quiz_samples import SAMPLES, SPECIAL, awkward, usual

from cnncalc import notation
from cnncalc.quiz import exports, mark
from cnncalc.quiz.exam import Quiz
from cnncalc.quiz.exports import fallbacks
from cnncalc.quiz.model import (
    Matching,
    Numeric,
    Question,
    Single,
    Symbolic,
    Table,
    TrueFalse,
    shown,
)
from cnncalc.render import mathml

HERE = Path(__file__).parent


def text(made: Quiz, name: str, key: bool = False) -> str:
    found = exports.export(made, name, key)
    assert isinstance(found, str)
    return found


def test_the_samples_have_every_type() -> None:
    for made in (usual(), awkward()):
        types = {type(one.body) for one in made.questions}
        assert types == {Single, TrueFalse, Numeric, Matching, Table, Symbolic}
        assert any(one.picture for one in made.questions)


@pytest.mark.parametrize("name", ["moodle", "gift", "canvas", "qti"])
def test_platforms_that_read_no_fractions_say_so(name: str) -> None:
    """The question itself allows them: on paper, at the terminal and on the page they are read."""
    said = "Write a decimal number, not a fraction."
    for template, expected in (("separable-ratio", True), ("grouped-params", False)):
        made = quiz_class.of("A", 3, **{template: 1})
        found = exports.export(made, name)
        if isinstance(found, bytes):
            package = ZipFile(BytesIO(found))
            found = "".join(
                package.read(one).decode()
                for one in package.namelist()
                if one.endswith("3A_01.xml")
            )
        assert (said in found) is expected
        assert "<p></p>" not in found


@pytest.mark.parametrize("name", exports.FORMATS)
def test_the_same_quiz_has_the_same_bytes(name: str) -> None:
    for made in (usual(), awkward()):
        assert exports.export(made, name, True) == exports.export(made, name, True)
        assert isinstance(exports.export(made, name), bytes) == exports.FORMATS[name].binary


def test_numbers_are_decimals_that_are_near_enough() -> None:
    for value in (5, 25557032, Fraction(1, 2), Fraction(1, 3), Fraction(200, 3), Fraction(-7, 8)):
        body = Numeric(value)
        off = abs(Fraction(fallbacks.decimal(value)) - value)
        assert off <= Fraction(fallbacks.reach(body)) <= Fraction(1, 1000)
    assert fallbacks.reach(Numeric(Fraction(1, 3), tolerance=Fraction(1, 10))) == "0.1"


def test_parts_together_ask_the_whole() -> None:
    for one in usual().questions:
        if isinstance(one.body, Table):
            parts = list(fallbacks.gaps(one, one.body))
            assert [part.body for part in parts] == one.body.gaps
            assert sum(part.points for part in parts) == one.points
        if isinstance(one.body, Matching):
            keys = [part.body.key for part in fallbacks.choices(one, one.body)]
            assert "".join(keys) == one.body.key
        if isinstance(one.body, Symbolic):
            found = fallbacks.choice(one.body)
            assert found is not None
            right = str(found.options[found.at].value)
            assert mark(one, right.replace("·", "*")).right


def test_mistakes_say_where_they_are() -> None:
    """What is answered: a letter, a number, a formula; in a table, also in which gap."""
    for one in (*usual().questions, *awkward().questions):
        assert [wrong for _, wrong in one.body.mistakes()] == list(one.body.wrongs())
    key = text(awkward(), "text", True)
    for said in (
        f"- A: You mixed up {SPECIAL}.",
        f"- B: You believed {SPECIAL}.",
        "- 9/4: You divided by four.",
        f"- B: You chose {SPECIAL}.",
        f"- (1) 6: You added {SPECIAL}.",
        "- (3) 1: You took one.",
        f"- 9·C^2: You forgot {SPECIAL}.",
    ):
        assert said in key
    # Where statements and choices have no letters, they are said in full.
    for name, said in (("gift", "<li>False a&lt;b"), ("moodle", "&lt;li&gt;other: You chose")):
        assert said in text(awkward(), name)


# Moodle.


@pytest.fixture(scope="session")
def moodle() -> Any:
    etree = pytest.importorskip("lxml.etree")
    return etree.RelaxNG(etree.parse(HERE / "data" / "schemas" / "moodle.rng"))


def read(content: str | bytes) -> Any:
    etree = pytest.importorskip("lxml.etree")
    return etree.fromstring(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize("sample", SAMPLES)
def test_moodle_xml_is_valid(sample: Any, moodle: Any) -> None:
    root = read(text(sample(), "moodle"))
    assert moodle.validate(root), moodle.error_log
    assert len(root) == len(sample().questions) + 2  # a comment, and the category


def test_moodle_schema_finds_mistakes(moodle: Any) -> None:
    root = read(text(usual(), "moodle"))
    found = root.find("question[@type='multichoice']/single")
    found.getparent().remove(found)
    assert not moodle.validate(root)


def test_moodle_answers_are_the_questions() -> None:
    root = read(text(awkward(), "moodle"))
    by_name = {one.findtext("name/text"): one for one in root.iterfind("question")}
    for question in awkward().questions:
        found, body = by_name[question.id], question.body
        assert "Because" in found.findtext("generalfeedback/text")
        if isinstance(body, Single):
            answers = found.findall("answer")
            assert [one.get("fraction") for one in answers] == [
                "0" if option.wrong else "100" for option in body.options
            ]
            assert html_text(answers[1].findtext("text")) == f"right {SPECIAL}"
            assert html_text(answers[0].findtext("feedback/text")) == f"You mixed up {SPECIAL}."
        if isinstance(body, Numeric):
            best = found.find("answer")
            value, off = Fraction(best.findtext("text")), Fraction(best.findtext("tolerance"))
            assert abs(value - body.value) <= off
        if isinstance(body, (Table, TrueFalse)):
            gaps = len(body.gaps) if isinstance(body, Table) else len(body.statements)
            assert found.findtext("questiontext/text").count("{1:") == gaps
    picture = by_name["awkward_s1A_01"].find("questiontext/file")
    assert base64.b64decode(picture.text).startswith(b"<?xml")
    assert f"@@PLUGINFILE@@/{picture.get('name')}" in picture.getparent().findtext("text")


def html_text(html: str) -> str:
    html_parser = pytest.importorskip("lxml.html")
    return str(html_parser.fromstring(f"<div>{html}</div>").text_content())


# QTI.


@pytest.fixture(scope="session")
def qti() -> Any:
    etree = pytest.importorskip("lxml.etree")
    folder = os.environ.get("CNNCALC_QTI_SCHEMAS")
    if not folder:
        pytest.skip("CNNCALC_QTI_SCHEMAS names no folder: see tests/data/schemas/README.md")
    return etree.XMLSchema(etree.parse(Path(folder) / "qtiv2p1" / "imsqti_v2p1.xsd"))


def package(made: Quiz) -> dict[str, bytes]:
    found = exports.export(made, "qti")
    assert isinstance(found, bytes)
    with ZipFile(BytesIO(found)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


@pytest.mark.parametrize("sample", SAMPLES)
def test_qti_items_and_test_are_valid(sample: Any, qti: Any) -> None:
    files = package(sample())
    for name, content in files.items():
        if name.endswith(".xml") and name != "imsmanifest.xml":
            assert qti.validate(read(content)), f"{name}: {qti.error_log}"


def test_qti_schema_finds_mistakes(qti: Any) -> None:
    files = package(usual())
    item = files[f"{usual().questions[0].id}.xml"].replace(b"<itemBody>", b"<itemBody><b>x</b>", 1)
    assert not qti.validate(read(item))


@pytest.mark.parametrize("sample", SAMPLES)
def test_qti_manifest_names_every_file(sample: Any) -> None:
    files = package(sample())
    space = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
    root = read(files["imsmanifest.xml"])
    named = [file.get("href") for file in root.iter(f"{space}file")]
    assert sorted([*named, "imsmanifest.xml"]) == sorted(files)
    known = {one.get("identifier") for one in root.iter(f"{space}resource")}
    assert {one.get("identifierref") for one in root.iter(f"{space}dependency")} <= known
    for content in files.values():
        for part in content.split(b'src="')[1:]:
            assert part.split(b'"')[0].decode() in files


def test_qti_points_of_parts_are_those_of_the_whole() -> None:
    space = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
    for question in usual().questions:
        root = read(package(usual())[f"{question.id}.xml"])
        entries = [Fraction(one.get("mappedValue")) for one in root.iter(f"{space}mapEntry")]
        added = [
            Fraction(one.text)
            for one in root.iter(f"{space}baseValue")
            if one.getparent().tag == f"{space}sum"
        ]
        assert abs(sum(entries + added) - question.difficulty) < Fraction(1, 1000)


FORMS = [one for one in vars(notation).values() if isinstance(one, type) and hasattr(one, "write")]


@pytest.mark.parametrize("kind", FORMS, ids=lambda kind: kind.__name__)
def test_formulas_of_mathml_have_text_in_tokens_only(kind: Any) -> None:
    """Elsewhere the schema allows none, and browsers show it as they like."""
    two, letter = notation.Number(2), notation.Letter("H_k′")
    made = {
        notation.Number: notation.Number(Fraction(-1, 2)),
        notation.Letter: letter,
        notation.Leaf: notation.Leaf(letter),
        notation.Sum: notation.Sum(((False, two), (True, letter)), -1),
        notation.Product: notation.Product((two, notation.Sum(((True, two), (True, letter))))),
        notation.Quotient: notation.Quotient(letter, two, "down"),
        notation.Power: notation.Power(notation.Sum(((True, two), (True, letter))), two),
        notation.Root: notation.Root(two),
        notation.Extreme: notation.Extreme("max", (two, letter)),
    }[kind]
    for one in read(mathml.formula(made)).iter():
        assert one.tag.endswith(("}mi", "}mn", "}mo", "}mtext")) or not (one.text or "").strip()
        assert not (one.tail or "").strip()


# Canvas.


@pytest.mark.parametrize("sample", SAMPLES)
def test_text2qti_builds_the_canvas_source(
    sample: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of a package that is not ours
        pytest.importorskip("text2qti")
        from text2qti.config import Config
        from text2qti.qti import QTI
        from text2qti.quiz import Quiz as Read

    monkeypatch.chdir(tmp_path)
    pictures = exports.files(sample(), "canvas")
    assert bool(pictures) == any(one.picture for one in sample().questions)
    for name, content in pictures.items():
        (tmp_path / name).write_bytes(content)
    found = Read(text(sample(), "canvas"), config=Config(), source_name="quiz.txt")
    QTI(found).save("quiz.zip")
    with ZipFile("quiz.zip") as file:
        names = file.namelist()
        written = " ".join(
            file.read(name).decode()
            for name in names
            if name.endswith(".xml") and "meta" not in name
        )
    assert {name for name in names if "images/" in name} == {f"images/{one}" for one in pictures}
    types = {type(one.body) for one in sample().questions}
    for shape, type_ in (
        ("multiple_choice", Single),
        ("multiple_answers", TrueFalse),
        ("numerical", Numeric),
    ):
        assert (f"{shape}_question" in written) == (type_ in types)
    total = sum(1 for _ in found.questions_and_delims)
    assert total == sum(map(parts, sample().questions))


def parts(question: Question) -> int:
    """How many questions it is in text2qti's source."""
    body = question.body
    if isinstance(body, Table):
        return len(body.gaps)
    return len(body.pairs) if isinstance(body, Matching) else 1


def test_canvas_text_is_read_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("text2qti")
        from text2qti.config import Config
        from text2qti.quiz import Quiz as Read

    monkeypatch.chdir(tmp_path)
    for name, content in exports.files(awkward(), "canvas").items():
        (tmp_path / name).write_bytes(content)
    found = Read(text(awkward(), "canvas"), config=Config(), source_name="quiz.txt")
    option = html_text(html_text(found.questions_and_delims[0].choices[1].choice_html_xml))
    assert straight(option) == straight(f"right {SPECIAL}")


def straight(quoted: str) -> str:
    """Without the typographer's quotes and dashes."""
    for pair in ('“"', '”"', "‘'", "’'"):
        quoted = quoted.replace(pair[0], pair[1])
    return quoted.strip()


# Anki.


@pytest.mark.parametrize("sample", SAMPLES)
def test_anki_imports_the_cards_and_updates_them(sample: Any, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("anki", reason="pip install anki")
        from anki.collection import Collection, ImportCsvRequest

    path = tmp_path / "cards.tsv"
    path.write_text(text(sample(), "anki"), encoding="utf-8")
    collection = Collection(str(tmp_path / "cards.anki2"))
    try:
        count = len(sample().questions)
        metadata = collection.get_csv_metadata(str(path), None)
        first = collection.import_csv(ImportCsvRequest(path=str(path), metadata=metadata)).log
        assert (len(first.new), first.found_notes) == (count, count)
        again = collection.import_csv(ImportCsvRequest(path=str(path), metadata=metadata)).log
        assert (len(again.new), len(again.updated) + len(again.duplicate)) == (0, count)
        notes = {one.guid: one for one in map(collection.get_note, collection.find_notes(""))}
        assert set(notes) == {question.id for question in sample().questions}
        for question in sample().questions:
            note = notes[question.id]
            assert question.topic.replace(" ", "_") in note.tags
            assert "Stem" in note.fields[0] or question.stem.split("`")[0][:9] in note.fields[0]
            if isinstance(question.body, Single):
                right = question.body.options[question.body.at]
                back = html_text(note.fields[1])
                assert back.startswith(f"{question.key}) {shown(right.value)}")
        assert collection.decks.by_name("CNN")
    finally:
        collection.close()


# GIFT.

_NODE = """
let parse;
try { ({ parse } = require("gift-pegjs")); } catch { process.exit(9); }
let text = "";
process.stdin.on("data", (part) => (text += part));
process.stdin.on("end", () => process.stdout.write(JSON.stringify(parse(text))));
"""


def gift(content: str) -> list[dict[str, Any]]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is missing: install Node.js")
    result = subprocess.run(
        [node, "-e", _NODE], input=content, capture_output=True, text=True, encoding="utf-8"
    )
    if result.returncode == 9:
        pytest.skip("gift-pegjs is missing: npm install gift-pegjs, NODE_PATH to its node_modules")
    assert result.returncode == 0, result.stderr[-2000:]
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize("sample", SAMPLES)
def test_gift_is_parsed(sample: Any) -> None:
    found = gift(text(sample(), "gift"))
    assert found[0]["type"] == "Category"
    wanted = []
    for question in sample().questions:
        kind = _GIFT[type(question.body)]
        if isinstance(question.body, Symbolic) and not question.body.wrong:
            kind = "Short"
        count = len(question.body.gaps) if isinstance(question.body, Table) else 1
        wanted += [kind] * count
    assert [one["type"] for one in found[1:]] == wanted
    assert all(one["globalFeedback"]["text"] for one in found[1:])
    assert all("difficulty" in " ".join(one["tags"]) for one in found[1:])


_GIFT = {
    Single: "MC",
    TrueFalse: "Matching",
    Numeric: "Numerical",
    Matching: "Matching",
    Table: "Numerical",
    Symbolic: "MC",
}


def test_gift_text_is_read_as_it_is() -> None:
    found = {one["title"]: one for one in gift(text(awkward(), "gift"))[1:]}
    single = found["awkward_s1A_01"]
    assert html_text(single["choices"][1]["text"]["text"]) == f"right {SPECIAL}"
    assert html_text(single["choices"][0]["feedback"]["text"]) == f"You mixed up {SPECIAL}."
    assert "second <line> & $more$" in html_text(single["stem"]["text"])
    pair = found["awkward_s1A_06"]["matchPairs"][0]
    # gift-pegjs leaves escapes of right sides in its own code: &&123; for {.
    right = re.sub(r"&&(\d+);", lambda one: chr(int(one.group(1))), pair["subanswer"])
    assert right == f"right {SPECIAL}"
    assert html_text(pair["subquestion"]["text"]) == f"left {SPECIAL}".replace("->", "→")


def test_what_is_no_gift_is_told() -> None:
    with pytest.raises(AssertionError):
        gift("::a::b {= c ~ ")


# The command.


def test_pictures_of_canvas_go_beside_the_source(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    of_pictures = quiz_class.of("A", 7, small_map_output_size=2)
    manifest.write_text(str(exports.export(of_pictures, "manifest")), encoding="utf-8")
    asked = ("quiz", "--manifest", str(manifest), "-f", "canvas")
    assert "needs pictures" in cnncalc(*asked).err
    found = cnncalc(*asked, "-o", str(tmp_path / "quiz.txt"))
    assert (found.code, found.err) == (0, "")
    source = (tmp_path / "quiz.txt").read_text(encoding="utf-8")
    names = {one.name for one in tmp_path.iterdir()} - {"quiz.txt", "manifest.json"}
    assert names == set(re.findall(r"\]\((.*\.svg)\)", source))
    assert names


def test_a_package_goes_to_a_file(tmp_path: Path) -> None:
    found = cnncalc("quiz", "-n", "2", "-f", "qti")
    assert found.code == 2
    assert "hint: name one with -o" in found.err
    path = tmp_path / "quiz.zip"
    assert answer("quiz", "-n", "2", "-f", "qti", "-o", str(path)) == ""
    assert ZipFile(path).testzip() is None


def test_help_names_every_format() -> None:
    said = answer("quiz", "--help")
    assert all(re.search(rf"\b{name}\b", said) for name in exports.FORMATS)


# The exam of the documentation.


def test_the_exam_of_the_documentation_is_current() -> None:
    found = exam_files.files(exam_files.kept())
    there = {one.name: one for one in exam_files.FOLDER.iterdir() if one.name != "exam.yaml"}
    assert set(there) == set(found), "python tests/exam_files.py writes it"
    for name, content in found.items():
        assert there[name].read_bytes() == content, f"{name}: python tests/exam_files.py writes it"
