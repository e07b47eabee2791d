"""Batch normalisation folded: the graph, and real weights against PyTorch's own folding."""

from __future__ import annotations

import json
from typing import Any

import pytest
from commandline import cnncalc as run

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.graph import Graph
from cnncalc.rewriting.folding import fold

NETS = ["resnet50", "mobilenet_v2", "densenet121", "googlenet", "xception", "shufflenet_v2_x1_0"]
#: A network with every kind that takes a norm in, and norms that stay.
EVERY = (
    "4x9x9 | deconv 6 k=3 g=2 bias=no | bn | sepconv 5 k=3 | bn affine=no | local 3 k=2 | bn | dwconv 3"
    " | bn | conv 6 k=3 g=3 p=same bias=no | bn | relu | bn | a = conv 6 k=1 | bn track=no"
    " | add a x | flatten | linear 7 bias=no | bn"
)


@pytest.mark.parametrize("net", [*NETS, EVERY])
def test_costs_what_the_rewritten_spec_costs(net: str) -> None:
    """One idea: the rule that rewrites a spec folds a graph too."""
    network = cnncalc.load(net)
    folded, rewritten = network.analyze(fold_bn=True), network.rewrite("fold-bn").analyze()
    assert (folded.total, folded.memory, folded.outputs) == (
        rewritten.total,
        rewritten.memory,
        rewritten.outputs,
    )
    assert [(row.kind, row.output, row.cost) for row in folded.layers] == [
        (row.kind, row.output, row.cost) for row in rewritten.layers
    ]


def test_resnet50() -> None:
    """Show 6: 53 norms of 2C parameters go, and 53 biases of C come; MACs stay."""
    network = cnncalc.load("resnet50")
    before, after = network.analyze(), network.analyze(fold_bn=True)
    norms = sum(row.cost.params for row in before.layers if row.kind == "bn")
    assert after.folded is not None
    assert (len(after.folded), norms) == (53, 53_120)
    assert after.total.params == before.total.params - norms // 2 == 25_530_472
    assert (after.total.buffers, after.total.macs) == (0, before.total.macs)
    assert after.folded["bn1"] == "conv1"
    assert after.outputs == before.outputs
    assert after.fields == before.fields


def names(graph: Graph) -> list[str]:
    return [node.name for node in graph]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("3x8x8 | conv 4 k=3 | bn | relu", ["conv1", "relu1"]),
        # who reads the norm reads the layer now, and so does the output
        ("3x8x8 | conv 4 k=3 | a = bn | relu | add a x", ["conv1", "relu1", "add1"]),
        ("3x8x8 | conv 4 k=3 | bn", ["conv1"]),
        # someone else reads the layer
        ("3x8x8 | a = conv 4 k=3 | b = bn | add a b", ["a", "b", "add1"]),
        # nothing before it multiplies
        ("3x8x8 | relu | bn", ["relu1", "bn1"]),
        # the batch's own statistics cannot be folded
        ("3x8x8 | conv 4 k=3 | bn track=no", ["conv1", "bn1"]),
        # the weights are used elsewhere too
        ("4x8x8 | a = conv 4 k=1 | bn | reuse a | relu", ["a", "bn1", "reuse1", "relu1"]),
    ],
)
def test_what_is_folded(line: str, left: list[str]) -> None:
    graph = fold(cnncalc.load(line).graph()).graph
    assert names(graph) == left
    assert set(graph.outputs.values()) <= {*left}
    made = {*graph.inputs}
    for node in graph:
        assert made.issuperset(node.inputs)
        made.add(node.name)


def test_symbols_fold_too() -> None:
    found = cnncalc.load("resnet50").analyze(symbolic=True, fold_bn=True)
    assert found.total.params == 25_530_472


def test_nothing_to_fold_is_said() -> None:
    found = run("analyze", "lenet5", "--fold-bn", "--json")
    assert "there is no batch normalisation to fold" in found.err
    assert json.loads(found.out)["folded"] == {}
    assert "folded" not in json.loads(run("analyze", "lenet5", "--json").out)


LEFT = "a norm with running statistics folds into a convolution or linear layer"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("3x8x8 | bn | conv 4 k=3", ["bn1"]),
        ("3x8x8 | conv 4 k=3 | bn track=no", ["bn1"]),
        ("3x8x8 | a = conv 4 k=3 | b = bn | add a b", ["b"]),
        ("4x8x8 | a = conv 4 k=1 | bn | reuse a | bn", ["bn1", "bn2"]),
    ],
)
def test_norms_that_stay_are_said_and_why(line: str, left: list[str]) -> None:
    for command in ("analyze", "roofline", "reconcile"):
        found = run(command, line, "--fold-bn", "--json")
        assert json.loads(found.out)["folded"] == {}
        assert json.loads(found.out)["unfolded"] == left
        names = ", ".join(left)
        assert (
            found.err == f"warning: no batch normalisation can be folded ({names}): {LEFT} "
            "that is used once and that it alone reads\n"
        )


def test_norms_in_a_symbolic_repetition_cannot_be_folded() -> None:
    """Not a count of 0 norms: they are there, and how many is not known."""
    spec = "cnncalc: 1\ninput: 8x8x8\nparams: {{n: 3}}\nlayers:\n  - repeat: n\n    layers: [{}]\n"
    net = cnncalc.parse(spec.format("conv 8 k=3 p=1, bn, relu"))
    with pytest.raises(CnncalcError, match="repeated a symbolic number of times") as caught:
        net.analyze(settings={"n": "L"}, fold_bn=True)
    assert caught.value.hint == "give the number of repetitions a value with --set"
    assert net.analyze(settings={"n": 2}, fold_bn=True).total.params == 2 * 8 * (72 + 1)
    plain = cnncalc.parse(spec.format("conv 8 k=3 p=1, relu"))
    folding = plain.analyze(settings={"n": "L"}, fold_bn=True).folding
    assert folding is not None
    assert folding.nothing == "there is no batch normalisation to fold"


