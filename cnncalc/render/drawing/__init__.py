"""The receptive field of one unit as a picture: ``draw(drawing, "field.svg")``.

Numbers become a scene of a few primitives, and a writer per suffix turns that into a file; so all
files show the same.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from cnncalc.errors import UsageError
from cnncalc.render.drawing.compose import compose
from cnncalc.render.drawing.field import FieldDrawing
from cnncalc.render.drawing.scene import Scene


def draw(drawing: FieldDrawing, path: str) -> None:
    """Writes the picture; raises :class:`UsageError` for an unknown suffix or a bad path."""
    content = picture(drawing, path)
    try:
        with open(path, "wb") as file:
            file.write(content)
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}", hint="choose another file"
        ) from None


def picture(drawing: FieldDrawing, path: str) -> bytes:
    """The content of the file that ``path`` names, by its suffix."""
    return writer(path)(compose(drawing))


def writer(path: str) -> Callable[[Scene], bytes]:
    """What writes scenes to ``path``; raises where its suffix or a needed package is missing."""
    suffix = PurePath(path).suffix.lower()
    if suffix not in WRITERS:
        raise UsageError(
            f"{path}: a picture must end in {' or '.join(WRITERS)}, not in {suffix or 'nothing'}",
            hint="write -o field.svg",
        )
    return WRITERS[suffix]()


def _svg() -> Callable[[Scene], bytes]:
    from cnncalc.render.drawing.svg import svg

    return lambda scene: svg(scene).encode()


def _png() -> Callable[[Scene], bytes]:
    from cnncalc.render.drawing.png import png

    return png


#: Suffix to what imports its writer, which may need a package.
WRITERS: dict[str, Callable[[], Callable[[Scene], bytes]]] = {".svg": _svg, ".png": _png}

__all__ = ["WRITERS", "FieldDrawing", "draw", "picture", "writer"]
