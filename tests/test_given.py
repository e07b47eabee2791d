"""What callers give: keywords for sizes, names alone or in lists, and refusals with a way out."""

from __future__ import annotations

from typing import Any

import pytest

import cnncalc
from cnncalc import work
from cnncalc.explain.letters import MEANINGS
from cnncalc.layers import KINDS


def test_sizes_may_be_keywords() -> None:
    net = cnncalc.load("resnet50")
    assert net.analyze(H=256, W=256).total == net.analyze({"H": 256, "W": 256}).total
    assert net.analyze({"H": 256}, W=256).at == {"H": 256, "W": 256}
    (one,) = net.explain("conv1", "shape", H=256, W=256).layers
    assert str(one.output) == "64x128x128"
    with pytest.raises(cnncalc.CnncalcError, match="no symbol 'Q'"):
        net.analyze(Q=3)


def test_one_name_or_several() -> None:
    net = cnncalc.load("lenet5")
    assert net.rewrite("separable", "conv1").changed == ("conv1",)
    assert net.rewrite("separable", ["conv1", "conv2"]).changed == ("conv1", "conv2")
    assert [layer.name for layer in net.explain("conv*").layers] == ["conv1", "conv2"]
    assert net.explain(of="params").of == ("params",)


@pytest.mark.parametrize("wrong", [5, None, 2.5, ["lenet5"]])
def test_what_is_no_network(wrong: Any) -> None:
    for call in (lambda: cnncalc.load(wrong), lambda: cnncalc.compare("lenet5", wrong)):
        with pytest.raises(cnncalc.CnncalcError, match="a network is a path"):
            call()


def test_wrong_kinds_of_arguments() -> None:
    net: Any = cnncalc.load("lenet5")
    for call, message in (
        (lambda: net.rewrite(5), "unknown rule '5'"),
        (lambda: net.rewrite("gap", layers=5), "layers must be a name or a list"),
        (lambda: net.analyze(5), "at must be a mapping"),
        (lambda: net.analyze(settings=[1]), "settings must be a mapping"),
        (lambda: net.solve("H", "macs > 1", want="most"), "'most'"),
        (lambda: net.solve(3, "macs > 1"), "unknowns must be a name or a list"),
        (lambda: cnncalc.compare(net, net)["nope"], "called 'nope'"),
        (lambda: work.norm([[1, 2], [3, 4]], kind=None), "no normalisation None"),  # type: ignore[arg-type]
    ):
        with pytest.raises(cnncalc.CnncalcError, match=message):
            call()


def test_solving_is_one_call() -> None:
    found = cnncalc.load("3x32x32 | conv 8 k=3").solve("conv1.p", "output.h == input.h")
    assert (found.smallest, found.largest) == ({"conv1.p": 1}, {"conv1.p": 1})
    assert found.to_dict()["exact"] is True


def test_no_letter_of_an_argument_means_something_else() -> None:
    letters = {one.letter for kind in KINDS.values() for one in kind.arguments.values()}
    assert not letters & {*MEANINGS}
