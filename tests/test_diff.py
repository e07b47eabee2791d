"""``cnncalc diff``: numbers of models, old and new."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from commandline import answer, cnncalc
from console import ROOT
from markdown_it import MarkdownIt
from repositories import Repository, net

import cnncalc as library
from cnncalc.check.differences import Change
from cnncalc.check.renaming import renames
from cnncalc.cli.differing import percent
from cnncalc.cli.pull_request import _LONGEST, MARK

FAMILY = """cnncalc: 1
input: 3xHxW
at: {H: 32, W: 32}
params: {n: 8}
presets:
  small: {set: {n: 8}}
  big: {set: {n: 64}}
layers:
  - conv n k=3
  - gap
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    return Repository(tmp_path / "project", monkeypatch)


def rows(*arguments: str) -> list[list[str]]:
    """The cells of the table, and of its facts."""
    return [re.split(r" {2,}", line.strip()) for line in answer("diff", *arguments).splitlines()]


def data(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer("diff", *arguments, "--json"))
    return found


def metrics(*arguments: str) -> dict[str, dict[str, Any]]:
    (model,) = data(*arguments)["models"]
    found: dict[str, dict[str, Any]] = model["metrics"]
    return found


# Two specs.


def test_two_networks() -> None:
    old, new = (library.load(name).analyze().total for name in ("resnet18", "resnet34"))
    found = metrics("resnet18", "resnet34")
    assert (found["params"]["old"], found["params"]["new"]) == (old.params, new.params)
    assert found["macs"]["difference"] == new.macs - old.macs
    assert Fraction(found["macs"]["ratio"]) == Fraction(int(new.macs), int(old.macs))
    assert found["macs"]["percent"] == pytest.approx(100 * (int(new.macs) / int(old.macs) - 1))
    assert found["output"] == {
        "old": [1000], "new": [1000], "difference": None, "ratio": None, "percent": None
    }  # fmt: skip


def test_the_table_has_what_differs_and_nothing_else() -> None:
    found = rows("3x32x32 | conv 10 k=5 p=2", "3x32x32 | conv 10 k=3 p=1")
    assert ["parameters", "760", "280", "-63.2 %"] in found
    assert ["receptive field", "5x5", "3x3", "-40 %"] in found
    assert not any(row[0] in ("output", "FLOPs", "buffers", "jump") for row in found)
    assert ["new", "3x32x32 | conv 10 k=3 p=1"] in found


def test_all_metrics_when_asked_for() -> None:
    found = rows("3x32x32 | conv 10 k=5 p=2", "3x32x32 | conv 10 k=3 p=1", "--all")
    assert ["output", "10x32x32", "10x32x32", "same"] in found
    assert ["jump", "1", "1", "same"] in found


def test_outputs_that_differ() -> None:
    found = rows("3x32x32 | conv 10 k=3", "3x32x32 | conv 12 k=3")
    assert ["output", "10x30x30", "12x30x30", "differs"] in found


def test_formulas_are_old_and_new_without_a_percentage() -> None:
    found = metrics("CxHxW | conv 4 k=3", "CxHxW | conv 4 k=5")
    assert found["params"]["old"] == "36*C + 4"
    assert found["params"]["new"] == "100*C + 4"
    assert found["params"]["percent"] is None
    assert ["parameters", "36*C + 4", "100*C + 4", "differs"] in rows(
        "CxHxW | conv 4 k=3", "CxHxW | conv 4 k=5"
    )


def test_values_go_to_both() -> None:
    found = metrics("CxHxW | conv 4 k=3", "CxHxW | conv 4 k=5", "--at", "C=2,H=8,W=8")
    assert (found["params"]["old"], found["params"]["new"]) == (76, 204)
    assert metrics("resnet18", "resnet34", "--set", "classes=10")["output"]["new"] == [10]


def test_the_same_network_twice() -> None:
    assert answer("diff", "vgg16", "vgg16") == "no difference\n"
    assert cnncalc("diff", "vgg16", "vgg16", "--exit-code").code == 0
    assert cnncalc("diff", "vgg16", "vgg19", "--exit-code").code == 1
    assert cnncalc("diff", "vgg16", "vgg19").code == 0


