"""What the PyTorch twins that are our own compute, against PyTorch's modules and plain loops.

A twin that is one of PyTorch's modules needs no test of its own; the conformance harness holds
shapes, weights, counts and reads of all of them.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch

from cnncalc.layers import KINDS
from cnncalc.sizes import Shape, Tokens

torch.set_num_threads(1)


def twin(kind: str, *xs: Shape, **given: Any) -> Any:
    torch.manual_seed(0)
    return KINDS[kind](**given).torch(torch, *xs)


def close(found: torch.Tensor, expected: torch.Tensor) -> bool:
    return found.shape == expected.shape and torch.allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("heads", [1, 2, 4])
@pytest.mark.parametrize("bias", [True, False])
def test_attention_is_pytorchs(heads: int, bias: bool) -> None:
    ours = twin("attention", Tokens((5, 8)), heads=heads, bias=bias)
    theirs = torch.nn.MultiheadAttention(8, heads, bias=bias, batch_first=True)
    for tensor in theirs.parameters():
        torch.nn.init.normal_(tensor)
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(3, 5, 8)
    assert close(ours(x), theirs(x, x, x, need_weights=False)[0])


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_locally_connected_is_a_loop_over_positions(rank: int) -> None:
    kernel, stride, padding = (3, 2, 1)[:rank], (2, 1, 1)[:rank], (1, 0, 1)[:rank]
    x = Shape((2, 5, 4, 3)[: rank + 1])
    layer = twin("local", x, out=3, kernel=kernel, stride=stride, padding=padding)
    torch.nn.init.normal_(layer.bias)
    image = torch.randn(2, *x)
    sides = [side for p in reversed(padding) for side in (p, p)]
    padded = torch.nn.functional.pad(image, sides)
    found = layer(image)
    for i, unit in enumerate(product(*map(range, found.shape[2:]))):
        cut = [slice(u * s, u * s + k) for u, s, k in zip(unit, stride, kernel, strict=True)]
        patch = padded[(slice(None), slice(None), *cut)].flatten(1)
        expected = patch @ layer.weight[i] + layer.bias[(slice(None), *unit)]
        assert close(found[(slice(None), slice(None), *unit)], expected)


def test_locally_connected_with_shared_weights_is_a_convolution() -> None:
    x = Shape((3, 6, 7))
    conv = twin("conv", x, out=4, kernel=(3, 2), padding=(1,), bias=False)
    local = twin("local", x, out=4, kernel=(3, 2), padding=(1,), bias=False)
    with torch.no_grad():
        local.weight.copy_(conv.weight.flatten(1).T)
    image = torch.randn(2, *x)
    assert close(local(image), conv(image))


@pytest.mark.parametrize("rank", [0, 1, 2, 3])
@pytest.mark.parametrize("affine", [True, False])
def test_layer_norm_is_over_the_channels_of_each_position(rank: int, affine: bool) -> None:
    x = Shape((6, 5, 4, 3)[: rank + 1])
    image = torch.randn(2, *x)
    mean = image.mean(dim=1, keepdim=True)
    variance = image.var(dim=1, keepdim=True, unbiased=False)
    found = twin("ln", x, affine=affine)(image)
    assert close(found, (image - mean) / (variance + 1e-5).sqrt())


@pytest.mark.parametrize("x", [Shape((6, 5, 4)), Tokens((5, 6)), Shape((6,))])
def test_layer_norm_over_all_is_pytorchs(x: Shape) -> None:
    image = torch.randn(2, *x)
    assert close(twin("ln", x, over="all")(image), torch.nn.LayerNorm(list(x))(image))


def test_unpooling_undoes_pooling() -> None:
    image = torch.randn(2, 3, 7, 6)
    pooled, places = torch.nn.functional.max_pool2d(image, (2, 3), return_indices=True)
    ours = twin("unpool", Shape(pooled.shape[1:]), Shape(image.shape[1:]), kernel=(2, 3))
    theirs = torch.nn.MaxUnpool2d((2, 3))
    assert torch.equal(ours(pooled, image), theirs(pooled, places, output_size=image.shape))


def test_channel_shuffle_is_pytorchs() -> None:
    image = torch.arange(6.0).reshape(1, 6, 1, 1)
    found = twin("channel_shuffle", Shape((6, 1, 1)), groups=3)(image)
    assert torch.equal(found, torch.nn.ChannelShuffle(3)(image))
    assert found.flatten().tolist() == [0, 2, 4, 1, 3, 5]


def test_tokens_are_positions_row_by_row() -> None:
    image = torch.arange(12.0).reshape(1, 2, 2, 3)
    found = twin("tokens", Shape((2, 2, 3)))(image)
    assert found.tolist() == [[[0, 6], [1, 7], [2, 8], [3, 9], [4, 10], [5, 11]]]


def test_permute_and_reshape_lead_back_from_tokens() -> None:
    image = torch.randn(2, 3, 4, 5)
    tokens = twin("tokens", Shape((3, 4, 5)))(image)
    signal = twin("permute", Tokens((20, 3)), to="first")(tokens)
    assert torch.equal(twin("reshape", Shape((3, 20)), shape=(3, 4, 5))(signal), image)
    last = twin("permute", Shape((3, 4, 5)), to="last")(image)
    assert torch.equal(last, image.permute(0, 2, 3, 1))
    assert torch.equal(twin("permute", Tokens((4, 5, 3)), to="first")(last), image)


@pytest.mark.parametrize("x", [Shape((6, 4)), Tokens((4, 6)), Shape((6,))])
def test_parts_of_a_split_make_the_whole(x: Shape) -> None:
    image = torch.randn(2, *x)
    parts = [twin("split", x, parts=3, index=i)(image) for i in range(3)]
    assert torch.equal(torch.cat(parts, dim=-1 if x.features_last else 1), image)


def test_class_token_and_position_embedding_are_parameters() -> None:
    x = Tokens((4, 3))
    layer = twin("class_token", x)
    torch.nn.init.constant_(layer.token, 7)
    tokens = torch.randn(2, *x)
    found = layer(tokens)
    assert found[:, 0].eq(7).all()
    assert torch.equal(found[:, 1:], tokens)
    assert torch.equal(twin("select", Tokens((5, 3)), index=2)(found), tokens[:, 1])
    embedding = twin("pos_embedding", x)
    torch.nn.init.normal_(embedding.embedding)
    assert close(embedding(tokens), tokens + embedding.embedding[0])


@pytest.mark.parametrize("x", [Shape((3, 4, 5)), Tokens((4, 3)), Shape((3,))])
def test_layer_scale_is_a_factor_for_each_channel(x: Shape) -> None:
    layer = twin("layerscale", x)
    torch.nn.init.normal_(layer.weight)
    image = torch.randn(2, *x)
    dim = -1 if x.features_last else 1
    rows = [part * factor for part, factor in zip(image.unbind(dim), layer.weight, strict=True)]
    assert close(layer(image), torch.stack(rows, dim))


@pytest.mark.parametrize("x", [Shape((3, 4)), Tokens((4, 3)), Shape((3,))])
def test_softmax_is_over_the_features(x: Shape) -> None:
    found = twin("softmax", x)(torch.randn(2, *x))
    assert close(found.sum(-1 if x.features_last else 1), torch.ones(2, *x.spatial))


def test_losses() -> None:
    scores = torch.randn(4, 5)
    expected = -torch.log_softmax(scores, dim=1)[:, :1]
    assert close(twin("cross_entropy", Shape((5,)))(scores), expected)
    one, other = torch.randn(2, 4, 3, 5)
    found = twin("mse", Shape((3, 5)), Shape((3, 5)))(one, other)
    means = [torch.nn.functional.mse_loss(a, b) for a, b in zip(one, other, strict=True)]
    assert close(found, torch.stack(means).unsqueeze(1))
