"""What entries of the bank say in numbers, held to PyTorch: their texts are read, not copied."""

from __future__ import annotations

import re
from ast import literal_eval
from pathlib import Path
from typing import Any

import pytest
import yaml

from cnncalc import load
from cnncalc.quiz import bank

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional

ITEMS: dict[str, Any] = {
    item["id"]: item
    for path in sorted(Path(bank.__file__).parent.glob("*.yaml"))
    for item in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)["items"]
}


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def right(entry: str) -> str:
    return str(ITEMS[entry]["right"])


def wrong(entry: str) -> list[str]:
    return [one["says"] for one in ITEMS[entry]["wrong"]]


def first_number(text: str) -> float:
    return float(re.findall(r"[\d.]+(?:,\d{3})*", text)[0].replace(",", ""))


def sides(entry: str, kind: str) -> list[str]:
    """The true, or the false, statements of an entry."""
    return [one[kind] for one in ITEMS[entry]["statements"] if kind in one]


def why(entry: str) -> str:
    because = ITEMS[entry]["because"]
    return because if isinstance(because, str) else " ".join(because)


# Matching.


def test_padding_modes() -> None:
    row = torch.tensor([[[1.0, 2, 3, 4]]])
    modes = {"zero": "constant", "reflect": "reflect", "replicate": "replicate"}
    modes["circular"] = "circular"
    for name, values in ITEMS["padding-modes"]["pairs"].items():
        padded = F.pad(row, (2, 0), mode=modes[name.removesuffix(" padding")])[0, 0]
        assert " ".join(str(int(one)) for one in padded[:2]) == values


def test_common_settings() -> None:
    for name, effect in ITEMS["common-settings"]["pairs"].items():
        kernel, padding, stride = map(int, re.findall(r"\d+", name))
        size = nn.Conv2d(1, 1, kernel, stride, padding)(torch.zeros(1, 1, 32, 32)).shape[-1]
        assert f"{size}×{size}" in effect


def test_special_convolutions() -> None:
    c, f = 4, 5
    layers = {
        "3×3 convolution of images": nn.Conv2d(c, f, 3),
        "1×1 convolution of images": nn.Conv2d(c, f, 1),
        "convolution of kernel 3 along time": nn.Conv1d(c, f, 3),
        "3×3×3 convolution of volumes": nn.Conv3d(c, f, 3),
        "3×3 depthwise convolution": nn.Conv2d(c, c, 3, groups=c),
    }
    for name, shape in ITEMS["special-convolutions"]["pairs"].items():
        said = [{"F": f, "C": c}.get(part) or int(part) for part in shape.split("×")]
        assert tuple(said) == tuple(layers[name].weight.shape)


def test_gradients_of_scale_and_shift() -> None:
    x = torch.randn(6, 4, 3, 3, dtype=torch.double)
    layer = nn.BatchNorm2d(4, dtype=torch.double)
    nn.init.uniform_(layer.weight)
    y = layer(x)
    g = torch.randn_like(y)
    y.backward(g)
    hat = (y - layer.bias[:, None, None]) / layer.weight[:, None, None]
    found = {"the scale γ": layer.weight.grad, "the shift β": layer.bias.grad}
    formulas = {"the sum of g·x̂": (g * hat).sum((0, 2, 3)), "the sum of g": g.sum((0, 2, 3))}
    pairs = ITEMS["batchnorm-parameter-gradients"]["pairs"]
    for name, gradient in found.items():
        assert torch.allclose(formulas[pairs[name]], gradient)


# Single choice.


def test_gradient_of_global_average_pooling() -> None:
    x = torch.zeros(1, 1, 7, 7, requires_grad=True)
    F.adaptive_avg_pool2d(x, 1).sum().backward()
    assert right("gap-gradient") == "g/49"
    assert torch.allclose(x.grad, torch.full((1, 1, 7, 7), 1 / 49))


def test_gradient_of_overlapping_windows() -> None:
    x = torch.zeros(1, 1, 3, 5)
    x[0, 0, 1, 2] = 1  # in both windows
    x.requires_grad_()
    F.max_pool2d(x, 3, 2).backward(torch.tensor([[[[0.2, 0.5]]]]))
    assert first_number(right("overlapping-pooling")) == pytest.approx(float(x.grad[0, 0, 1, 2]))


