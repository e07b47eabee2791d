"""docs/conventions.md, made from the conventions: ``python tests/conventions_page.py`` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from console import output

from cnncalc import load
from cnncalc.conventions import every
from cnncalc.conventions.base import LETTERS, Convention
from cnncalc.conventions.counting import count
from cnncalc.layers import KINDS

PAGE = Path(__file__).parent.parent / "docs" / "conventions.md"
_COMMAND = "cnncalc reconcile resnet50 --tools mac,fvcore,thop,ptflops,deepspeed"
_NETWORKS = ("resnet50", "vgg16", "mobilenet_v2")

_HEAD = """# How each tool counts

Made from the code by `python tests/conventions_page.py`; the test suite fails when it is out of date.

The same network is 4.09, 4.11, 4.13 or 8.18 G, depending on the tool. Each convention below is what one
tool counts, derived from its source in the version that is named, and held to the tool itself by
running it (`tests/test_conventions_rivals.py`). `cnncalc analyze NET --convention A,B` adds their columns, and
`cnncalc reconcile NET --tools A,B` says entry by entry why they differ.

```console
$ {command}
{printed}
```

A name without a version is the one that is listed first; `torchinfo@1.8` names another. Versions may be
given in short.

## What is counted

Every tool looks at the network that PyTorch runs: one module of `torch.nn` for each layer, `a + b` for
a sum, `torch.cat` for a concatenation, attention as its matrix products, all in evaluation mode. Layers
of which a tool knows nothing are *uncounted*: their cells have a dash (nothing in CSV), and the output lists
them. They are not 0 by a rule.

The numbers are for one image unless `--batch` says otherwise. Most tools count all images; ptflops divides
what it counts by modules by the batch, and not what it counts by functions.

With symbols, counts are formulas. Some rules have none (windows of adaptive pooling, quotients in
floating point that are cut off); the output then says at which layer and why, and evaluates the count
at the sizes that the spec has.

What letters stand for in rules:

{letters}

## The same networks, by every convention
"""

_TAIL = """
## Run the tools

`pip install '.[dev]' -c constraints.txt` brings torch, fvcore, ptflops, thop, torchinfo and torchscan, and the test suite runs them.
`pip install '.[rivals]' -c constraints.txt` adds calflops, deepspeed and onnx-tool (1.5 GB with what they need).
ultralytics-thop puts its files where thop has them; install it instead of thop
(`pip uninstall thop && pip install ultralytics-thop==2.2.3`) to run that comparison.

```sh
python -m pytest tests/test_conventions_rivals.py --long
```

Tests of tools that are not installed are skipped, and say so. Netscope (a web page) and convnet-burden
(MATLAB) are read from their sources only.
"""


def page() -> str:
    """The whole page."""
    found = every()
    head = _HEAD.replace("{command}", _COMMAND).replace("{printed}", output(_COMMAND))
    letters = "\n".join(f"- {letter}: {meaning}" for letter, meaning in LETTERS.items())
    head = head.replace("{letters}", letters)
    lines = [head, *_totals(found)]
    for convention in found:
        lines += ["", *_entry(convention)]
    return "\n".join(lines) + "\n" + _TAIL


def _totals(conventions: list[Convention]) -> Iterator[str]:
    graphs = {name: load(name).graph() for name in _NETWORKS}
    yield f"| convention | unit | {' | '.join(_NETWORKS)} |"
    yield f"|---|---|{'---:|' * len(_NETWORKS)}"
    for convention in conventions:
        totals = [f"{count(graph, convention).total:,}" for graph in graphs.values()]
        yield f"| `{convention.key}` | {convention.unit} | {' | '.join(totals)} |"


def _entry(convention: Convention) -> Iterator[str]:
    yield f"## `{convention.key}`"
    yield ""
    version = f" Version: {convention.version}." if convention.version else ""
    about = convention.about
    if about.partition(" ")[0].isalpha():  # not torch.utils…
        about = about[0].upper() + about[1:]
    traced = " It does not see what leads to no output." if convention.traced else ""
    yield f"{about}.{version} It {convention.batch}.{traced}"
    yield ""
    yield "| for | counts | source |"
    yield "|---|---|---|"
    same: dict[tuple[str, str], list[str]] = {}
    for what, rule in convention.rules.items():
        same.setdefault((rule.text, rule.source), []).append(f"`{what}`")
    for (text, source), names in same.items():
        yield f"| {', '.join(names)} | {text} | {source} |"
    yield ""
    if convention.complete:
        yield "Everything else is 0 by definition."
    else:
        yield f"Uncounted kinds: {', '.join(_uncounted(convention)) or 'none'}."


def _uncounted(convention: Convention) -> Iterator[str]:
    """Kinds whose example the convention does not count, or not whole."""
    for kind, cls in KINDS.items():
        graph = load(cls.example).graph()
        found = count(graph, convention).layers[graph.nodes[-1].name]
        if found.missing:
            parts = f" ({', '.join(found.missing)})" if found.terms else ""
            yield f"`{kind}`{parts}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
