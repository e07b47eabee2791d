"""The domain of a network is exactly the sizes at which it can be built, and PyTorch runs it."""

from __future__ import annotations

import json
from typing import Any

import domains
import pytest
from commandline import answer
from commandline import cnncalc as run
from domains import Drawn, built, networks
from hypothesis import HealthCheck, given, settings
from writing import line, spec

import cnncalc
from cnncalc.domain import Domain
from cnncalc.errors import CnncalcError

UNET = "H mod 16 = 0 and W mod 16 = 0 and H >= 16 and W >= 16"


def domain(text: str, **settings: Any) -> Domain:
    return cnncalc.load(text).domain(settings=settings)


# Against brute force.


def hold(drawn: Drawn) -> None:
    network = drawn.network()
    found = network.domain()
    dropping, exact = found.dropping(), found.exact()
    for point in drawn.points():
        graph = built(network, point)
        if point not in found.unknown:
            assert (point in found.good) is (graph is not None), (point, found.condition)
        if graph is not None and dropping is not None:
            assert (point in dropping) is domains.dropped(graph), (point, dropping)
        if graph is not None and exact is not None:
            assert (point in exact) is domains.exact(graph), (point, exact)


@settings(max_examples=5 * settings.default.max_examples)
@given(networks())
def test_domain_is_what_brute_force_finds(drawn: Drawn) -> None:
    hold(drawn)


@pytest.mark.long
@settings(max_examples=2000, suppress_health_check=list(HealthCheck))
@given(networks())
def test_domain_is_what_brute_force_finds_for_2000_networks(drawn: Drawn) -> None:
    hold(drawn)


@settings(max_examples=2 * settings.default.max_examples)
@given(networks())
def test_sizes_in_closed_form_are_those_of_the_graph(drawn: Drawn) -> None:
    network = drawn.network()
    cases = [
        (domains.said(condition, drawn.symbols), sizes)
        for condition, sizes in network.domain().tensors()
    ]
    for point in drawn.points():
        graph = built(network, point)
        if graph is None:
            continue
        (sizes,) = [sizes for holds, sizes in cases if holds(**point)]
        for name, shape in graph.shapes.items():
            known = [domains.said(size, drawn.symbols)(**point) for size in sizes[name]]
            assert known == list(shape), (name, point)


def test_brute_force_would_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = Drawn("input: 2xW\nlayers: [a = relu, maxpool 2, upsample 2, add x a]", ("W",))
    hold(drawn)
    wrong = cnncalc.load("2xW | relu").domain()
    monkeypatch.setattr(cnncalc.Network, "domain", lambda self: wrong)
    with pytest.raises(AssertionError):
        hold(drawn)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1xW | conv 1 k=K p=1", "WK"),
        ("1xW | a = relu | conv 1 k=K p=P | add x a", "WKP"),
        ("8xW | conv 6 k=1 g=G", "WG"),
        ("1xW | conv 4*B k=1 | gn 6", "WB"),
        ("1xW | conv 1 k=3 s=S | conv 1 k=3", "WS"),
        ("1xW | a = relu | deconv 1 k=K s=2 p=P | crop like=a", "WKP"),
    ],
)
def test_symbols_in_arguments(text: str, names: str) -> None:
    """Kernels, padding, groups, widths, one stride: still decided."""
    network = cnncalc.load(text)
    open_names = {name: name for name in names if name != "W"}
    found = network.domain(settings=open_names)
    assert not found.unknown
    for point in Drawn(text, tuple(names)).points():
        settings = {name: point[name] for name in open_names}
        try:
            good = bool(network.graph({"W": point["W"]}, settings))
        except CnncalcError:
            good = False
        assert (point in found.good) is good, point


# The networks of the issue, run in PyTorch.


def test_unet_in_pytorch() -> None:
    found = domain("unet_same", base=1)
    assert found.condition == UNET
    module = _module(cnncalc.load("unet_same").graph({"H": 32, "W": 32}, {"base": 1}))
    for size in range(1, 50):
        for height, width in ((size, 16), (size, 17), (32, size), (size, size)):
            point = {"H": height, "W": width}
            assert _runs(module, 1, height, width) is (point in found.good), point


def test_resnet50_in_pytorch() -> None:
    """Every size: what PyTorch runs at 1x1 it runs at all."""
    found = domain("resnet50")
    assert found.condition == "always"
    module = _module(cnncalc.load("resnet50").graph({}, {"width": 4}))
    for height in range(1, 36):
        width = 1 + 7 * height % 33
        assert _runs(module, 3, height, width) is ({"H": height, "W": width} in found.good)


