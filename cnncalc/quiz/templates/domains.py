"""Input sizes that work: skip connections ask that sizes agree. The network's domain decides."""

from __future__ import annotations

from typing import Any

from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import Made, because, choice, judged, merged
from cnncalc.quiz.model import Claim, Statement, Wrong
from cnncalc.quiz.registry import template
from cnncalc.quiz.templates.domains_of_chains import domain, in_words
from cnncalc.quiz.wording import layer_words, nodes, sentence
from cnncalc.render.page import Line, Page, Section
from cnncalc.sizes import ceil_div, floor_div, product
from cnncalc.worked import Worked, form_of


def _works(net: str, height: int) -> bool:
    return domain(net).contains({"H": height})


def _unet(levels: int, factor: int = 2, joined: bool = True, input: str = "1xHxH") -> str:
    """A U-Net with padded convolutions; without the concatenations where it is not joined."""
    parts = [input]
    for i in range(levels):
        parts += [f"skip{i} = conv {8 << i} k=3 p=1", f"maxpool {factor}"]
    parts.append(f"conv {8 << levels} k=3 p=1")
    for i in reversed(range(levels)):
        parts.append(f"up{i} = deconv {8 << i} k={factor} s={factor}")
        parts += [f"concat skip{i} up{i}"] * joined
        parts.append(f"conv {8 << i} k=3 p=1")
    return " | ".join(parts)


def _nearest(net: str, height: int, above: bool) -> int:
    """The nearest height that works, the height itself if it does."""
    if _works(net, height):
        return height
    found = domain(net).nearest({"H": height})["H"][above]
    if found is None:
        raise Redraw("there is none")
    return found


@template(
    "unet-good-sizes",
    topic="domain",
    type="single",
    title="Nearest input height that a U-Net takes",
    sources=(
        "002 d) Transposed Convolution (Deconvolution)",
        "000 Where Is This Used? (stacked 3×3)",
    ),
)
def unet_good_sizes(draw: Draw) -> Made:
    levels, n, above = draw.between(2, 5), draw.between(130, 700), bool(draw.below(2))
    net = _unet(levels)
    right = _nearest(net, n, above)
    if right == n:
        raise Redraw("it works as it is")
    wrong = {}
    for text, other in (
        ("asked for an even size only, as after a single pooling", _unet(1)),
        ("counted one pooling too few", _unet(levels - 1)),
        ("counted one pooling too many", _unet(levels + 1)),
        ("added the factors of the poolings, which multiply", _unet(1, 2 * levels)),
        ("asked for a multiple of the number of poolings", _unet(1, levels)),
        ("thought that padded convolutions make every size work", "1xHxH | relu"),
    ):
        number = _nearest(other, n, above)
        if number == right:
            continue
        failure = domain(net).failure({"H": number})
        said = f"You {text}: {number} works, but so does a nearer height."
        if failure:
            reason = failure.message.partition(" (")[0].replace("concat", "a concatenation")
            said = f"You {text}: with {number}, {reason}."
        wrong[number] = Wrong(number, text, said=said)
    ways = ("cropped", "at most") if not above else ("padded", "at least")
    chosen = [right, *wrong]
    asks = [Ask(_unet(levels, joined=False, input=f"1x{one}x{one}"), "height") for one in chosen]
    made = choice(
        draw,
        f"A U-Net pools {levels} times (2×2, stride 2) and goes up again by as many 2×2 transposed "
        "convolutions with stride 2. Its 3×3 convolutions have padding 1, and at every level the "
        f"two maps are concatenated as they are. Images of {n}×{n} pixels may have to be {ways[0]} before "
        f"they go in. To how many pixels along each side, {ways[1]}?",
        right,
        [*wrong.values()],
        _halved(levels, n, right),
    )
    claims = tuple(ask.is_(one) for ask, one in zip(asks, chosen))
    return made._replace(claims=claims, command=f'cnncalc domain "{net}" --at H={n}')


