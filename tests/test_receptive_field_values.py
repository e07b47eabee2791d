"""Receptive fields against published tables, closed forms and examples worked by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from rf_published import PUBLISHED, Published

import cnncalc
from cnncalc import LayerResult, Network
from cnncalc.analyses.receptive_field import AxisField, Sliding
from cnncalc.sizes import text
from cnncalc.symbolic import substitute
from cnncalc.zoo import find


def network(layers: str, inputs: str) -> Network:
    return cnncalc.parse(f"cnncalc: 1\nname: test\ninputs: {inputs}\nlayers:\n{layers}")


def last(line: str) -> LayerResult:
    return cnncalc.load(line).analyze().layers[-1]


def field(line: str, axis: int = 0) -> AxisField:
    fields = last(line).fields
    assert fields is not None
    return fields[axis]


def numbers(found: AxisField) -> tuple[object, ...]:
    return found.size, found.jump, found.start, found.center


# Published values.


@pytest.mark.parametrize("published", PUBLISHED.values(), ids=list(PUBLISHED))
def test_published(published: Published) -> None:
    spec, size, jump, start = published
    net = cnncalc.load(spec) if spec.isalnum() else cnncalc.parse(f"cnncalc: 1\nname: x{spec}")
    analysis = net.analyze()
    assert analysis.fields is not None
    for found in analysis.fields:
        assert numbers(found) == (size, jump, start, Fraction(2 * start + size - 1, 2))
    assert analysis.warnings == ()


# Closed forms.


@pytest.mark.parametrize("kernel", [1, 2, 3, 5])
def test_layers_of_one_kernel(kernel: int) -> None:
    for layers in range(1, 7):
        line = " | ".join(["1x99", *[f"conv 1 k={kernel}"] * layers])
        assert numbers(field(line)) == (
            1 + layers * (kernel - 1),
            1,
            0,
            Fraction(layers * (kernel - 1), 2),
        )


def test_layers_of_a_symbolic_kernel() -> None:
    for layers in range(1, 5):
        found = field(" | ".join(["KxH", *["conv x.c k=x.c"] * layers]))
        assert substitute(found.size - (1 + layers * (found.size.free_symbols.pop() - 1)), {}) == 0
    assert text(found.size) == "4*K - 3"


def test_symbolic_strides_and_padding() -> None:
    found = field("SxH | conv x.c k=3 s=x.c p=1 | conv x.c k=3 s=x.c p=1 | conv x.c k=3 p=1")
    assert text(found.jump) == "S**2"
    for stride in (1, 2, 5):
        at = {"S": stride}
        size = substitute(found.size, at)
        assert size == 3 + 2 * stride + 2 * stride**2
        assert substitute(found.start, at) == -(1 + stride + stride**2)
        line = f"{stride}x999 | " + f"conv {stride} k=3 s={stride} p=1 | " * 2
        assert field(line + f"conv {stride} k=3 p=1").size == size


def test_symbolic_input_sizes_leave_numbers() -> None:
    for name in ("lenet5", "resnet18"):
        net = cnncalc.load(name)
        symbolic = net.analyze(symbolic=True)
        assert symbolic.fields == net.analyze().fields
        assert not any("receptive field" in warning for warning in symbolic.warnings)


@pytest.mark.parametrize(("padding", "size"), [("", "(16*n + 12)"), (" p=1", "(16*n)")])
def test_unet_of_any_fitting_size(padding: str, size: str) -> None:
    """With the sizes that it was made for, the crops cut the same at every size."""
    spec = find("unet")[0].replace("at: {H: 572, W: 572}\n", "").replace("k=3", f"k=3{padding}")
    symbolic = cnncalc.parse(spec.replace("1xHxW", f"1x{size}x{size}")).analyze()
    concrete = cnncalc.parse(spec.replace("1xHxW", f"1x{size}x{size}")).analyze(at={"n": 35})
    assert symbolic.fields == concrete.fields
    assert symbolic.fields is not None
    assert numbers(symbolic.fields[0])[:2] == (204, 1)


def test_dilations() -> None:
    dilated = " | ".join(["1x99", *(f"conv 1 k=3 d={2**i} p={2**i}" for i in range(4))])
    assert numbers(field(dilated)) == (31, 1, -15, 0)
    wavenet = [f"pad left={2**i} | conv 1 k=2 d={2**i}" for i in range(10)]
    assert numbers(field(" | ".join(["1x2000", *wavenet]))) == (1024, 1, -1023, Fraction(-1023, 2))


def test_axes_by_themselves() -> None:
    line = "1x40x40 | conv 1 k=1x7 p=0x3 | conv 1 k=7x1 s=2x1 p=3x0 | conv 1 k=1x7 p=0x3"
    assert numbers(field(line, 0)) == (7, 2, -3, 0)
    assert numbers(field(line, 1)) == (13, 1, -6, 0)


def test_sides_and_rounding_move_only_what_they_should() -> None:
    plain = numbers(field("1x20 | maxpool 3 s=2"))
    for line in (
        "1x20 | maxpool 3 s=2 ceil=yes",
        "1x20 | pad right=4 | maxpool 3 s=2",
        "1x20 | crop right=3 | maxpool 3 s=2",
    ):
        assert numbers(field(line)) == plain == (3, 2, 0, 1)
    assert numbers(field("1x20 | crop left=3 | maxpool 3 s=2")) == (3, 2, 3, 4)
    assert numbers(field("1x20 | pad left=3 right=0 | maxpool 3 s=2")) == (3, 2, -3, -2)


# Transposed convolutions: a field for every phase.


def test_phases() -> None:
    for line, edges in (
        ("1x9 | deconv 1 k=2 s=2", ((0, 0), (0, 0))),
        ("1x9 | deconv 1 k=3 s=2 p=1 op=1", ((0, 0), (0, 1))),
        ("1x9 | deconv 1 k=4 s=2 p=1", ((-1, 0), (0, 1))),
        ("1x9 | deconv 1 k=2 s=2 d=3", ((0, 0), (-1, -1))),
        ("1x9 | deconv 1 k=1 s=3 p=1", (None, None, (1, 1))),
        ("1x9 | deconv 1 k=3 s=2 p=1 | conv 1 k=3 p=1 s=2", ((-1, 1),)),
    ):
        found = field(line)
        assert found.sliding is not None
        assert found.sliding.edges == edges, line


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
def test_transposed_convolutions(stride: int) -> None:
    for kernel in range(1, 8):
        for padding in range(3):
            found = field(f"1x30 | conv 1 k=5 s=3 | deconv 1 k={kernel} s={stride} p={padding}")
            assert found.jump == Fraction(3, stride)
            assert found.size == 5 + (-(-kernel // stride) - 1) * 3
            assert found.center == 2 + Fraction(3 * (2 * padding - kernel + 1), 2 * stride)


# What everything sees alike.


def test_global_pooling_and_what_follows() -> None:
    analysis = cnncalc.load(
        "3x9x7 | conv 2 k=3 s=2 | gap | conv 4 k=1 | flatten | linear 4 | relu"
    ).analyze()
    for row in analysis.layers[1:]:
        assert row.fields is not None
        sizes = [(one.size, one.jump, one.start, one.sliding) for one in row.fields]
        assert sizes == [(9, None, 0, None), (7, None, 0, None)]
    assert analysis.last_feature_map == "conv1"
    assert analysis.layers[-1].to_dict()["receptive_field"] == {
        "size": [9, 7],
        "jump": [None, None],
        "start": [0, 0],
        "end": [8, 6],
        "center": [4, 3],
        "padding": [0, 0],
    }


def test_flatten_sees_the_whole_map() -> None:
    for layers in ("flatten", "flatten | linear 10"):
        found = field(f"2x11 | conv 3 k=3 | deconv 3 k=2 s=2 | {layers}")
        assert (found.sliding, found.context) == (None, (0, 10))


def test_global_pooling_of_symbolic_sizes() -> None:
    found = field("3xHxW | conv 4 k=3 | gap", axis=1)
    assert (text(found.size), found.jump, found.start) == ("W", None, 0)


SQUEEZE = "conv 8 k=3 p=1 | s = identity | gap | conv 2 k=1 | relu | conv 8 k=1 | sigmoid | mul s x"


@pytest.mark.parametrize("after", ["", " | conv 4 k=3", " | conv 4 k=5 s=2 p=2"])
def test_a_gate_keeps_the_local_field(after: str) -> None:
    for axis, size in enumerate((16, 20)):
        local = field(f"4x16x20 | conv 8 k=3 p=1{after}", axis)
        gated = field(f"4x16x20 | {SQUEEZE}{after}", axis)
        assert gated == local._replace(context=(-1, size))  # the border sees padding


def test_every_gate_adds_to_the_context() -> None:
    found = field(f"4x16x16 | {SQUEEZE} | conv 8 k=7 p=3 | t = identity | gap | mul t x")
    assert (found.size, found.context) == (9, (-4, 19))


# Joins.


def test_different_jumps() -> None:
    line = "1x64x64 | a = conv 1 k=3 s=2 p=1 | from input | b = crop size=32 | c = add a b | relu"
    analysis = cnncalc.load(line).analyze()
    for row in analysis.layers[-2:]:
        assert row.fields is not None
        for found in row.fields:
            assert numbers(found) == (None,) * 4
            assert not found.defined
    assert analysis.warnings == (
        "c: its branches advance differently along height (a by 2, b by 1 input positions per "
        "unit): unit 0 sees positions -1 to 16 (18), unit 31 47 to 63 (17); no one size and jump "
        "describe its receptive field. Give both branches the same total stride",
    )
    assert [(finding.level, finding.node) for finding in analysis.findings] == [("error", "c")]
    assert analysis.last_feature_map == "relu1"


def test_different_jumps_of_multi_phase_branches() -> None:
    line = "1x64 | a = deconv 1 k=2 s=2 | from input | b = deconv 1 k=3 s=3 | crop like=a | add a x"
    (warning,) = cnncalc.load(line).analyze().warnings
    assert "a by 1/2" in warning
    assert "crop1 by 1/3" in warning


def test_misaligned_centres() -> None:
    """ResNet-D: the shortcut's pool is half a pixel off the 3x3 beside it."""
    line = (
        "1x64x64 | a = conv 1 k=3 s=2 p=1 | from input | avgpool 2 | b = conv 1 k=1 | c = add a b"
    )
    analysis = cnncalc.load(line).analyze()
    assert analysis.warnings == (
        "c: its branches are centred 1/2 input positions apart (a at 0, b at 1/2)",
    )
    assert numbers(field(line)) == (3, 2, -1, 0)


