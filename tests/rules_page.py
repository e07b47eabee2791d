"""docs/rules.md, made from the docstrings of the rules: ``python tests/rules_page.py`` writes it."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from cnncalc.check.documentation import Page, as_markdown
from cnncalc.check.documentation import page as documented
from cnncalc.check.rule import FAMILIES
from cnncalc.check.rules import rules

PAGE = Path(__file__).parent.parent / "docs" / "rules.md"

_HEAD = """# Rules

Made from the code by `python tests/rules_page.py`; the test suite fails when it is out of date.

`cnncalc check` holds specs to these rules, `cnncalc rules` lists them, `cnncalc rules S102` prints
one. A code never changes its meaning and is never used again. `--select`, `--extend-select` and
`--ignore` take codes or beginnings of codes. Errors fail a run unless `--fail-on` says otherwise,
warnings do not.

Each example is the whole of a file, `net.cnn.yaml`, and triggers the rule that it is about and no
other.
"""


def page() -> str:
    """The whole page: a table of all rules, then a section for each family."""
    pages = [documented(rule) for rule in rules().values()]
    lines = [_HEAD, "| code | name | severity | finds |", "|---|---|---|---|"]
    lines += [_row(one) for one in pages]
    for letter, some in groupby(pages, key=lambda one: one.code[0]):
        lines += ["", f"## {letter}: {FAMILIES[letter]}"]
        lines += [f"\n{as_markdown(one, 3).rstrip()}" for one in some]
    return "\n".join(lines) + "\n"


def _row(one: Page) -> str:
    return f"| [{one.code}](#{one.anchor}) | {one.name} | {one.severity} | {one.summary} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
