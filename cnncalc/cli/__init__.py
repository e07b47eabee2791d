"""The command line. One file per command: read the options, call the library, render."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of ``cnncalc``.

    Exit codes: 0 fine, 1 findings or mismatch, 2 usage or bad input, 3 internal error.
    """
    try:
        code = _run()
    except KeyboardInterrupt:  # outside of a command: while modules are imported
        code = 130
    sys.exit(code)


def _run() -> int:
    import click

    from cnncalc.cli.app import app
    from cnncalc.cli.streams import say
    from cnncalc.errors import CnncalcError

    try:
        return int(app.main(prog_name="cnncalc", standalone_mode=False) or 0)
    except CnncalcError as error:
        say(str(error))
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        return 130
    except Exception as error:
        if "-v" in sys.argv or "--verbose" in sys.argv:
            import traceback

            traceback.print_exc()
        say(f"internal error: {type(error).__name__}: {error}")
        say(
            "  hint: this is a bug of cnncalc; please report it with the output of the same with -v"
        )
        return 3
