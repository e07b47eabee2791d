"""Where answers go: files, pipes and terminals."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from commandline import COMMAND, Result, environment, process
from commandline import cnncalc as run

from cnncalc.cli.streams import spelled

NET = "3x32x32 | conv 10 k=5 p=2 | relu"
SPEC = "name: Small\ninput: 3xHxW\nat: {H: 32, W: 32}\nlayers:\n  - conv 10 k=5 p=2\n  - relu\n"
ANSI = re.compile(r"\x1b\[[0-9;]*m")

# In and out.


@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown", "latex"])
def test_output_goes_to_a_file(format: str, tmp_path: Path) -> None:
    path = tmp_path / "answer"
    shown = run("analyze", NET, "-f", format)
    assert run("analyze", NET, "-f", format, "-o", str(path)) == Result(0, "", "")
    assert path.read_text(encoding="utf-8") == shown.out
    assert run("analyze", NET, "-f", format, "--output", str(path)).code == 0


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "no" / "such" / "folder"
    assert run("shape", NET, "-o", str(path)) == Result(
        2,
        "",
        f"error: cannot write {path}: No such file or directory\n  hint: choose another file\n",
    )
    assert run("shape", NET, "-o", str(tmp_path)).code == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_standard_output_that_is_full() -> None:
    with open("/dev/full", "w") as full:
        found = subprocess.run(
            [*COMMAND, "shape", NET],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            check=False,
        )
    assert (found.returncode, found.stderr) == (
        2,
        "error: cannot write standard output: No space left on device\n"
        "  hint: name a file with -o\n",
    )


def test_a_dash_is_standard_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("shape", NET, "-o", "-") == run("shape", NET)
    package = subprocess.run(
        [*COMMAND, "quiz", "-n", "1", "-f", "qti", "-o", "-"],
        capture_output=True,
        env=environment(),
        check=True,
    ).stdout
    assert package.startswith(b"PK")
    assert list(tmp_path.iterdir()) == []


def test_standard_input() -> None:
    assert run("shape", "-", stdin=SPEC) == Result(0, "10x32x32\n", "")
    assert process("shape", "-", "--at", "H=8", stdin=SPEC) == Result(0, "10x8x32\n", "")


def test_standard_input_is_named_in_errors() -> None:
    result = run("shape", "-", stdin=SPEC.replace("relu", "rleu"))
    assert result.code == 2
    assert result.err.startswith("<stdin>:6:5: error: unknown kind 'rleu'\n")


@pytest.mark.parametrize(
    "text",
    [
        "3x32x32 | conv 10 k=5 p=2 | relu",
        "\n  3x32x32 | conv 10 k=5 p=2 | relu\n\n",
        "# LeNet begins so\n3x32x32 | conv 10 k=5 p=2 | relu  # and goes on\n",
        '"3x32x32 | conv 10 k=5 p=2 | relu"\n',
        "3x32x32\n| conv 10 k=5 p=2\n| relu\n",
        "3x32x32 |\r\nconv 10 k=5 p=2 |\r\nrelu\r\n",
    ],
)
def test_one_line_networks_come_in_files_and_on_standard_input(text: str, tmp_path: Path) -> None:
    path = tmp_path / "net.txt"
    path.write_text(text, encoding="utf-8", newline="")
    for found in (run("analyze", "-", stdin=text), run("analyze", str(path))):
        assert found == run("analyze", NET)
    assert run("check", "-", stdin=text).out == "1 file, 0 expectations checked: nothing found\n"
    assert run("check", str(path)).code == 0
    assert run("diff", str(path), NET).code == 0


def test_one_line_networks_on_standard_input_have_symbols() -> None:
    given = ("macs", "-", "--at", "H=5,W=5", "--set", "D=4")
    assert run(*given, stdin="3xHxW | conv D k=3\n") == Result(0, f"{3 * 3 * 3 * 3 * 4 * 3}\n", "")


@pytest.mark.parametrize(
    ("text", "place", "excerpt"),
    [
        ("3x8x8 | con 4\n", "1:9", "3x8x8 | con 4"),
        ("\n# a\n  3x8x8 | con 4  # b\n", "3:11", "  3x8x8 | con 4  # b"),
        ('"3x8x8 | con 4"\n', "1:10", '"3x8x8 | con 4"'),
        # What is folded is one line, in which the place is.
        ("3x8x8\n| relu\n| con 4\n", "1:16", "3x8x8 | relu | con 4"),
    ],
)
def test_mistakes_of_one_line_networks_have_places(text: str, place: str, excerpt: str) -> None:
    message = f"error: unknown kind 'con'\n  | {excerpt}\n"
    found = run("shape", "-", stdin=text)
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith(f"<stdin>:{place}: {message}")
    assert found.err.splitlines()[2].index("^") == found.err.splitlines()[1].index("con 4")


def test_what_is_no_network_on_standard_input() -> None:
    assert run("shape", "-", stdin="conv 8 k=3 | relu").err == (
        "<stdin>:1:1: error: a one-line network begins with the size of its input, got 'conv 8 k=3'\n"
        "  | conv 8 k=3 | relu\n  | ^\n"
        "  hint: write channels first, joined by x: 3x32x32 | conv 8 k=3\n"
    )
    for text in ("resnet50", "3x32x32"):
        found = run("shape", "-", stdin=text)
        assert found.err.startswith(
            "<stdin>:1:1: error: a spec must be a mapping of keys to values"
        )
    long = run("shape", "-", stdin="word " * 1000).err.splitlines()[0]
    assert long.endswith("word word…'")
    assert len(long) < 150
    assert run("shape", "-", stdin=b"\xff\xfe") == Result(
        2,
        "",
        "error: standard input is not text in UTF-8: byte 0xff at 0\n"
        "  hint: save it as UTF-8, or name another file\n",
    )


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SPEC)
    assert run("shape", str(path)).out == "10x32x32\n"


def test_a_file_before_a_bundled_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("shape", "lenet5").out == "10\n"
    (tmp_path / "lenet5").write_text(SPEC)
    assert run("shape", "lenet5").out == "10x32x32\n"


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs process substitution")
def test_a_pipe_as_a_file() -> None:
    reading, writing = os.pipe()
    os.write(writing, SPEC.encode())
    os.close(writing)
    found = subprocess.run(
        [*COMMAND, "shape", f"/dev/fd/{reading}"],
        pass_fds=(reading,),
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    os.close(reading)
    assert (found.returncode, found.stdout, found.stderr) == (0, "10x32x32\n", "")


# Colour and width.


def test_colour_is_for_terminals() -> None:
    plain = run("analyze", NET, "--color", "never")
    assert run("analyze", NET) == plain
    assert run("analyze", NET, "--color", "auto") == plain
    assert not ANSI.search(plain.out)


def test_colour_always() -> None:
    colored, plain = run("analyze", NET, "--color", "always"), run("analyze", NET)
    assert ANSI.search(colored.out)
    words = ANSI.sub("", colored.out).split()
    assert [word for word in plain.out.split() if not set(word) <= {"-"}] == [
        word for word in words if not set(word) <= {"─", "-"}
    ]


@pytest.mark.parametrize("command", ["shape", "rf", "params", "macs"])
def test_one_line_answers_have_no_colour(command: str) -> None:
    assert not ANSI.search(run(command, NET, "--color", "always").out)


def test_json_has_no_colour() -> None:
    assert not ANSI.search(run("analyze", NET, "--json", "--color", "always").out)


def terminal(*arguments: str, **changes: str) -> str:
    """What a terminal of 80 columns shows."""
    pty = pytest.importorskip("pty", reason="no terminals here")
    shown, writing = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=subprocess.PIPE,
        env=environment(TERM="xterm", **changes),
    ) as running:
        os.close(writing)
        found = b""
        while True:
            try:
                data = os.read(shown, 65536)
            except OSError:  # the other end is closed
                break
            if not data:
                break
            found += data
    os.close(shown)
    assert running.returncode == 0
    return found.decode().replace("\r\n", "\n")


def test_a_terminal_gets_colour() -> None:
    assert ANSI.search(terminal("analyze", NET))


def test_no_color_is_kept_to() -> None:
    assert terminal("analyze", NET, NO_COLOR="1") == run("analyze", NET).out
    assert terminal("analyze", NET, "--color", "never") == run("analyze", NET).out
    assert ANSI.search(terminal("analyze", NET, "--color", "always", NO_COLOR="1"))


@pytest.mark.parametrize("columns", ["20", "40", "200"])
def test_plain_text_is_never_cut(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (("analyze", "resnet50", "--all"), ("zoo",), ("analyze", "unet", "--json")):
        monkeypatch.delenv("COLUMNS", raising=False)
        wide = run(*arguments)
        monkeypatch.setenv("COLUMNS", columns)
        assert run(*arguments) == wide
        assert "…" not in wide.out


def test_pipes_get_full_lines() -> None:
    found = process("analyze", "resnet50", "--all", COLUMNS="40")
    assert found == run("analyze", "resnet50", "--all")
    assert "bottleneck16.conv3 " in found.out


@pytest.mark.parametrize("columns", ["20", "40", "200"])
def test_coloured_text_is_folded_and_not_cut(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    shown = ANSI.sub("", run("analyze", "resnet50", "--color", "always").out)
    assert "…" not in shown
    assert len(max(shown.splitlines(), key=len)) <= int(columns)


def test_letters_that_the_terminal_lacks(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text('name: "Übung …"\ninput: 3x8x8\nlayers: [relu]\n', encoding="utf-8")
    found = process("analyze", str(path), PYTHONIOENCODING="ascii")
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith(r"\u00dcbung ...: 3x8x8 -> 3x8x8")
    assert process("analyze", str(path), PYTHONIOENCODING="utf-8").out.startswith("Übung …")


ASCII = {"PYTHONIOENCODING": "ascii"}
C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("changes", [ASCII, C_LOCALE], ids=str)
def test_formulas_where_letters_are_missing(changes: dict[str, str]) -> None:
    net = "3xHxW | conv 8 k=3 s=2 p=1"
    found = process("explain", net, "--of", "shape", **changes)
    assert found.code == 0
    assert "height = floor((H + 2p - k)/s) + 1 = floor((H + 2" in found.out
    assert "\\u" not in found.out


def test_letters_that_an_encoding_has_stay() -> None:
    text = "⌊(H + 2·p − k)/s⌋ × C′ …"
    assert spelled(text, "utf-8") == spelled(text, None) == text
    assert spelled(text, "cp1252") == "floor((H + 2·p - k)/s) × C' …"
    assert spelled(text, "ascii") == "floor((H + 2*p - k)/s) x C' ..."
    assert spelled("𝄞 Übung", "ascii") == r"\ud834\udd1e \u00dcbung"


@pytest.mark.parametrize("changes", [ASCII, C_LOCALE], ids=str)
@pytest.mark.parametrize(
    "arguments",
    [
        ("explain", "lenet5"),
        ("work", "conv", "1 2; 3 4", "1 -1; 0 2", "--padding", "1"),
        ("quiz", "-n", "4", "--seed", "7", "--key"),
        ("schema",),
    ],
    ids=" ".join,
)
def test_json_stays_the_same_where_letters_are_missing(
    arguments: tuple[str, ...], changes: dict[str, str]
) -> None:
    flags = () if arguments == ("schema",) else ("--json",)
    lacking = process(*arguments, *flags, **changes)
    assert (lacking.code, lacking.err) == (0, "")
    assert lacking.out.isascii()
    assert json.loads(lacking.out) == json.loads(run(*arguments, *flags).out)


# Warnings and more to say.

OPEN = "3xHxW | conv 4 k=3"


def test_warnings_go_to_standard_error() -> None:
    found = run("params", OPEN)
    assert (found.code, found.out) == (0, "112\n")
    assert found.err == "warning: well-formed only if H >= 3 and W >= 3\n"


@pytest.mark.parametrize("flag", ["-q", "--quiet"])
def test_quiet(flag: str) -> None:
    assert run("params", OPEN, flag) == Result(0, "112\n", "")


@pytest.mark.parametrize("flag", ["-v", "--verbose"])
def test_verbose(flag: str) -> None:
    found = run("params", NET, flag)
    assert (found.code, found.out) == (0, "760\n")
    assert re.fullmatch(re.escape(NET) + r": 2 layers in \d+\.\d ms\n", found.err)


def test_a_layer_that_nothing_needs_is_warned_of() -> None:
    text = "input: 3x8x8\nlayers: [a = conv 4 k=3, relu]\noutputs: [a]\n"
    assert run("shape", "-", stdin=text).err == "warning: relu1: no output depends on it\n"
