"""An explanation as a page: a section for each layer, or for each different one of a long network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnncalc.explain.steps import Explanation, LayerSteps, Step
from cnncalc.render.page import Line, Page, Paragraph, Section, explaining

#: Networks with more layers than this have equal layers explained once.
LONG = 40
#: As many names of equal layers are listed.
MOST_NAMES = 3


def page_of(found: Explanation, why: bool = False, fold: bool | None = None) -> Page:
    """``fold``: equal layers once, receptive fields apart; by default for long networks."""
    folded = len(found.layers) > LONG if fold is None else fold
    said: set[str] = set()
    sections = [
        _with_reasons(found, section, steps, said) if why else section
        for section, steps in (_folded(found) if folded else _in_order(found))
    ]
    if found.meanings and any(section.groups for section in sections):
        sections.append(Section("", paragraphs=[explaining(found.meanings)]))
    return Page(found.title, sections)


_Pieces = Iterator[tuple[Section, list[Step]]]


def _in_order(found: Explanation) -> _Pieces:
    alone = not found.totals and len(found.layers) == 1
    for layer in found.layers:
        steps = list(layer.steps) if alone else shown(layer)
        if steps:
            yield _section(f"{layer.name} = {layer.line}: {layer.sizes}", steps, found.of)
    yield from _totals(found)


def _folded(found: Explanation) -> _Pieces:
    """Layers with the same line and the same working once; then the fields, layer by layer."""
    groups: dict[tuple[str, ...], list[LayerSteps]] = {}
    for layer in found.layers:
        said = (str(one) for one in layer.steps if one.of != "rf")
        groups.setdefault((layer.line, layer.sizes, *said), []).append(layer)
    for (line, sizes, *_), layers in groups.items():
        steps = [one for one in shown(layers[0]) if one.of != "rf"]
        if steps:
            yield _section(f"{line}: {sizes} ({_names(layers)})", steps, found.of)
    if "rf" in found.of:
        steps = []
        lines: list[tuple[str, list[Line]]] = []
        for layer in found.layers:
            working = [one for one in shown(layer) if one.of == "rf"]
            if working:
                lines.append((layer.name, [one.line for one in working]))
                steps += working
        if lines:
            yield Section("receptive field, layer by layer", lines), steps
    yield from _totals(found)


def _names(layers: list[LayerSteps]) -> str:
    names = [layer.name for layer in layers]
    if len(names) == 1:
        return names[0]
    listed = ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
    return f"{len(names)} times: {listed}"


def _totals(found: Explanation) -> _Pieces:
    if found.totals:
        yield _section("in all", list(found.totals), found.of)


def shown(layer: LayerSteps) -> list[Step]:
    """The steps of a layer among others, without those that only take a number over, or say that there is nothing."""
    (first, *_) = layer.inputs.values()
    changed = tuple(first) != tuple(layer.output)
    return [
        one
        for one in layer.steps
        if one.derived
        or one.note
        or one.value is None
        or (one.of == "shape" and changed)
        or (one.of in ("params", "macs", "memory") and one.value != 0)
    ]


def _section(title: str, steps: Iterable[Step], of: Iterable[str]) -> tuple[Section, list[Step]]:
    found = list(steps)
    groups = [(word, [one.line for one in found if one.of == word]) for word in of]
    return Section(title, [group for group in groups if group[1]]), found


def _with_reasons(
    found: Explanation, section: Section, steps: Iterable[Step], said: set[str]
) -> Section:
    """The section with the reasons of its steps that have not been given before."""
    names = dict.fromkeys(one.why for one in steps if one.why in found.reasons)
    new = [name for name in names if name is not None and name not in said]
    said.update(new)
    reasons = (found.reasons[name] for name in new)
    paragraphs = [Paragraph(name, one.text, one.source) for name, one in zip(new, reasons)]
    return section._replace(paragraphs=paragraphs)