def _halved(levels: int, n: int, right: int) -> Page:
    """Why only multiples of the factor of all poolings work, and which is the nearest."""
    poolings: Any = product([Worked(2)] * levels)
    factor = Worked(poolings.value)
    times = Worked(right // int(factor.value)) * factor
    rounded = ceil_div if right > n else floor_div
    count: Any = rounded(Worked(n), factor)
    lines = [
        Line("factor of all poolings", [poolings.form, factor.form]),
        Line("multiples of it", [count.form, form_of(count.value)]),
        Line("nearest height", [times.form, form_of(right)]),
    ]
    why = because(
        "Each pooling halves the height, rounded down, and each transposed convolution doubles it; "
        "the two maps of a level agree only where no pooling rounds.",
    )
    return merged([Page("", [Section("nearest", [("", lines)])]), why])


#: Ways down and up again.
_WAYS = (
    ("maxpool 2", "upsample 2"),
    ("maxpool 2", "deconv 8 k=2 s=2"),
    ("maxpool 3 s=2 p=1", "upsample 2"),
    ("conv 8 k=3 s=2 p=1", "deconv 8 k=3 s=2 p=1"),
    ("conv 8 k=3 s=2 p=1", "deconv 8 k=3 s=2 p=1 op=1"),
    ("conv 8 k=3 s=2 p=1", "deconv 8 k=4 s=2 p=1"),
    ("conv 8 k=4 s=2 p=1", "deconv 8 k=4 s=2 p=1"),
    ("conv 8 k=3 s=2", "deconv 8 k=3 s=2"),
    ("conv 8 k=5 s=2 p=2", "deconv 8 k=4 s=2 p=1"),
    ("avgpool 3", "upsample 3"),
)


@template(
    "skip-sizes-agree",
    topic="domain",
    type="truefalse",
    title="Which layers down and up bring the size back for a skip connection",
    sources=("002 d) Transposed Convolution (Deconvolution)", "004 1.5.2 Residual Networks"),
)
def skip_sizes_agree(draw: Draw) -> Made:
    n = draw.between(20, 130)
    statements: list[Statement] = []
    claims: list[Claim] = []
    solution = []
    workings = []
    for down, up in draw.sample(_WAYS, 4):
        net = f"8xHxH | skip = identity | {down} | {up} | add skip x"
        ask = Ask(f"8x{n}x{n} | {down} | {up}", "height")
        words = "; then ".join(layer_words(one.layer) for one in nodes(ask.net))
        words = words.replace(", 8 filters", "")
        works = _works(net, n)
        text = (
            "thought that odd sizes are never reached again"
            if works
            else "took going up by the stride for the exact opposite of going down by it"
        )
        came = ask.working()
        said = f"You {text}: {came + ' = ' if came else 'it comes to '}{ask.value}."
        wrong = Wrong(sentence(words), text, said=said) if not works or n % 2 else None
        statements.append(Statement(f"{sentence(words)}.", works, wrong))
        claims.append(ask.is_(n))
        workings.append(_together(ask.solution(), statements[-1].text.rstrip(".")))
        solution.append(
            f"{statements[-1].text[:-1]}: the height comes to {ask.value}; sizes agree where "
            f"{in_words(domain(net).condition)}."
        )
    return judged(
        f"A map of {n}×{n} positions with 8 channels goes through two layers (of 8 filters, where "
        "they have any, and without padding, where none is given), and what comes out is added to "
        "the map itself. With which of these pairs of layers do the sizes agree?",
        statements,
        merged([*workings, because(*solution)]),
        sum(one.wrong is not None for one in statements),
        claims,
    )


def _together(page: Page, title: str) -> Page:
    """Its sections as one, with a title of their own."""
    lines = [line for section in page.sections for _, some in section.groups for line in some]
    told = [section for section in page.sections if not section.title]
    return Page("", [Section(title, [("", lines)]), *told])
