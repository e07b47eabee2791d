"""``cnncalc rf``: receptive fields."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnncalc.cli import fields
from cnncalc.cli.options import Common, shared
from cnncalc.errors import UsageError

if TYPE_CHECKING:
    from cnncalc.fields import LayerField

#: Endings of ``--output`` that ask for a drawing.
DRAWINGS = (".svg", ".png")


@click.command()
@click.argument("net")
@click.option("--layer", metavar="NAME", help="Of this layer instead of the last feature map.")
@click.option("--all", "every", is_flag=True, help="Of every layer, a row for each.")
@click.option("--details", is_flag=True, help="Everything: holes, paths, effective field, reach.")
@click.option("--phases", is_flag=True, help="Units that see differently (after upsampling).")
@click.option("--path", type=click.Choice(["min", "max"]), help="Along the smallest/largest path.")
@click.option("--paths", is_flag=True, help="The layers on the smallest and the largest path.")
@click.option("--unit", metavar="Y,X", help="The pixels that this unit sees, clipped to the image.")
@shared
def command(
    net: str,
    common: Common,
    layer: str | None,
    every: bool,
    details: bool,
    phases: bool,
    path: str | None,
    paths: bool,
    unit: str | None,
) -> None:
    """The receptive field: which pixels a unit sees.

    One line for the last feature map: size, jump, start and center, in pixels of the input. The
    last feature map is the last tensor whose units see different parts of the input.

    -o field.svg (or .png) draws the field of a unit over the input: padding, holes and how many
    paths lead to each pixel.

    Exit code 1 when branches that advance differently leave no field to tell.
    """
    drawn = Path(common.output or "").suffix.lower() in DRAWINGS
    views = {
        "--all": every,
        "--details": details,
        "--phases": phases,
        "--path": path,
        "--paths": paths,
        "--unit": unit is not None and not drawn,
        f"-o {common.output}": drawn,
        "--json": drawn and common.json,
        f"-f {common.format}": drawn and common.format != "table",
    }
    asked = [flag for flag, given in views.items() if given]
    if every and layer:
        asked.append("--layer")
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked)} are different answers", hint="ask for one of them")
    if every:
        common.show(fields.every_layer(common.analyze(net)))
        return
    field = common.receptive_field(net, layer)
    if drawn and common.output:
        _draw(field, unit, common.output)
    elif details:
        common.show(fields.details(field))
    elif phases:
        common.show(fields.phase_table(field))
    elif path:
        common.show(fields.one_path(field, path))
    elif paths:
        common.show(fields.path_lists(field))
    elif unit is not None:
        common.show(fields.one_unit(field, unit))
    else:
        common.show(fields.one_line(field))
    one = drawn or unit is not None  # what a single unit sees is always known
    if (
        not one
        and not field.defined
        and any(finding.level == "error" for finding in field.findings)
    ):
        click.get_current_context().exit(1)


def _draw(field: LayerField, asked: str | None, path: str) -> None:
    """Draws what a unit sees, by default the one in the middle."""
    from cnncalc.render.drawing import FieldDrawing, draw, writer

    writer(path)  # what is missing is said before anything is traced
    unit = field.middle() if asked is None else fields.unit_indices(asked)
    sight = field.seen_by(unit)
    found = field.effective_of(unit)
    drawing = FieldDrawing(
        network=field.head["name"],
        layer=field.name,
        unit=unit,
        image=field.image,
        paths=field.unclipped(unit),
        span=tuple(one and (int(one[0]), int(one[1])) for one in sight.stated),
        effective=tuple(one and one.interval for one in found),
        jump=tuple(one.jump for one in field.fields),
        context=fields.whole_image(field),
    )
    draw(drawing, path)
