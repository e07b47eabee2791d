"""``cnncalc quiz``: exams with keys, in many formats."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cnncalc.cli.options import Common, put, say
from cnncalc.errors import UsageError

if TYPE_CHECKING:
    from cnncalc.quiz.exam import Quiz

_OPTIONS = (
    click.option("--seed", type=int, help="Which quiz: any whole number.  [default: 1]"),
    click.option(
        "--count", "-n", "questions", type=int, metavar="N", help="Questions.  [default: 10]"
    ),
    click.option("--variant", metavar="A…Z", help="The same questions with other numbers."),
    click.option(
        "--topic", multiple=True, metavar="rf,size:3", help="Topics, or how many of each."
    ),
    click.option("--type", multiple=True, metavar="single,numeric:2", help="Types of questions."),
    click.option("--difficulty", multiple=True, metavar="1,2:5", help="From 1 to 3."),
    click.option("--blueprint", metavar="FILE", help="Topics, types, difficulty from a file."),
    click.option("--manifest", metavar="FILE", help="The quiz of a manifest again."),
    click.option("--key", is_flag=True, help="With the answers and solutions."),
    click.option("--list", "listing", is_flag=True, help="List the templates instead."),
    click.option(
        "--format",
        "-f",
        default="text",
        metavar="NAME",
        help="text, markdown, json, html, latex, moodle, gift, qti, canvas, anki, manifest.",
    ),
    click.option("--json", is_flag=True, help="The same as -f json."),
    click.option("--output", "-o", metavar="FILE", help="Write the quiz to a file."),
    click.option(
        "--color", default="auto", type=click.Choice(["auto", "always", "never"]), help="Colour."
    ),
    click.option("--quiet", "-q", is_flag=True, help="No warnings on standard error."),
    click.option("--verbose", "-v", is_flag=True, help="Say more on standard error."),
)


class _Asked(NamedTuple):
    """The options, by their names."""

    seed: int | None
    questions: int | None
    variant: str | None
    topic: tuple[str, ...]
    type: tuple[str, ...]
    difficulty: tuple[str, ...]
    blueprint: str | None
    manifest: str | None
    key: bool
    listing: bool
    format: str
    json: bool
    output: str | None
    color: str
    quiet: bool
    verbose: bool

    @property
    def mixed(self) -> bool:
        return bool(self.topic or self.type or self.difficulty)


def command(**given: Any) -> None:
    """Exams with distractors made of real misconceptions.

    The same seed gives the same quiz, to the byte; a variant has the same questions with other
    numbers. Topics, types and difficulties may have counts: --topic rf:3,params:2.
    """
    from cnncalc.quiz import export

    asked = _Asked(**given)
    format = "json" if asked.json else asked.format
    if asked.listing:
        from cnncalc.quiz.listing import report

        format = "table" if format == "text" else format
        Common(format=format, output=asked.output, color=asked.color).show(report())
        return
    made = _again(asked, asked.manifest) if asked.manifest else _made(asked)
    if asked.verbose:
        say(f"{made.title}: {len(made.questions)} questions")
    put(export(made, format, asked.key), asked.output)
    _write_beside(made, format, asked.output)


def _write_beside(made: Quiz, format: str, output: str | None) -> None:
    """Pictures that a format has in files of their own, into the folder of its own file."""
    from cnncalc.quiz.exports import files

    found = files(made, format)
    if found and output is None:
        names = ", ".join(found)
        say(f"warning: this needs pictures beside it ({names}); -o FILE writes them")
        return
    for name, content in found.items():
        put(content, os.path.join(os.path.dirname(output or ""), name))


def _made(asked: _Asked) -> Quiz:
    from cnncalc.quiz import blueprints, quiz

    if asked.blueprint is not None:
        if asked.mixed:
            raise UsageError(
                "the blueprint says the topics, types and difficulties",
                hint="leave --topic, --type and --difficulty out",
            )
        wanted = blueprints.load(asked.blueprint, asked.questions)
    else:
        wanted = blueprints.blueprint(
            asked.questions,
            blueprints.mix("--topic", asked.topic),
            blueprints.mix("--type", asked.type),
            blueprints.mix("--difficulty", asked.difficulty),
        )
    return quiz(wanted, 1 if asked.seed is None else asked.seed, asked.variant or "A")


def _again(asked: _Asked, path: str) -> Quiz:
    from cnncalc.quiz import exam

    if asked.mixed or asked.blueprint or asked.seed is not None or asked.questions is not None:
        raise UsageError(
            "the manifest says everything but the variant", hint="leave the other options out"
        )
    manifest = exam.read_manifest(path)
    made = exam.rebuilt(manifest, asked.variant)
    if not (asked.quiet or exam.is_same(manifest, made)):
        say("warning: these are not the questions that the manifest was written for")
    return made


for _option in reversed(_OPTIONS):
    command = _option(command)
command = click.command()(command)
