"""Sequences of tokens: from a map to tokens, attention, and back to a vector."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.layers.arguments import Count, Flag
from cnncalc.layers.base import Layer, Mistake, Product, Requirement, Weight
from cnncalc.layers.calls import Call
from cnncalc.layers.keeping import INPUT_KEPT, Kept
from cnncalc.layers.windows import Pick, Slide, Whole, Window
from cnncalc.problems import Indivisible
from cnncalc.sizes import Shape, Tokens, exact_div, product

_NAMES = ("weight", "bias")
_NEEDS_TOKENS = "put tokens before it: it turns a map CxHxW into H*W tokens of C features"


class ToTokens(Layer):
    """The map as a sequence: one token per position, its channels as features.

    Source: Dosovitskiy et al. 2021, "An image is worth 16x16 words", eq. 1.
    """

    kind = "tokens"
    example = "768x14x14 | tokens"
    mistakes = (Mistake("joined the channels too: flattened", kind="flatten"),)
    ranks = range(1, 4)
    view = True
    reorders = True

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return (Whole(keep=False),) * x.rank

    def output(self, *xs: Shape) -> Shape:
        super().output(*xs)
        (x,) = xs
        return Tokens((product(x.spatial), x.channels))

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return lambda x: x.flatten(2).transpose(1, 2)


class _OnTokens(Layer):
    ranks = range(1, 2)
    on_tokens = "only"
    ranks_hint = _NEEDS_TOKENS


class ClassToken(_OnTokens):
    """A learned token put before the others. Source: Dosovitskiy et al. 2021, section 3.1."""

    kind = "class_token"
    passes_gradient = True
    example = "768x14x14 | tokens | class_token"
    mistakes = (
        Mistake("forgot that there is a token more", kind="identity"),
        Mistake("took it for the position embedding", kind="pos_embedding"),
    )

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return (Slide(before=1),)

    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        yield Weight("token", (1, 1, x.channels))

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs

        class Prepend(torch.nn.Module):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.token = torch.nn.Parameter(torch.zeros(1, 1, x.channels))

            def forward(self, tokens: Any) -> Any:
                return torch.cat([self.token.expand(tokens.shape[0], -1, -1), tokens], dim=1)

        return Prepend()


class PositionEmbedding(_OnTokens):
    """A learned vector added to each token (or position, where features are last). Source: Dosovitskiy et al. 2021, section 3.1."""

    kind = "pos_embedding"
    passes_gradient = True
    function = "+"
    example = "768x14x14 | tokens | pos_embedding"
    mistakes = (
        Mistake("counted one vector for all tokens", kind="layerscale"),
        Mistake("took it for a token of its own", kind="class_token"),
    )
    ranks = range(1, 4)

    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        yield Weight("embedding", (1, *x))

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs

        class AddEmbedding(torch.nn.Module):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.embedding = torch.nn.Parameter(torch.zeros(1, *x))

            def forward(self, tokens: Any) -> Any:
                return tokens + self.embedding

        return AddEmbedding()


class Select(_OnTokens):
    """One token as a vector, the first (the class token) unless told otherwise.

    Source: Dosovitskiy et al. 2021, eq. 4.
    """

    kind = "select"
    example = "768x14x14 | tokens | class_token | select"
    mistakes = (Mistake("kept all tokens", kind="identity"),)
    view = True

    index = Count("which token, from 0", positional=True, minimum=0, default=0)

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return (Pick(self.index),)

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        yield Requirement(
            xs[0][0],
            ">=",
            self.index + 1,
            f"there are {{left}} tokens, and number {self.index} is wanted",
            "tokens are counted from 0",
        )

    def torch(self, torch: Any, *xs: Shape) -> Any:
        index = self.index
        return lambda tokens: tokens[:, index]


class Attention(_OnTokens):
    """Multi-head self-attention: every token sees all of them.

    Projections to queries, keys and values, softmax(QKᵀ/√d)V for each head, and a projection back:
    3C·C and C·C weights with their biases, each used once a token. The two products have no weights;
    each multiplies every token with every token, which grows with the square of their number.
    Source: Vaswani et al. 2017, section 3.2; weights as in ``torch.nn.MultiheadAttention``.
    """

    kind = "attention"
    example = "768x14x14 | tokens | attention 12"
    mistakes = (Mistake("forgot the biases", {"bias": False}),)

    heads = Count("heads, which share the features", "h", positional=True)
    bias = Flag("the projections add a learned constant", default=True)

    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        features, tokens = x.channels, product(x.spatial)
        yield Weight("in_proj_weight", (3 * features, features), uses=tokens)
        if self.bias:
            yield Weight("in_proj_bias", (3 * features,))
        yield Weight("out_proj.weight", (features, features), uses=tokens, inner=True)
        if self.bias:
            yield Weight("out_proj.bias", (features,))

    def reaches_all(self, *xs: Shape) -> bool:
        return True

    def products(self, *xs: Shape) -> Iterator[Product]:
        tokens, each = product(xs[0].spatial), exact_div(xs[0].channels, self.heads)
        yield Product("QKᵀ", tokens, each, tokens, times=self.heads)
        yield Product("softmax(QKᵀ)V", tokens, tokens, each, times=self.heads)

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        """Of unfused attention, whose scores are a tensor of their own for each head."""
        (x,) = xs
        tokens = product(x.spatial)
        yield INPUT_KEPT
        yield Kept("queries, keys and values", 3 * x.numel)
        yield Kept("softmax(QKᵀ)", self.heads * tokens * tokens)
        yield Kept("softmax(QKᵀ)V", x.numel)

    def calls(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Call]:
        (x,) = xs
        given = {weight.name: weight for weight in self.weights(x, y)}

        def named(start: str) -> tuple[Weight, ...]:
            found = (given.get(f"{start}{name}") for name in _NAMES)
            return tuple(one._replace(name=name) for one, name in zip(found, _NAMES) if one)

        scores, seen = self.products(x)
        joined = x.like(3 * x.channels, x.spatial)
        square = Shape((scores.times, scores.rows, scores.columns))
        yield Call("linear", None, x, joined, self, named("in_proj_"))
        yield Call("bmm", None, x, square, self, product=scores)
        yield Call("/", None, square, square, self)
        yield Call("Tensor.softmax", None, square, square, self)
        yield Call("bmm", None, square, x, self, product=seen)
        yield Call("linear", "Linear", x, y, self, named("out_proj."))

    def requirements(self, *xs: Shape) -> Iterator[Requirement]:
        yield Requirement(
            xs[0].channels,
            "% ==",
            self.heads,
            "{right} heads cannot share {left} features equally",
            "choose heads that divide the features",
            error=Indivisible,
        )

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        heads, features, bias = self.heads, x.channels, self.bias

        class SelfAttention(torch.nn.Module):  # type: ignore[misc]
            """nn.MultiheadAttention's weights; its fused kernels hide their products."""

            def __init__(self) -> None:
                super().__init__()
                self.in_proj_weight = torch.nn.Parameter(torch.empty(3 * features, features))
                torch.nn.init.xavier_uniform_(self.in_proj_weight)
                self.in_proj_bias = torch.nn.Parameter(torch.zeros(3 * features)) if bias else None
                self.out_proj = torch.nn.Linear(features, features, bias=bias)

            def forward(self, tokens: Any) -> Any:
                batch, count, _ = tokens.shape
                joined = torch.nn.functional.linear(tokens, self.in_proj_weight, self.in_proj_bias)
                apart = joined.reshape(batch, count, 3, heads, features // heads)
                query, key, value = apart.permute(2, 0, 3, 1, 4).flatten(1, 2).unbind(0)
                scores = torch.bmm(query, key.transpose(1, 2)) / (features // heads) ** 0.5
                seen = torch.bmm(scores.softmax(dim=-1), value)
                heads_first = seen.reshape(batch, heads, count, features // heads)
                return self.out_proj(heads_first.transpose(1, 2).flatten(2))

        return SelfAttention()
