"""The exam of the documentation: ``docs/exam``, one file for each format, and its pictures.

``python tests/exam_files.py`` writes the files that the manifest there stands for; ``--new`` draws
another exam from ``exam.yaml`` first; ``--pictures`` also takes the pictures, which needs Chromium
(see :mod:`browser`), pdflatex, pdftoppm and Pillow.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from cnncalc.quiz import blueprints, exam, exports

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "exam"
IMAGES = ROOT / "docs" / "images"
SEED = 7


def drawn() -> exam.Quiz:
    """The exam of the blueprint."""
    return exam.quiz(blueprints.load(str(FOLDER / "exam.yaml")), SEED)


def kept() -> exam.Quiz:
    """The exam of the manifest."""
    return exam.rebuilt(exam.read_manifest(str(FOLDER / "manifest.json")))


def files(made: exam.Quiz) -> dict[str, bytes]:
    """Names in the folder, and what stands there."""
    found: dict[str, bytes] = {}
    for name, format in exports.FORMATS.items():
        stem = name if name == "manifest" else "exam"
        stem = {"canvas": "canvas", "json": "questions"}.get(name, stem)
        found[f"{stem}{format.suffix}"] = _bytes(exports.export(made, name))
        found |= exports.files(made, name)
    for name in ("text", "latex"):
        found[f"key{exports.FORMATS[name].suffix}"] = _bytes(exports.export(made, name, key=True))
    return found


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def write(made: exam.Quiz) -> None:
    found = files(made)
    for old in FOLDER.iterdir():
        if old.name != "exam.yaml" and old.name not in found:
            old.unlink()
    for name, content in found.items():
        (FOLDER / name).write_bytes(content)


# Pictures.


def page_picture() -> bytes:
    """The first questions of the page, one answered wrongly, and below them the score."""
    import browser

    program = browser.program()
    if program is None:
        raise SystemExit("no Chromium: CNNCALC_CHROMIUM names one")
    with TemporaryDirectory() as profile, browser.Browser(program, Path(profile)) as page:
        page.open(FOLDER / "exam.html")
        page.run(
            """(() => {
              const n = questions.findIndex(({parts}) => parts[0].kind === "choice" && !parts[0].label);
              const form = document.querySelector(`#q${n + 1} form`);
              form.elements[`q${n + 1}-0`].value = questions[n].parts[0].wrong[0][0];
              form.requestSubmit();
              document.querySelectorAll(".question").forEach((one, i) => {
                one.style.display = Math.abs(i - n) > 1 || i > n + 1 ? "none" : "";
              });
            })()"""
        )
        height = int(page.run("document.documentElement.scrollHeight"))
        return page.screenshot(height=height)


def sheet_picture(name: str) -> bytes:
    """The first page of ``exam.tex`` or ``key.tex``."""
    with TemporaryDirectory() as folder:
        shutil.copy(FOLDER / name, Path(folder) / "sheet.tex")
        for _ in range(2):
            _run(folder, os.environ.get("CNNCALC_PDFLATEX", "pdflatex"), "sheet.tex")
        _run(folder, "pdftoppm", "-r", "80", "-l", "1", "-png", "-singlefile", "sheet.pdf", "sheet")
        return (Path(folder) / "sheet.png").read_bytes()


def _run(folder: str, *command: str) -> None:
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)


def small(png: bytes) -> bytes:
    """The same picture in few colours."""
    from PIL import Image

    file = BytesIO()
    with Image.open(BytesIO(png)) as image:
        image.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def take_pictures() -> None:
    found = {
        "quiz-page.png": page_picture(),
        "quiz-sheet.png": sheet_picture("exam.tex"),
        "quiz-key.png": sheet_picture("key.tex"),
    }
    for name, content in found.items():
        (IMAGES / name).write_bytes(small(content))


if __name__ == "__main__":
    write(drawn() if "--new" in sys.argv else kept())
    if "--pictures" in sys.argv:
        take_pictures()
