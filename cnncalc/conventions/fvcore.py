"""What fvcore counts: one per multiply–accumulate, and the operations below.

Read from fvcore 0.1.5.post20221221 and checked by running it. An operation counts when its name in
the traced graph is in ``fvcore/nn/flop_count.py:26-44`` (``_DEFAULT_SUPPORTED_OPS``); every other
is 0 to fvcore, most with a warning. The traced name decides, which has surprising consequences:
pooling counts in 2D alone, and a convolution with ``padding='same'`` not at all.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.conventions.base import (
    Convention,
    Counted,
    Rule,
    Term,
    macs,
    made,
    measures_batch,
    read,
    scaled,
    tabled,
)
from cnncalc.conventions.counting import Place
from cnncalc.layers.calls import Call

VERSION = "0.1.5.post20221221"
_HANDLES = "fvcore/nn/jit_handles.py"
_TABLE = "fvcore/nn/flop_count.py:26-44"


def _batch_norm(call: Call) -> Iterator[Term]:
    """As traced: without running statistics PyTorch normalises by the batch, as in training."""
    formula = scaled(5, 4) if measures_batch(call) else scaled(2, 1)
    yield from formula(call)


def _upsample(call: Call) -> Iterator[Term]:
    yield from made(1 if call.layer.__dict__["mode"] == "nearest" else 4)(call)


_NORM = Rule(
    "5N with a learned scale, 4N without", f"{_HANDLES}:230-248, norm_flop_counter", scaled(5, 4)
)
RULES = {
    "conv": Rule("1 for each MAC", f"{_HANDLES}:127-171, conv_flop_jit", macs),
    "conv_transpose": Rule("1 for each MAC", f"{_HANDLES}:127-171, conv_flop_jit", macs),
    "linear": Rule("1 for each MAC", f"{_HANDLES}:99-110, linear_flop_jit", macs),
    "bmm": Rule("1 for each MAC", f"{_HANDLES}:113-124, bmm_flop_jit", macs),
    "batch_norm": Rule(
        "2N with scale and shift, else N; without running statistics 5N and 4N",
        f"{_HANDLES}:251-258, batchnorm_flop_jit",
        _batch_norm,
    ),
    **dict.fromkeys(("layer_norm", "group_norm", "instance_norm"), _NORM),
    "interpolate": Rule(
        "2D: M nearest, 4M bilinear", f"{_TABLE}, elementwise_flop_counter", _upsample
    ),
    "adaptive_avg_pool": Rule("2D: N", f"{_TABLE}, elementwise_flop_counter(1, 0)", read(1)),
}
#: Only their 2D operations are in the table.
_PLANAR = frozenset({"interpolate", "adaptive_avg_pool"})


def _seen(call: Call) -> str | None:
    """The rule of the operation, by the name that tracing gives it.

    Padding given as a word is traced as aten::_convolution_mode, which is not in the table; with
    another mode than zeros PyTorch pads first, and convolves with padding 0.
    """
    if call.name in _PLANAR and call.x.rank != 2:
        return None
    worded = isinstance(getattr(call.layer, "padding", None), str)
    if worded and call.name == "conv" and call.layer.__dict__["mode"] == "zeros":
        return None
    return call.name


def count(place: Place) -> Counted:
    """By the names of traced operations."""
    return tabled(place.calls, RULES, _seen)


CONVENTIONS = (
    Convention(
        name="fvcore",
        version=VERSION,
        unit="flop",
        about="fvcore.nn.FlopCountAnalysis: 1 for each MAC, and normalisation, pooling and "
        "upsampling by its table",
        rules=RULES,
        counter=count,
        traced=True,
    ),
)
