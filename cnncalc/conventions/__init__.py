"""How counting tools count, one file per tool, with the version and the file of each rule."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

from cnncalc.errors import UsageError, suggest

if TYPE_CHECKING:
    from cnncalc.conventions.base import Convention

#: Name to file, in the order in which they are listed. A file is imported when it is asked for.
NAMES: dict[str, str] = {
    "mac": "mac",
    "torch": "torch",
    "torch-train": "torch",
    "fvcore": "fvcore",
    "ptflops": "ptflops",
    "ptflops-module": "ptflops",
    "ptflops-aten": "ptflops",
    "thop": "thop",
    "ultralytics-thop": "ultralytics_thop",
    "deepspeed": "deepspeed",
    "calflops": "calflops",
    "torchinfo": "torchinfo",
    "torchscan-flops": "torchscan",
    "torchscan-macs": "torchscan",
    "onnx-tool": "onnx_tool",
    "netscope": "netscope",
    "burden": "burden",
}


#: What else they are called.
_ALSO = {"torchvision": "mac", "deepspeed-macs": "mac", "flopcountermode": "torch"}


def conventions(name: str) -> tuple[Convention, ...]:
    """All versions of the convention called ``name``, one of ``NAMES``; the default one first."""
    found: tuple[Convention, ...] = import_module(f"{__name__}.{NAMES[name]}").CONVENTIONS
    return tuple(one for one in found if one.name == name)


def find(name: str) -> Convention:
    """A convention by name, or name and version: ``fvcore``, ``torchinfo@1.8``.

    A version may be given in short (``1.8`` for 1.8.0). Raises :class:`UsageError` for a name or a
    version that there is not.
    """
    bare, at, version = name.strip().partition("@")
    if bare not in NAMES:
        hint = suggest(bare.lower(), NAMES, "conventions")
        if bare.lower() in _ALSO:
            hint = f"that is {_ALSO[bare.lower()]}"
        raise UsageError(f"unknown convention {name.strip()!r}", hint=hint)
    versions = conventions(bare)
    if not at:
        return versions[0]
    for one in versions:
        if version and f"{one.version}.".startswith(f"{version}."):
            return one
    known = [one.title for one in versions]
    raise UsageError(f"no rules for {name}", hint=f"there is {' and '.join(known)}")


def find_all(names: Iterable[str]) -> list[Convention]:
    """Several by name, each given once or more; commas separate names too.

    >>> [one.title for one in find_all(["mac,torchinfo@1.8", "mac"])]
    ['mac', 'torchinfo@1.8.0']
    """
    wanted = [name for text in names for name in text.split(",") if name.strip()]
    if not wanted:
        raise UsageError("no convention is named", hint=suggest("", NAMES, "conventions"))
    return list({id(one): one for one in map(find, wanted)}.values())


def every() -> list[Convention]:
    """All of them, in all versions."""
    return [one for name in NAMES for one in conventions(name)]