def test_field_of_wavenet() -> None:
    net = nn.Sequential(*(nn.Conv1d(1, 1, 2, dilation=2**i) for i in range(10)))
    for one in net:
        nn.init.ones_(one.weight)
    x = torch.zeros(1, 1, 1100, requires_grad=True)
    net(x)[0, 0, 0].backward()
    assert first_number(right("wavenet-field")) == int((x.grad != 0).sum())


def test_separable_kernels_have_rank_1() -> None:
    def rank(text: str) -> int:
        matrix = torch.tensor(literal_eval(text.replace("−", "-")), dtype=torch.double)
        return int(torch.linalg.matrix_rank(matrix))

    assert rank(right("which-kernel-is-separable")) == 1
    assert all(rank(text) > 1 for text in wrong("which-kernel-is-separable"))


def test_edge_kernel() -> None:
    kernel = re.findall(r"\[\[.*\]\]", ITEMS["edge-kernel"]["asks"])[0].replace("−", "-")
    weight = torch.tensor(literal_eval(kernel), dtype=torch.float)[None, None]
    across = torch.zeros(1, 1, 6, 6)
    across[..., 3:] = 1  # a vertical edge
    assert "vertical" in right("edge-kernel")
    assert F.conv2d(across, weight).abs().max() == 3
    assert F.conv2d(across.mT, weight).abs().max() == 0
    assert F.conv2d(torch.ones(1, 1, 6, 6), weight).abs().max() == 0


def test_dense_layer_as_a_convolution() -> None:
    conv = nn.Conv2d(8, 10, 7, dtype=torch.double)  # fewer channels and units will do
    x = torch.randn(2, 8, 7, 7, dtype=torch.double)
    dense = F.linear(x.flatten(1), conv.weight.flatten(1), conv.bias)
    assert torch.allclose(conv(x).flatten(1), dense)
    assert "7×7, no padding" in right("dense-as-convolution")
    assert "25,088" in why("dense-as-convolution")
    assert 512 * 7 * 7 == 25_088


def test_folded_batch_normalisation() -> None:
    """Each option is evaluated: only the right one gives the outputs."""
    w, b, gamma, beta, mu, sigma, u = 0.7, 0.4, 1.5, -0.3, 0.9, 2.0, 1.1
    names = {"w": w, "b": b, "γ": gamma, "β": beta, "μ": mu, "σ": sigma}

    def output(option: str) -> float:
        found = re.fullmatch(r"weights (.*), bias (.*)", option)
        assert found
        weight, bias = (part.replace("·", "*").replace("−", "-") for part in found.groups())
        return float(eval(weight, {}, names) * u + eval(bias, {}, names))

    true = (gamma / sigma) * (w * u + b - mu) + beta
    assert output(right("batchnorm-folded")) == pytest.approx(true)
    for option in wrong("batchnorm-folded"):
        assert output(option) != pytest.approx(true)


def test_mean_and_variance_behind_scale_and_shift() -> None:
    layer = nn.BatchNorm1d(1, eps=1e-12, dtype=torch.double)
    nn.init.constant_(layer.weight, 3)
    nn.init.constant_(layer.bias, 2)
    y = layer(torch.randn(50, 1, dtype=torch.double)).detach()
    mean, variance = map(int, re.findall(r"\d+", right("scale-and-shift-by-numbers")))
    assert float(y.mean()) == pytest.approx(mean)
    assert float(y.var(correction=0)) == pytest.approx(variance)


def test_means_of_a_dense_layer() -> None:
    layer = nn.BatchNorm1d(100, momentum=1)
    x = torch.randn(64, 100)
    layer(x)
    count, over = map(int, re.findall(r"\d+", right("batchnorm-of-dense-layers")))
    assert (count, over) == (layer.running_mean.numel(), len(x))
    assert torch.allclose(layer.running_mean, x.mean(0), atol=1e-6)


def test_relu_behind_batch_normalisation() -> None:
    y = nn.BatchNorm2d(8)(nn.Conv2d(3, 8, 3)(torch.rand(32, 3, 20, 20)))
    assert "half" in right("relu-behind-batchnorm")
    assert ((y < 0).float().mean((0, 2, 3)) - 0.5).abs().max() < 0.1