def test_aligned_branches_unite() -> None:
    line = "1x64 | a = conv 1 k=7 p=3 | from input | b = conv 1 k=3 p=1 | add a input | c = add x b"
    analysis = cnncalc.load(line).analyze()
    assert analysis.warnings == ()
    assert numbers(field(line)) == (7, 1, -3, 0)


def test_several_inputs_lie_on_one_grid() -> None:
    net = network(
        "  - from left\n  - a = conv 4 k=3 p=1\n  - from right\n  - b = conv 4 k=5 p=2\n  - add a b\n",
        "{left: 3x16x16, right: 3x16x16, code: 5}",
    )
    analysis = net.analyze()
    assert analysis.fields is not None
    assert [numbers(found) for found in analysis.fields] == [(5, 1, -2, 0)] * 2


def test_no_field_without_spatial_axes() -> None:
    analysis = cnncalc.load("5 | linear 4 | relu").analyze()
    assert [row.fields for row in analysis.layers] == [None, None]
    assert (analysis.fields, analysis.last_feature_map) == (None, None)


# What symbols leave open.


@pytest.mark.parametrize(
    "line",
    [
        "1xH | adaptive_avgpool 3",
        "1xH | conv 1 k=3 | adaptive_avgpool 3 | conv 1 k=2",
        "KxH | deconv x.c k=x.c s=2",
        "Sx99 | deconv x.c k=4 s=x.c",
    ],
)
def test_undefined_for_symbols(line: str) -> None:
    analysis = cnncalc.load(line).analyze()
    warnings = [warning for warning in analysis.warnings if "receptive field" in warning]
    name = next(row.name for row in analysis.layers if row.name != "conv1")
    assert warnings == [f"{name}: its receptive field depends on the values of the symbols"]
    assert numbers(field(line)) == (None,) * 4


def test_adaptive_pooling_to_one_position_needs_no_size() -> None:
    assert text(field("1xH | adaptive_avgpool 1").size) == "H"


def test_intervals_of_units() -> None:
    sliding = Sliding(2, 3, ((0, 1), None))
    assert [sliding.interval(unit) for unit in (-2, -1, 0, 1, 2, 4)] == [
        (-3, -2),
        None,
        (0, 1),
        None,
        (3, 4),
        (6, 7),
    ]
