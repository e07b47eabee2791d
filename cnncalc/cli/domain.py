"""``cnncalc domain``: the input sizes for which a network is well-formed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from cnncalc.cli.options import Common, integer, pairs, shared
from cnncalc.errors import UsageError, suggest
from cnncalc.network import Network
from cnncalc.render import Column, Report, Table
from cnncalc.render.report import Cell
from cnncalc.results import opening

if TYPE_CHECKING:  # imported when the command runs
    from cnncalc.domain import Domain, Failure, Point

Fact = tuple[str, str, str]
_COLUMNS = (Column("key", "key"), Column("value", "value"))


@click.command()
@click.argument("net")
@click.option(
    "--tensors",
    is_flag=True,
    help="The size of every tensor too, in closed form, for JSON as well.",
)
@shared
def command(net: str, common: Common, tensors: bool) -> None:
    """The input sizes for which it is well-formed.

    The exact set: every size at least 1, every join agreeing, every group dividing. With --at,
    exit code 1 for a size outside of it, with the first layer that fails and the nearest good sizes.

    Also: the sizes that every downsampling divides exactly, and those at which no layer leaves
    pixels unread at its end.
    """
    network = common.network(net)
    found = network.domain(
        settings=pairs("--set", common.set), assume=pairs("--assume", common.assume)
    )
    point = _point(found, common.at)
    within = found.good.at(point) | found.unknown.at(point)
    whole = set(point) == set(found.symbols)
    missing = [name for name in found.symbols if name not in point]
    if point and missing and found.unknown:
        raise UsageError(
            f"--at has no value for {', '.join(missing)}, and not all of the domain is decided",
            hint=f"give all of them: --at {','.join(f'{name}=224' for name in found.symbols)}",
        )
    ok = found.contains(point) if whole else bool(within)
    failure = found.failure(point) if whole and not ok else None
    facts = [*_at(found, point, ok, failure), *_facts(found)]
    table = Table(
        f"{network.name}: {_inputs(network)}", _COLUMNS, [[key, value] for key, _, value in facts]
    )
    lines = _tensor_table(found) if tensors else None

    def data() -> dict[str, Any]:
        checked = _checked(found, point, ok, failure) if point or failure else {}
        return {**opening(network.name), **_data(found, tensors), **checked}

    common.show(Report(data, lines or table, None if lines else _text(table.title, facts)))
    if not ok:
        click.get_current_context().exit(1)


def _point(found: Domain, given: tuple[str, ...]) -> Point:
    point = {}
    for name, value in pairs("--at", given).items():
        if name not in found.symbols:
            raise UsageError(
                f"--at {name}: the network has no symbol {name!r}",
                hint=suggest(name, found.symbols, "symbols"),
            )
        point[name] = integer(f"--at {name}", value, f"--at {name}=224")
    return point


def _inputs(network: Network) -> str:
    shapes = {
        name: "x".join(size.text for size in sizes) for name, sizes in network.spec.inputs.items()
    }
    if len(shapes) == 1:
        return next(iter(shapes.values()))
    return ", ".join(f"{name} {shape}" for name, shape in shapes.items())


def _said(point: Point) -> str:
    return ", ".join(f"{name}={number}" for name, number in point.items())


def _at(found: Domain, point: Point, ok: bool, failure: Failure | None) -> Iterator[Fact]:
    if point:
        missing = ", ".join(name for name in found.symbols if name not in point)
        some = f" for {'some' if ok else 'any'} {missing}" if missing else ""
        yield "ok", _said(point), ("well-formed" if ok else "not well-formed") + some
    if failure:
        layer = f"{failure.layer}: " if failure.layer else ""
        yield "fails_at", "fails at", f"{layer}{failure.message}"
    if point and not ok and set(point) == set(found.symbols):
        from cnncalc.domain import in_words

        near = found.nearest(point)
        nothing = "not known" if found.unknown else "none"
        yield (
            "nearest",
            "nearest",
            "; ".join(f"{name}: {in_words(near[name]) or nothing}" for name in near),
        )


def _facts(found: Domain) -> Iterator[Fact]:
    yield "condition", "well-formed", found.condition
    minimum = found.minimum()
    if minimum:
        yield "minimum", "smallest", _said(minimum)
    for question in found.open[:5]:
        yield "undecided", "undecided", question
    witness = found.witness()
    if witness:
        for key, point in (("good", witness.good), ("bad", witness.bad)):
            text = f"none of the {witness.tried} smallest" if point is None else _said(point)
            yield f"smallest_{key}", f"smallest {key}", text
    yield "exact", "exact strides", _words(found.exact())
    yield "keeps_pixels", "no pixel lost", _words(found.keeping())


def _words(points: Any) -> str:
    return "undecided" if points is None else str(points)


def _text(title: str, facts: list[Fact]) -> str:
    width = max(len(label) for _, label, _ in facts)
    return "\n".join([title, "", *(f"{label:{width}}  {value}" for _, label, value in facts)])


def _tensor_table(found: Domain) -> Table:
    rows: list[list[Cell]] = [
        [condition, name, " x ".join(sizes)]
        for condition, shapes in found.tensors()
        for name, sizes in shapes.items()
    ]
    columns = [Column("condition", "where"), Column("tensor", "tensor"), Column("size", "size")]
    if len({row[0] for row in rows}) == 1:
        columns, rows = columns[1:], [row[1:] for row in rows]
    return Table(f"well-formed: {found.condition}", columns, rows)


def _data(found: Domain, tensors: bool) -> dict[str, Any]:
    witness = found.witness()
    data: dict[str, Any] = {
        "symbols": list(found.symbols),
        "condition": found.condition,
        "minimum": found.minimum(),
        "decided": not found.unknown,
        "undecided": found.open,
        "witness": witness and witness._asdict(),
        "exact": _words(found.exact()),
        "keeps_pixels": _words(found.keeping()),
        "drops_pixels": _words(found.dropping()),
    }
    if tensors:
        data["tensors"] = [
            {"condition": condition, "sizes": shapes} for condition, shapes in found.tensors()
        ]
    return data


def _checked(found: Domain, point: Point, ok: bool, failure: Failure | None) -> dict[str, Any]:
    data: dict[str, Any] = {"at": dict(point), "ok": ok}
    if failure:
        data["failure"] = {
            "layer": failure.layer,
            "message": failure.message,
            "at": failure.at and str(failure.at),
            "hint": failure.hint,
        }
    if not ok and set(point) == set(found.symbols):
        data["nearest"] = {
            name: {"below": below, "above": above}
            for name, (below, above) in found.nearest(point).items()
        }
    return data
