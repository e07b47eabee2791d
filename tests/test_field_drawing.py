"""Pictures of receptive fields show what they were given."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product

from field_pictures import HOLES, WEIGHTS, boxes, caption, cells, lightness, texts
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.render.drawing import FieldDrawing, picture
from cnncalc.render.drawing.compose import compose
from cnncalc.render.drawing.scene import Cells, Rect, Text
from cnncalc.render.drawing.shades import LEVELS, Scale, ramp
from cnncalc.render.drawing.words import count


def test_cells_are_those_given():
    inside, padding = cells(HOLES, "read"), cells(HOLES, "read padding")
    wanted = {(y + 1, x + 1): WEIGHTS[y] * WEIGHTS[x] for y, x in product(WEIGHTS, WEIGHTS)}
    assert inside.keys() | padding.keys() == wanted.keys()
    assert padding.keys() == {place for place in wanted if 0 in place}
    scale = Scale(1, 9)
    for place, color in inside.items():
        assert color == ramp(False)[scale.level(wanted[place])]
    for place, color in padding.items():
        assert color == ramp(True)[scale.level(wanted[place])]


@given(
    st.dictionaries(
        st.integers(-4, 12),
        st.dictionaries(st.integers(-4, 12), st.integers(1, 10**30), min_size=1),
        min_size=1,
    )
)
def test_any_cells_come_back(paths: dict[int, dict[int, int]]):
    drawing = FieldDrawing("n", "l", (0, 0), (9, 9), paths, (None,) * 2, (None,) * 2, (None,) * 2)
    top, left = min(0, *paths, 0), min(0, *(x for row in paths.values() for x in row), 0)
    wanted = {(y - top, x - left): (y, x) for y, row in paths.items() for x in row}
    inside, padding = cells(drawing, "read"), cells(drawing, "read padding")
    assert {wanted[place] for place in inside} | {wanted[place] for place in padding} == set(
        wanted.values()
    )
    assert all(0 <= n < 9 for place in inside for n in wanted[place])
    assert not any(all(0 <= n < 9 for n in wanted[place]) for place in padding)


def test_darker_means_more_paths():
    found = cells(HOLES, "read")
    row = [lightness(found[4, x + 1]) for x in (1, 3, 5, 7)]
    assert row[0] > row[1] < row[2] < row[3]
    assert row[0] == row[2]


def test_outlines_enclose_positions():
    (image,) = boxes(HOLES, "image")
    (span,) = boxes(HOLES, "span")
    (effective,) = boxes(HOLES, "effective")
    cell = image[2] / 9
    assert image[3] == image[2]
    assert span == (image[0] - cell - 1, image[1] - cell - 1, 9 * cell + 2, 9 * cell + 2)
    assert effective == (image[0] + cell - 1, image[1] + cell - 1, 7 * cell + 2, 7 * cell + 2)


def test_padding_is_tinted_outside_the_image_only():
    (image,) = boxes(HOLES, "image")
    cell = image[2] / 9
    above, left = boxes(HOLES, "padding")
    assert above == (image[0] - cell, image[1] - cell, 9 * cell, cell)
    assert left == (image[0] - cell, image[1], cell, 8 * cell)
    inner = HOLES._replace(span=((1, 7), (1, 7)), paths={1: {1: 1}})
    assert not boxes(inner, "padding")


def test_says_the_numbers():
    said = caption(HOLES)
    for part in (
        "What unit (3, 3) of conv2 sees",
        "Receptive field in the input of 9 x 9; network: small",
        "field 9",
        "field 9 x 9",
        "image 9 x 9",
        "95 % of the paths: 7 x 7",
        "square-root scale",
        "in the field, but not read",
        "padding, outside the image",
        "Field: 9 x 9, rows -1 to 7, columns -1 to 7. Jump: 1 x 1 from unit to unit.",
        "Read: 25 of its 81 positions (30.9 %); the others are holes.",
        "by 1 above, 1 left; 9 of the positions read (36.0 %) lie there.",
        "start within 7 x 7, rows 1 to 7, columns 1 to 7.",
    ):
        assert part in said
    assert {"-1", "0", "7", "8"} <= set(texts(HOLES))


def test_what_is_not_there_is_not_in_the_key():
    full = FieldDrawing(
        "n", "l", (2, 2), (7, 7), {y: dict.fromkeys(range(2, 5), 1) for y in range(2, 5)},
        ((2, 4), (2, 4)), (None, None), (Fraction(1, 2), 2),
    )  # fmt: skip
    said = caption(full)
    assert "not read" not in said
    assert "padding" not in said.lower()
    assert "95 %" not in said
    assert "1 each" in said
    assert "Read: 9 of its 9 positions (100 %)." in said
    assert "Jump: 1/2 x 2" in said


def test_unit_that_sees_nothing():
    nothing = FieldDrawing(
        "n", "l", (0, 0), (7, 7), {}, (None,) * 2, (None,) * 2, (None,) * 2, "it sees all by gap1"
    )
    said = caption(nothing)
    assert "This unit reads no position of the input by itself." in said
    assert "Not drawn: it sees all by gap1." in said
    assert not cells(nothing, "read")
    assert not boxes(nothing, "span")
    assert picture(nothing, "x.png").startswith(b"\x89PNG")


def test_small_field_is_shown_large_with_where_it_lies():
    small = FieldDrawing(
        "n", "l", (100, 30), (224, 224), {y: {30: 1} for y in (99, 100, 101)},
        ((99, 101), (30, 30)), (None,) * 2, (1, 1),
    )  # fmt: skip
    assert "In the whole image" in texts(small)
    assert {"99", "101", "30"} <= set(texts(small))
    assert "0" not in texts(small)
    (group,) = (item for item in compose(small).items if isinstance(item, Cells))
    assert group.width >= 20
    assert cells(small, "read").keys() == {(3, 3), (4, 3), (5, 3)}


def test_large_field_is_binned_and_says_so():
    reach = range(-613, 838)
    large = FieldDrawing(
        "n", "l", (3, 3), (224, 224), {y: dict.fromkeys(reach, 1 + abs(y)) for y in reach},
        ((-613, 837),) * 2, (None,) * 2, (32, 32),
    )  # fmt: skip
    assert "A cell stands for 2 x 2 positions and shows the mean of those" in caption(large)
    assert len(cells(large, "read")) == 112 * 112
    assert "field 1451 x 1451" in texts(large)


def test_signal_is_a_strip_with_bars():
    paths = {-2: 1, 0: 2, 2: 3, 4: 2, 6: 1}
    signal = FieldDrawing("n", "l", (5,), (50,), paths, ((-2, 6),), ((0, 4),), (2,))
    assert len(boxes(signal, "bar")) == 5
    assert cells(signal, "read").keys() == {(0, 2), (0, 4), (0, 6), (0, 8)}
    said = caption(signal)
    assert "Field: 9, positions -2 to 6. Jump: 2 from unit to unit." in said
    assert "padding, outside the signal" in said
    assert "95 % of the paths: 5" in said


def test_volume_is_summed_along_its_depth():
    paths = {z: {y: {1: 1, 2: z + 1} for y in (1, 2)} for z in (0, 1, 2)}
    volume = FieldDrawing(
        "n", "l", (1, 1, 1), (3, 4, 4), paths, ((0, 2), (1, 2), (1, 2)), (None,) * 3, (1,) * 3
    )
    found = cells(volume, "read")
    assert found[1, 1] == ramp(False)[0]  # 3 paths
    assert found[1, 2] == ramp(False)[-1]  # 1 + 2 + 3
    said = caption(volume)
    assert "A volume, seen along its depth: shades are sums." in said
    assert "Read: 12 of its 12 positions (100 %)." in said
    assert "field 3 x 2 x 2" in said


def test_long_names_are_shortened():
    long = HOLES._replace(network="n" * 500, layer="l" * 500)
    scene = compose(long)
    assert all(len(item.text) < 200 for item in scene.items if isinstance(item, Text))
    assert "l" * 500 in scene.title


def test_everything_lies_on_the_page():
    for drawing in (HOLES, HOLES._replace(image=(3, 40)), HOLES._replace(image=(400, 2))):
        scene = compose(drawing)
        for item in scene.items:
            if isinstance(item, Rect):
                assert 0 <= item.x <= item.x + item.width <= scene.width
                assert 0 <= item.y <= item.y + item.height <= scene.height
            elif isinstance(item, Text):
                assert 0 <= item.x <= scene.width
                assert 0 <= item.y <= scene.height


def testlightness_falls_evenly_in_both_ramps():
    ramps = [[lightness(color) for color in ramp(padding)] for padding in (False, True)]
    for ramped in ramps:
        steps = [a - b for a, b in pairwise(ramped)]
        mean = (ramped[0] - ramped[-1]) / (LEVELS - 1)
        assert all(0.6 * mean < step < 1.5 * mean for step in steps)
    assert all(abs(a - b) < 6 for a, b in zip(*ramps))  # of 100: alike in grey


def test_scale_holds_numbers_of_any_size():
    scale = Scale(1, 10**600)
    assert scale.level(1) == 0
    assert scale.level(10**600) == LEVELS - 1
    ticks = scale.ticks(5)
    assert ticks[0] == 1
    assert ticks[-1] == 10**600
    assert [count(tick) for tick in ticks[1:]] == ["6.2e598", "2.5e599", "5.6e599", "1.0e600"]
    assert Scale(1, 4).ticks(5) == [1, 2, 3, 4]
    assert [count(n) for n in (999, 1234567, 12345678)] == ["999", "1,234,567", "1.2e7"]
