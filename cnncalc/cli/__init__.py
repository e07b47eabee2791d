"""The command line. One file per command: read the options, call the library, render."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of ``cnncalc``.

    Exit codes: 0 fine, 1 findings or mismatch, 2 usage or bad input, 3 internal error.
    """
    from cnncalc.cli.app import app
    from cnncalc.errors import CnncalcError

    try:
        app()
    except CnncalcError as error:
        _say(str(error))
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader (head, less) is gone; nothing is wrong. Python would complain at shutdown.
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        _report_bug(error)
        sys.exit(3)


def _say(message: str) -> None:
    print(message, file=sys.stderr)


def _report_bug(error: Exception) -> None:
    if "-v" in sys.argv or "--verbose" in sys.argv:
        import traceback

        traceback.print_exc()
    _say(f"internal error: {type(error).__name__}: {error}")
    _say("  hint: this is a bug of cnncalc; please report it with the output of the same with -v")
