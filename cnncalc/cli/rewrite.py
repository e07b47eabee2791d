"""``cnncalc rewrite``: a spec rewritten by a rule, and what that costs or saves."""

from __future__ import annotations

import click

from cnncalc.cli.options import Common, pairs, shared
from cnncalc.cli.streams import say
from cnncalc.comparison import compare
from cnncalc.render import Report, render
from cnncalc.rewriting import RULES
from cnncalc.tables.comparison import comparison_report

_RULES = "\b\nRules:\n" + "\n".join(f"  {rule.usage}: {rule.does}" for rule in RULES.values())


@click.command(epilog=_RULES)
@click.argument("net")
@click.option("--rule", required=True, metavar="RULE", help="What to do; the rules are below.")
@click.option(
    "--layer",
    "layers",
    multiple=True,
    metavar="NAME",
    help="Only in this layer or block; * stands for any text. May be given several times.",
)
@click.option(
    "--compare", "comparing", is_flag=True, help="Print the comparison with the old network."
)
@shared
def command(net: str, common: Common, rule: str, layers: tuple[str, ...], comparing: bool) -> None:
    """Rewrites a spec by a rule that is taught.

    Prints the new spec, and on standard error how it compares with the old one. -o FILE writes the
    spec; with --compare the comparison is the answer, in the format asked for.

    Lines of the spec are changed in their places. Where the rule does not treat all layers that a
    line makes alike, all layers are written out one by one, and that is said.
    """
    old = common.network(net)
    at, settings = pairs("--at", common.at), pairs("--set", common.set)
    new = old.rewrite(rule, layers, at, settings, symbolic=common.symbolic)
    baseline = old.bound(at, settings, symbolic=common.symbolic)
    report = comparison_report(compare(baseline, new, batch=common.batch, dtype=common.dtype))
    if not common.quiet:
        if new.flattened:
            say(f"note: {new.flattened}")
        if not comparing:
            count = len(new.changed)
            say(f"{rule}: {count} layer{'' if count == 1 else 's'} of {old.name} rewritten\n")
            say(render(report, "table").rstrip("\n"))
    spec = Report(
        lambda: {
            **report.data(),
            "rule": rule,
            "changed": list(new.changed),
            "spec": new.to_yaml(),
        },
        report.table,
        new.to_yaml().rstrip("\n"),
    )
    if not comparing:
        common.show(spec)
        return
    if common.output:
        common._replace(format="table", json=False).show(spec)
    common._replace(output=None).show(report)
