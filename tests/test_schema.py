"""The JSON Schema: right specs pass, and what is wrong with the others if a schema can tell."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import badinput
import pytest
import yaml
from commandline import answer, cnncalc
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from test_language_fuzz import EVERYTHING, Damage, damaged, damages

import cnncalc as library
from cnncalc import CnncalcError, Limits
from cnncalc.layers import KINDS
from cnncalc.layers.arguments import REQUIRED
from cnncalc.results import FIELD_KEYS, TOTALS
from cnncalc.schema import json_schema
from cnncalc.spec.document import _TOP
from cnncalc.zoo import _files, find


class Texts(yaml.BaseLoader):
    """Every scalar is text, as the language itself reads it."""


class Version11(yaml.SafeLoader):
    """``no`` is false, as YAML 1.1 has it; dates stay text, since JSON has none."""


class Version12(yaml.SafeLoader):
    """``no`` is a word, as YAML 1.2 has it, and editors with it."""


def _resolvers(*without: str, truth: str | None = None) -> dict[Any, Any]:
    kept = {
        first: [(tag, found) for tag, found in pairs if tag.rpartition(":")[2] not in without]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    if truth:
        for first in "tTfF":
            kept.setdefault(first, []).append(("tag:yaml.org,2002:bool", re.compile(truth)))
    return kept


Version11.yaml_implicit_resolvers = _resolvers("timestamp")
Version12.yaml_implicit_resolvers = _resolvers(
    "timestamp", "bool", truth="^(?:true|True|TRUE|false|False|FALSE)$"
)
LOADERS = (Texts, Version11, Version12)


@cache
def schema() -> dict[str, Any]:
    return json_schema()


@cache
def validator() -> Draft7Validator:
    return Draft7Validator(schema())


def problems(data: Any) -> list[str]:
    return [f"{[*error.absolute_path]}: {error.message}" for error in validator().iter_errors(data)]


def wrong(text: str, loader: type[Any] = Version12) -> list[str]:
    return problems(yaml.load(text, loader))


def layers(*items: Any, **top: Any) -> list[str]:
    """What is wrong with a spec of these layers."""
    return problems({"input": "3x8x8", "layers": list(items), **top})


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(schema())
    assert schema()["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_its_expressions_are_those_of_javascript_too() -> None:
    found = re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps(schema()))
    assert len(found) > 300
    for pattern in map(json.loads, found):
        re.compile(pattern)
        assert not re.search(r"\(\?(?![:=!])|\\[AZzQ]|[*+?}]\+|\\[\"']", pattern)


# What is right.


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("path", _files(), ids=lambda path: path.stem)
def test_every_spec_of_the_zoo(path: Path, loader: type[Any]) -> None:
    assert wrong(path.read_text(encoding="utf-8"), loader) == []


@pytest.mark.parametrize("name", ["unet", "wavenet", "shufflenet_v2_x1_0", "googlenet", "vit_b_16"])
def test_specs_as_they_are_printed(name: str) -> None:
    network = library.load(name)
    for printed in (network, network.expanded()):
        assert wrong(printed.to_yaml()) == []


@pytest.mark.parametrize("loader", LOADERS)
def test_everything_that_the_language_has(loader: type[Any]) -> None:
    assert wrong(EVERYTHING, loader) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_kind(kind: str) -> None:
    *before, line = (part.strip() for part in KINDS[kind].example.split("|")[1:])
    assert layers(*before, line) == []
    assert layers(*before, f"name = {line}") == []
    assert layers(*before, f"{line} nosuchargument=3") != []
    assert layers(*before, f"{line} 1 2") != [] or KINDS[kind].arity[0] > 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_editor_writes_for_a_kind_is_right(kind: str) -> None:
    (snippet,) = [one for one in schema()["definitions"]["layer"]["defaultSnippets"]
                  if one["label"] == kind]  # fmt: skip
    line = re.sub(r"\$\{\d:(.*?)\}", r"\1", snippet["body"])
    assert layers(line) == []
    assert snippet["description"]


@pytest.mark.parametrize(
    "layer",
    [
        "conv (8 if n > 2 else 4) k=3",
        "conv 8 k=1x7 p=0x3",
        "conv k=3 8",
        "conv out=8 k=((a) + 1) s=(2)",
        "conv widths[0] k=min(3, x.h) bias=(s == 1)",
        "conv ((((2)))) k=3",
        "a=relu",
        "avgpool = conv 8 k=3",
        "a, b = split 2",
        "concat stack[*].skip x",
        "from down[depth-1-i].skip",
        "z = reuse tower",
        "unpool small k=2 large",
        "conv 8 k=3 mode='reflect'",
        "conv 007 k=3.0",
        "dropout .5",
        "conv 8\nk=3",
        {"conv": {"out": 8, "k": 3}},
        {"conv": {"out": "a + b", "kernel": "3 x 1", "bias": "no"}, "name": "down"},
        {"conv": "8 k=3"},
        {"maxpool": 2},
        {"relu": None},
        {"relu": ""},
        {"add": [["relu", {"conv": "3 k=1"}], []], "name": "sum"},
        {"add": ["relu", "tanh", []]},
        {"add": "x skip"},
        {"from": "skip"},
        {"repeat": 2, "layers": ["relu"], "name": "again"},
        {"repeat": "n-1", "layers": []},
        {"for": {"i": 3, "s": [1, "n", 2]}, "layers": ["relu"]},
        {"if": "s != 1 or x.c != out", "then": ["relu"], "else": []},
        {"if": True, "then": []},
    ],
    ids=str,
)
def test_layers_that_are_right(layer: Any) -> None:
    assert layers(layer) == []
    assert layers(layer, blocks={"b(n, m=1)": [layer]}) == []


@pytest.mark.parametrize(
    "layer",
    [
        "b 3",
        "b 3 4 5 anything=3",
        "name = b",
        {"b": 3},
        {"b": {"n": 3, "bias": False}},
        {"b": None, "name": "first"},
        {"b": "3 m=4"},
    ],
    ids=str,
)
def test_blocks_are_only_known_where_the_spec_has_some(layer: Any) -> None:
    assert layers(layer, blocks={"b(n, m=max(1, 2))": ["relu"], "c": []}) == []
    assert layers(layer) != []


# What is wrong.


@pytest.mark.parametrize(
    "layer",
    [
        "rleu",
        "conv 8 k=3 kk=3",
        "conv 8",
        "conv k=3",
        "conv 8 9 k=3",
        "conv 8 k=3 kernel=3",
        "conv 8 out=8 k=3",
        "conv 0 k=3",
        "conv 8 k=0",
        "conv 8 k=1x0",
        "conv 8 k=2.5",
        "conv 8x8 k=3",
        "conv 8 k=3 p=-1",
        "conv 8 k=yes",
        "conv 8 k=3 bias=1",
        "conv 8 k=3 mode=3",
        "dropout 1.5",
        "conv (8 k=3",
        "conv 8) k=3",
        "conv 8+ k=3",
        "conv 8 k = 3",
        "conv 8^2 k=3",
        "conv 8×2 k=3",
        "conv sqrt(4) k=3",
        "conv 8 k=()",
        "relu 3",
        "relu: 3",
        "a, b = relu",
        "if = relu",
        "3 = relu",
        "add",
        "from",
        "from a b",
        "reuse a k=3",
        "repeat 3",
        "",
        3,
        True,
        None,
        ["relu"],
        {},
        {"name": "a"},
        {"conv": {"out": 8, "k": 3}, "relu": None},
        {"conv": {"out": 8}},
        {"conv": {"out": 8, "k": 3, "kernel": 3}},
        {"conv": {"out": 8, "k": 0}},
        {"conv": {"out": 8, "k": "0"}},
        {"conv": {"out": 8.5, "k": 3}},
        {"conv": {"out": 8, "k": True}},
        {"conv": {"out": 8, "k": 3, "bias": 3}},
        {"conv": {"out": 8, "k": 3, "kk": 3}},
        {"conv": None},
        {"conv": 8},
        {"conv": ["relu", "relu"]},
        {"relu": 3},
        {"add": [[]]},
        {"add": {"a": "b"}},
        {"add": None},
        {"conv 8 k": 3},
        {"repeat": 3},
        {"repeat": -1, "layers": []},
        {"repeat": 3, "layers": "relu"},
        {"repeat": 3, "layers": [], "then": []},
        {"for": 3, "layers": []},
        {"for": {}, "layers": []},
        {"for": {"if": 3}, "layers": []},
        {"if": 3, "then": []},
        {"if": "a", "else": []},
        {"maxpool": 2, "name": "if"},
    ],
    ids=str,
)
def test_layers_that_are_wrong(layer: Any) -> None:
    assert layers("relu", layer) != []
    assert layers(layer, blocks={"b": ["relu"]}) != [] or layer == "rleu"


@pytest.mark.parametrize(
    "text",
    [
        "layers: [relu]",
        "input: 3x8x8",
        "input: 3x8x8\nlayers: []",
        "input: 3x8x8\nlayers: relu",
        "input: 3x8x8\ninputs: {a: 3}\nlayers: [relu]",
        "inputs: {}\nlayers: [relu]",
        "inputs: {if: 3}\nlayers: [relu]",
        "input: 3x\nlayers: [relu]",
        "input: 3,8,8\nlayers: [relu]",
        "input: 0x8x8\nlayers: [relu]",
        "input: 1x2x3x4x5\nlayers: [relu]",
        "cnncalc: 2\ninput: 3x8x8\nlayers: [relu]",
        "layer: 1\ninput: 3x8x8\nlayers: [relu]",
        "name: [a]\ninput: 3x8x8\nlayers: [relu]",
        "at: {H: -3}\ninput: 3xHx8\nlayers: [relu]",
        "params: [a]\ninput: 3x8x8\nlayers: [relu]",
        "params: {a: {b: 1}}\ninput: 3x8x8\nlayers: [relu]",
        "params: {min: 1}\ninput: 3x8x8\nlayers: [relu]",
        "blocks: {conv(a): []}\ninput: 3x8x8\nlayers: [relu]",
        "blocks: {b(3): []}\ninput: 3x8x8\nlayers: [relu]",
        "blocks: {b(: []}\ninput: 3x8x8\nlayers: [relu]",
        "blocks: {b: }\ninput: 3x8x8\nlayers: [relu]",
        "blocks: {b: [relu 3]}\ninput: 3x8x8\nlayers: [relu]",
        "outputs: []\ninput: 3x8x8\nlayers: [relu]",
        "outputs: [a, a]\ninput: 3x8x8\nlayers: [relu]",
        "presets: {a: 3}\ninput: 3x8x8\nlayers: [relu]",
        "presets: {a: {sett: {n: 3}}}\ninput: 3x8x8\nlayers: [relu]",
        "presets: {1a: {}}\ninput: 3x8x8\nlayers: [relu]",
        "[]",
    ],
)
def test_specs_that_are_wrong(text: str) -> None:
    with pytest.raises(CnncalcError):
        library.parse(text).analyze()
    assert wrong(text) != []


@pytest.mark.parametrize(
    ("expect", "right"),
    [
        ({"params": 5, "macs": {"max": "4.1G", "min": 0}}, True),
        ({"params": "n*3", "output": ["classes"]}, True),
        ({"macs": {"max_increase": "2%"}}, True),
        (
            {"outputs": {"main": [10], "aux": [10]}, "shapes": {"down[0].skip": [64, "H//2", 5]}},
            True,
        ),
        ({"receptive_field": {"size": 7, "jump": [1, 2], "start": {"min": -3}}}, True),
        ({"layers": {"stage[0]": {"receptive_field": {"size": [35, 35]}, "params": 7}}}, True),
        ({"domain": "H % 32 == 0 and W >= 32"}, True),
        ({"domain": {"includes": "H mod 32 = 0", "within": "H >= 32"}}, True),
        ({"shapes": {"stem": ["_", "H-4", 5]}}, True),
        ([{"at": {"H": 224}, "params": 5}, {"at": [{"H": 32}, {"H": 64}], "macs": 7}], True),
        ({"parameters": 5}, False),
        ({"params": [5]}, False),
        ({"params": {"maximum": 5}}, False),
        ({"layers": {"stem": {"peak_activation_bytes": 7}}}, False),
        ({"domain": {"outside": "H >= 32"}}, False),
        ({"at": {"H": 0}}, False),
        ({"output": 10}, False),
        ({"output": []}, False),
        ({"receptive_field": 7}, False),
        ({"receptive_field": {"width": 7}}, False),
        (5, False),
        ([5], False),
    ],
)
def test_expectations(expect: Any, right: bool) -> None:
    assert (layers("relu", expect=expect) == []) is right
    assert (layers("relu", presets={"a": {"expect": expect}}) == []) is right


#: What no schema can tell, by what the program says of it: it takes names, values, sizes, all of
#: the spec at once, or the text of the YAML.
NOT_FOR_A_SCHEMA = {
    "names": r"is not defined here|is given twice|is a parameter already|no current tensor"
    r"|but no input uses it|no layer is called|is the name of a layer",
    "blocks": r"unknown kind|needs out|does not take the value|has no argument|defined twice"
    r"|in a cycle|is there twice",
    "values of expressions": r"cannot read the expression|is not part of the language|takes numbers"
    r"|takes one number|too large or too small|has no \.|and cannot be indexed|is not among the"
    r"|is wanted|have no order|division by|an exponent must be|must be .*, got"
    r"|is not a function|advance together|if: wants yes or no|wants yes|, not a layer"
    r"|is the loop|one layer is wanted|cannot take the size|names 1 layer"
    r"|whether .* depends on the symbols",
    "sizes": r"is larger than its padded input|spans \d+ and is larger|does not divide"
    r"|joins tensors|is for \d+ axes|needs (?:a map|a vector|at least)|p=same needs stride 1"
    r"|more than half|must be smaller than|removes all|leaves nothing|only makes smaller"
    r"|is on an axis that|takes like, or size",
    "limits": r"more than the limit|the network has no layers",
    "the text of the YAML": r"the tag .* means nothing|merging with <<|is not defined above"
    r"|the key .* is given twice",
}


def cases() -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}: {case.title}")
        for path in sorted(badinput.FOLDER.glob("*.txt"))
        for case in badinput.cases(path)
        if not case.title.startswith("one line") and not case.written.startswith("$ ")
    ]


def refused(case: badinput.Case) -> bool:
    """By the reader of the YAML, or by the schema."""
    text = case.written.replace("\\t", "\t").replace("\\x01", "\x01")
    try:
        data = yaml.load(text, Version11)
        json.dumps(data)
    except yaml.YAMLError:
        return True
    except ValueError:  # it holds itself, which no JSON does
        return False
    try:
        return bool(problems(data))
    except RecursionError:  # of the validator, at a nesting that the program counts
        return False


@pytest.mark.parametrize(("file", "case"), cases())
def test_bad_inputs_are_refused_if_a_schema_can_tell(file: str, case: badinput.Case) -> None:
    if not refused(case):
        message = case.message.splitlines()[0]
        assert any(re.search(pattern, message) for pattern in NOT_FOR_A_SCHEMA.values())


def test_half_of_the_bad_inputs_are_refused() -> None:
    """As docs/ci.md says; of those with a wrong structure nearly all."""
    found = {param.values[0]: Counter[bool]() for param in cases()}
    for param in cases():
        file, case = param.values
        found[file][refused(case)] += 1
    shares = {file: count[True] / count.total() for file, count in found.items()}
    assert sum(count[True] for count in found.values()) >= sum(
        count[False] for count in found.values()
    )
    assert shares["spec"] > 0.7
    assert shares["yaml"] > 0.75


#: Everything that this spec says is reached, so that whatever is wrong with it is found.
REACHED = (
    EVERYTHING.replace("s=1):", "s):").partition("expect:")[0],
    *(find(name).text.partition("expect:")[0] for name in ("lenet5_1998", "alexnet_2012")),
)


@settings(max_examples=4 * settings().max_examples)
@given(st.sampled_from(REACHED), st.lists(damages, min_size=1, max_size=2))
def test_nothing_is_refused_that_the_language_takes(text: str, done: list[Damage]) -> None:
    changed = damaged(text, done)
    try:
        library.parse(changed, "f.yaml", Limits(layers=2000)).analyze()
    except CnncalcError:
        return
    try:
        data = [yaml.load(changed, loader) for loader in LOADERS]
    except yaml.YAMLError:
        return
    assert [problems(one) for one in data] == [[]] * len(LOADERS)


@pytest.mark.parametrize(
    "line",
    [
        "conv " + "k=(((((((((" * 20,
        "conv " + "a " * 150,
        "conv " + "a=1 " * 100 + "(",
        "conv " + "((" * 40 + "a" + "))" * 39,
        "conv " + "()" * 150,
        "conv (" + "a + " * 80,
        "conv " + "'" * 151,
        "a, " * 100 + "= split 2",
        "conv " + "[(a]" * 60,
        "conv 8 " + "k=(1+(2*(3+4)))" * 20 + "(",
        "1" * 300,
    ],
    ids=lambda line: line[:20],
)
def test_no_line_takes_long(line: str) -> None:
    started = time.process_time()
    layers(line)
    assert time.process_time() - started < 2


# What editors show.


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_and_arguments_are_explained(kind: str) -> None:
    cls, definitions = KINDS[kind], schema()["definitions"]
    line = definitions[f"{kind}.line"]
    usage = cls.usage().removeprefix("write ")
    assert line["title"] == kind
    assert f"`{usage}`" in line["markdownDescription"]
    assert (cls.__doc__ or "").splitlines()[0].replace("``", "`") in line["markdownDescription"]
    for name, argument in cls.arguments.items():
        assert f"`{name}`" in line["markdownDescription"]
        assert argument.doc in line["markdownDescription"]
        if cls.arity[0] > 1:
            continue  # a mapping has no place for the tensors that it joins
        found = definitions[f"{kind}.value"]["properties"][name]
        assert argument.doc in found["description"]
        assert ("default" in found) is (argument.default not in (REQUIRED, None))
        for alias in argument.aliases:
            reference = definitions[f"{kind}.value"]["properties"][alias]["$ref"]
            assert reference == f"#/definitions/{kind}.value/properties/{name}"


def test_every_reference_leads_somewhere() -> None:
    for found in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(schema()))):
        part: Any = schema()
        for word in found.split("/"):
            part = part[word]


def test_it_has_all_keys_of_the_language() -> None:
    assert {*schema()["properties"]} == {*_TOP}
    expectations = schema()["definitions"]["expectations"]["properties"]
    assert {*TOTALS} <= {*expectations}
    assert {*schema()["definitions"]["field"]["properties"]} == {*FIELD_KEYS}
    assert {*KINDS} < {*schema()["definitions"]["kind"]["properties"]}


# The command.


def test_the_command_prints_it() -> None:
    assert json.loads(answer("schema")) == schema()


def test_the_command_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "cnncalc.schema.json"
    assert answer("schema", "-o", str(file)) == ""
    assert json.loads(file.read_text(encoding="utf-8")) == schema()
    result = cnncalc("schema", "-o", str(tmp_path / "no" / "file.json"))
    assert result.code == 2
    assert "cannot write" in result.err


def test_the_first_line_for_editors_is_documented() -> None:
    assert "# yaml-language-server: $schema=cnncalc.schema.json" in answer("schema", "--help")