def test_step_of_weight_decay() -> None:
    w = torch.tensor([2.0, -3.0], requires_grad=True)
    alpha, c = 0.1, 0.5
    (c / 2 * w.square().sum()).backward()
    step = torch.optim.SGD([w], lr=alpha)
    before = w.detach().clone()
    step.step()
    assert right("weight-decay-step") == "it multiplies w by 1 − α·c"
    assert torch.allclose(w, before * (1 - alpha * c))


def test_gradient_through_batch_normalisation() -> None:
    """It is that of all outputs of the channel, and of no other."""
    layer = nn.BatchNorm2d(3, dtype=torch.double)
    x = torch.randn(4, 3, 2, 2, dtype=torch.double)
    whole = torch.autograd.functional.jacobian(layer, x)  # output by input
    reached = whole[..., 0, 1, 0, 0].abs() > 1e-9
    assert right("batchnorm-gradients") == "on the gradients of all outputs of its channel"
    assert reached[:, 1].all()
    assert not reached[:, 0].any()
    assert not reached[:, 2].any()


def test_group_normalisation_at_its_extremes() -> None:
    x = torch.randn(3, 6, 4, 4)
    assert right("alternative-normalisations").startswith(
        "with 1 as layer normalisation, with C as"
    )
    assert torch.allclose(nn.GroupNorm(1, 6)(x), nn.LayerNorm([6, 4, 4])(x), atol=1e-5)
    assert torch.allclose(nn.GroupNorm(6, 6)(x), nn.InstanceNorm2d(6)(x), atol=1e-5)


def test_rows_of_a_matrix_product() -> None:
    c, k = 5, 3
    rows = F.unfold(torch.zeros(1, c, 8, 9), k).shape[1]
    assert right("convolution-as-matrix-product") == "C·K·K"
    assert rows == c * k * k


def test_linear_convolutions_in_a_row() -> None:
    net = nn.Sequential(*(nn.Conv2d(1, 1, 3, bias=False, dtype=torch.double) for _ in range(3)))
    x = torch.randn(1, 1, 12, 12, dtype=torch.double)
    spike = torch.zeros(1, 1, 13, 13, dtype=torch.double)
    spike[..., 6, 6] = 1
    kernel = net(spike).flip(2, 3)  # 7×7: what one convolution has
    assert "7×7" in right("need-for-non-linearity")
    assert kernel.shape[-2:] == (7, 7)
    assert torch.allclose(net(x), F.conv2d(x, kernel))


def test_derivatives_of_five_sigmoids() -> None:
    x = torch.linspace(-8, 8, 1601, dtype=torch.double, requires_grad=True)
    torch.sigmoid(x).sum().backward()
    assert float(x.grad.max()) ** -5 == pytest.approx(first_number(right("sigmoid-product")))


def test_a_block_that_adds_nothing() -> None:
    conv = nn.Conv2d(3, 3, 3, padding=1)
    nn.init.zeros_(conv.weight)
    nn.init.zeros_(conv.bias)
    x = torch.rand(1, 3, 5, 5)
    assert torch.equal(F.relu(x + conv(x)), x)
    assert "still" in right("nested-function-classes")


# Statements.


def test_contrast_and_normalisation() -> None:
    layers = {
        "instance": nn.InstanceNorm2d(8, eps=1e-12),
        "layer": nn.GroupNorm(1, 8, eps=1e-12),
        "group": nn.GroupNorm(4, 8, eps=1e-12),
        "batch": nn.BatchNorm2d(8, eps=1e-12),
    }
    conv = nn.Conv2d(3, 8, 3, padding=1, bias=False)
    x = torch.randn(32, 3, 9, 9)
    stronger = torch.cat([2 * x[:1], x[1:]])
    for kind in ("true", "false"):
        for text in sides("contrast-and-normalisation", kind):
            for name, layer in layers.items():
                if text == f"Behind {name} normalisation.":
                    before, after = layer(conv(x))[0], layer(conv(stronger))[0]
                    assert torch.allclose(before, after, atol=1e-4) == (kind == "true")
    assert len(sides("contrast-and-normalisation", "true")) == 3


