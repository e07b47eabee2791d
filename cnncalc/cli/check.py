"""``cnncalc check``: specs held to their budgets, like a linter."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click

from cnncalc.check import Report, statistics
from cnncalc.check.changing import difference
from cnncalc.check.files import decoded, discover, read, rewrite, shown
from cnncalc.check.outputs import writer
from cnncalc.check.running import Given, Item, name_of, run
from cnncalc.check.settings import Settings
from cnncalc.cli.check_options import Asked, asked, options
from cnncalc.cli.options import colored
from cnncalc.cli.streams import put, say
from cnncalc.problems import UnreadableFile


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH|-]...")
@options
def command(paths: tuple[str, ...], **given: Any) -> None:
    """Holds specs to their budgets and to the rules.

    PATH is a file or a folder, - is standard input; without one, the current folder. In folders
    these are *.cnn.yaml, and YAML files with a key cnncalc:.

    Exit code 0 clean, 1 findings (see --fail-on), 2 bad usage or settings, 3 internal error.
    """
    context = click.get_current_context()
    context.exit(_Run(asked(context, paths, given)).code())


class _Run:
    """One run, from what is asked for to the exit code."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.flags = asked.flags
        self.settings = asked.settings

    def code(self) -> int:
        files = discover(self.asked.paths, self.asked.exclude, self.asked.force_exclude)
        if self.flags["show_files"]:
            put("".join(f"{file.as_posix()}\n" for file in files))
            return 0
        items: list[Item] = [*files, *self.stdin()]
        if not items:
            self.notice(f"warning: {self.nothing()}")
        self.settings = self.against(files)
        if self.asked.changes:
            if self.flags["diff"]:
                return self.show_changes(items)
            items = [self.changed(item) for item in items]
        report = self.known(self.report(items))
        self.write(report)
        return int(any(self.settings.fails(found.severity) for found in report.diagnostics))

    def nothing(self) -> str:
        """Why there is nothing to check."""
        places = ", ".join(self.asked.paths)
        if self.asked.exclude and discover(self.asked.paths):
            return f"all specs in {places} are excluded"
        return f"no specs found in {places} (*.cnn.yaml, or a key cnncalc: in it)"

    def stdin(self) -> list[Given]:
        name = self.asked.stdin
        if name is None:
            return []
        if self.asked.force_exclude and not discover([name], self.asked.exclude, force=True):
            return []
        stream = getattr(sys.stdin, "buffer", None)
        return [Given(name, sys.stdin.read().encode() if stream is None else stream.read())]

    def against(self, files: list[Path]) -> Settings:
        """The settings with the numbers that relative budgets compare with."""
        if self.asked.against is None:
            return self.settings
        from cnncalc.check.revisions import base_of

        given = self.flags["stdin_filename"]
        named = [*files, *([Path(given)] if given else [])]
        base = base_of(self.asked.against, named, self.settings)
        return self.settings._replace(base=base)

    def changed(self, item: Item) -> Item:
        """The spec after ``--fix`` and ``--update-expect``, written where it came from."""
        before, path = _text(item), name_of(item)
        if before is None:
            return item
        after = self.asked.changes.made(before, path, self.settings)
        if isinstance(item, Given):
            put(after)
            return Given(path, after.encode())
        if after != before:
            rewrite(item, after)
            self.notice(f"changed: {path}")
        return item

    def show_changes(self, items: list[Item]) -> int:
        """Exit code 1 where something would change."""
        found = []
        for item in items:
            before, path = _text(item), name_of(item)
            if before is not None:
                after = self.asked.changes.made(before, path, self.settings)
                found.append(difference(before, after, path))
        put("".join(found))
        return int(any(found))

    def report(self, items: list[Item]) -> Report:
        started = time.perf_counter()
        report = Report(tuple(run(items, self.settings, self.asked.jobs)))
        if self.flags["verbose"]:
            seconds = time.perf_counter() - started
            config = self.asked.config
            say(f"settings: {shown(config) if config else 'no file'}")
            say(f"{len(items):,} files in {seconds:.2f} s")
        return report

    def known(self, report: Report) -> Report:
        """The report without what the baseline silences."""
        path = self.asked.baseline
        if path is None:
            return report
        from cnncalc.check import baseline

        if self.flags["write_baseline"]:
            known = baseline.begun(path).renewed(report, self.settings)
            baseline.write(path, known)
            self.notice(f"written: {path}")
        else:
            known = baseline.load(path)
        found = known.apply(report, self.settings)
        if found.silenced:
            self.notice(f"{path}: {found.silenced:,} findings silenced")
        for one in found.unneeded:
            self.notice(f"{path}: no longer needed: {one} (--write-baseline removes it)")
        return found.report

    def write(self, report: Report) -> None:
        """Files first: what stands on the terminal stands last."""
        for format, file in sorted(self.asked.outputs, key=lambda output: output.file is None):
            if self.flags["statistics"] and file is None:
                counts = statistics.write_json if format == "json" else statistics.write
                text = counts(report)
            else:
                text = writer(format)(report, colored(self.flags["color"], file))
            if file is None and self.asked.changes and self.asked.stdin is not None:
                click.echo(text, err=True, nl=False)  # standard output has the spec
            else:
                put(text, file)

    def notice(self, message: str) -> None:
        if not self.flags["quiet"]:
            say(message)


def _text(item: Item) -> str | None:
    """None where it cannot be read, which is a finding."""
    try:
        return decoded(item.data) if isinstance(item, Given) else read(item)
    except UnreadableFile:
        return None
