"""Why tools that count operations differ: each by its own convention."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnncalc.conventions import find
from cnncalc.conventions.counting import count
from cnncalc.network import load
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Draw
from cnncalc.quiz.making import Made, matching, merged
from cnncalc.quiz.misconceptions import PARAMS_FOR_MACS
from cnncalc.quiz.model import Wrong
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import chain, line
from cnncalc.render.page import Line, Page, Section
from cnncalc.sizes import product
from cnncalc.worked import Worked, form_of


class _Rule(NamedTuple):
    """What a tool counts, in words: for each MAC, and each element that is computed."""

    tool: str
    words: str
    each_mac: int
    bias: int = 0
    norm: int = 0
    relu: int = 0


#: How five tools count a convolution with bias, batch normalisation and ReLU.
_RULES = (
    _Rule("mac", "1 for each MAC (as torchvision publishes)", 1),
    _Rule("torch", "2 for each MAC (as PyTorch's FlopCounterMode)", 2),
    _Rule("fvcore", "1 for each MAC, 2 for each value of the batch normalisation (as fvcore)", 1, norm=2),
    _Rule("thop", "1 for each MAC, 4 for each value of the batch normalisation (as thop)", 1, norm=4),
    _Rule(
        "deepspeed",
        "2 for each MAC and for each value of the batch normalisation, 1 for each bias that is added "
        "and each value of ReLU (as DeepSpeed)",
        2, bias=1, norm=2, relu=1,
    ),
)  # fmt: skip


@template(
    "why-tools-differ",
    topic="macs",
    type="matching",
    title="What tools count for the same layers, each by its convention",
    sources=("003 7.7.5 MACs and FLOPs", "003 7.7.4 Multiply-Accumulate Operations (MACs)"),
)
def why_tools_differ(draw: Draw) -> Made:
    c, n, k = (
        draw.choose((3, 4, 6, 8)),
        draw.choose((8, 10, 12, 14, 16, 20)),
        draw.choose((1, 3, 5)),
    )
    conv = line(f"conv {draw.choose((4, 5, 8, 10, 16))}", k=k, s=draw.between(1, 2), p=k // 2)
    net = f"{c}x{n}x{n} | a = {conv} | bn | relu"
    graph = load(net).graph()
    rules = draw.sample(_RULES, 4)
    totals = {rule.tool: int(str(count(graph, find(rule.tool)).total)) for rule in rules}
    macs, values = Ask(net, "macs"), Ask(net, "elements")
    twice = 2 * int(values.value)
    weights = Ask(f"{net.partition(' | bn')[0]} bias=no", "params").value
    others = [
        Wrong(2 * (int(macs.value) + twice), "doubled what is no MAC too"),
        Wrong(weights, PARAMS_FOR_MACS.text),
        Wrong(
            int(macs.value) + int(str(graph.nodes[0].shape.channels)),
            "counted one addition for each filter, not for each value",
        ),
    ]
    apart = [one for one in others if one.value not in totals.values()]
    size: Any = product(map(Worked, graph.nodes[0].shape))
    lines = [Line("values of each layer", [size.form, form_of(values.value)])]
    for rule in rules:
        total = form_of(totals[rule.tool])
        worked = _worked(rule, macs, values)
        lines.append(
            Line(rule.tool, [total] if worked.value == macs.value else [worked.form, total])
        )
    made = matching(
        draw,
        f"An input of {c}×{n}×{n} goes through these layers: {chain(net)}; the convolution has a bias"
        f"{'' if k > 1 else ' and no padding'}. Tools count their operations for one image, each by "
        "another convention; MACs are the multiply–accumulate operations of the convolution. What does "
        "each come to?",
        [(rule.words, f"{totals[rule.tool]:,}") for rule in rules],
        [one._replace(value=f"{one.value:,}") for one in draw.sample(apart, 1)],
        merged(
            [
                Ask(net, "height", "a").solution(),
                macs.solution(),
                Page("", [Section("by convention", [("", lines)])]),
            ]
        ),
    )
    return made._replace(claims=(macs.is_(macs.value), values.is_(values.value)))


def _worked(rule: _Rule, macs: Ask, values: Ask) -> Worked:
    """The count of a tool from the MACs and from the values that each layer writes."""
    total = Worked(rule.each_mac) * Worked(macs.value)
    for times in (rule.bias, rule.norm, rule.relu):
        if times:
            total = total + Worked(times) * Worked(values.value)
    return total
