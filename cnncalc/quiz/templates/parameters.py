"""Parameters."""

from __future__ import annotations

from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Draw
from cnncalc.quiz.making import Made, matching, merged, symbolic
from cnncalc.quiz.misconceptions import stated, wrongs
from cnncalc.quiz.model import shown
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import layer_words, nodes


@template(
    "parameter-matching",
    topic="params",
    type="matching",
    title="Which layer has how many parameters",
    sources=("003 7.7.3 Number of Learnable Parameters", "000 4. CNN Parameters and Depth"),
)
def parameter_matching(draw: Draw) -> Made:
    c, k = draw.choose((8, 16, 32)), draw.choose((3, 5))
    m = draw.choose((2, 4)) * c
    asks = [
        Ask(f"{c}x16x16 | {line}", "params")
        for line in (
            f"conv {m} k={k}",
            f"conv {m} k=1 bias=no",
            f"conv {m} k={k} g={draw.choose((2, 4))} bias=no",
            f"sepconv {m} k={k} bias=no",
            f"dwconv {k}",
            "bn",
        )
    ]
    chosen = draw.sample(asks, 4)
    others = draw.sample([wrong for ask in chosen for wrong in wrongs(ask, stated(ask))], 2)
    return matching(
        draw,
        f"The input has {c} channels. How many parameters does each layer have?",
        [(layer_words(nodes(ask.net)[-1].layer), shown(ask.value)) for ask in chosen],
        [one._replace(value=shown(one.value)) for one in others],
        merged(ask.solution() for ask in chosen),
        [ask.is_(ask.value) for ask in chosen],
    )


@template(
    "conv-parameters-in-c",
    topic="params",
    type="symbolic",
    title="Parameters of a convolution, in terms of its channels",
    sources=("000 Parameter Comparison", "003 7.7.3 Number of Learnable Parameters"),
)
def conv_parameters_in_c(draw: Draw) -> Made:
    k, times = draw.choose((1, 3, 5, 7)), draw.between(1, 4)
    bias = draw.choose(("", " bias=no"))
    filters = "C" if times == 1 else f"{times}*C"
    ask = Ask(f"CxHxW | conv {filters} k={k}{bias}", "params")
    return symbolic(
        f"A {k}×{k} convolution {'without' if bias else 'with'} bias has C input channels and "
        f"{filters.replace('*', '·')} filters. How many parameters does it have, in terms of C?",
        ask,
        list(stated(ask)),
        {"C": "input channels"},
    )
