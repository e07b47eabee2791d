"""Training: multiply-accumulates, what is kept, the fullest moment; held against PyTorch."""

from __future__ import annotations

import json

import pytest

torch = pytest.importorskip("torch")

import training_oracles as oracle  # noqa: E402
from commandline import cnncalc as run  # noqa: E402
from conformance import runs_in_torch, violations  # noqa: E402
from drawing import Sample, samples  # noqa: E402
from hypothesis import given, settings  # noqa: E402
from writing import spec  # noqa: E402

import cnncalc  # noqa: E402
from cnncalc import formulas  # noqa: E402
from cnncalc.analyses import kept, step  # noqa: E402
from cnncalc.analyses.kept import kept_bytes  # noqa: E402
from cnncalc.analyses.memory import DTYPES  # noqa: E402
from cnncalc.analyses.step import OPTIMIZERS, step_memory  # noqa: E402
from cnncalc.analyses.training import (  # noqa: E402
    Passes,
    graph_passes,
    node_passes,
    sum_of,
    with_gradient,
)
from cnncalc.errors import LayerError, UsageError  # noqa: E402
from cnncalc.graph import Graph, Node  # noqa: E402
from cnncalc.layers import KINDS  # noqa: E402
from cnncalc.layers.activation import Dropout  # noqa: E402
from cnncalc.layers.keeping import Kept  # noqa: E402
from cnncalc.sizes import Shape  # noqa: E402
from cnncalc.symbolic import substitute  # noqa: E402


def graph_of(net: str) -> Graph:
    return cnncalc.load(net).graph()


# Multiply-accumulates.

FLOPS = ["resnet50", "vgg16", "unet", "dcgan_generator", "deepface", "c3d", "wavenet", "vit_b_16"]
FLOPS += ["mobilenet_v2", "shufflenet_v1", "alexnet_2012"]
MORE_FLOPS = ["googlenet", "densenet121", "convnext_tiny", "xception", "efficientnet_b0", "segnet"]


@pytest.mark.parametrize(
    "net", [*FLOPS, *(pytest.param(net, marks=pytest.mark.long) for net in MORE_FLOPS)]
)
def test_flops_are_those_of_pytorch(net: str) -> None:
    graph = graph_of(net)
    found = sum_of(graph_passes(graph))
    wanted = oracle.flops(graph)
    assert (formulas.flops(found.forward), formulas.flops(found.total)) == wanted


def test_resnet50_in_flops() -> None:
    """Show 5: forward and backward of ResNet-50, as FlopCounterMode has it without any mending."""
    graph = graph_of("resnet50")
    assert formulas.flops(sum_of(graph_passes(graph)).total) == 24_299_077_632
    assert oracle.flops(graph, mended=False)[1] == 24_299_077_632


@pytest.mark.parametrize(
    ("net", "right", "counted"),
    [("mobilenet_v2", 1_782_969_600, 12_279_700_992), ("vgg16", 92_648_177_664, 92_648_177_664)],
)
def test_pytorch_counts_groups_too_often(net: str, right: int, counted: int) -> None:
    """Show 5: of torch 2.13's number, what is above ours is what its formula forgets."""
    graph = graph_of(net)
    passes = graph_passes(graph)
    assert formulas.flops(sum_of(passes).total) == right
    more = oracle.surplus(graph, {name: one.grad_weight for name, one in passes.items()})
    assert right + more == counted
    if torch.__version__.startswith("2.13."):
        assert oracle.flops(graph, mended=False)[1] == counted