def test_valid_unet_in_pytorch() -> None:
    torch = pytest.importorskip("torch")
    found = domain("unet")
    assert found.condition == "H >= 188 and W >= 188"
    assert str(found.exact()) == "H mod 16 = 12 and W mod 16 = 12 and H >= 188 and W >= 188"
    conv = torch.nn.Conv2d(1, 1, 3)
    up = torch.nn.ConvTranspose2d(1, 1, 2, stride=2)

    def double(x: Any) -> Any:
        return conv(conv(x))

    def runs(height: int, width: int) -> bool:
        """Written down once more, without cnncalc."""
        x, skips = torch.zeros(1, 1, height, width), []
        try:
            for _ in range(4):
                skips.append(double(x))
                x = torch.nn.functional.max_pool2d(skips[-1], 2)
            x = double(x)
            for skip in reversed(skips):
                x = up(x)
                top, left = ((skip.shape[axis] - x.shape[axis]) // 2 for axis in (2, 3))
                x = double(skip[:, :, top : top + x.shape[2], left : left + x.shape[3]] + x)
        except RuntimeError:
            return False
        return bool(x.numel())

    with torch.no_grad():
        for size in range(1, 240):
            for height, width in ((size, 190), (190, size)):
                assert runs(height, width) is ({"H": height, "W": width} in found.good), size


def _module(graph: Any) -> Any:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)  # images are tiny
    from cnncalc.backends.torch.build import build

    return build(graph).eval()


def _runs(module: Any, channels: int, height: int, width: int) -> bool:
    import torch

    with torch.no_grad():
        try:
            module(torch.zeros(1, channels, height, width))
        except RuntimeError:
            return False
    return True


# What it says.


@pytest.mark.parametrize(
    ("text", "condition", "minimum"),
    [
        ("unet_same", UNET, {"H": 16, "W": 16}),
        ("3xHxW | conv 8 k=7", "H >= 7 and W >= 7", {"H": 7, "W": 7}),
        ("1xL | a = relu | maxpool 2 | upsample 2 | add x a", "L mod 2 = 0 and L >= 2", {"L": 2}),
        ("Cx8x8 | conv 8 k=3 g=4", "C mod 4 = 0 and C >= 4", {"C": 4}),
        ("1xHxW | a = relu | conv 1 k=3 p=1 | add x a", "always", {"H": 1, "W": 1}),
        ("1x4x4 | conv 1 k=3", "always", {}),
        ("1x4x4 | conv 1 k=5", "never", {}),
        ("1xL | a = conv 1 k=3 s=3 | from input | maxpool 2 | add x a", "L = 3", {"L": 3}),
    ],
)  # fmt: skip
def test_conditions_and_smallest_sizes(text: str, condition: str, minimum: dict[str, int]) -> None:
    found = domain(text)
    assert (found.condition, found.minimum()) == (condition, minimum)


def test_sizes_that_depend_on_each_other() -> None:
    net = spec(
        """
        - from left
        - maxpool 2
        - add x right
        """,
        input="",
        top="inputs: {left: 3xH, right: 3xW}",
    )
    found = net.domain()
    assert found.condition == "H <= 2*W + 1 and H >= 2*W"
    assert {"H": 9, "W": 4} in found.good
    assert {"H": 9, "W": 5} not in found.good
    assert found.nearest({"H": 12, "W": 5}) == {"H": (11, None), "W": (None, 6)}


def test_conditions_of_the_spec_on_sizes() -> None:
    """An ``if:`` on a size divides the domain; both parts are in it."""
    net = spec(
        """
        - if: x.w < 8
          then: [upsample 2]
          else: [maxpool 2]
        - a = relu
        - maxpool 4
        - upsample 4
        - add x a
        """,
        input="1xW",
    )
    found = net.domain()
    assert len(found.cases) == 2
    good = [w for w in range(1, 30) if {"W": w} in found.good]
    assert good == [2, 4, 6, 8, 9, 16, 17, 24, 25]


def test_a_spec_that_is_wrong_whatever_the_sizes() -> None:
    with pytest.raises(CnncalcError, match="not defined"):
        spec("- conv n k=3", input="1xHxW").domain()
    with pytest.raises(CnncalcError, match="no parameter"):
        domain("unet_same", bass=3)


def test_what_isl_does_not_decide() -> None:
    found = domain("1xW | a = relu | conv 1 k=1 s=S | upsample S | add x a", S="S")
    assert found.condition == "undecided"
    assert found.open == ["floor((W - 1)/S)*S + S = W (add1)"]
    witness = found.witness()
    assert witness is not None
    assert (witness.good, witness.bad) == ({"W": 1, "S": 1}, {"W": 1, "S": 2})
    assert found.contains({"W": 6, "S": 3})
    assert not found.contains({"W": 7, "S": 3})


def test_part_of_it_undecided() -> None:
    """The second layer narrows what the first leaves open."""
    found = domain("CxHxW | flatten | reshape 6x1x1 | conv 4 k=1 g=2")
    assert found.condition == "undecided"
    assert found.witness() == ({"C": 1, "H": 2, "W": 3}, {"C": 1, "H": 1, "W": 1}, 10)


