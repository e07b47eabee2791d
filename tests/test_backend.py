"""The PyTorch backend: it agrees with every kind, and it notices every kind of mistake."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from conformance import runs_in_torch, violations  # noqa: E402
from drawing import Sample, samples  # noqa: E402
from hypothesis import given, settings  # noqa: E402

from cnncalc.analyses.cost import graph_costs  # noqa: E402
from cnncalc.backends.torch.build import build  # noqa: E402
from cnncalc.backends.torch.results import Mismatch, Verification  # noqa: E402
from cnncalc.backends.torch.verify import verify  # noqa: E402
from cnncalc.conventions import counting, find  # noqa: E402
from cnncalc.conventions import fvcore as fvcore_rules  # noqa: E402
from cnncalc.errors import LayerError, UsageError  # noqa: E402
from cnncalc.graph import Graph, Node  # noqa: E402
from cnncalc.layers import KINDS, Layer, Weight  # noqa: E402
from cnncalc.layers.convolution import Conv  # noqa: E402
from cnncalc.layers.dense import Linear  # noqa: E402
from cnncalc.layers.joining import Identity  # noqa: E402
from cnncalc.sizes import Shape, Size, Tokens, product  # noqa: E402
from cnncalc.symbolic import symbol  # noqa: E402


@pytest.fixture
def fvcore() -> None:
    pytest.importorskip("fvcore.nn")


NO_FIELD = "no layer has a local receptive field"


class Net:
    """Writes down a graph by hand; each line reads the layer above unless it says otherwise."""

    def __init__(self, **inputs: tuple[Size, ...]) -> None:
        self.inputs = {
            name: shape if isinstance(shape, Shape) else Shape(shape)
            for name, shape in inputs.items()
        }
        self.shapes = dict(self.inputs)
        self.nodes: list[Node] = []

    def __call__(self, name: str, kind: str | Layer, *inputs: str, **given: Any) -> Net:
        layer = kind if isinstance(kind, Layer) else KINDS[kind](**given)
        reads = inputs or (list(self.shapes)[-1],)
        self.shapes[name] = layer.output(*(self.shapes[read] for read in reads))
        self.nodes.append(Node(name, layer, reads, self.shapes[name]))
        return self

    def graph(self, **outputs: str) -> Graph:
        return Graph(self.inputs, tuple(self.nodes), outputs or {"output": list(self.shapes)[-1]})


def small(conv: Layer | None = None) -> Graph:
    net = Net(input=(3, 8, 8))("conv1", conv or Conv(out=4, kernel=(3,), padding=(1,)))
    net("bn1", "bn")("relu1", "relu")("gap", "gap")("flatten", "flatten")("fc", "linear", out=5)
    return net.graph()


def passes(graph: Graph, **options: Any) -> Verification:
    found = verify(graph, **options)
    assert found.ok, [str(row) for check in found.checks.values() for row in check.mismatched]
    for name, check in found.checks.items():
        no_field = name == "receptive_field" and check.skipped == NO_FIELD
        assert check.skipped is None or no_field, found
    return found


def mismatches(graph: Graph, check: str, **options: Any) -> list[Mismatch]:
    found = verify(graph, **options)
    assert found.ok is False
    return found.checks[check].mismatched


# It agrees.


@pytest.mark.usefixtures("fvcore")
@pytest.mark.parametrize(
    ("kind", "rank"),
    [(name, n) for name in sorted(KINDS) for n in KINDS[name].ranks if n <= 3],
)
def test_agrees_with_every_kind_in_every_rank(kind: str, rank: int) -> None:
    of_rank = type("OfRank", (KINDS[kind],), {"ranks": range(rank, rank + 1)})
    valid = 0

    @settings(max_examples=10)
    @given(samples(of_rank))
    def run(sample: Sample) -> None:
        nonlocal valid
        try:
            if violations(sample.layer, sample.shapes):
                return
            if not runs_in_torch(sample.layer, sample.shapes):
                return  # who is right about that is another test's question
        except LayerError:
            return
        net = Net(**{f"x{i}": shape for i, shape in enumerate(sample.shapes)})
        passes(net("only", sample.layer, *net.inputs).graph(), batch=2)
        valid += 1

    run()
    assert valid


#: What fvcore 0.1.5.post20221221 reports beyond MACs, by hand: input 4 channels, 6 per axis.
EXTRAS = [
    ("bn", {}, 2, 2 * 144),
    ("bn", {"affine": False}, 1, 24),
    ("bn", {"track": False}, 2, 5 * 144),
    ("bn", {"track": False, "affine": False}, 3, 4 * 864),
    ("gap", {}, 1, 0),
    ("gap", {}, 2, 144),
    ("gap", {}, 3, 0),
    ("adaptive_avgpool", {"size": (2,)}, 2, 144),
    ("avgpool", {"kernel": (2,)}, 2, 0),
    ("relu", {}, 2, 0),
    ("conv", {"out": 2, "kernel": (3,), "padding": "same"}, 2, -72 * 36),
    ("conv", {"out": 2, "kernel": (3,), "padding": "valid"}, 1, -24 * 4),
    ("conv", {"out": 2, "kernel": (3,), "padding": "same", "mode": "reflect"}, 2, 0),
    ("dwconv", {"kernel": (3,), "padding": "same"}, 2, -36 * 36),
    ("sepconv", {"out": 2, "kernel": (3,), "padding": "same"}, 2, -36 * 36),
    ("sepconv", {"out": 2, "kernel": (3,), "padding": "same", "mode": "circular"}, 2, 0),
    ("sepconv", {"out": 2, "kernel": (3,), "multiplier": 2, "padding": (1,)}, 1, 0),
    ("local", {"out": 2, "kernel": (3,)}, 3, 0),
    ("adaptive_maxpool", {"size": (2,)}, 2, 0),
    ("gmp", {}, 2, 0),
    ("ln", {}, 2, 5 * 144),
    ("ln", {"bias": False}, 1, 5 * 24),
    ("ln", {"affine": False}, 2, 4 * 144),
    ("ln", {"over": "all"}, 3, 5 * 864),
    ("ln", {}, 0, 5 * 4),
    ("gn", {"groups": 2}, 1, 5 * 24),
    ("gn", {"groups": 2, "affine": False}, 3, 4 * 864),
    ("instancenorm", {}, 2, 4 * 144),
    ("instancenorm", {"affine": True}, 3, 5 * 864),
    ("upsample", {}, 1, 0),
    ("upsample", {}, 2, 4 * 144),
    ("upsample", {}, 3, 0),
    ("upsample", {"size": (3, 5)}, 2, 4 * 15),
    ("upsample", {"mode": "linear"}, 1, 0),
    ("upsample", {"mode": "linear"}, 2, 4 * 4 * 144),
    ("upsample", {"mode": "bilinear", "align_corners": True}, 2, 4 * 4 * 144),
    ("upsample", {"mode": "linear"}, 3, 0),
    ("pixel_shuffle", {"factor": 2}, 2, 0),
    ("layerscale", {}, 2, 0),
]
#: Likewise for 6 tokens of 4 features.
EXTRAS_OF_TOKENS = [
    ("ln", {}, 5 * 24),
    ("ln", {"affine": False}, 4 * 24),
    ("ln", {"over": "all"}, 5 * 24),
    ("linear", {"out": 3}, 0),
    ("attention", {"heads": 2}, 0),
    ("attention", {"heads": 1, "bias": False}, 0),
    ("class_token", {}, 0),
    ("pos_embedding", {}, 0),
    ("softmax", {}, 0),
    ("gelu", {}, 0),
    ("layerscale", {}, 0),
]


@pytest.mark.usefixtures("fvcore")
@pytest.mark.parametrize(("kind", "given_", "rank", "count"), EXTRAS)
def test_fvcore_counts_more_or_less_than_macs(
    kind: str, given_: dict[str, Any], rank: int, count: int
) -> None:
    net = Net(x=(4, *(6,) * rank))("only", kind, **given_)
    assert beyond_macs(net.graph()) == count
    passes(net.graph(), batch=2)


@pytest.mark.usefixtures("fvcore")
@pytest.mark.parametrize(("kind", "given_", "count"), EXTRAS_OF_TOKENS)
def test_fvcore_counts_more_or_less_than_macs_on_tokens(
    kind: str, given_: dict[str, Any], count: int
) -> None:
    net = Net(x=Tokens((6, 4)))("only", kind, **given_)
    assert beyond_macs(net.graph()) == count
    passes(net.graph(), batch=2)


def beyond_macs(graph: Graph) -> Size:
    """What fvcore counts beside the MACs; less than nothing where it leaves some out."""
    return counting.count(graph, find("fvcore")).total - sum(
        cost.macs for cost in graph_costs(graph).values()
    )


def test_fvcore_rules_take_symbols() -> None:
    h = symbol("H")
    assert beyond_macs(Net(x=(4, h, h))("only", "bn").graph()) == 8 * h**2


@pytest.mark.usefixtures("fvcore")
def test_agrees_with_a_residual_network_of_a_batch() -> None:
    net = Net(input=(3, 16, 16))("conv1", "conv", out=8, kernel=(3,), stride=(2,), bias=False)
    net("bn1", "bn")("down[0].conv", "conv", out=8, kernel=(3,), padding=(1,), groups=2)
    net("down[0].sum", "add", "down[0].conv", "bn1")("up[0]", "deconv", out=4, kernel=(2,))
    net("unused", "conv", "bn1", out=2, kernel=(1,))  # counted, as it is run
    net("gate", "gap", "bn1")("scaled", "mul", "gate", "bn1")("all", "concat", "scaled", "bn1")
    found = passes(net.graph(), batch=3)
    assert found.checks["shapes"].checked == 9
    assert found.checks["params"].checked == 2 - 1 + 5 + 2 + 2 + 2 + 2
    assert found.checks["macs"].checked == found.checks["fvcore"].checked == 10


@pytest.mark.usefixtures("fvcore")
def test_several_inputs_and_outputs_in_one_and_three_dimensions() -> None:
    net = Net(left=(2, 9), right=(3, 9), volume=(1, 4, 5, 6))
    net("both", "concat", "left", "right")("signal", "conv", out=4, kernel=(3,))
    net("block", "conv", "volume", out=2, kernel=(3, 1, 2))("pooled", "maxpool", kernel=(2,))
    graph = net.graph(a="signal", b="pooled", c="left")
    passes(graph)
    network = build(graph)
    tensors = [torch.rand(2, *shape) for shape in graph.inputs.values()]
    made = network(*tensors)
    assert {name: tuple(t.shape) for name, t in made.items()} == {
        "a": (2, 4, 7),
        "b": (2, 2, 1, 2, 2),
        "c": (2, 2, 9),
    }
    assert made["c"] is tensors[0]
    with pytest.raises(TypeError, match=r"expected 3 input\(s\) \(left, right, volume\), got 2"):
        network(*tensors[:2])


@pytest.mark.usefixtures("fvcore")
def test_agrees_with_a_small_vision_transformer() -> None:
    net = Net(image=(3, 8, 8))("patches", "conv", out=12, kernel=(4,), stride=(4,))
    net("tokens", "tokens")("class", "class_token")("start", "pos_embedding")
    net("block.ln1", "ln")("block.attention", "attention", heads=3)("block.scale", "layerscale")
    net("block.sum1", "add", "block.scale", "start")("block.ln2", "ln")
    net("block.up", "linear", out=48)("block.gelu", "gelu")("block.down", "linear", out=12)
    net("block.drop", "droppath")("block.sum2", "add", "block.drop", "block.sum1")
    net("first", "select")("head", "linear", out=5)("softmax", "softmax")
    assert net.shapes["block.sum2"] == (5, 12)
    passes(net.graph(), batch=2)


def test_a_network_without_layers() -> None:
    passes(Graph({"input": Shape((3, 4, 4))}, (), {"output": "input"}))


def test_report_as_json() -> None:
    found = verify(small(), device="cpu", batch=2)
    report = json.loads(json.dumps(found.to_dict()))
    assert (report["ok"], report["device"], report["batch"]) == (True, "cpu", 2)
    assert report["dtype"] == "float32"
    assert report["versions"]["torch"] == torch.__version__
    assert report["checks"]["shapes"] == {"checked": 6, "mismatched": []}


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16"])
def test_other_number_types(dtype: str) -> None:
    assert verify(small(), dtype=dtype, device="cpu").ok


def test_is_reproducible_and_leaves_the_callers_random_numbers_alone() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    assert verify(small(), device="cpu") == verify(small(), device="cpu")
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.skipif(not torch.cuda.is_available(), reason="PyTorch sees no GPU")
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_on_a_gpu(dtype: str) -> None:
    found = verify(small(), device="auto", batch=2, dtype=dtype)
    assert found.ok
    assert found.device == "cuda:0"
    assert found.versions["gpu"]


# The module it builds.


def test_weights_are_called_after_their_nodes() -> None:
    net = Net(input=(3, 8, 8))("up[0].double.conv1", "conv", out=3, kernel=(1,))
    net("up[0].double.half", "bn")("up[0].forward", "conv", out=3, kernel=(1,), bias=False)
    network = build(net.graph())
    convs = [f"up[0].double.conv1.{name}" for name in ("weight", "bias")]
    norms = [f"up[0].double.half.{weight.name}" for weight in _weights(net.nodes[1], net)]
    assert list(network.state_dict()) == [*convs, *norms, "up[0].forward.weight"]
    other = build(net.graph())
    other.load_state_dict(network.state_dict())
    x = torch.rand(1, 3, 8, 8)
    assert torch.equal(network.eval()(x), other.eval()(x))


def _weights(node: Node, net: Net) -> list[Weight]:
    return list(node.layer.weights(net.shapes[node.inputs[0]], node.shape))


class Doubled(Linear):
    """A twin that runs whatever it contains, in order."""

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.Sequential(super().torch(torch, *xs))

    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        for weight in super().weights(x, y):
            yield weight._replace(name=f"0.{weight.name}")


@pytest.mark.usefixtures("fvcore")
def test_a_node_may_be_called_like_a_scope() -> None:
    net = Net(input=(4, 6, 6))("mixed.bn", "bn")("mixed.conv.relu", "relu")
    net("mixed.conv", "conv", out=4, kernel=(1,))("mixed", "concat", "mixed.conv", "mixed.bn")
    net("head", "gap")("flat", "flatten")("flat.tail", Doubled(out=8))
    net("flat.tail.more", "linear", out=3)
    graph = net.graph()
    passes(graph)
    network = build(graph)
    assert "flat.tail.0.weight" in network.state_dict()
    assert "flat.tail.more.weight" in network.state_dict()
    assert network.train().twins["mixed.conv"].training is True
    assert network.eval().twins["mixed.conv"].training is False
    clone = copy.deepcopy(network).to(torch.float64)
    with torch.no_grad():
        for tensor in clone.parameters():
            tensor.zero_()
    x = torch.rand(1, 4, 6, 6)
    assert clone(x.double()).abs().sum() == 0
    assert network(x).abs().sum() > 0


def test_a_node_may_not_be_called_like_a_part_of_another() -> None:
    net = Net(input=(4,))("tail", Doubled(out=8))("tail.0", "relu")
    with pytest.raises(LayerError, match="same name"):
        build(net.graph())


def test_tensors_are_let_go_of_after_their_last_reader() -> None:
    net = Net(input=(4,))("skip", "linear", out=4)
    for i in range(8):
        net(f"layer[{i}]", "linear", out=4)
    net("unread", "relu")("sum", "add", "layer[7]", "skip")
    references: dict[str, Any] = {}
    alive: list[set[str]] = []

    def observer(name: str, tensor: Any) -> None:
        references[name] = weakref.ref(tensor)
        alive.append({name for name, reference in references.items() if reference() is not None})

    with torch.no_grad():
        build(net.graph())(torch.rand(2, 4), observer=observer)
    assert list(references) == [node.name for node in net.nodes]
    assert alive[5] == {"skip", "layer[3]", "layer[4]"}
    assert alive[-1] == {"skip", "layer[7]", "sum"}


class Unbuildable(Identity):
    def torch(self, torch: Any, *xs: Shape) -> Any:
        raise ValueError("groups must divide")


def test_a_layer_that_torch_does_not_build() -> None:
    net = Net(input=(4,))("broken", Unbuildable())
    with pytest.raises(LayerError, match=r"broken.*does not build.*groups must divide"):
        verify(net.graph())


# It notices mistakes. Each kind below is deliberately wrong in one way.


class NoBias(Conv):
    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        yield next(super().weights(x, y))


class Ungrouped(Conv):
    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        weight, bias = super().weights(x, y)
        yield weight._replace(shape=(y.channels, x.channels, 3, 3))
        yield bias


class InputUses(Conv):
    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        weight, bias = super().weights(x, y)
        yield weight._replace(uses=product(x.spatial))
        yield bias


class Frozen(Conv):
    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        weight, bias = super().weights(x, y)
        yield weight
        yield bias._replace(trainable=False)


class ExtraScale(Conv):
    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        yield from super().weights(x, y)
        yield Weight("scale", (y.channels,))


class TooManyChannels(Conv):
    """States one channel more than its twin makes."""

    def channels(self, *xs: Shape) -> Size:
        return self.out + 1

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return Conv(**self.given).torch(torch, *xs)


ARGUMENTS = {"out": 4, "kernel": (3,)}


def test_notices_a_missing_weight() -> None:
    assert mismatches(small(NoBias(**ARGUMENTS)), "params") == [
        Mismatch("conv1", "shape of bias", None, (4,)),
        Mismatch("total", "parameters", 141, 145),
    ]


def test_notices_a_weight_too_many() -> None:
    rows = mismatches(small(ExtraScale(**ARGUMENTS)), "params")
    assert [str(row) for row in rows] == [
        "conv1: shape of scale: expected 4, measured nothing",
        "total: parameters: expected 149, measured 145",
    ]


def test_notices_a_wrong_weight_and_the_macs_that_follow() -> None:
    graph = Net(input=(4, 8, 8))("c", Ungrouped(**ARGUMENTS, groups=2)).graph()
    found = verify(graph, batch=2)
    assert found.checks["shapes"].mismatched == []
    assert found.checks["params"].mismatched == [
        Mismatch("c", "shape of weight", (4, 4, 3, 3), (4, 2, 3, 3)),
        Mismatch("total", "parameters", 148, 76),
    ]
    flops = 2 * 2 * 144 * 36
    assert found.checks["macs"].mismatched == [
        Mismatch("c", "FLOPs (PyTorch)", flops, flops // 2),
        Mismatch("total", "FLOPs (PyTorch)", flops, flops // 2),
    ]


@pytest.mark.usefixtures("fvcore")
def test_notices_wrong_uses_with_both_tools() -> None:
    found = verify(small(InputUses(**ARGUMENTS)))
    assert found.ok is False
    assert found.checks["params"].mismatched == []
    fc = 20
    assert found.checks["macs"].mismatched == [
        Mismatch("conv1", "FLOPs (PyTorch)", 2 * 108 * 64, 2 * 108 * 36),
        Mismatch("total", "FLOPs (PyTorch)", 2 * (108 * 64 + fc), 2 * (108 * 36 + fc)),
    ]
    others = 2 * 4 * 36 + 4 * 36 + fc  # bn, gap, linear
    assert found.checks["fvcore"].mismatched == [
        Mismatch("conv1", "count (fvcore)", 108 * 64, 108 * 36),
        Mismatch("total", "count (fvcore)", 108 * 64 + others, 108 * 36 + others),
    ]


def test_notices_a_weight_that_is_trained() -> None:
    assert mismatches(small(Frozen(**ARGUMENTS)), "params") == [
        Mismatch("conv1", "role of bias", "a buffer", "trained"),
        Mismatch("total", "parameters", 141, 145),
        Mismatch("total", "buffers", 13, 9),
    ]


def test_notices_a_wrong_shape() -> None:
    graph = Net(input=(3, 8, 8))("c", TooManyChannels(**ARGUMENTS)).graph()
    rows = mismatches(graph, "shapes", batch=2)
    assert rows == [Mismatch("c", "output shape", (2, 5, 6, 6), (2, 4, 6, 6))]
    assert str(rows[0]) == "c: output shape: expected 2x5x6x6, measured 2x4x6x6"
    assert verify(graph).to_dict()["checks"]["shapes"]["mismatched"] == [
        {
            "layer": "c",
            "what": "output shape",
            "expected": [1, 5, 6, 6],
            "measured": [1, 4, 6, 6],
        }
    ]


def test_a_layer_that_does_not_run_is_a_mismatch_and_nothing_after_it_passes() -> None:
    net = Net(input=(3, 8, 8))("a", TooManyChannels(**ARGUMENTS))
    found = verify(net("b", "conv", out=2, kernel=(1,))("c", "relu").graph())
    assert found.ok is False
    wrong, stopped = found.checks["shapes"].mismatched
    assert (wrong.layer, stopped.layer, stopped.expected) == ("a", "b", (1, 2, 6, 6))
    assert "RuntimeError" in str(stopped.measured)
    assert "5 channels" in str(stopped.measured)
    assert found.checks["shapes"].checked == 2
    for name in ("macs", "fvcore"):
        assert found.checks[name].checked == 0
        assert found.checks[name].skipped == "the forward pass stopped at b"


@pytest.mark.usefixtures("fvcore")
def test_notices_a_wrong_rule_of_a_convention(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("batch_norm", "adaptive_avg_pool"):
        monkeypatch.delitem(fvcore_rules.RULES, name)
    rows = mismatches(small(), "fvcore")
    assert [(row.layer, row.expected, row.measured) for row in rows[:2]] == [
        ("bn1", 0, 2 * 256),
        ("gap", 0, 256),
    ]


# What it does not take.


class Unheard(Layer):
    kind = "unheard"

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.Identity()


@pytest.mark.usefixtures("fvcore")
def test_a_kind_that_states_no_calls_counts_nothing_and_is_held_to_it() -> None:
    found = verify(Net(input=(4,))("u", Unheard()).graph())
    assert found.ok
    assert found.checks["fvcore"].checked == 2


def test_without_fvcore_its_check_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fvcore.nn", None)
    found = verify(small())
    assert found.ok
    assert found.checks["macs"].checked == 7
    assert found.checks["fvcore"].checked == 0
    assert "pip install 'cnncalc[torch]'" in str(found.checks["fvcore"].skipped)


def test_without_torch_the_user_is_told_what_to_install() -> None:
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from cnncalc.errors import MissingDependencyError\n"
        "try: import cnncalc.backends.torch.verify\n"
        "except MissingDependencyError as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("error: this needs PyTorch")
    assert "hint: pip install 'cnncalc[torch]'" in run.stdout


def test_sizes_must_be_numbers() -> None:
    net = Net(input=(3, symbol("H"), symbol("W")))("c", "conv", out=symbol("out"), kernel=(3,))
    with pytest.raises(UsageError, match="free: H, W, out") as caught:
        verify(net.graph())
    assert caught.value.hint == "give every symbol a number, with --at or --set"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"device": "tpu"}, "unknown device 'tpu'"),
        ({"device": "mps"}, "unknown device 'mps'"),
        ({"device": "cuda:99"}, "'cuda:99' is not available"),
        ({"dtype": "int8"}, "unknown dtype 'int8'"),
        ({"batch": 0}, "at least 1, got 0"),
        ({"batch": True}, "at least 1, got True"),
    ],
)
def test_options_it_does_not_take(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        verify(small(), **options)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there() -> None:
    with pytest.raises(UsageError, match=r"'cuda' is not available: PyTorch .* sees 0 GPU\(s\)"):
        verify(small(), device="cuda")


@pytest.mark.parametrize("side", [10**8, 10**12, 10**20])
def test_an_input_that_does_not_fit(side: int) -> None:
    graph = Net(input=(1, side, side))("r", "relu").graph()
    with pytest.raises(UsageError, match="does not fit into the memory of cpu"):
        verify(graph, device="cpu")


class Picky(Identity):
    def torch(self, torch: Any, *xs: Shape) -> Any:
        def run(x: Any) -> Any:
            raise self.given["error"]

        return run


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RuntimeError("\"lrn\" not implemented for 'Half'"), "r: PyTorch does not run .*float16"),
        (torch.OutOfMemoryError("CUDA out of memory"), "r: the network does not fit"),
    ],
)
def test_limits_of_the_machine_are_not_mismatches(error: Exception, message: str) -> None:
    graph = Net(input=(1, 4, 4))("r", Picky(error=error)).graph()
    with pytest.raises(UsageError, match=message):
        verify(graph, device="cpu", dtype="float16")
