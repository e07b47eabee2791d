"""Where answers go: files, standard output and standard error, whatever letters these have."""

from __future__ import annotations

import os
import sys

import click

from cnncalc.errors import UsageError

#: What stands for a letter of formulas and pages where an encoding lacks it.
_EQUIVALENTS = {
    "−": "-",
    "–": "-",
    "—": "-",
    "·": "*",
    "×": "x",
    "′": "'",
    "⌊": "floor(",
    "⌋": ")",
    "⌈": "ceil(",
    "⌉": ")",
    "√": "sqrt",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "…": "...",
    "’": "'",
    "“": '"',
    "”": '"',
    "─": "-",
    "│": "|",
    "→": "->",
}


def put(content: str | bytes, output: str | None = None) -> None:
    """Into a file, or on standard output (``-``), in the letters that this has.

    Raises :class:`UsageError` for a bad path, and for bytes without one.
    """
    if output in (None, "-"):
        if isinstance(content, bytes) and output is None:
            raise UsageError("this format is for files", hint="name one with -o")
        _print(content)
        return
    data = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    try:
        with open(str(output), "wb") as file:
            file.write(data)
    except OSError as error:
        raise UsageError(
            f"cannot write {output}: {error.strerror}", hint="choose another file"
        ) from None


def _print(content: str | bytes) -> None:
    try:
        if isinstance(content, bytes):
            sys.stdout.buffer.write(content)
        else:
            sys.stdout.write(spelled(content, sys.stdout.encoding))
        sys.stdout.flush()
    except OSError as error:
        # Python must not try again at shutdown.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # the reader (head, less) has enough
            raise UsageError(
                f"cannot write standard output: {error.strerror}", hint="name a file with -o"
            ) from None


def say(message: str) -> None:
    """A line on standard error."""
    click.echo(spelled(message, getattr(sys.stderr, "encoding", None)), err=True)


def spelled(text: str, encoding: str | None) -> str:
    r"""The text in the letters of an encoding: others are written otherwise, or as escapes.

    >>> spelled("⌊(H − k)/s⌋ of 한", "ascii")
    'floor((H - k)/s) of \\ud55c'

    JSON stays the same data.

    >>> spelled('{"name": "Übung − 1"}', "ascii")
    '{"name": "\\u00dcbung \\u2212 1"}'
    """
    encoding = encoding or "utf-8"
    lacking = [letter for letter in set(text) if not _has(encoding, letter)]
    if not lacking:
        return text
    known = {} if _is_json(text) else _EQUIVALENTS
    return text.translate({ord(letter): known.get(letter, _escape(letter)) for letter in lacking})


def _has(encoding: str, letter: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _escape(letter: str) -> str:
    """As JSON and Python write it."""
    import json

    return json.dumps(letter)[1:-1]


def _is_json(text: str) -> bool:
    import json

    try:
        json.loads(text)
    except ValueError:
        return False
    return True
