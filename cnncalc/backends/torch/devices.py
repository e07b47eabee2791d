"""Devices and number types by name, and what is installed."""

from __future__ import annotations

from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

import torch

from cnncalc.errors import UsageError, suggest

DTYPES = ("float32", "float64", "float16", "bfloat16")


def pick_device(name: str) -> torch.device:
    """The device called ``name``; raises :class:`UsageError` when there is none."""
    gpu = torch.cuda.is_available()
    if name == "auto":
        name = "cuda" if gpu else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError:
        device = torch.device("mps")
    if device.type not in ("cpu", "cuda", "meta"):
        hint = "devices are auto, cpu, cuda, cuda:N and meta"
        raise UsageError(f"unknown device {name!r}", hint=hint)
    if device.type != "cuda":
        return torch.device(device.type)
    count = torch.cuda.device_count() if gpu else 0
    index = device.index or 0
    if index >= count:
        raise UsageError(
            f"device {name!r} is not available: PyTorch {torch.__version__} sees {count} GPU(s)",
            hint="use --device auto or --device cpu",
        )
    return torch.device("cuda", index)


def pick_dtype(name: str) -> torch.dtype:
    """The floating-point type called ``name``; raises :class:`UsageError` for any other."""
    if name not in DTYPES:
        raise UsageError(f"unknown dtype {name!r}", hint=suggest(name, DTYPES, "dtypes"))
    found: torch.dtype = getattr(torch, name)
    return found


def versions(device: torch.device) -> dict[str, str]:
    """Versions of what measures, and the name of the GPU."""
    found = {"torch": str(torch.__version__)}
    with suppress(PackageNotFoundError):
        found["fvcore"] = version("fvcore")
    if device.type == "cuda":
        found["cuda"] = str(torch.version.cuda)
        found["gpu"] = torch.cuda.get_device_name(device)
    return found
