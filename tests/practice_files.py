"""What the page on practice and grading shows: ``python tests/practice_files.py`` writes it anew."""

from __future__ import annotations

from pathlib import Path
from random import Random

import quiz_class
from quiz_class import Pupil

from cnncalc.quiz import export

FOLDER = Path(__file__).parent.parent / "docs" / "practice"
#: Students, and what they have misunderstood.
CLASS = {
    "Ada": (),
    "Bruno": ("forgot-the-padding",),
    "Chen": ("flipped-the-kernel",),
    "Dilek": (),
    "Emil": ("forgot-the-stride",),
    "Fatou": ("took-a-convolution-for-a-depthwise-one",),
    "Greta": ("forgot-the-padding",),
    "Hugo": (),
}


def files() -> dict[str, str]:
    """The contents by their names."""
    made = {
        variant: quiz_class.of(
            variant,
            12,
            conv_output_size=2,
            layer_table=1,
            output_size_statements=1,
            parameter_matching=2,
            convolve_by_hand=1,
            strided_by_hand=2,
            conv_parameters_in_c=1,
        )
        for variant in "AB"
    }
    taught = quiz_class.taught(made["A"])
    if unknown := [one for held in CLASS.values() for one in held if one not in taught]:
        raise LookupError(f"no question is about {', '.join(unknown)}")
    pupils = [Pupil(name, "AB"[i % 2], held) for i, (name, held) in enumerate(CLASS.items())]
    played = quiz_class.of("A", 12, conv_output_size=1, output_size_statements=1)
    return {
        **{f"key-{v}.json": str(export(one, "json")) for v, one in made.items()},
        "answers.csv": quiz_class.sheet(pupils, made, 0.08, Random(4)).replace("\r\n", "\n"),
        "mistakes.csv": "student,1,2,3,4,5,6,7,8,9,10\nAda,A,B\nBruno,,,,,,,,,,\nBruno,,,,,,,,,,\n",
        "quiz.json": str(export(played, "manifest")),
        "typed.txt": "\n".join(["E" if played.questions[0].key != "E" else "D", "why", "TTTT"])
        + "\n",
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
