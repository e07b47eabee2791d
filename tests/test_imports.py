"""Start-up stays cheap: what the command line imports, and proof that this would be noticed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cnncalc
from cnncalc.zoo import folder

#: What costs more to import than an answer may take, and what only some answers need.
HEAVY = {
    "PIL",
    "torch",
    "numpy",
    "sympy",
    "mpmath",
    "islpy",
    "z3",
    "fvcore",
    "networkx",
    "typer",
    "pydantic",
}
#: What an answer without colour does without.
UNUSED = {"rich"}


def imported(*arguments: str, before: str = "", folder: Path) -> set[str]:
    """Top-level modules loaded when ``cnncalc ARGUMENTS`` is done, in a process of its own."""
    target = folder / "modules.json"
    code = f"""
import atexit, json, sys

def report():
    with open({str(target)!r}, "w") as file:
        json.dump(sorted({{name.partition(".")[0] for name in sys.modules}}), file)

atexit.register(report)
sys.argv = ["cnncalc", *{list(arguments)!r}]
{before}
from cnncalc.cli import main
main()
"""
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    return set(json.loads(target.read_text()))


CHEAP = [
    ("--help",),
    ("--version",),
    ("analyze", "--help"),
    ("domain", "--help"),
    ("solve", "--help"),
    ("verify", "--help"),
    ("analyze", "resnet50"),
    ("analyze", "resnet50", "--all"),
    ("analyze", "resnet50", "--json"),
    ("analyze", "resnet50", "-f", "csv"),
    ("analyze", "resnet50", "-f", "markdown"),
    ("analyze", "unet"),
    ("analyze", "alexnet_2012"),
    ("shape", "3x32x32 | conv 10 k=5 p=2 | relu | maxpool 2"),
    ("rf", "unet"),
    ("params", "vgg16", "--set", "classes=10"),
    ("macs", "vgg16", "--at", "H=64,W=64"),
    ("compare", "vgg16", "resnet18"),
    ("compare", "resnet18", "resnet34", "--layers"),
    ("rewrite", "vgg16", "--rule", "separable"),
    ("analyze", "resnet50", "--fold-bn"),
    ("train", "resnet50"),
    ("train", "mobilenet_v2", "--optimizer", "adam", "--json"),
    ("roofline", "resnet50", "--device", "h100"),
    ("roofline", "--devices"),
    ("explain", "resnet18"),
    ("explain", "lenet5", "--why", "-f", "latex"),
    ("zoo",),
    ("rules",),
    ("rules", "D301"),
    ("prove", "--help"),
    ("prove", "params('resnet50') == 25557032"),
    ("prove", "K + (K-1)*(r-1) == r*(K-1) + 1"),
    ("prove", "ceil((W-K+1+2*P)/S) == floor((W-K+2*P)/S) + 1"),
    ("claims", "--help"),
    ("check", "--help"),
    ("check", str(folder() / "resnet.yaml")),
    ("check", "-f", "sarif", "--isolated", str(folder() / "lenet5.yaml")),
    ("quiz", "--help"),
    ("quiz", "grade", "--help"),
    ("quiz", "--seed", "7", "-n", "6", "--type", "numeric:3,table:3"),
    ("work", "--help"),
    ("work", "conv", "1 2 3; 4 5 6", "1 0; 0 1"),
    ("work", "norm", "1 2; 3 5", "--json"),
]


@pytest.mark.parametrize("arguments", CHEAP, ids=" ".join)
def test_concrete_answers_import_nothing_heavy(arguments: tuple[str, ...], tmp_path: Path) -> None:
    loaded = imported(*arguments, folder=tmp_path)
    assert "cnncalc" in loaded
    assert loaded & (HEAVY | UNUSED) == set()


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)], ids=" ".join)
def test_the_list_of_commands_imports_no_library(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    code = (
        "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr));"
        f"sys.argv = ['cnncalc', *{list(arguments)!r}]; from cnncalc.cli import main; main()"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    loaded = set(found.stderr.split())
    assert {"click", "cnncalc.cli.app"} <= loaded
    assert loaded & {"yaml", "cnncalc.network", "cnncalc.layers", "cnncalc.spec"} == set()


def test_every_public_name_is_found_when_it_is_asked_for() -> None:
    assert set(cnncalc.__all__) == set(cnncalc._PLACES)
    for name in cnncalc.__all__:
        assert getattr(cnncalc, name).__module__.startswith("cnncalc.")
    assert set(cnncalc.__all__) <= set(dir(cnncalc))
    with pytest.raises(AttributeError, match="module 'cnncalc' has no attribute 'analyse'"):
        cnncalc.analyse  # noqa: B018


# The test above can fail.


@pytest.mark.parametrize("module", ["sympy", "islpy", "z3"])
def test_a_heavy_import_is_noticed(module: str, tmp_path: Path) -> None:
    loaded = imported("--help", before=f"import {module}", folder=tmp_path)
    assert loaded & HEAVY >= {module}


def test_a_heavy_import_inside_a_command_is_noticed(tmp_path: Path) -> None:
    """A command that itself imports something heavy, late."""
    before = """
import cnncalc.network
analyze = cnncalc.network.Network.analyze
def heavier(*args, **kwargs):
    import sympy
    return analyze(*args, **kwargs)
cnncalc.network.Network.analyze = heavier
"""
    loaded = imported("analyze", "resnet50", before=before, folder=tmp_path)
    assert loaded & HEAVY >= {"sympy"}


@pytest.mark.parametrize(
    ("arguments", "modules"),
    [
        (("shape", "resnet50", "--symbolic"), {"sympy", "islpy"}),
        (("analyze", "lenet5", "--symbolic", "-q"), {"sympy", "islpy"}),
        (("macs", "lenet5", "--batch", "N"), {"sympy"}),
        (("prove", "n % 3 < 3"), {"islpy"}),
        (("prove", "a % b < b"), {"z3"}),
    ],
)
def test_what_symbols_need_is_noticed(
    arguments: tuple[str, ...], modules: set[str], tmp_path: Path
) -> None:
    loaded = imported(*arguments, folder=tmp_path)
    assert loaded >= modules
    assert "torch" not in loaded


@pytest.mark.parametrize(
    "arguments",
    [
        ("domain", "resnet152"),
        ("domain", "unet", "--tensors"),
        ("solve", "resnet18", "--for", "H", "--such-that", "macs <= 1G"),
    ],
    ids=" ".join,
)
def test_what_isl_decides_needs_no_sympy(arguments: tuple[str, ...], tmp_path: Path) -> None:
    loaded = imported(*arguments, folder=tmp_path)
    assert loaded & HEAVY == {"islpy"}


def test_the_library_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys, cnncalc; cnncalc.load('resnet50').analyze().to_dict();"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ).stdout.split()
    assert "cnncalc" in loaded
    assert set(loaded) & (HEAVY | UNUSED | {"click"}) == set()