def test_some_fold_and_some_stay() -> None:
    line = "3x8x8 | bn | conv 4 k=3 | bn | relu"
    for command in ("analyze", "roofline", "reconcile"):
        found = run(command, line, "--fold-bn")
        assert "1 batch normalisation, into the layer before it; 1 stays (bn1): a norm" in found.out
        assert found.err == ""
    many = run("analyze", "densenet121", "--fold-bn").out
    assert "59 batch normalisations, into the layers before them; 62 stay (" in many


def test_one_line_answers_and_counts_fold_too() -> None:
    assert run("params", "resnet50", "--fold-bn").out == "25530472\n"
    # The bias of a folded convolution is an operation for each element of its output.
    line = "3x8x8 | conv 4 k=3 p=1 bias=no | bn"
    counts = ("-c", "deepspeed", "-q")
    assert run("macs", line, *counts).out == f"{2 * 27 * 4 * 64 + 2 * 4 * 64}\n"
    assert run("macs", line, *counts, "--fold-bn").out == f"{2 * 27 * 4 * 64 + 4 * 64}\n"
    (step,) = cnncalc.load(line).reconcile(["mac", "deepspeed"], fold_bn=True).steps
    assert {change.entry: change.amount for change in step.changes} == {
        "2 operations for each MAC": 27 * 4 * 64,
        "biases": 4 * 64,
    }


def test_command() -> None:
    data = json.loads(run("analyze", "resnet50", "--fold-bn", "--json").out)
    assert data["totals"]["params"] == 25_530_472
    assert data["folded"]["bn1"] == "conv1"
    assert "53 batch normalisations" in run("analyze", "resnet50", "--fold-bn").out


# Real weights.

torch: Any = pytest.importorskip("torch")

from cnncalc.backends.torch import folding  # noqa: E402
from cnncalc.backends.torch.build import build  # noqa: E402
from cnncalc.backends.torch.folding import check_folding, fold_network  # noqa: E402

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    "net", [EVERY, "resnet18", pytest.param("mobilenet_v2", marks=pytest.mark.long)]
)
def test_outputs_agree_to_rounding(net: str) -> None:
    network = cnncalc.load(net)
    graph = network.graph({"H": 64, "W": 64} if network.spec.name != EVERY else None)
    folded = fold(graph)
    check = check_folding(graph, folded, CPU, 2)
    assert not check.mismatched
    assert check.checked == len(folded.into) + 2  # the output, and the number of parameters


def test_as_pytorch_folds() -> None:
    """torch.nn.utils.fusion.fuse_conv_bn_eval makes the same weights, and as many."""
    graph = cnncalc.load("resnet50").graph()
    folded = fold(graph)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        network = build(graph).eval().double()
        folding._randomise(network)
        ours = fold_network(network, graph, folded)
    count = sum(p.numel() for p in network.twins["linear1"].parameters())
    for norm, layer in folded.into.items():
        theirs = torch.nn.utils.fusion.fuse_conv_bn_eval(network.twins[layer], network.twins[norm])
        count += sum(p.numel() for p in theirs.parameters())
        torch.testing.assert_close(ours.twins[layer].weight, theirs.weight)
        torch.testing.assert_close(ours.twins[layer].bias, theirs.bias)
    assert count == sum(p.numel() for p in ours.parameters()) == 25_530_472


@pytest.mark.parametrize(
    "mistake",
    [
        lambda norm: (norm.running_var.rsqrt() * norm.weight, norm.bias - norm.running_mean),
        lambda norm: (norm.weight, norm.bias - norm.running_mean * norm.weight),
        lambda norm: (right(norm)[0] * (1 + 1e-6), right(norm)[1]),
        lambda norm: (right(norm)[0].flip(0), right(norm)[1]),
    ],
    ids=["forgot eps and scale", "forgot the variance", "off by 1e-6", "channels in another order"],
)
def test_mistakes_are_noticed(mistake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "_affine", mistake)
    graph = cnncalc.load("3x8x8 | conv 4 k=3 bias=no | bn | relu | conv 4 k=3 | bn").graph()
    mismatched = check_folding(graph, fold(graph), CPU, 2).mismatched
    assert {row.layer for row in mismatched} == {"conv1", "conv2", "output"}


right = folding._affine


def test_skipped_without_values_or_norms() -> None:
    graph = cnncalc.load("3x8x8 | conv 4 k=3 | bn").graph()
    assert "meta" in str(check_folding(graph, fold(graph), torch.device("meta"), 1).skipped)
    plain = cnncalc.load("3x8x8 | conv 4 k=3").graph()
    assert "no batch norm" in str(check_folding(plain, fold(plain), CPU, 1).skipped)


def test_verify_fold_bn() -> None:
    """Show 6, on a small network; resnet50 is in docs/training.md."""
    pytest.importorskip("fvcore")
    found = run("verify", "--fold-bn", "resnet18", "--at", "H=64,W=64", "--json")
    data = json.loads(found.out)
    assert (found.code, data["ok"]) == (0, True)
    assert data["checks"]["fold_bn"]["checked"] == 20 + 2
    assert "20 folded, 11,684,712 parameters" in data["checks"]["fold_bn"]["note"]
