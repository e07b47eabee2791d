"""Globs for paths, as ``exclude`` and ``per-file-ignores`` take them."""

from __future__ import annotations

import os
import re
from functools import cache
from typing import NamedTuple


class Pattern(NamedTuple):
    """``glob`` for paths below ``folder`` (absolute).

    Without a slash it is the name of a file or folder wherever it lies; with one it is a path from
    ``folder``. ``*`` stands for any text without a slash, ``**`` for any folders. What lies in a
    folder that matches, matches.

    >>> Pattern("old", "/work").matches("/work/nets/old/a.yaml")
    True
    >>> Pattern("nets/*.yaml", "/work").matches("/work/nets/old/a.yaml")
    False
    """

    glob: str
    folder: str

    def matches(self, path: str | os.PathLike[str]) -> bool:
        target = os.path.abspath(path).replace(os.sep, "/")
        folder = self.folder.replace(os.sep, "/").rstrip("/")
        glob = os.path.expanduser(self.glob).replace(os.sep, "/")
        if glob.startswith("/"):
            return bool(_regex(glob).fullmatch(target))
        below = target.startswith(f"{folder}/")
        return below and bool(_regex(glob).fullmatch(target[len(folder) + 1 :]))


@cache
def _regex(glob: str) -> re.Pattern[str]:
    inner = glob.removeprefix("./").rstrip("/")
    anywhere = "" if "/" in inner else "(?:.*/)?"
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", inner)
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    body = "".join(words.get(part) or re.escape(part) for part in parts)
    return re.compile(f"{anywhere}{body}(?:/.*)?", re.DOTALL)