def test_families_are_matched_by_preset(tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(FAMILY)
    new.write_text(FAMILY.replace("n: 64", "n: 65"))
    (model,) = data(str(old), str(new))["models"]
    assert (model["label"], model["status"]) == ("big", "changed")
    assert model["metrics"]["params"]["difference"] == 28
    (model,) = data(f"{old}:small", f"{new}:big")["models"]
    assert model["metrics"]["params"]["difference"] == 28 * 57


def test_layers_are_aligned() -> None:
    old, new = "3x32x32 | conv 8 k=5 p=2 | relu", "3x32x32 | conv 8 k=3 p=1 | relu | relu"
    found = rows(old, new, "--layers")
    assert ["-", "conv1", "conv 8 k=5 p=2", "8x32x32", "608", "614,400"] in found
    assert ["+", "conv1", "conv 8 k=3 p=1", "8x32x32", "224", "221,184"] in found
    assert sum(row[:1] == ["+"] for row in found) == 2
    counts = data(old, new, "--layers")["models"][0]["layers"]
    assert (counts["equal"], counts["changed"], counts["only_second"]) == (1, 1, 1)


def test_layers_are_shown_where_numbers_are_the_same() -> None:
    found = rows("3x8x8 | conv 8 k=3 | relu", "3x8x8 | conv 8 k=3 | gelu", "--layers")
    assert [row[1:3] for row in found if row[0] in ("-", "+")][1:] == [
        ["relu1", "relu"],
        ["gelu1", "gelu"],
    ]


def test_csv_has_all_metrics() -> None:
    text = answer("diff", "3x8x8 | conv 8 k=3", "3x8x8 | conv 8 k=5", "-f", "csv")
    found = {row["metric"]: row for row in csv.DictReader(io.StringIO(text))}
    assert {*found} == {
        *library.results.TOTALS, "receptive_field", "jump", "output"
    }  # fmt: skip
    assert found["params"]["old"] == "224"
    assert found["params"]["ratio"] == "19/7"
    assert found["receptive_field"]["new"] == "5x5"
    assert found["output"]["new"] == "8x4x4"


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Fraction(1, 3), "+33.3 %"),
        (Fraction(-1, 2), "-50 %"),
        (Fraction(1, 10**7), "+1e-05 %"),
        (Fraction(12345, 1000), "+1,234 %"),
        (Fraction(999, 1000), "+99.9 %"),
    ],
)
def test_percentages_have_three_digits(share: Fraction, shown: str) -> None:
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("old", "new", "share"),
    [
        (10, 11, Fraction(1, 10)),
        ([10, 10], [10, 5], Fraction(-1, 2)),
        (["1/2"], [1], Fraction(1)),
        (0, 5, None),
        (5, None, None),
        ([1], [1, 1], None),
        ("3*C", "4*C", None),
        (7, 7, None),
    ],
)
def test_shares_are_exact(old: Any, new: Any, share: Fraction | None) -> None:
    found = Change("jump", old, new)
    assert found.share == share
    assert found.counts(Fraction(1, 10)) is (old != new)
    assert found.counts(Fraction(2)) is (old != new and share is None)


# Revisions.


def test_against_the_commit_before(repository: Repository) -> None:
    repository.commit(**{"nets/a.yaml": net(8), "nets/b.yaml": net(8), "nets/ci.yaml": "jobs: 1\n"})
    repository.commit(**{"nets/a.yaml": net(10)})
    found = rows("--against", "HEAD~1")
    assert ["nets/a.yaml", "parameters", "224", "280", "+25 %"] in found
    assert ["1 model changed; 1 file as before"] in found
    assert not any("nets/b.yaml" in row for row in found)
    assert answer("diff", "--against", "HEAD") == "no model changed; 2 files as before\n"