def test_halved_weights_before_batch_normalisation() -> None:
    conv, layer = (
        nn.Conv2d(2, 3, 3, dtype=torch.double),
        nn.BatchNorm2d(3, 1e-12, dtype=torch.double),
    )
    x = torch.randn(5, 2, 6, 6, dtype=torch.double)
    found = []
    for scale in (1, 0.5):
        weight = (scale * conv.weight).detach().requires_grad_()
        y = layer(F.conv2d(x, weight, conv.bias))
        y.pow(3).sum().backward()
        found.append((y.detach(), weight.grad))
    assert torch.allclose(found[0][0], found[1][0])
    assert torch.allclose(2 * found[0][1], found[1][1])
    assert any("doubles" in text for text in sides("batchnorm-and-weight-decay", "true"))


def test_gradients_of_a_convolution() -> None:
    x = torch.randn(2, 3, 6, 6, dtype=torch.double, requires_grad=True)
    conv = nn.Conv2d(3, 4, 3, dtype=torch.double)
    y = conv(x)
    g = torch.randn_like(y)
    y.backward(g)
    rotated = conv.weight.detach().flip(2, 3).transpose(0, 1)
    assert torch.allclose(x.grad, F.conv2d(g, rotated, padding=2))  # full: k − 1
    assert torch.allclose(conv.bias.grad, g.sum((0, 2, 3)))
    assert any("rotated" in text for text in sides("convolution-gradients", "true"))


def test_windows_that_read_a_pixel() -> None:
    """1, 4 and 9, as the explanation says."""
    counts = []
    for padding, at in ((0, 0), (1, 0), (1, 4)):
        x = torch.zeros(1, 1, 9, 9, requires_grad=True)
        F.conv2d(x, torch.ones(1, 1, 3, 3), padding=padding).sum().backward()
        counts.append(int(x.grad[0, 0, at, at]))
    assert list(map(int, re.findall(r"\b[149]\b", why("padding-reasons")))) == [1, 4, 1, 9, 1]
    assert counts == [1, 4, 9]


def test_dropout_of_pytorch() -> None:
    layer, x = nn.Dropout(0.25), torch.ones(1000)
    assert layer(x).unique().tolist() == pytest.approx([0, 1 / 0.75])
    assert torch.equal(layer.eval()(x), x)
    assert not [*layer.parameters()]


def test_a_convolution_of_pytorch() -> None:
    conv = nn.Conv2d(16, 32, kernel_size=3)
    assert tuple(conv.weight.shape) == (32, 16, 3, 3)
    assert "Its weight has the shape 32×16×3×3." in sides("pytorch-conv2d", "true")
    assert conv(torch.zeros(1, 16, 10, 12)).shape[2:] == (8, 10)
    assert conv.bias.numel() == 32


def test_cross_entropy_in_numbers() -> None:
    def loss(*p: float) -> float:
        return float(F.cross_entropy(torch.tensor([p]).log(), torch.tensor([0])))

    found = [f"{-torch.tensor(p).log():.2g}" for p in (0.5, 0.01)]
    assert all(number in why("cross-entropy-of-one-image") for number in found)
    assert loss(0.5, 0.3, 0.2) == pytest.approx(loss(0.5, 0.2, 0.3))


def test_weights_in_the_product() -> None:
    assert f"{0.3**9:.5f}" == "0.00002"
    assert sum("0.00002" in text for text in sides("gradients-and-weights", "true")) == 1
    assert str(2**9) in why("gradients-and-weights")


def test_steps_diverge_above_two_over_the_curvature() -> None:
    curvature = 4.0
    for rate, diverges in ((1.9 / curvature, False), (2.1 / curvature, True)):
        x = 1.0
        for _ in range(50):
            x -= rate * curvature * x
        assert (abs(x) > 1) == diverges


def test_a_convolution_as_one_matrix() -> None:
    conv = nn.Conv2d(1, 1, 3, bias=False)
    nn.init.ones_(conv.weight)
    matrix = conv(torch.eye(16).view(16, 1, 4, 4)).flatten(1).T.detach()
    assert matrix.shape == (4, 16)
    assert matrix.sum(1).tolist() == [9] * 4
    assert matrix[:, 0].sum() == 1
    assert matrix.sum() == 36
    transposed = nn.ConvTranspose2d(1, 1, 3, bias=False)
    transposed.load_state_dict(conv.state_dict())
    assert torch.equal(transposed(torch.eye(4).view(4, 1, 2, 2)).flatten(1).detach(), matrix)
    assert any("36 entries" in text for text in sides("convolution-as-sparse-matrix", "true"))