@pytest.mark.parametrize(
    ("line", "passes"),
    [
        # nobody asks for the gradient of the image
        ("3x8x8 | conv 4 k=3 p=1", (6912, 0, 6912)),
        ("3x8x8 | pad 1 | relu | conv 4 k=3", (6912, 0, 6912)),
        ("3x8x8 | bn | conv 4 k=3 p=1", (6912, 6912, 6912)),
        # groups divide all three passes
        ("4x8x8 | bn | conv 4 k=3 p=1 g=2", (4608, 4608, 4608)),
        ("4x8x8 | bn | dwconv 3 p=1", (2304, 2304, 2304)),
        ("4x8x8 | bn | deconv 6 k=2 s=2 g=2", (3072, 3072, 3072)),
        # the second part of a layer needs gradients even in the first layer
        ("4x8x8 | sepconv 5 k=3 p=1", (2304 + 1280, 1280, 2304 + 1280)),
        # a product of two tensors has two gradients and no weights
        ("8x2x2 | tokens | attention 2", (4 * 256 + 256, 256 + 512, 4 * 256)),
        # what leads to no output is run forward only
        ("3x8x8 | b = bn | conv 4 k=1 | from b | conv 2 k=1", (768 + 384, 384, 384)),
    ],
)
def test_worked_by_hand(line: str, passes: tuple[int, int, int]) -> None:
    graph = graph_of(line)
    assert sum_of(graph_passes(graph)) == passes
    found = sum_of(graph_passes(graph))
    assert (2 * found.forward, 2 * found.total) == oracle.flops(graph)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_passes_of_every_kind(kind: str) -> None:
    @settings(max_examples=4)
    @given(samples(KINDS[kind]))
    def check(sample: Sample) -> None:
        graph = _alone(sample)
        if graph is None:
            return
        for leaf in (False, True):
            step_ = oracle.Step(graph, 2, "meta", leaf)
            mapping = {torch.ops.aten.convolution_backward: oracle.of_groups}
            counter = oracle.FlopCounterMode(display=False, custom_mapping=mapping)
            with counter:
                made = sum(one.sum() for one in step_.forward())
                if made.requires_grad:
                    made.backward()
            found = sum_of(graph_passes(graph, leaf))
            assert 4 * found.total == counter.get_total_flops()

    check()


def test_symbols() -> None:
    for net, at in (("resnet18", {"H": 96, "W": 64}), ("segnet", {"H": 64, "W": 96})):
        loaded = cnncalc.load(net)
        symbolic = loaded.training(symbolic=True, batch="N")
        concrete = loaded.training(at, batch=3)
        assert _at(symbolic.total, {**at, "N": 3}) == concrete.total
        assert substitute(symbolic.kept, {**at, "N": 3}) == concrete.kept
        rows = zip(symbolic.layers, concrete.layers, strict=True)
        assert all(_at(one.passes, {**at, "N": 3}) == two.passes for one, two in rows)


def _at(passes: Passes, at: dict[str, int]) -> Passes:
    return Passes(*(substitute(value, at) for value in passes))


@pytest.mark.parametrize("before", ["", "- conv 4 k=1\n"])
def test_a_symbolic_number_of_repetitions(before: str) -> None:
    """The first repetition has no input gradient where nothing before it has weights."""
    body = "- repeat: depth\n  layers:\n    - relu\n    - conv 4 k=3 p=1\n    - sepconv 4 k=3\n"
    net = spec(before + body, input="4xHxW", top="params: {depth: 3}")
    symbolic = net.training(symbolic=True, assume={"depth": "L"})
    assert symbolic.kept is symbolic.memory.peak is None
    for depth in (1, 2, 4):
        at = {"H": 20, "W": 23}
        concrete = net.training(at, {"depth": depth}).total
        assert _at(symbolic.total, {**at, "L": depth}) == concrete


# What is kept.


def _alone(sample: Sample) -> Graph | None:
    try:
        if violations(sample.layer, sample.shapes):
            return None
        if not runs_in_torch(sample.layer, sample.shapes):
            return None
    except LayerError:
        return None
    if sample.arguments.get("eps") == 0:
        return None  # PyTorch refuses it while it trains
    inputs = {f"x{i}": shape for i, shape in enumerate(sample.shapes)}
    node = Node("only", sample.layer, tuple(inputs), sample.layer.output(*sample.shapes))
    return Graph(inputs, (node,), {"output": "only"})


def _on_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a CPU dropout keeps the factors, in the network's own numbers."""
    monkeypatch.setattr(Dropout, "keeps", lambda self, xs, y: [Kept("factors", y.numel)])


