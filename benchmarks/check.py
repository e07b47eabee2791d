"""How long `cnncalc check` takes: 1,000 generated specs, the bundled ones, and a single one.

    python benchmarks/check.py [RUNS]

Prints the median time of each command over RUNS (default 5) interleaved runs, with one process
and with as many as there are CPUs. The goals: a few seconds for 1,000 specs, and for one spec at
most 1.5 times as long as `cnncalc analyze` takes.
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import cnncalc
from cnncalc.check.running import cores

ROOT = Path(__file__).parent.parent
SPECS = 1_000
SEED = 7

_RESIDUAL = """\
  - add:
      - [conv {width} k=3 p=1 bias=no, bn, relu, conv {width} k=3 p=1 bias=no, bn]
      - []
  - relu
"""
_SEPARABLE = """\
  - dwconv k=3 p=1 bias=no
  - bn
  - relu
  - conv {width} k=1 bias=no
  - bn
  - relu
"""
_PLAIN = """\
  - conv {width} k=3 p=1 bias=no
  - bn
  - relu
"""


def spec(number: int, rng: random.Random) -> str:
    """A classifier of two to five stages, of one to four blocks each; every tenth breaks a budget."""
    width = rng.choice([8, 16, 32, 64])
    block = rng.choice([_RESIDUAL, _SEPARABLE, _PLAIN])
    stages = []
    for _ in range(rng.randint(2, 5)):
        stages.append(f"  - conv {width} k=3 s=2 p=1 bias=no\n  - bn\n  - relu\n")
        stages += [block.format(width=width)] * rng.randint(1, 4)
        width *= 2
    budget = "1k" if number % 10 == 0 else "1G"
    return (
        f"cnncalc: 1\nname: generated {number}\ninput: 3xHxW\nat: {{H: 96, W: 96}}\nlayers:\n"
        f"{''.join(stages)}  - gap\n  - flatten\n  - linear 10\n"
        f"expect:\n  params: {{max: {budget}}}\n  macs: {{max: 1T}}\n  output: [10]\n"
    )


def generate(folder: Path) -> None:
    rng = random.Random(SEED)
    for number in range(SPECS):
        text = spec(number, rng)
        (folder / f"net{number:04}.cnn.yaml").write_text(text, encoding="utf-8")


class Cost(NamedTuple):
    """Seconds on the clock, and of all processors."""

    wall: float
    cpu: float


def cost(arguments: list[str]) -> Cost:
    command = [str(Path(sys.executable).with_name("cnncalc")), *arguments]
    before, started = os.times(), time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    elapsed, after = time.perf_counter() - started, os.times()
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} exits with {done.returncode}")
    user = after.children_user - before.children_user
    return Cost(elapsed, user + after.children_system - before.children_system)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as name:
        generate(Path(name))
        one = str(Path(name) / "net0001.cnn.yaml")
        zoo = str(ROOT / "specs")
        files = len(list(Path(zoo).glob("*.yaml")))
        commands = {
            f"check, {SPECS:,} specs, one process": ["check", "--isolated", "--jobs", "1", name],
            f"check, {SPECS:,} specs": ["check", "--isolated", name],
            f"check, {files} bundled specs, one process": ["check", "--jobs", "1", zoo],
            f"check, {files} bundled specs": ["check", zoo],
            "check, one spec": ["check", "--isolated", one],
            "analyze, the same spec": ["analyze", one],
        }
        costs: dict[str, list[Cost]] = {label: [] for label in commands}
        for _ in range(runs):
            for label, arguments in commands.items():
                costs[label].append(cost(arguments))
    print(
        f"cnncalc {cnncalc.__version__}, Python {platform.python_version()}, "
        f"{cores()} CPUs, medians of {runs} runs\n"
    )
    print("| what | seconds | CPU seconds |\n|---|---:|---:|")
    medians = {
        label: Cost(*map(statistics.median, zip(*several))) for label, several in costs.items()
    }
    for label, median in medians.items():
        print(f"| {label} | {median.wall:.2f} | {median.cpu:.2f} |")
    ratio = medians["check, one spec"].wall / medians["analyze, the same spec"].wall
    print(f"\ncheck / analyze of one spec: {ratio:.2f}")


if __name__ == "__main__":
    main()
