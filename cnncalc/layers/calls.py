"""What a layer's PyTorch twin computes, as tools that watch it see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnncalc.sizes import Shape, Size

if TYPE_CHECKING:
    from cnncalc.layers.base import Layer, Product, Weight


class Call(NamedTuple):
    """An operation that the PyTorch twin runs on floating-point numbers: what tools can see of it.

    ``name`` is the function of ``torch.nn.functional`` (or of ``torch``) without its rank, as
    ``conv``; an operator as it is written, ``+``; or a method, ``Tensor.softmax``. ``module`` is the
    class of ``torch.nn`` that calls it, without its rank; None where that is a function or a class of
    ours. ``x`` is the first operand and ``y`` the result, for one of ``images`` images. ``layer`` has
    the arguments. ``weights`` are called as in ``torch.nn``: weight, bias, running_mean, ….
    """

    name: str
    module: str | None
    x: Shape
    y: Shape
    layer: Layer
    weights: tuple[Weight, ...] = ()
    product: Product | None = None
    images: Size = 1

    @property
    def read(self) -> Size:
        """Elements of the first operand, of all images: N."""
        return self.x.numel * self.images

    @property
    def made(self) -> Size:
        """Elements of the result, of all images: M."""
        return self.y.numel * self.images

    @property
    def macs(self) -> Size:
        """Multiply–accumulates, of all images."""
        macs = sum(weight.macs for weight in self.weights)
        return (macs + (self.product.macs if self.product else 0)) * self.images

    def has(self, weight: str) -> bool:
        """Is there a weight of this name?"""
        return any(one.name == weight for one in self.weights)
