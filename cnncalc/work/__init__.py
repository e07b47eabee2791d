"""Tensor arithmetic worked by hand: small arrays, every product written out, exact numbers.

Arrays are nested lists of numbers, or text (``"1 2; 3 4"``). Each call gives a :class:`Working`:
``print`` shows the computation as a textbook does, ``.result`` is the array that comes out.

>>> from cnncalc import work
>>> print(work.conv("1 2 3 4", "1 0 -1").at(0))
y[0] = 1·1 + 0·2 + (−1)·3 = −2

The computation is :mod:`cnncalc.tensors` itself, run on numbers that remember how they were made.
"""

from cnncalc.work.convolutions import conv, conv_backward, convolve, deconv
from cnncalc.work.matrices import matmul, outer
from cnncalc.work.norms import norm
from cnncalc.work.pooling import avgpool, avgpool_backward, maxpool, maxpool_backward
from cnncalc.work.working import Working

__all__ = [
    "Working",
    "avgpool",
    "avgpool_backward",
    "conv",
    "conv_backward",
    "convolve",
    "deconv",
    "matmul",
    "maxpool",
    "maxpool_backward",
    "norm",
    "outer",
]