def test_pixels_and_strides() -> None:
    found = domain("1xL | conv 1 k=3 s=2 p=1 | maxpool 2")
    assert str(found.exact()) == "L mod 4 = 0 and L >= 4"
    lost = [n for n in range(3, 20) if {"L": n} in found.dropping()]  # type: ignore[operator]
    assert lost == [5, 6, 9, 10, 13, 14, 17, 18]


def test_holes_that_a_stride_leaves_are_not_lost_pixels() -> None:
    found = domain("1xL | conv 1 k=1 s=2")
    assert str(found.dropping()) == "never"


def test_every_bundled_network_is_decided() -> None:
    for name in cnncalc.bundled():
        network = cnncalc.load(name)
        found = network.domain()
        assert not found.unknown, name
        assert network.analyze().at in found.good, name
        assert found.exact() is not None
        assert found.keeping() is not None


def test_closed_forms_have_a_single_floor() -> None:
    ((_, sizes),) = domain("unet").tensors()
    assert sizes["double1.conv2"] == [
        "1024", "floor((H + 4)/16) - 8", "floor((W + 4)/16) - 8",
    ]  # fmt: skip
    assert sizes["conv1"] == ["2", "16*floor((H + 4)/16) - 188", "16*floor((W + 4)/16) - 188"]


# The command.


def test_good_size() -> None:
    assert answer("domain", "unet_same", "--at", "H=96,W=32").splitlines()[2] == (
        "H=96, W=32     well-formed"
    )


def test_bad_size() -> None:
    result = run("domain", "unet_same", "--at", "H=100,W=100")
    assert (result.code, result.err) == (1, "")
    assert result.out.splitlines()[2:6] == [
        "H=100, W=100   not well-formed",
        "fails at       concat2: concat joins tensors of different height: 25 and 24 "
        "(down[2].skip.conv_relu2.relu1 is 256x25x25, up[1] is 256x24x24)",
        "nearest        H: 96 or 112; W: 96 or 112",
        f"well-formed    {UNET}",
    ]


def test_json() -> None:
    found = json.loads(answer("domain", "unet_same", "--json"))
    assert found["condition"] == UNET
    assert found["minimum"] == {"H": 16, "W": 16}
    assert found["decided"] is True
    assert found["drops_pixels"] == "never"
    assert "tensors" not in found
    tensors = json.loads(answer("domain", "unet", "--json", "--tensors"))["tensors"]
    assert tensors[0]["sizes"]["down[0].maxpool1"] == ["64", "floor(H/2) - 2", "floor(W/2) - 2"]


def test_json_of_a_bad_size() -> None:
    result = run("domain", "unet_same", "--at", "H=100,W=64", "--json")
    found = json.loads(result.out)
    assert (result.code, found["ok"], found["at"]) == (1, False, {"H": 100, "W": 64})
    assert found["failure"]["layer"] == "concat2"
    assert found["failure"]["at"] == "unet_same.yaml:42:9"
    assert found["nearest"] == {
        "H": {"below": 96, "above": 112},
        "W": {"below": 64, "above": 64},
    }


def test_one_size_of_two() -> None:
    assert run("domain", "unet_same", "--at", "H=100").code == 1
    assert run("domain", "unet_same", "--at", "H=96").code == 0


def test_assumptions() -> None:
    lines = answer("domain", "unet_same", "--assume", "H=8*h+8,W=H").splitlines()
    assert lines[2] == "well-formed    h mod 2 = 1"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--at", "K=3"], "error: --at K: the network has no symbol 'K'\n  hint: known symbols: H, W\n"),
        (["--at", "H=0"], "error: --at H must be an integer of at least 1, got '0'\n  hint: write --at H=224\n"),
        (["--assume", "Q=3"], "error: --assume Q: the network has no parameter 'Q'\n"),
        (["--assume", "H=32*"], "<H=32*>:1:1: error: cannot read the expression '32*'\n"),
    ],
)  # fmt: skip
def test_errors(arguments: list[str], message: str) -> None:
    result = run("domain", "unet_same", *arguments)
    assert result.code == 2
    assert result.err.startswith(message)


def test_analyze_names_the_nearest_good_sizes() -> None:
    result = run("analyze", "unet_same", "--at", "H=100,W=64")
    assert result.code == 2
    assert result.err.endswith("; nearest good sizes: H=96 or 112, W=64\n")
    assert "nearest" not in run("shape", "3x4x4 | conv 8 k=7").err
    assert "nearest" not in run("analyze", "3xHxW | conv 8 k=3 g=2", "--at", "H=9,W=9").err


def test_a_network_without_symbols_says_what_fails() -> None:
    result = run("domain", "3x4x4 | conv 8 k=7")
    assert result.code == 1
    assert "fails at       conv1: height: kernel 7 is larger" in result.out
    assert line("3x4x4 | conv 8 k=3")
