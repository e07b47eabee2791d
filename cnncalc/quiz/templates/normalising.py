"""Normalisation: by hand, and what its statistics are taken over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from cnncalc import tensors, work
from cnncalc.errors import UsageError
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import Made, amount, matching
from cnncalc.quiz.model import Wrong
from cnncalc.quiz.registry import template
from cnncalc.quiz.workings import Mistaken, argument, element, shown, solution, wrong_elements
from cnncalc.quiz.workings import numbers as matrix
from cnncalc.render.page import Line, Page, Section
from cnncalc.sizes import product
from cnncalc.tensors import NORM_AXES
from cnncalc.tensors import shape as shape_of
from cnncalc.work.working import Given, Result, Working
from cnncalc.worked import Worked, form_of, named, quotient

_NAMES = {
    "bn": "batch normalisation",
    "ln": "layer normalisation",
    "in": "instance normalisation",
    "gn": "group normalisation",
}


class _Norm(NamedTuple):
    """A normalisation of a batch of a shape; ``groups`` of channels are 0 but for ``gn``."""

    kind: str
    shape: tuple[int, ...]
    groups: int = 0

    @property
    def name(self) -> str:
        return _NAMES[self.kind] + (f" with {self.groups} groups" if self.groups else "")

    @property
    def over(self) -> list[int]:
        """The axes of its statistics; of channels in groups, an axis of its own is first."""
        return NORM_AXES[self.kind](len(self.shape))

    def letters(self) -> str:
        """``N, H, W``."""
        axes = ["NCHW"[axis] for axis in self.over]
        return ", ".join([f"C/{self.groups}", *axes] if self.groups else axes)

    def count(self, size: Any = Worked) -> Any:
        """How many numbers each mean is taken over; ``size(n, letter)`` makes a number."""
        sizes = [size(self.shape[axis], "NCHW"[axis]) for axis in self.over]
        if self.groups:
            sizes.insert(0, quotient(size(self.shape[1], "C"), size(self.groups, "G")))
        return product(sizes)

    def means(self) -> int:
        return product(self.shape) // int(self.count())


def _number(size: int, letter: str) -> Worked:
    return Worked(size)


def _counted(norm: _Norm) -> Line:
    """``each mean of … = N·H·W = 8·14·14 = 1,568``."""
    letters, found = norm.count(named), norm.count(_number)
    value = Worked(int(found.value))
    return Line(f"{norm.name}: numbers of a mean", [letters.form, found.form, value.form])


def _lines(norm: _Norm) -> list[Line]:
    """How many numbers there are to each mean, and how many means."""
    numbers: Any = product(map(Worked, norm.shape))
    means = quotient(numbers, Worked(int(norm.count())))
    return [_counted(norm), Line(f"{norm.name}: means", [means.form, form_of(means.value)])]


@template(
    "norm-by-hand",
    topic="computation",
    type="numeric",
    title="One element of a normalised batch",
    sources=(
        "003 7.11.1 Understanding Mean, Variance, and Normalization",
        "003 7.11.5 Alternative Normalization Methods (LN, IN, GN, ...)",
        "002 Layer Normalization",
    ),
)
def norm_by_hand(draw: Draw) -> Made:
    kind = draw.choose(("bn", "ln", "in", "gn"))
    groups = 2 if kind == "gn" else None
    shape = {"in": (2, 2, 4), "gn": (2, 4, 2)}.get(kind, (2, 2, 2))
    x = [matrix(draw, shape[1], shape[2], 0, 9) for _ in range(shape[0])]
    n, c = draw.below(shape[0]), draw.below(shape[1])
    places = {
        "bn": [(a, c, b) for a in range(2) for b in range(2)],
        "ln": [(n, a, b) for a in range(2) for b in range(2)],
        "in": [(n, c, b) for b in range(4)],
        "gn": [(n, a + c // 2 * 2, b) for a in range(2) for b in range(2)],
    }[kind]
    beside = {
        "in": draw.choose(
            ([(1 - a, b, d) for a, b, d in places], [(a, 1 - b, d) for a, b, d in places])
        ),
        "gn": [(a, (b + 2) % 4, d) for a, b, d in places],
    }.get(kind, [])
    values = _with_whole_deviation(draw, len(places))
    others = _shifted(draw, values) if beside else []
    for (a, b, d), value in zip([*places, *beside], [*values, *others]):
        x[a][b][d] = value
    others_off = [
        place for place, value in zip(places, values) if not _is_a_deviation_off(values, value)
    ]
    asked = draw.choose(others_off or places)
    try:
        worked = work.norm(x, kind, groups)
        among = list(_mistaken(x, kind, groups))
    except UsageError as problem:  # a variance is 0
        raise Redraw(str(problem)) from None
    right = element(worked, *asked)
    statistic = {"bn": (asked[1],), "ln": (asked[0],), "in": asked[:2]}
    of = statistic.get(kind, (asked[0], asked[1] // 2))
    place = ",".join(map(str, asked))
    normed = _Norm(kind, shape, groups or 0)
    made = amount(
        f"x is a batch of {shape[0]} samples, each with {shape[1]} channels (rows) of "
        f"{shape[2]} numbers. In training, {normed.name} is applied (ε = 0, scale 1, shift 0). What "
        f"does x[{place}] become: sample {asked[0]}, row {asked[1]}, column {asked[2]}, counted from "
        f"0? Give a whole number or a fraction.\n\n{shown(x=x)}",
        right,
        wrong_elements(worked, among, *asked, worked_out=False),
        solution(worked.at(*of), worked.only("normalised").at(*asked)),
        signed=True,
    )
    option = f" --groups {groups}" if groups else ""
    command = f"norm {argument(x)} --kind {kind}{option} --of normalised --element {place} -q"
    return made._replace(command=f"cnncalc work {command}")


def _with_whole_deviation(draw: Draw, count: int) -> list[int]:
    """Numbers whose standard deviation is a whole number of at least 2.

    Those that are all a deviation off the mean, and come to 1 or −1, are not too many.
    """
    few = draw.below(4) == 0
    for _ in range(600):
        found = [draw.between(0, 15) for _ in range(count)]
        if tensors.norm_var(found, [0]) not in (4, 9, 16, 25):
            continue
        if few or not all(_is_a_deviation_off(found, value) for value in found):
            return found
    raise Redraw("no such numbers")


def _is_a_deviation_off(values: Sequence[int], value: int) -> bool:
    mean = Fraction(sum(values), len(values))
    return bool((value - mean) ** 2 == tensors.norm_var(values, [0]))


#: By how much equal numbers are apart, so that together they have a deviation that is no root either.
_SHIFTS = {4: 3, 9: 8, 16: 6}


def _shifted(draw: Draw, values: Sequence[int]) -> list[int]:
    """Others, so that who takes both together for what is normalised comes to a fraction."""
    shift = _SHIFTS.get(int(tensors.norm_var(values, [0])))
    if shift is None:
        raise Redraw("no such numbers")
    sign = -1 if min(values) >= shift and draw.below(2) else 1
    return [value + sign * shift for value in draw.shuffled(values)]


def _mistaken(x: Any, kind: str, groups: int | None) -> list[Mistaken]:
    found = [
        (f"took it for {_NAMES[other]}", work.norm(x, other))
        for other in ("bn", "ln", "in")
        if other != kind
    ]
    return [
        *found,
        ("divided by the variance, not by its root", _divided(x, kind, groups, lambda v: v)),
        ("did not divide by the standard deviation", _divided(x, kind, groups, lambda v: 1)),
    ]


def _divided(x: Any, kind: str, groups: int | None, by: Callable[[Any], Any]) -> Working:
    """Normalised, with something made of the variance in place of its root."""
    inner = tensors.groups(x, groups) if groups else x
    found = tensors.normalised(inner, NORM_AXES[kind](len(shape_of(inner))), by)
    found = tensors.ungrouped(found) if groups else found
    return Working("norm", [Given("x", x)], [Result("normalised", "x̂", r"\hat{x}", found)])


def _drawn(draw: Draw) -> dict[str, _Norm]:
    """The four normalisations of a batch of images."""
    n, c, h = draw.choose((4, 8, 16, 32)), draw.choose((12, 24, 32, 48)), draw.between(5, 14)
    shape = (n, c, h, h + draw.choose((0, 2)))
    kinds = {kind: _Norm(kind, shape) for kind in ("bn", "ln", "in")}
    return {**kinds, "gn": _Norm("gn", shape, draw.choose((2, 4)))}


def _times(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


@template(
    "norm-axes-matching",
    topic="normalisation",
    type="matching",
    title="What each normalisation takes its means over",
    sources=(
        "001 Different Normalization Layers",
        "000 BatchNorm vs Other Normalizations",
        "003 7.11.5 Alternative Normalization Methods (LN, IN, GN, ...)",
    ),
)
def norm_axes_matching(draw: Draw) -> Made:
    norms = _drawn(draw)
    shape = norms["bn"].shape
    said = {kind: f"over {one.letters()}: {one.means():,} means" for kind, one in norms.items()}
    apart = product(shape[1:])
    others = [
        Wrong("over N, C, H, W: 1 mean", "took all numbers of the batch together"),
        Wrong(f"over N: {apart:,} means", "left the positions of a channel apart"),
    ]
    return matching(
        draw,
        f"A batch of shape N×C×H×W = {_times(shape)} goes through each of these layers, in training. "
        "Over which axes do they take their means, and how many means are there?",
        [(one.name, said[kind]) for kind, one in norms.items()],
        draw.sample(others, 1),
        Page("", [Section("", [("", [line for one in norms.values() for line in _lines(one)])])]),
    )


@template(
    "norm-statistics-count",
    topic="normalisation",
    type="numeric",
    title="How many numbers a mean of a normalisation is taken over",
    sources=(
        "001 Batch Normalization for ConvNets",
        "003 7.11.5 Alternative Normalization Methods (LN, IN, GN, ...)",
        "004 2.5 Application",
    ),
)
def norm_statistics_count(draw: Draw) -> Made:
    norms = _drawn(draw)
    asked = draw.choose(list(norms.values()))
    right = int(asked.count())
    found = {int(one.count()): Wrong(int(one.count()), f"took it for {_NAMES[kind]}")
             for kind, one in norms.items() if one != asked}  # fmt: skip
    n, _, h, w = asked.shape
    more = [
        Wrong(asked.means(), "counted the means, not the numbers that each is taken over"),
        Wrong(n, "took the images alone, as for vectors") if asked.kind == "bn" else None,
        Wrong(int(product(asked.shape)), "took all numbers of the batch together"),
    ]
    for one in filter(None, more):
        found.setdefault(int(one.value), one)
    found.pop(right, None)
    return amount(
        f"A batch of {n} images has {asked.shape[1]} channels of {h}×{w}. Over how many numbers is "
        f"each mean of {asked.name} taken, in training?",
        right,
        found.values(),
        Page("", [Section("", [("", [_counted(asked)])])]),
    )