def _differs(sample: Sample) -> bool:
    """Patches that do not overlap may be a view of the input, and then all of that is kept."""
    if sample.kind.kind == "local":
        (x,) = sample.shapes
        y = sample.layer.output(x)
        kernels = sample.layer.along("kernel", x)
        return any(k == 1 or n == 1 for k, n in zip(kernels, y.spatial, strict=True))
    return sample.kind.kind == "dropout" and sample.layer.given.get("rate") in (0, 1)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_keeps_what_pytorch_keeps(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _on_cpu(monkeypatch)
    monkeypatch.setattr(kept, "with_gradient", lambda graph: with_gradient(graph, True))

    @settings(max_examples=6)
    @given(samples(KINDS[kind]))
    def check(sample: Sample) -> None:
        graph = _alone(sample)
        if graph is not None and not _differs(sample):
            found = kept_bytes(graph, DTYPES["float32"], 2)["only"]
            assert found == oracle.saved_bytes(graph, leaf=True)

    check()


def test_a_kind_that_keeps_nothing_is_noticed() -> None:
    """The test above can fail."""
    graph = graph_of("3x8x8 | bn | relu")
    wrong = Graph(
        graph.inputs,
        tuple(
            Node(n.name, _Forgetful() if n.kind == "relu" else n.layer, n.inputs, n.shape)
            for n in graph
        ),
        graph.outputs,
    )
    saved = oracle.saved_bytes(graph)
    assert sum(kept_bytes(graph, 4, 2).values()) == saved
    assert sum(kept_bytes(wrong, 4, 2).values()) < saved


class _Forgetful(KINDS["relu"]):  # type: ignore[misc]
    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> tuple[Kept, ...]:
        return ()


NETS = [
    *("lenet5", "resnet18", "mobilenet_v2", "shufflenet_v2_x1_0", "squeezenet1_1"),
    # What is padded by itself is kept; the image that it was is not, having no gradient.
    "4x8x8 | conv 4 k=3 p=1 mode=reflect | silu | conv 4 k=3 p=1 mode=reflect | silu",
    "4x8x8 | relu | conv 4 k=3 p=1 mode=replicate | silu | conv 4 k=3 p=1 mode=replicate",
    "4x8x8 | conv 4 k=3 p=1 mode=circular | silu | conv 4 k=3 p=same | relu",
]
MORE = [
    *("resnet50", "densenet121", "googlenet", "efficientnet_b0", "convnext_tiny", "vit_b_16"),
    *("alexnet_2012", "se_resnet50", "dcgan_generator", "unet_same"),
]


@pytest.mark.parametrize(
    "net", [*NETS, *(pytest.param(net, marks=pytest.mark.long) for net in MORE)]
)
def test_networks_keep_what_pytorch_keeps(net: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _on_cpu(monkeypatch)
    graph = graph_of(net)
    assert sum(kept_bytes(graph, 4, 2).values()) == oracle.saved_bytes(graph)


@pytest.mark.parametrize(
    ("line", "each"),
    [
        # weights want the image; relu its output, which the next convolution wants too
        ("1x4x4 | conv 2 k=1 | relu | conv 3 k=1", [16, 32, 0]),
        # nothing has a gradient before the first weights
        ("1x4x4 | relu | conv 2 k=1", [0, 16]),
        # a norm wants its input, and its statistics once for the batch
        ("2x4x4 | conv 2 k=1 bias=no | bn | relu", [32, 32 + 4, 32]),
        # a factor is kept for the other one's gradient
        ("2x4x4 | a = conv 2 k=1 | mul input a", [32, 0]),
        ("2x4x4 | a = conv 2 k=1 | b = conv 2 k=1 | mul a b", [32, 32, 32]),
        # views keep what they look at
        ("2x4x4 | conv 2 k=1 | flatten | linear 3", [32, 0, 32]),
        # a sum keeps nothing
        ("2x4x4 | a = conv 2 k=1 | add a input", [32, 0]),
    ],
)
def test_kept_worked_by_hand(line: str, each: list[int]) -> None:
    graph = graph_of(line)
    assert list(kept_bytes(graph, 1).values()) == [
        # statistics are never of less than float32
        n if n != 36 else 32 + 4 * 4
        for n in each
    ]


def test_bytes_follow_dtype_and_batch() -> None:
    graph = graph_of("2x8x8 | conv 4 k=3 p=1 | bn | maxpool 2 | dropout")
    image, map_, places, mask, norm = 128, 256, 64 * 8, 64, 2 * 4 * 4
    for name, element in (("float32", 4), ("float16", 2)):
        training = cnncalc.load("2x8x8 | conv 4 k=3 p=1 | bn | maxpool 2 | dropout").training(
            batch=3, dtype=name
        )
        # the image; what conv makes; what bn makes and its places; dropout's mask
        each = element * (image + map_ + map_) + places + mask
        assert training.kept == 3 * each + norm
    assert len(graph.nodes) == 4


# The fullest moment.


@pytest.fixture
def out_of_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a dispatch mode PyTorch adds gradients out of place: the mode holds on to them."""
    monkeypatch.setattr(step._Step, "alone", lambda self, key: False)


PEAKS = ["lenet5", "resnet18", "mobilenet_v2", "shufflenet_v2_x1_0", "squeezenet1_1"]
LONG_PEAKS = ["resnet50", "googlenet", "densenet121", "se_resnet50", "dcgan_generator", "vgg11"]


@pytest.mark.usefixtures("out_of_place")
@pytest.mark.parametrize(
    "net", [*PEAKS, *(pytest.param(net, marks=pytest.mark.long) for net in LONG_PEAKS)]
)
def test_peak_is_what_is_alive_in_pytorch(net: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _on_cpu(monkeypatch)
    graph = graph_of(net)
    assert step_memory(graph, 4, 2).peak == oracle.peak_bytes(graph)


LINES = [
    "2x8x8 | conv 4 k=3 p=1 | relu | conv 8 k=3 s=2 p=1 | bn | relu | gap | flatten | linear 3",
    "2x8x8 | a = conv 4 k=3 p=1 | relu | conv 4 k=3 p=1 | add a x | relu | flatten | linear 3",
    "2x8x8 | a = conv 4 k=3 p=1 | b = relu | conv 4 k=1 | concat a b x | maxpool 2 | conv 2 k=1",
    "2x8x8 | conv 8 k=1 | a, b = split 2 | mul a b | avgpool 2 | sigmoid",
    "2x12 | conv 4 k=3 | crop left=4 | conv 2 k=3 | upsample 2 | tanh",
    "2x8x8 | conv 4 k=3 p=1 | pad 1 | gn 2 | silu | deconv 3 k=2 s=2 | flatten | linear 5 | relu",
    "2x8x8 | a = conv 4 k=3 p=1 | relu | reuse a | relu | conv 2 k=1",
]


@pytest.mark.usefixtures("out_of_place")
@pytest.mark.parametrize("line", [*LINES[:-1], LINES[-1].replace("2x8x8", "4x8x8")])
@pytest.mark.parametrize("batch", [1, 16])
def test_peak_of_small_networks(line: str, batch: int) -> None:
    graph = graph_of(line)
    assert step_memory(graph, 4, batch).peak == oracle.peak_bytes(graph, batch)


def test_gradients_are_added_in_place() -> None:
    """What the fixture above takes back: without a mode PyTorch adds the second gradient in place."""
    graph = graph_of(
        "4x8x8 | conv 4 k=1 | r = relu | conv 4 k=1 | bn | add r x | relu | conv 4 k=1"
    )
    ran = oracle.Step(graph)
    loss = ran.forward()[0].sum()
    with torch.profiler.profile() as profile:
        loss.backward()
    sums = [event.name for event in profile.events() if event.name.startswith("aten::add")]
    assert sums == ["aten::add_"]


def test_peak_in_the_batch() -> None:
    """A maximum of lines, each the fullest somewhere."""
    net = cnncalc.load("resnet18")
    symbolic = net.training(batch="N", optimizer="adam")
    assert symbolic.memory.when is None
    moments = set()
    for batch in (1, 2, 3, 4, 5, 6, 8, 16, 32, 256):
        memory = net.training(batch=batch, optimizer="adam").memory
        assert substitute(symbolic.memory.peak, {"N": batch}) == memory.peak
        moments.add(memory.when)
    assert 1 < len(moments) <= len(symbolic.memory.peak.args)


def test_peak_in_sizes_where_few_moments_may_be_the_fullest() -> None:
    net = cnncalc.load("3xHxW | conv 8 k=3 p=1 | relu | maxpool 2")
    symbolic = net.training(symbolic=True, batch="N").memory.peak
    for at in ({"H": 2, "W": 2}, {"H": 3, "W": 5}, {"H": 64, "W": 64}):
        concrete = net.training(at, batch=2).memory.peak
        assert substitute(symbolic, {**at, "N": 2}) == concrete
    assert cnncalc.load("segnet").training(symbolic=True).memory.peak is None


OPTIMIZER = {
    "sgd": lambda weights: torch.optim.SGD(weights, lr=0.1),
    "momentum": lambda weights: torch.optim.SGD(weights, lr=0.1, momentum=0.9),
    "adam": lambda weights: torch.optim.Adam(weights),
    "adamw": lambda weights: torch.optim.AdamW(weights),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_remember(name: str) -> None:
    net = cnncalc.load("mobilenet_v2")
    ran = oracle.Step(net.graph(at={"H": 32, "W": 32}), 2)
    optimizer = OPTIMIZER[name](list(ran.network.parameters()))
    ran.forward()[0].sum().backward()
    optimizer.step()
    held = [
        one
        for state in optimizer.state.values()
        for key, one in state.items()
        if key != "step" and one is not None  # a number for each tensor
    ]
    memory = net.training(optimizer=name).memory
    assert memory.optimizer == sum(one.nbytes for one in held)
    assert memory.gradients == sum(one.grad.nbytes for one in ran.network.parameters())
    assert memory.weights == sum(one.nbytes for one in ran.network.parameters())
    assert memory.buffers == sum(one.nbytes for one in ran.network.buffers())


def test_mixed_precision_is_sixteen_bytes_a_parameter() -> None:
    """Rajbhandari et al. 2020, "ZeRO", section 3.1: 2 + 2 + 4 + 4 + 4 bytes with Adam."""
    net = cnncalc.load("vgg16")
    params = net.analyze().total.params
    memory = net.training(dtype="float16", optimizer="adam", mixed=True).memory
    assert memory.resident + memory.gradients == 16 * params


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU to measure memory on")
@pytest.mark.parametrize("net", ["resnet50", "vgg16", "mobilenet_v2"])
def test_peak_on_a_gpu(net: str) -> None:
    """The allocator's peak: at least what must be alive, and not much more than its work space."""
    graph = graph_of(net)
    ran = oracle.Step(graph, 32, "cuda")
    optimizer = torch.optim.SGD(ran.network.parameters(), lr=0.1)
    for _ in range(2):
        torch.cuda.reset_peak_memory_stats()
        optimizer.zero_grad(set_to_none=True)
        oracle._Seed.apply(*ran.forward()).backward()
        optimizer.step()
    stated, measured = step_memory(graph, 4, 32).peak, torch.cuda.max_memory_allocated()
    assert 0.99 * stated <= measured <= 1.5 * stated


# On the command line.


def test_command_and_json() -> None:
    found = run("train", "resnet50", "--batch", "2", "--optimizer", "adam", "--json")
    data = json.loads(found.out)
    totals = data["totals"]
    assert (data["schema"], data["batch"], data["optimizer"]) == (1, 2, "adam")
    assert totals["flops"] == 2 * 24_299_077_632
    assert totals["grad_input_macs"] == sum(row["grad_input_macs"] for row in data["layers"])
    assert totals["kept_bytes"] == sum(row["kept_bytes"] for row in data["layers"])
    assert totals["optimizer_bytes"] == 2 * totals["weight_bytes"]
    assert data["layers"][0]["grad_input_macs"] == 0


def test_table_folds_blocks() -> None:
    short, full = run("train", "resnet50").out, run("train", "resnet50", "--all").out
    assert "bottleneck1" in short
    assert len(short.splitlines()) < 40 < 170 < len(full.splitlines())
    assert len(run("train", "resnet50", "-f", "csv").out.splitlines()) == 1 + 175 + 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--dtype", "int8"), "gradients need a floating-point type, not int8"),
        (("--mixed",), "mixed precision is for float16 and bfloat16, not float32"),
    ],
)
def test_what_does_not_train(arguments: tuple[str, ...], words: str) -> None:
    found = run("train", "lenet5", *arguments)
    assert (found.code, words in found.err, "hint:" in found.err) == (2, True, True)


def test_unknown_optimizer() -> None:
    with pytest.raises(UsageError, match="unknown optimizer 'adan'") as caught:
        cnncalc.load("lenet5").training(optimizer="adan")
    assert "adam" in str(caught.value)


def test_of_one_layer() -> None:
    layer, x = KINDS["conv"](out=4, kernel=(3,)), Shape((2, 5, 5))
    assert node_passes(layer, (x,), layer.output(x)) == (648, 648, 648)
    assert node_passes(layer, (x,), layer.output(x), asked=False) == (648, 0, 648)
