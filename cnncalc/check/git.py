"""What a git repository holds at a revision, read through ``git`` and never written to."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from cnncalc.errors import UsageError, suggest

_FETCH = (
    "the clone is shallow: fetch its history with git fetch --unshallow, or in a workflow with "
    "fetch-depth: 0 for actions/checkout"
)
#: Modes of entries of a tree.
_FILES = ("100644", "100755", "100664")
_LINK = "120000"
#: Links that are followed from one to the next.
_HOPS = 10


class Blob(NamedTuple):
    """A file of a tree: its mode, and the name of what is in it."""

    mode: str
    name: str


class Repository:
    """The repository that a path is in. Raises :class:`UsageError` where there is none."""

    def __init__(self, path: Path) -> None:
        self.folder = next(one for one in _up(path) if one.is_dir())
        found = self._run("rev-parse", "--show-toplevel")
        if found.returncode:
            problem = _first(found.stderr)
            owned = "dubious ownership" in problem
            raise UsageError(
                f"{path} is in a repository of somebody else"
                if owned
                else f"{path} is not in a git repository",
                hint=f"git config --global --add safe.directory {self.folder}, if you trust it"
                if owned
                else "name a folder that is in one, or compare two specs: cnncalc diff A B",
            )
        self.root = Path(os.path.realpath(os.fsdecode(found.stdout).removesuffix("\n")))

    def within(self, path: Path) -> str:
        """A path as the repository has it: from its root, with slashes; '' for the root itself."""
        named = path.name not in ("", "..") and not path.is_dir()
        # A link to a file is an entry of its own.
        whole = (
            Path(os.path.realpath(path.parent), path.name)
            if named
            else Path(os.path.realpath(path))
        )
        try:
            found = whole.relative_to(self.root).as_posix()
        except ValueError:
            raise UsageError(
                f"{path} is outside of the repository {self.root}",
                hint="name paths of one repository",
            ) from None
        return "" if found == "." else found

    def commit(self, revision: str) -> str:
        """The full name of a commit; raises :class:`UsageError` for one that is not there."""
        if revision and not revision.startswith("-"):
            found = self._run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
            if not found.returncode:
                return found.stdout.decode().strip()
        raise UsageError(f"git knows no revision {revision!r} here", hint=self._nearest(revision))

    def merge_base(self, first: str, second: str) -> str:
        """The commit that two have in common."""
        found = self._run("merge-base", self.commit(first), self.commit(second))
        if found.returncode:
            raise UsageError(
                f"{first} and {second} have no commit in common",
                hint=_FETCH if self.shallow else f"compare with {first} itself, without the dots",
            )
        return found.stdout.decode().strip()

    @property
    def shallow(self) -> bool:
        return self._run("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"

    def _nearest(self, revision: str) -> str:
        if self.shallow:
            return _FETCH
        start = re.split(r"[~^@]", revision)[0] or "HEAD"
        count = self._run("rev-list", "--count", start, "--").stdout.decode().strip()
        if start != revision and count:
            return f"the history of {start} has {count} commit{'s' * (count != '1')}"
        listed = self._run("for-each-ref", "--format=%(refname:short)").stdout
        names = os.fsdecode(listed).split()
        remote, slash, branch = revision.partition("/")
        if slash and remote in os.fsdecode(self._run("remote").stdout).split():
            return f"fetch it: git fetch {remote} {branch}"
        return suggest(revision, [*names, "HEAD"], "revisions")

    def listed(self) -> frozenset[str]:
        """Files of the working tree that git tracks, or would if they were added."""
        found = self._read(
            "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--full-name", ":/"
        )
        return frozenset(_names(found))

    def tree(self, commit: str) -> dict[str, Blob]:
        """The files of a commit by their paths from the root; links are what they lead to."""
        found: dict[str, Blob] = {}
        for entry in _names(self._read("ls-tree", "-r", "-z", "--full-tree", commit)):
            about, _, path = entry.partition("\t")
            mode, _, name = about.split()
            found[path] = Blob(mode, name)
        links = [path for path, blob in found.items() if blob.mode == _LINK]
        targets = self.contents(found[path].name for path in links)
        for path in links:
            found[path] = self._followed(path, found, targets)
        return {path: blob for path, blob in found.items() if blob.mode in _FILES}

    def _followed(self, path: str, tree: dict[str, Blob], targets: dict[str, bytes]) -> Blob:
        link = tree[path]
        for _ in range(_HOPS):
            if tree[path].mode != _LINK:
                return tree[path]
            target = os.fsdecode(targets[tree[path].name])
            path = os.path.normpath(PurePosixPath(path).parent / target)
            if path not in tree:
                break
        return link

    def contents(self, names: Iterable[str]) -> dict[str, bytes]:
        """What is in blobs, by their names."""
        wanted = list(dict.fromkeys(names))
        if not wanted:
            return {}
        data = self._read("cat-file", "--batch", given="\n".join(wanted).encode() + b"\n")
        found: dict[str, bytes] = {}
        start = 0
        for name in wanted:
            end = data.index(b"\n", start)
            size = int(data[start:end].split()[2])
            found[name] = data[end + 1 : end + 1 + size]
            start = end + 1 + size + 1
        return found

    def _read(self, *arguments: str, given: bytes = b"") -> bytes:
        found = self._run(*arguments, given=given)
        if found.returncode:
            raise UsageError(
                f"git {arguments[0]} failed: {_first(found.stderr)}", hint="try it yourself"
            )
        return found.stdout

    def _run(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        # No optional locks: asking must not refresh the index.
        environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
        try:
            return subprocess.run(
                ["git", *arguments],
                cwd=self.folder,
                input=given,
                capture_output=True,
                env=environment,
                check=False,
            )
        except FileNotFoundError:
            raise UsageError(
                "git is needed for revisions, and is not installed",
                hint="install it, or compare two specs: cnncalc diff A B",
            ) from None


def _up(path: Path) -> Iterator[Path]:
    whole = Path(os.path.realpath(path))
    yield whole
    yield from whole.parents


def _names(data: bytes) -> list[str]:
    return [os.fsdecode(name) for name in data.split(b"\0") if name]


def _first(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else "without a word"
