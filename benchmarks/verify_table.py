"""A dated table of `cnncalc verify --all`, from its JSON.

    cnncalc verify --all --json -o all.json && python benchmarks/verify_table.py all.json DATE

Prints Markdown: device, versions, and for each network the layers and checks and what disagreed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    path, date = sys.argv[1:]
    networks = json.loads(Path(path).read_text(encoding="utf-8"))["networks"]
    first = networks[0]
    versions = ", ".join(f"{name} {version}" for name, version in first["versions"].items())
    rows, checked, layers, wrong = [], 0, 0, 0
    for network in networks:
        checks = network["checks"].values()
        counts = [sum(check["checked"] for check in checks)]
        counts += [sum(len(check["mismatched"]) for check in checks)]
        skipped = [name for name, check in network["checks"].items() if "skipped" in check]
        own = network["checks"]["shapes"]["checked"]
        rows.append(
            f"| {network['net']} | {own} | {counts[0]:,} | {counts[1]} | {', '.join(skipped)} |"
        )
        layers, checked, wrong = layers + own, checked + counts[0], wrong + counts[1]
    print(f"# `cnncalc verify --all`, {date}\n")
    print(f"Device: {first['device']} ({versions}).\n")
    print(
        "Every layer's shape, every weight and buffer by name and shape, and MACs against PyTorch's"
    )
    print("counter and fvcore, at each network's own size; receptive fields against gradients, on")
    print("strips (docs/receptive-fields.md).\n")
    print("| network | layers | checks | mismatches | skipped |")
    print("|---|---:|---:|---:|---|")
    print("\n".join(rows))
    print(f"| **{len(networks)} networks** | **{layers:,}** | **{checked:,}** | **{wrong}** | |")


if __name__ == "__main__":
    main()