def test_what_became_of_models(repository: Repository) -> None:
    repository.commit(
        **{
            "changed.yaml": net(8),
            "gone.yaml": "cnncalc: 1\ninput: 5\nlayers: [linear 3]\n",
            "named.yaml": net(9, "gap", "flatten", "linear 7"),
            "broken.yaml": net(8),
            "mended.yaml": net(8, "conf 3"),
            "family.yaml": FAMILY,
        }
    )
    repository.git("rm", "--quiet", "gone.yaml")
    repository.git("mv", "named.yaml", "new name.yaml")
    repository.write("changed.yaml", net(10))
    repository.write("broken.yaml", net(8, "conv 8 k=99"))
    repository.write("mended.yaml", net(8))
    repository.write("added.yaml", net(3, "conv 5 k=3", "tanh", "gap", "flatten"))
    family = FAMILY.replace("big:", "large:").replace("layers:", "  huge: {set: {n: 99}}\nlayers:")
    repository.write("family.yaml", family)
    found = data("--against", "HEAD")
    assert {model["path"] + (model["label"] or ""): model["status"] for model in found["models"]} == {
        "added.yaml": "added",
        "broken.yaml": "broken",
        "changed.yaml": "changed",
        "family.yamllarge": "renamed",
        "family.yamlhuge": "added",
        "gone.yaml": "removed",
        "mended.yaml": "mended",
        "new name.yaml": "renamed",
    }  # fmt: skip
    assert found["summary"] == {
        "changed": 1, "added": 2, "removed": 1, "renamed": 2, "broken": 1, "mended": 1,
        "same": 1, "small": 0, "unchanged_files": 0,
    }  # fmt: skip
    named = {model["path"]: model for model in found["models"]}
    assert named["new name.yaml"]["renamed_from"] == {"path": "named.yaml", "label": None}
    assert "kernel 99 is larger" in named["broken.yaml"]["new"]["error"]
    assert named["broken.yaml"]["new"]["error"].startswith("line 6: conv2: ")
    table = rows("--against", "HEAD")
    assert ["new name.yaml", "renamed", "from named.yaml"] in table
    assert ["gone.yaml", "parameters", "18", "-", "removed"] in table
    assert ["mended.yaml", "parameters", "-", "224", "was broken"] in table
    assert any(row[:2] == ["broken.yaml", "broken"] and "line 6" in row[2] for row in table)


def test_two_revisions_and_where_they_parted(repository: Repository) -> None:
    start = repository.commit(**{"a.yaml": net(8), "b.yaml": net(8)})
    repository.git("checkout", "--quiet", "-b", "work")
    repository.commit(**{"a.yaml": net(16)})
    repository.git("checkout", "--quiet", "main")
    repository.commit(**{"b.yaml": net(32)})
    repository.write("a.yaml", "not a spec at all: [")

    def paths(*arguments: str) -> list[str]:
        return [model["path"] for model in data(*arguments)["models"]]

    assert paths("--against", "main", "--head", "work") == ["a.yaml", "b.yaml"]
    assert paths("--against", "main..work") == ["a.yaml", "b.yaml"]
    assert paths("--against", "main...work") == ["a.yaml"]
    assert paths("--against", "main...", "--head", "work") == ["a.yaml"]
    assert paths("--against", "work..main", "b.yaml") == ["b.yaml"]
    repository.git("checkout", "--quiet", "--force", "work")
    assert paths("--against", "main...") == ["a.yaml"]
    assert data("--against", "main...")["old"] == f"main ({start[:7]}), merge base"


def test_small_changes_are_passed_over(repository: Repository) -> None:
    top = "cnncalc: 1\ninput: 10000\nlayers: [linear {}]\n"
    repository.commit(**{"a.yaml": top.format(10000), "b.yaml": top.format(10000)})
    repository.write("a.yaml", top.format(10005))
    repository.write("b.yaml", top.format(10000).replace("input: 10000", "input: 10001"))
    changed = {model["path"] for model in data("--against", "HEAD")["models"]}
    assert changed == {"a.yaml", "b.yaml"}
    # b has 0.01 % more parameters and MACs; a has another output, too.
    found = data("--against", "HEAD", "--min-change", "0.1%")
    assert [model["path"] for model in found["models"]] == ["a.yaml"]
    assert found["summary"]["small"] == 1
    comment = answer("diff", "--against", "HEAD", "-f", "markdown")
    assert "b.yaml" not in comment
    assert "1 changed by less than 0.1 %" in comment
    assert cnncalc("diff", "--against", "HEAD", "b.yaml", "--exit-code").code == 1
    assert (
        cnncalc("diff", "--against", "HEAD", "b.yaml", "--exit-code", "--min-change", "1%").code
        == 0
    )


def test_the_working_tree_is_left_alone(repository: Repository) -> None:
    repository.commit(**{"a.yaml": net(8), "b.yaml": net(8), ".gitignore": "out/\n"})
    repository.write("a.yaml", net(10))
    repository.write("new.yaml", net(2, "tanh"))
    repository.git("rm", "--quiet", "--cached", "b.yaml")
    (repository.root / "a.yaml").touch()
    before = repository.state()
    assert cnncalc("diff", "--against", "HEAD").code == 0
    assert repository.state() == before


