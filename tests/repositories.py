"""Git repositories to test with, which know nothing of the settings of who runs the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


class Repository:
    """A new repository at ``root``, with which the process works from now on."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        if shutil.which("git") is None:
            pytest.skip("git is not installed")
        self.root = root
        for name in [name for name in os.environ if name.startswith("GIT_")]:
            patch.delenv(name)
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        for who in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{who}_NAME", "tests")
            patch.setenv(f"GIT_{who}_EMAIL", "tests@example.org")
            patch.setenv(f"GIT_{who}_DATE", "2026-01-02T03:04:05Z")
        root.mkdir(parents=True, exist_ok=True)
        patch.chdir(root)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        found = subprocess.run(
            ["git", *arguments], cwd=self.root, capture_output=True, text=True, check=True
        )
        return found.stdout.strip()

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def commit(self, **files: str) -> str:
        """All that is there, as a commit; its full name."""
        for path, text in files.items():
            self.write(path, text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a change")
        return self.git("rev-parse", "HEAD")

    def state(self) -> tuple[str, bytes, dict[str, float]]:
        """What a command that only reads leaves alone: status, index and files."""
        index = (self.root / ".git" / "index").read_bytes()
        times = {str(path): path.stat().st_mtime for path in self.root.rglob("*") if path.is_file()}
        return self.git("--no-optional-locks", "status", "--porcelain"), index, times


def net(channels: int = 8, *more: str, head: str = "cnncalc: 1\n") -> str:
    """A spec whose first convolution has so many channels: 28 parameters each."""
    lines = [f"conv {channels} k=3", "relu", *more]
    return f"{head}input: 3x32x32\nlayers:\n" + "".join(f"  - {line}\n" for line in lines)
