"""``cnncalc quiz``: exams with keys, in many formats; practice; and ``quiz grade``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cnncalc.cli.options import Common
from cnncalc.cli.streams import put, say
from cnncalc.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cnncalc.quiz.blueprints import Blueprint
    from cnncalc.quiz.exam import Quiz
    from cnncalc.quiz.model import Question
    from cnncalc.quiz.practice import Progress

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
    click.option("--bank", multiple=True, metavar="FILE", help="Questions of your own, too."),
    click.option("--only-bank", is_flag=True, help="None but those of the banks."),
    click.option("--manifest", metavar="FILE", help="The quiz of a manifest again."),
    click.option("--key", is_flag=True, help="With the answers and solutions."),
    click.option("--play", is_flag=True, help="Answer them here, what is due first."),
    click.option(
        "--progress", metavar="FILE", help="Where --play keeps progress, or CNNCALC_PROGRESS."
    ),
    click.option("--no-progress", is_flag=True, help="Keep none."),
    click.option("--today", metavar="DATE", help="Practise as if it were this day."),
    click.option(
        "--list", "listing", is_flag=True, help="List the templates (of a topic, …) instead."
    ),
    click.option(
        "--format",
        "-f",
        metavar="NAME",
        help="text, markdown, json, html, latex, moodle, gift, qti, canvas, anki, manifest; "
        "by default, what the suffix of --output says, or text.",
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
    bank: tuple[str, ...]
    only_bank: bool
    manifest: str | None
    key: bool
    play: bool
    progress: str | None
    no_progress: bool
    today: str | None
    listing: bool
    format: str | None
    json: bool
    output: str | None
    color: str
    quiet: bool
    verbose: bool

    @property
    def mixed(self) -> bool:
        return bool(self.topic or self.type or self.difficulty)


class _Quiz(click.Group):
    """The command, and under it what is done with its answers."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["grade"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name != "grade":
            return None
        from cnncalc.cli.grade import command

        return command


@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Exams with distractors made of real misconceptions.

    The same seed gives the same quiz, to the byte; a variant has the same questions with other
    numbers. Topics, types and difficulties may have counts: --topic rf:3,params:2.
    """
    asked = _Asked(**given)
    if ctx.invoked_subcommand:
        _alone(ctx)
        return
    if asked.play:
        _play(asked)
        return
    _write(asked)


def _alone(ctx: click.Context) -> None:
    """Options of the quiz say nothing about its grading."""
    source = click.core.ParameterSource.COMMANDLINE
    before = [
        one for one in ctx.command.params if ctx.get_parameter_source(str(one.name)) is source
    ]
    if before:
        raise UsageError(
            f"{before[0].opts[0]} stands before {ctx.invoked_subcommand}",
            hint="options of grade follow it: cnncalc quiz grade --help",
        )


def _play(asked: _Asked) -> None:
    """A seed or a manifest says which questions; without them, need does."""
    from cnncalc.cli.practice import session
    from cnncalc.quiz.practice import by_need

    papers = {
        "--key": asked.key,
        "--list": asked.listing,
        "--format": asked.format,
        "--json": asked.json,
        "--output": asked.output,
    }
    for option, value in papers.items():
        if value:
            raise UsageError(
                f"--play asks the questions here, without {option}", hint="leave it out"
            )
    if asked.no_progress and asked.progress:
        raise UsageError("--progress and --no-progress", hint="choose one")

    def questions(progress: Progress, today: date) -> Sequence[Question]:
        if asked.manifest or asked.seed is not None or asked.variant:
            return _quiz(asked).questions
        return by_need(_wanted(asked), progress, today)

    session(questions, asked.progress, not asked.no_progress, asked.today, asked.color)


def _write(asked: _Asked) -> None:
    for option, value in (
        ("--progress", asked.progress),
        ("--no-progress", asked.no_progress),
        ("--today", asked.today),
    ):
        if value:
            raise UsageError(f"{option} is for practice", hint="add --play")
    if asked.listing:
        from cnncalc.quiz.listing import report

        format = "json" if asked.json else asked.format or "table"
        Common(format=format, output=asked.output, color=asked.color).show(report(_wanted(asked)))
        return
    from cnncalc.quiz.exports import export, of_file

    format = "json" if asked.json else asked.format or of_file(asked.output)
    made = _quiz(asked)
    if asked.verbose:
        say(f"{made.title}: {len(made.questions)} questions")
    put(export(made, format, asked.key), asked.output)
    _write_beside(made, format, asked.output)


def _write_beside(made: Quiz, format: str, output: str | None) -> None:
    """Pictures that a format has in files of their own, into the folder of its own file."""
    from cnncalc.quiz.exports import files

    found = files(made, format)
    if found and output in (None, "-"):
        names = ", ".join(found)
        say(f"warning: this needs pictures beside it ({names}); -o FILE writes them")
        return
    for name, content in found.items():
        put(content, os.path.join(os.path.dirname(output or ""), name))


def _quiz(asked: _Asked) -> Quiz:
    from cnncalc.quiz import quiz

    if asked.manifest:
        return _again(asked, asked.manifest)
    return quiz(
        _wanted(asked), 1 if asked.seed is None else asked.seed, (asked.variant or "A").upper()
    )


def _wanted(asked: _Asked) -> Blueprint:
    from cnncalc.quiz import blueprints

    if asked.blueprint is not None:
        if asked.mixed:
            raise UsageError(
                "the blueprint says the topics, types and difficulties",
                hint="leave --topic, --type and --difficulty out",
            )
        return blueprints.load(asked.blueprint, asked.questions, asked.bank, asked.only_bank)
    return blueprints.blueprint(
        asked.questions,
        blueprints.mix("--topic", asked.topic),
        blueprints.mix("--type", asked.type),
        blueprints.mix("--difficulty", asked.difficulty),
        banks=asked.bank,
        only_banks=asked.only_bank,
    )


def _again(asked: _Asked, path: str) -> Quiz:
    from cnncalc.quiz import exam

    chosen = asked.mixed or asked.blueprint or asked.only_bank
    if chosen or asked.seed is not None or asked.questions is not None:
        raise UsageError(
            "the manifest says everything but the variant, and where its banks are now",
            hint="leave the other options out",
        )
    manifest = exam.read_manifest(path)
    made = exam.rebuilt(manifest, asked.variant and asked.variant.upper(), asked.bank)
    if not (asked.quiet or exam.is_same(manifest, made)):
        say(f"warning: these are not the questions that {path} was written for")
    return made


for _option in reversed(_OPTIONS):
    command = _option(command)
command = click.group(
    cls=_Quiz, invoke_without_command=True, subcommand_metavar="[grade KEY… ANSWERS]"
)(command)