def test_dropout_in_numbers() -> None:
    x = torch.full((20_000, 10), 3.0)
    dropped = F.dropout(x, 0.25)
    assert dropped.unique().tolist() == [0, 4]
    assert float(dropped.sum(1).mean()) == pytest.approx(30, rel=0.01)
    assert torch.equal(F.dropout(x, 0.25, training=False), x)
    assert "In training, those that are kept become 4." in sides("dropout-in-numbers", "true")


def test_variance_of_ten_layers() -> None:
    def ratio(v: float, relu: bool = True) -> float:
        """The variance of the tenth sums, over that of the first."""
        x, variances = torch.randn(200, 1000), []
        for _ in range(11):
            x = x @ (torch.randn(1000, 1000) * v**0.5)
            variances.append(float(x.var()))
            x = x.relu() if relu else x
        return variances[-1] / variances[0]

    assert ratio(2 / 1000) == pytest.approx(1, rel=0.25)
    assert 1 / ratio(1 / 1000) == pytest.approx(1024, rel=0.25)
    assert ratio(1 / 1000, relu=False) == pytest.approx(1, rel=0.25)
    assert len(sides("scale-of-initial-weights", "true")) == 4


def test_shifts_and_max_pooling() -> None:
    def pooled(x: Any, times: int = 1) -> Any:
        for _ in range(times):
            x = F.max_pool1d(x, 2)
        return x

    x = torch.rand(1, 1, 64)
    assert torch.equal(pooled(x.roll(2)), pooled(x).roll(1))
    assert torch.equal(pooled(x.roll(8), 3), pooled(x, 3).roll(1))
    assert not torch.equal(pooled(x.roll(6), 3), pooled(x, 3).roll(1))
    rising = torch.arange(64.0).view(1, 1, 64)
    assert (pooled(rising.roll(1)) != pooled(rising)).all()
    assert any("by 8 pixels" in text for text in sides("shifts-and-pooling", "true"))
    assert any("by 6 pixels" in text for text in sides("shifts-and-pooling", "false"))


# Networks.


def test_an_inception_module_against_a_convolution() -> None:
    for said in ("1,228,800", "12,800", "110,592", "163,328"):
        assert said in why("inception-against-5x5")
    paths = {(1, 192): 64, (3, 96): 128, (5, 16): 32}
    reduced = 192 * (96 + 16 + 32)
    assert sum(k * k * c * f for (k, c), f in paths.items()) + reduced == 163_328
    dense = nn.Conv2d(192, 256, 5, bias=False)
    assert sum(one.numel() for one in dense.parameters()) == 1_228_800


def test_sizes_of_known_networks() -> None:
    alexnet, resnet, vgg = (load(name).analyze().total for name in ("alexnet", "resnet50", "vgg16"))
    assert round(alexnet.params / 1e6) == 61
    assert round(alexnet.macs / 1e9, 1) == 0.7
    assert round(resnet.macs / 1e9, 1) == 4.1
    assert round(vgg.params / 1e6) == 138
    for said in ("61 million", "0.7 billion", "26 million", "4.1 billion"):
        assert said in why("macs-and-time")
    assert round(resnet.params / 1e6) == 26
    assert "VGG-16: 138 million" in why("lessons-of-architectures")


def test_a_bottleneck_before_a_convolution() -> None:
    before, small, after = (
        nn.Conv2d(c, f, k, bias=False).weight.numel()
        for c, f, k in ((256, 512, 3), (256, 64, 1), (64, 512, 3))
    )
    for said in (f"{before:,}", f"{small:,}", f"{after:,}"):
        assert said in why("bottleneck-before-3x3")
    assert f"{round(100 * (small + after) / before)} %" in why("bottleneck-before-3x3")
    assert after * 4 == before
    assert "to a quarter" in right("bottleneck-before-3x3")
