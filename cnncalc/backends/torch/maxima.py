"""Sums in the place of maxima, so that gradients reach every position of a window.

What is summed over is what PyTorch's own arguments say, and as many windows as PyTorch makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

#: Functions that PyTorch's maxima go through, by how their names begin, and their arguments.
_MAXIMA = {
    "max_pool": (
        "input", "kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices",
    ),
    "adaptive_max_pool": ("input", "output_size", "return_indices"),
    "max_unpool": ("input", "indices", "kernel_size", "stride", "padding", "output_size"),
}  # fmt: skip


class SumsForMaxima(TorchFunctionMode):
    """Makes every maximum over a window that PyTorch is asked for a sum over that window."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "").lstrip("_")
        words = next((words for start, words in _MAXIMA.items() if name.startswith(start)), None)
        if words is None:
            return func(*args, **kwargs)
        given = {**dict.fromkeys(words), **dict(zip(words, args)), **kwargs}
        if name.startswith("max_unpool"):
            return _unpool(**given)
        if name.startswith("adaptive"):
            x, out = given["input"], given["output_size"]
            found = getattr(functional, f"adaptive_avg_pool{x.dim() - 2}d")(x, out)
        else:
            made = func(*args, **kwargs)
            size = (made[0] if isinstance(made, tuple) else made).shape[2:]
            found = _sum_pool(size, **given)
        # The places of the maxima depend on what was pooled, too: they are carried as that.
        places = name.endswith("with_indices") or given["return_indices"]
        return (found, found) if places else found


def _sum_pool(size: Sequence[int], **given: Any) -> Tensor:
    x: Tensor = given["input"]
    rank = x.dim() - 2
    kernel = _each(given["kernel_size"], rank)
    stride = _each(given["stride"] or kernel, rank)
    padding, dilation = _each(given["padding"] or 0, rank), _each(given["dilation"] or 1, rank)
    pads: list[int] = []
    for n, out, k, s, p, d in zip(x.shape[2:], size, kernel, stride, padding, dilation):
        after = (out - 1) * s + d * (k - 1) + 1 - p - n  # ceil_mode: as much as it hangs over
        pads = [p, after, *pads]
    ones = x.new_ones(x.shape[1], 1, *kernel)
    convolve = getattr(functional, f"conv{rank}d")
    found: Tensor = convolve(
        functional.pad(x, pads), ones, stride=stride, dilation=dilation, groups=x.shape[1]
    )
    return found


def _unpool(**given: Any) -> Tensor:
    """Every element at all positions of its window, any of which may have had the maximum."""
    found: Tensor = given["input"] + given["indices"]
    rank = found.dim() - 2
    for axis, k in enumerate(_each(given["kernel_size"], rank), start=2):
        found = found.repeat_interleave(k, dim=axis)
    if given["output_size"] is not None:
        rest = [want - n for want, n in zip(given["output_size"][-rank:], found.shape[2:])]
        found = functional.pad(found, [side for extra in reversed(rest) for side in (0, extra)])
    return found


def _each(value: Any, rank: int) -> tuple[int, ...]:
    return (value,) * rank if isinstance(value, int) else tuple(value)
