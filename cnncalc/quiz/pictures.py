"""Pictures of questions: a kernel over a grid, and a network as boxes. Scenes, which exports draw."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.network import load
from cnncalc.quiz.wording import layer_words, nodes, size
from cnncalc.render.drawing.scene import Cells, Item, Lines, Rect, Scene, Text, text_width

_CELL, _EDGE = 24, 16
_LINE, _FILL, _PADDING, _KERNEL = "#9aa5b1", "#eef2f6", "#ffffff", "#f2a03d"


def kernel_over_grid(
    rows: int, columns: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> Scene:
    """A map with its padding (white), and where the kernel reads first (filled) and next (outlined)."""
    high, wide = rows + 2 * padding, columns + 2 * padding
    reads = [dilation * i for i in range(kernel)]
    runs = {
        _PADDING: [(row, 0, wide) for row in range(high)],
        _FILL: [(row, padding, columns) for row in range(padding, padding + rows)],
    }
    first = {_KERNEL: [(row, column, 1) for row in reads for column in reads]}
    lines = [(_at(i), _EDGE, _at(i), _at(high)) for i in range(wide + 1)]
    lines += [(_EDGE, _at(i), _at(wide), _at(i)) for i in range(high + 1)]
    across = (reads[-1] + 1) * _CELL
    items: list[Item] = [
        *(Cells(_EDGE, _EDGE, _CELL, _CELL, {color: run}) for color, run in runs.items()),
        Cells(_EDGE, _EDGE, _CELL, _CELL, first, role="kernel"),
        Lines([tuple(map(float, line)) for line in lines], _LINE),  # type: ignore[misc]
        Rect(_at(stride), _EDGE, across, across, None, "#b3472d", 3, (6, 3), "next"),
    ]
    around = f" with {padding} of padding on every side" if padding else ""
    apart = f" whose elements are {dilation} apart," if dilation > 1 else ""
    return Scene(
        _at(wide) + _EDGE,
        _at(high) + _EDGE,
        "A kernel over a map",
        f"A map of {rows}×{columns}{around}; a kernel of {kernel}×{kernel}{apart} in its first "
        f"place, and dashed in the next, {stride} further right.",
        items,
    )


def _at(index: int) -> int:
    return _EDGE + index * _CELL


def network(net: str, hidden: Sequence[str] = ()) -> Scene:
    """Layers that follow one another as boxes from the top, the sizes between them.

    Sizes of the layers called ``hidden`` (of all, by ``"*"``) are shown as a question mark.
    """
    found = nodes(net)
    sizes = [size(*load(net).graph().inputs.values())]
    sizes += ["?" if {node.name, "*"} & {*hidden} else size(node.shape) for node in found]
    words = [layer_words(node.layer) for node in found]
    width = max(text_width(text, 13) for text in words) + 24
    items: list[Item] = []
    y = _EDGE + 8
    middle = _EDGE + width / 2
    for i, shown in enumerate(sizes):
        items.append(Text(middle, y + 5, shown, 12, "middle"))
        if i == len(words):
            break
        items.append(Lines([(middle, y + 10, middle, y + 26)], _LINE))
        items.append(Rect(_EDGE, y + 26, width, 28, _FILL, _LINE))
        items.append(Text(middle, y + 45, words[i], 13, "middle"))
        items.append(Lines([(middle, y + 54, middle, y + 66)], _LINE))
        y += 80
    described = "; ".join(f"{word}, giving {shown}" for word, shown in zip(words, sizes[1:]))
    return Scene(width + 2 * _EDGE, y + 24, "A network", f"Input {sizes[0]}; {described}.", items)