def test_ignored_files_are_left_out_unless_named(repository: Repository) -> None:
    repository.commit(**{"a.yaml": net(8), ".gitignore": "out/\n"})
    repository.write("out/made.yaml", net(3))
    assert data("--against", "HEAD")["models"] == []
    (model,) = data("--against", "HEAD", "out/made.yaml")["models"]
    assert model["status"] == "added"


def test_paths_with_spaces_and_letters_of_all_kinds_from_a_folder_below(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = "nets/söme dir/ñet \"q\" 'b'.cnn.yaml"
    repository.commit(**{odd: net(8, head=""), "nets/other.yaml": net(8)})
    repository.write(odd, net(10, head=""))
    repository.write("nets/other.yaml", net(12))
    assert [m["path"] for m in data("--against", "HEAD")["models"]] == ["nets/other.yaml", odd]
    monkeypatch.chdir(repository.root / "nets" / "söme dir")
    assert [m["path"] for m in data("--against", "HEAD")["models"]] == [Path(odd).name]
    found = [m["path"] for m in data("--against", "HEAD", "..", Path(odd).name)["models"]]
    assert found == ["../other.yaml", f"../söme dir/{Path(odd).name}"]
    comment = answer("diff", "--against", "HEAD", "-f", "markdown")
    assert MarkdownIt("commonmark").enable("table").render(comment).count("<tr>") == 2


def test_names_that_cannot_be_printed(repository: Repository) -> None:
    repository.commit(**{"a\nb.cnn.yaml": net(8)})
    repository.write("a\nb.cnn.yaml", net(10))
    (repository.root / os.fsdecode(b"c\xff.cnn.yaml")).write_text(net(3, "tanh", "gap"))
    found = rows("--against", "HEAD")
    assert ["a\\nb.cnn.yaml", "parameters", "224", "280", "+25 %"] in found
    assert ["c\\udcff.cnn.yaml", "parameters", "-", "84", "added"] in found


def test_a_link_is_what_it_leads_to(repository: Repository) -> None:
    repository.write("nets/real.yaml", net(8))
    (repository.root / "link.cnn.yaml").symlink_to("nets/real.yaml")
    repository.commit()
    repository.write("nets/real.yaml", net(10))
    found = {m["path"]: m["status"] for m in data("--against", "HEAD", "link.cnn.yaml")["models"]}
    assert found == {"link.cnn.yaml": "changed"}


def test_a_saved_report_is_a_version(repository: Repository) -> None:
    repository.commit(**{"a.yaml": net(8), "b.yaml": net(8, "conf 3"), "family.yaml": FAMILY})
    Path("before.json").write_text(cnncalc("check", "-f", "json").out)
    repository.write("a.yaml", net(10))
    repository.write("b.yaml", net(8))
    repository.write("family.yaml", FAMILY.replace("n: 64", "n: 65"))
    found = {m["path"]: m for m in data("--against", "before.json")["models"]}
    assert {path: model["status"] for path, model in found.items()} == {
        "a.yaml": "changed", "b.yaml": "mended", "family.yaml": "changed"
    }  # fmt: skip
    assert found["a.yaml"]["metrics"]["params"]["difference"] == 56
    assert found["family.yaml"]["label"] == "big"
    assert "unknown kind" in found["b.yaml"]["old"]["error"]


def test_folders(tmp_path: Path) -> None:
    for name, channels in (("old", 8), ("new", 10)):
        (tmp_path / name / "in").mkdir(parents=True)
        (tmp_path / name / "in" / "a.yaml").write_text(net(channels))
    (tmp_path / "new" / "b.yaml").write_text(net(3, "gap", "flatten", "tanh"))
    found = data(str(tmp_path / "old"), str(tmp_path / "new"))
    assert {m["path"]: m["status"] for m in found["models"]} == {
        "b.yaml": "added", "in/a.yaml": "changed"
    }  # fmt: skip


def test_renames_are_found_by_what_is_in_files() -> None:
    old = {"a": "1\n2\n3\n4", "b": "x\ny\nz", "c": "same"}
    new = {"d": "1\n2\n3\n5", "e": "p\nq", "c": "same"}
    assert renames(old, new) == {"d": "a"}
    assert renames({"a": "1\n2\n3"}, {"b": "1\nx\ny"}) == {}
    assert renames({"a": ""}, {"b": ""}) == {}


# Markdown.


def test_the_comment_for_a_pull_request(repository: Repository) -> None:
    first = repository.commit(**{"a.yaml": net(8), "b_c.yaml": FAMILY, "same.yaml": net(8)})
    repository.write("a.yaml", net(10))
    repository.write("b_c.yaml", FAMILY.replace("n: 64}", "n: 65}"))
    text = answer("diff", "--against", "main", "-f", "markdown", "--layers")
    assert text.startswith(f"{MARK}\n**cnncalc**: 2 models changed; 1 the same; 1 file as before\n")
    assert f"main ({first[:7]}) → the working tree" in text
    assert "| a.yaml | 224 → 280 (+25 %) | 194,400 → 243,000 (+25 %) |" in text
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert html.startswith(MARK)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", html)
    assert cells[0] == "a.yaml"
    assert cells[1] == "224 → 280 (+25 %)"
    assert "b_c.yaml:big" in cells
    assert html.count("<details>") == 2
    assert "<td>conv 10 k=3</td>" in html


def test_a_comment_when_nothing_changed_replaces_an_older_one(repository: Repository) -> None:
    repository.commit(**{"a.yaml": net(8)})
    text = answer("diff", "--against", "HEAD", "-f", "markdown")
    assert text.startswith(f"{MARK}\n**cnncalc**: no model changed; 1 file as before\n")
    assert "|" not in text


def test_a_comment_is_no_longer_than_github_takes(repository: Repository) -> None:
    names = [f"folder/with_a_rather_long_name_{'x' * 100}/net_{i:03}.yaml" for i in range(250)]
    repository.commit(**dict.fromkeys(names, net(8)))
    for name in names:
        repository.write(name, net(10))
    text = answer("diff", "--against", "HEAD", "-f", "markdown")
    assert len(text) < _LONGEST + 200 < 65_536
    (more,) = re.findall(r"… and (\d+) more models", text)
    assert text.count("→ 280") + int(more) == 250


def test_odd_names_do_not_break_the_table(repository: Repository) -> None:
    odd = "a|b <script> *x*.cnn.yaml"
    repository.commit(**{odd: net(8)})
    repository.write(odd, net(10))
    html = (
        MarkdownIt("commonmark")
        .enable("table")
        .render(answer("diff", "--against", "HEAD", "-f", "markdown"))
    )
    assert "<td>a|b &lt;script&gt; *x*.cnn.yaml</td>" in html


def test_the_page_about_ci_shows_what_is_printed(repository: Repository) -> None:
    """docs/ci.md: the example of a comment is the one that its repository gives."""
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    shutil.copy(ROOT / "specs" / "lenet5.yaml", "lenet5.cnn.yaml")
    repository.commit()
    written = Path("lenet5.cnn.yaml").read_text(encoding="utf-8")
    Path("lenet5.cnn.yaml").write_text(written.replace("conv 50 k=5", "conv 60 k=5"))
    for options in ((), ("-f", "markdown", "--layers")):
        text = answer("diff", "--against", "HEAD", *options)
        text = re.sub(r"\([0-9a-f]{7}\)", "(8e2d682)", text)
        assert text.rstrip() in page


# Mistakes.


def complaint(*arguments: str) -> str:
    result = cnncalc("diff", *arguments)
    assert (result.code, result.out) == (2, "")
    return result.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing to compare"),
        (("resnet18",), "two networks are compared, got 1"),
        (("resnet18", "resnet34", "vgg16"), "two networks are compared, got 3"),
        (("resnet18", "resnet35"), "'resnet35' is no file"),
        (("main", "HEAD"), "--against REF"),
        (("resnet18", "resnet34", "--head", "x"), "--head is the newer of two revisions"),
        (("resnet18", "resnet34", "--min-change", "small"), "write --min-change 0.1%"),
        (("resnet18", "resnet34", "--at", "Q=3"), "none of the models has 'Q' among its symbols"),
        (("resnet18", "resnet34", "--set", "clases=3"), "did you mean 'classes'?"),
    ],
)
def test_what_cannot_be_compared(arguments: tuple[str, ...], message: str) -> None:
    assert message in complaint(*arguments)


def test_a_spec_that_is_none_is_a_broken_model(tmp_path: Path) -> None:
    """In two versions of files it is a finding, named by itself it is a mistake."""
    (tmp_path / "a.yaml").write_text(net(8, "conf 3"))
    assert "unknown kind 'conf'" in complaint(str(tmp_path / "a.yaml"), "resnet18")
