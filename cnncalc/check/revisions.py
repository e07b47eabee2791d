"""Other versions of specs: at a git revision, in a saved report, in another file or folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cnncalc.check.differences import Sides, State, States, Version, states_of
from cnncalc.check.files import SUFFIXES, discover, shown
from cnncalc.check.git import Repository
from cnncalc.check.renaming import Text, Texts, renames
from cnncalc.check.settings import Base, Settings
from cnncalc.check.trees import Named, Tree, of_file, present, working_tree
from cnncalc.errors import UsageError


class _Computed(Mapping[str, Mapping[str, Mapping[str, Any]]]):
    """Metrics of the models of each file, by its path and the label of the model ("" for none).

    Those of a file are computed when it is asked for, which may be in another process.
    """

    def __init__(self, texts: Texts, settings: Settings) -> None:
        self.texts = texts
        self.settings = settings
        self._found: dict[str, Mapping[str, Mapping[str, Any]]] = {}

    def __getitem__(self, path: str) -> Mapping[str, Mapping[str, Any]]:
        if path not in self._found:
            self._found[path] = _metrics(states_of(self.texts[path], path, self.settings))
        return self._found[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)


def base_of(against: str, paths: Sequence[Path], settings: Settings) -> Base:
    """The metrics that ``paths`` had before: at a git revision, in a JSON report, or in a spec.

    ``against`` is a revision (``main``; ``main...``: where the branch left it), a file that
    ``check -f json`` wrote, or a spec, which is then the base of every file. Of a file that was
    renamed they are those of the old one. A model that was no well-formed network has no metrics.
    Raises :class:`UsageError` for a revision or a file that cannot be read.
    """
    file = Path(against)
    if is_report(file):
        return {path: _metrics(states) for path, states in saved(file).items()}
    if file.suffix in SUFFIXES and file.is_file():
        metrics = _metrics(states_of(of_file(file), file.as_posix(), settings))
        return {path.as_posix(): metrics for path in discover(paths or ["."])}
    asked, repository, commit = _opened(against, None, paths)
    if asked.new:
        raise UsageError(
            f"--against {against}: the files of now are checked, not those of {asked.new}",
            hint=f"write --against {asked.old}, or cnncalc diff --against {against}",
        )
    tree = Tree(repository, commit)
    old = tree.texts(_named(repository, paths))
    new = present([path for path in paths or [Path()] if path.exists()])
    known = {**old, **tree.left(old, new, _is_there(repository))}
    moved = {path: known[before] for path, before in renames(known, new).items()}
    return _Computed({**known, **moved}, settings._replace(base=None))


def _metrics(states: States) -> Mapping[str, Mapping[str, Any]]:
    return {label: state.metrics for label, state in states.items()}


# Saved reports.


def is_report(file: Path) -> bool:
    return file.suffix == ".json" and file.is_file()


def saved(file: Path) -> Version:
    """The models of a report that ``check -f json`` wrote."""
    text = of_file(file)
    try:
        if not isinstance(text, str):
            raise text
        files = json.loads(text)["files"]
        return {Path(one["path"]).as_posix(): _models(one) for one in files}
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{file} is no report of a check: {type(error).__name__}: {error}",
            hint=f"write one with cnncalc check -f json:{file}",
        ) from None


def _models(file: Mapping[str, Any]) -> States:
    errors = {
        found.get("model") or "": found["message"]
        for found in reversed(file["diagnostics"])
        if found["severity"] == "error"
    }
    found = {
        model["label"] or "": State(
            model["name"],
            model["at"],
            model["metrics"],
            None if model["metrics"] else errors.get(model["label"] or "", "it was no network"),
        )
        for model in file["models"]
    }
    return found or {"": State(file["path"], {}, {}, errors.get("", "it was no spec"))}


# Files and folders.


def between(old: Path, new: Path) -> Sides:
    """The specs of two folders, by their paths in them."""
    return Sides(dict(_inside(old)), dict(_inside(new)), old.as_posix(), new.as_posix())


def _inside(folder: Path) -> Iterator[tuple[str, Text]]:
    for path in discover([folder]):
        yield path.relative_to(folder).as_posix(), of_file(path)


# Git revisions.


class Range(NamedTuple):
    """What ``main``, ``main...`` or ``v1..v2`` asks to be compared with what.

    ``merged``: not with the old revision, but with the commit where the new one left it.
    """

    old: str
    new: str | None
    merged: bool


def range_of(against: str, head: str | None) -> Range:
    """Raises :class:`UsageError` where the new revision is given twice."""
    dots = "..." if "..." in against else ".."
    old, found, new = against.partition(dots)
    if new and head:
        raise UsageError(
            f"--against {against} and --head {head} both name the new revision",
            hint="leave one of them out",
        )
    return Range(old or "HEAD", new or head or None, found == "...")


def _opened(against: str, head: str | None, paths: Sequence[Path]) -> tuple[Range, Repository, str]:
    """What is asked for, the repository of the paths, and the commit to compare with."""
    asked = range_of(against, head)
    repository = Repository(paths[0] if paths else Path())
    try:
        commit = repository.commit(asked.old)
    except UsageError:
        if Path(against).suffix not in (".json", *SUFFIXES) or ":" in against:
            raise
        raise UsageError(
            f"there is no file {against} to compare with",
            hint="write a report with cnncalc check -f json:FILE, or name a git revision",
        ) from None
    if asked.merged:
        commit = repository.merge_base(asked.old, asked.new or "HEAD")
    return asked, repository, commit


def _named(repository: Repository, paths: Sequence[Path]) -> list[Named]:
    called = [shown(path) for path in paths or [Path()]]
    return [(path, repository.within(path)) for path in called]


def _is_there(repository: Repository) -> Callable[[str], bool]:
    return lambda file: (repository.root / file).exists()


def sides(against: str, head: str | None, paths: Sequence[Path]) -> Sides:
    """Specs at a revision and (without ``head``) in the working tree.

    Raises :class:`UsageError` for a revision that is not there, and a path that is in neither.
    """
    asked, repository, commit = _opened(against, head, paths)
    named = _named(repository, paths)
    tree = Tree(repository, commit)
    old = tree.texts(named)
    if asked.new:
        after = repository.commit(asked.new)
        other = Tree(repository, after)
        new, new_name = other.texts(named), f"{asked.new} ({after[:7]})"
        left = tree.left(old, new, other.files.__contains__)
    else:
        new = working_tree(repository, [path for path, _ in named])
        new_name = "the working tree"
        left = tree.left(old, new, _is_there(repository))
    for path, _ in named:
        if not path.exists() and not any(_under(one, path) for one in (*old, *new)):
            where = asked.new or "the working tree"
            raise UsageError(
                f"there is no {path}, neither in {asked.old} nor in {where}",
                hint="name files or folders as they are called now, or were",
            )
    old_name = f"{asked.old} ({commit[:7]})"
    if asked.merged:
        old_name += ", merge base"
    return Sides({**old, **left}, new, old_name, new_name)


def _under(file: str, path: Path) -> bool:
    return path in (Path(file), *Path(file).parents)
