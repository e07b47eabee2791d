"""Hints for those who come from other tools."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.layers import KINDS


def hint(line: str) -> str:
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(line).graph()
    return caught.value.hint or ""


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Conv2d", "conv"),
        ("conv_transpose2d", "deconv"),
        ("ConvTranspose2d", "deconv"),
        ("BatchNorm2d", "bn"),
        ("batchnorm", "bn"),
        ("fc", "linear"),
        ("Dense", "linear"),
        ("pool", "maxpool"),
        ("AveragePooling2D", "avgpool"),
        ("GlobalAveragePooling2D", "gap"),
        ("concatenate", "concat"),
        ("LeakyReLU", "leaky_relu"),
        ("swish", "silu"),
    ],
)
def test_kinds_of_other_tools_are_known(word: str, kind: str) -> None:
    assert hint(f"3x32x32 | {word} 8").startswith(f"it is called {kind} here; write {kind}")


def test_names_elsewhere_are_no_kinds_and_said_once() -> None:
    names = [name for cls in KINDS.values() for name in vars(cls).get("known_as", ())]
    assert len(names) == len(set(names))
    assert not set(names) & set(KINDS)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("3x32x32 | conv k=3 filters=8", "it is called out here"),
        ("3x32x32 | conv 8 kernel_size=3", "it is called kernel here"),
        ("3x32x32 | conv 8 k=(3,3)", "one value for each axis is written with an x, as in k=3x3"),
        (
            "224x224x3 | conv 64 k=7 s=2",
            "sizes are channels first: is the input meant to be 3x224x224?",
        ),
        ("3x32x32 | conv 8 k=33", "add padding, use a kernel of at most 32, or a larger input"),
    ],
)
def test_habits_of_other_tools(line: str, wanted: str) -> None:
    assert hint(line) == wanted
