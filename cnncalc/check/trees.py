"""The specs that a commit has, and those of the working tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from cnncalc.check.files import SUFFIXES, decoded, discover, is_foreign, is_spec, read, shown
from cnncalc.check.git import Repository
from cnncalc.check.renaming import Text, Texts, renames
from cnncalc.problems import UnreadableFile

#: A path of the user, and the same in the repository.
Named = tuple[Path, str]


class Tree:
    """The specs of a commit."""

    def __init__(self, repository: Repository, commit: str) -> None:
        self.repository = repository
        self.files = repository.tree(commit)

    def texts(self, named: Iterable[Named]) -> Texts:
        """Those at paths, by what the user calls them."""
        found: dict[str, str] = {}  # by what they are in the repository, each once
        sure = set()
        for path, inside in named:
            if inside in self.files:
                found.setdefault(inside, path.as_posix())
                sure.add(inside)
            elif not path.is_file():
                for file, called in self.below(path, inside):
                    found.setdefault(file, called)
        return self.read(found, sure)

    def below(self, folder: Path, inside: str) -> Iterator[tuple[str, str]]:
        """YAML files of a folder, those that are left out of folders excepted."""
        start = f"{inside}/" if inside else ""
        for file in self.files:
            rest = PurePosixPath(file[len(start) :])
            left_out = any(map(is_foreign, rest.parts[:-1]))
            if file.startswith(start) and rest.suffix in SUFFIXES and not left_out:
                yield file, (folder / rest).as_posix()

    def read(self, called: dict[str, str], sure: Iterable[str] = ()) -> Texts:
        """The texts of the specs among files, and of those that are one for ``sure``."""
        data = self.repository.contents(self.files[file].name for file in called)
        texts: dict[str, Text] = {}
        for file, name in called.items():
            content = data[self.files[file].name]
            if file in sure or is_spec(PurePosixPath(file), partial(bytes, content)):
                texts[name] = of_bytes(content)
        return texts

    def left(self, texts: Texts, new: Texts, is_there: Callable[[str], bool]) -> Texts:
        """Specs that are gone now, wherever they were, and that new ones were made from."""
        if {*new} <= {*texts}:
            return {}
        gone = [
            file
            for file in self.files
            if PurePosixPath(file).suffix in SUFFIXES and not is_there(file)
        ]
        known = self.read({file: shown(self.repository.root / file).as_posix() for file in gone})
        moved = renames({**known, **texts}, new)
        return {path: known[path] for path in moved.values() if path in known}


def working_tree(repository: Repository, paths: Sequence[Path]) -> Texts:
    """What is there now, files that git ignores left out unless they are named."""
    there = [path for path in paths if path.exists()]
    known = repository.listed()
    return {
        path.as_posix(): of_file(path)
        for path in discover(there)
        if path in there or repository.within(path) in known
    }


def present(paths: Iterable[Path]) -> Texts:
    """Files and the specs of folders as they are now."""
    return {path.as_posix(): of_file(path) for path in discover(paths)}


def of_file(path: Path) -> Text:
    try:
        return read(path)
    except UnreadableFile as error:
        return error


def of_bytes(data: bytes) -> Text:
    try:
        return decoded(data)
    except UnreadableFile as error:
        return error
