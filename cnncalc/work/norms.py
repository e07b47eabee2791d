"""Batch, layer, instance and group normalisation of a small batch."""

from __future__ import annotations

from typing import Any

from cnncalc import tensors
from cnncalc.errors import UsageError, suggest
from cnncalc.tensors import NORM_AXES, ShapeError, Traced, flatten, shape
from cnncalc.work.fitting import bounded
from cnncalc.work.reading import array, counted, named, scalar
from cnncalc.work.working import Given, Result, Working

Array = Any  # nested lists of numbers, or text

#: What the axes of an array are, by how many there are.
_AXES = {2: "NC", 3: "NCW", 4: "NCHW", 5: "NCDHW"}


def norm(x: Array, kind: str = "bn", groups: int | None = None, eps: Any = 0) -> Working:
    """Normalisation of a batch: means, variances, and each number minus its mean over √(σ² + ε).

    x is a batch (N) of channels (C), with as many further axes as there are. The statistics of
    ``bn`` are taken for each channel, of ``ln`` for each sample, of ``in`` for each channel of each
    sample, of ``gn`` for each group of channels of each sample. Variances divide by the count.
    ε is 0 unless given (layers take 1e-5). Scale and shift are those that training starts with, 1
    and 0.

    >>> print(norm("[[1, 5], [3, 9]]", "bn"))
    bn: eps 0
    <BLANKLINE>
    x (2x2)
    1  5
    3  9
    <BLANKLINE>
    each channel: over the 2 numbers along N
    <BLANKLINE>
    μ[0] = (1 + 3) / 2 = 2
    μ[1] = (5 + 9) / 2 = 7
    <BLANKLINE>
    σ²[0] = ((1 − 2)² + (3 − 2)²) / 2 = 1
    σ²[1] = ((5 − 7)² + (9 − 7)²) / 2 = 4
    <BLANKLINE>
    x̂[0,0] = (1 − 2) / √1 = −1
    x̂[0,1] = (5 − 7) / √4 = −1
    x̂[1,0] = (3 − 2) / √1 = 1
    x̂[1,1] = (9 − 7) / √4 = 1
    <BLANKLINE>
    μ (2)    σ² (2)    x̂ (2x2)
    2  7     1  4      −1  −1
                        1   1
    """
    if kind not in NORM_AXES:
        raise UsageError(f"no normalisation {kind!r}", hint=suggest(str(kind), NORM_AXES, "ones"))
    if (groups is not None) != (kind == "gn"):
        if kind == "gn":
            raise UsageError("gn needs the number of groups", hint="write --kind gn --groups 2")
        raise UsageError(f"{kind} takes no groups", hint="group normalisation is --kind gn")
    plain = array(x, "x")
    sizes = shape(plain)
    if not 2 <= len(sizes) <= len(_AXES) + 1:
        raise UsageError(
            f"x has {counted(len(sizes))}",
            hint="x is a batch: samples, channels, and further axes, as in [[[[1, 2], [3, 4]]]]",
        )
    if kind == "in" and len(sizes) == 2:
        raise UsageError(
            "in takes its statistics over the axes after the channels, and x has none",
            hint="x is samples, channels, and at least one axis more",
        )
    epsilon = scalar(eps, "eps")
    if isinstance(epsilon, list) or epsilon < 0:
        raise UsageError("eps is a number of at least 0", hint="layers take 1e-5")
    bounded(sizes, [1], 3)
    values = named(plain, "x")
    letters = _AXES[len(sizes)]
    try:
        inner = values if groups is None else tensors.groups(values, groups)
    except ShapeError as error:
        raise UsageError(str(error), hint="the number of groups divides that of channels") from None
    over = NORM_AXES[kind](len(shape(inner)))
    middles, variances = tensors.norm_mean(inner, over), tensors.norm_var(inner, over)
    _positive(variances, epsilon)
    found = tensors.normalised(inner, over, lambda v: (v + epsilon if epsilon else v).root())
    count = len(flatten(inner)) // len(flatten(middles))
    along = [letters[axis] for axis in NORM_AXES[kind](len(sizes))]
    if groups is not None:
        along.insert(0, f"C/{groups}")
    settings = {"eps": epsilon} if groups is None else {"groups": groups, "eps": epsilon}
    return Working(
        kind,
        [Given("x", values)],
        [
            Result("mean", "μ", r"\mu", middles),
            Result("variance", "σ²", r"\sigma^2", variances),
            Result(
                "normalised", "x̂", r"\hat{x}", found if groups is None else tensors.ungrouped(found)
            ),
        ],
        settings=settings,
        sizes=[f"{_OF[kind]}: over the {count} number{'s' * (count > 1)} along {', '.join(along)}"],
    )


_OF = {
    "bn": "each channel",
    "ln": "each sample",
    "in": "each channel of each sample",
    "gn": "each group of each sample",
}


def _positive(variances: Any, epsilon: Any) -> None:
    """Raises :class:`UsageError` where the root would be 0."""
    zero = [one for one in flatten(variances) if isinstance(one, Traced) and one + epsilon == 0]
    if zero:
        raise UsageError(
            "a variance is 0: all numbers that it is taken over are equal, and nothing can be "
            "divided by its root",
            hint="give eps, as layers do: 1e-5",
        )
