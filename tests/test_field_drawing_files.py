"""Files of pictures: legible, safe, the same every time, and the same in SVG and PNG."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from field_pictures import HOLES, SVG, parsed, texts

from cnncalc.errors import MissingDependencyError, UsageError
from cnncalc.render.drawing import FieldDrawing, draw, picture, writer
from cnncalc.render.drawing.compose import compose
from cnncalc.render.drawing.scene import Cells, Scene, Text


@pytest.mark.parametrize("name", ["</text><b>&\"'", "a\x00\n\x1b\ud800\ufffe\u202e", "Netz é 網"])
def test_hostile_names(name: str):
    hostile = HOLES._replace(network=name, layer=name, context=name)
    root = parsed(hostile)
    assert not list(root.iter(f"{SVG}b"))
    wanted = "".join(c if c.isprintable() else "\ufffd" for c in name)
    assert f"What unit (3, 3) of {wanted} sees" in texts(hostile)
    assert picture(hostile, "x.png").startswith(b"\x89PNG")


def test_svg_is_accessible_and_scales():
    root = parsed(HOLES)
    assert root.get("role") == "img"
    assert root.get("shape-rendering") == "crispEdges"
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text == "What unit (3, 3) of conv2 sees"
    assert description is not None
    assert "25 of its 81 positions" in (description.text or "")


def test_png_shows_the_same():
    image_module = pytest.importorskip("PIL.Image")
    scene = compose(HOLES)
    with image_module.open(BytesIO(picture(HOLES, "FIELD.PNG"))) as image:
        assert image.size == (round(2 * scene.width), round(2 * scene.height))
        groups = [item for item in scene.items if isinstance(item, Cells)]
        for group in groups:
            for color, runs in group.runs.items():
                for row, column, _ in runs:
                    if "padding" in group.role or (row, column) == (4, 4):
                        continue  # hatched; the centre is marked
                    x, y = (
                        group.x + (column + 0.3) * group.width,
                        group.y + (row + 0.3) * group.height,
                    )
                    red, green, blue = image.getpixel((round(2 * x), round(2 * y)))
                    assert f"#{red:02x}{green:02x}{blue:02x}" == color
        x, y = groups[0].x + 3.3 * groups[0].width, groups[0].y + 3.3 * groups[0].height
        assert image.getpixel((round(2 * x), round(2 * y))) == (255, 255, 255)


def test_same_drawing_same_file():
    for suffix in ("a.svg", "a.png"):
        turned: dict[int, Any] = {
            y: dict(reversed(row.items())) for y, row in reversed(HOLES.paths.items())
        }
        assert picture(HOLES, suffix) == picture(HOLES._replace(paths=turned), suffix)


def test_file_is_small():
    sizes = [min(n + 1, 427 - n) ** 8 * (2 if n % 2 else 3) for n in range(427)]
    paths = {y - 213: {x - 213: a * b for x, b in enumerate(sizes)} for y, a in enumerate(sizes)}
    field = FieldDrawing(
        "n", "l", (0, 0), (224, 224), paths, ((-213, 213),) * 2, ((-90, 90),) * 2, (32, 32)
    )
    assert len(picture(field, "x.svg")) < 500_000
    assert len(picture(field, "x.png")) < 1_000_000


@pytest.mark.parametrize("path", ["field.pdf", "field", "dir.svg/field", ".svg.gz"])
def test_unknown_suffix(path: str):
    with pytest.raises(UsageError, match=r"must end in \.svg or \.png") as caught:
        draw(HOLES, path)
    assert "field.svg" in str(caught.value)


def test_writes_the_file(tmp_path: Path):
    draw(HOLES, str(tmp_path / "field.SVG"))
    assert (tmp_path / "field.SVG").read_bytes() == picture(HOLES, "x.svg")
    with pytest.raises(UsageError, match="cannot write"):
        draw(HOLES, str(tmp_path / "missing" / "field.svg"))


def test_without_pillow(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.delitem(sys.modules, "cnncalc.render.drawing.png", raising=False)
    with pytest.raises(MissingDependencyError, match=r"cnncalc\[png\]"):
        writer("field.png")
    assert picture(HOLES, "field.svg")


def test_pillow_is_imported_for_png_only():
    code = (
        "import sys; import cnncalc.render, cnncalc.render.drawing as d;"
        "d.writer('x.svg'); print('PIL' in sys.modules); d.writer('x.png'); print('PIL' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "True"]


def test_a_picture_has_one_font() -> None:
    """A letter that Pillow's own font lacks changes the font of all texts, not of its own alone."""
    pytest.importorskip("PIL")
    from PIL import Image, ImageFont

    from cnncalc.render.drawing.png import png

    try:
        ImageFont.truetype("DejaVuSans.ttf")
    except OSError:
        pytest.skip("there is no other font here")

    def first_line(other: str) -> bytes:
        texts = [Text(10, 20, "mmm"), Text(10, 60, other)]
        image = Image.open(BytesIO(png(Scene(100, 80, "", "", texts))))
        return bytes(image.crop((0, 0, 200, 60)).tobytes())

    assert first_line("3x3") == first_line("abc")
    assert first_line("3×3") != first_line("3x3")
