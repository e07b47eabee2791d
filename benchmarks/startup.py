"""How long `cnncalc analyze resnet50` takes beside the imports that any such tool needs.

    python benchmarks/startup.py [RUNS]

Prints the median wall time of each command over RUNS (default 21) interleaved runs, and the ratio.
The goal is a ratio of at most 1.5.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

COMMANDS = {
    "imports": [sys.executable, "-c", "import typer, yaml, rich.table"],
    "cnncalc": [str(Path(sys.executable).with_name("cnncalc")), "analyze", "resnet50"],
}
#: Installed packages have bytecode; a checkout must be allowed to write its own.
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}


def milliseconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    return 1000 * (time.perf_counter() - started)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for command in COMMANDS.values():
        milliseconds(command)  # writes bytecode
    for _ in range(runs):
        for name, command in COMMANDS.items():
            times[name].append(milliseconds(command))
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, median in medians.items():
        print(f"{name:8} {median:6.0f} ms   {' '.join(COMMANDS[name][1:])}")
    print(f"ratio    {medians['cnncalc'] / medians['imports']:6.2f}")


if __name__ == "__main__":
    main()
