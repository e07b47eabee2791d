"""Tables of known networks."""

from __future__ import annotations

from quiz_words import chain, found, numbers

from cnncalc.quiz.model import Matching, Question, Table

from .asked import Reader, by_row, heading, high, rows


def sizes_and_params(one: Question) -> list[int]:
    return by_row(one, lambda layer: layer.after[0], high, lambda layer: layer.params)


def dense_channels(one: Question) -> list[int]:
    channels = int(found(r"convolution of (\d+) filters", one.stem))
    growth = int(found(r"growth rate (\d+)", one.stem))
    *first, last = numbers(found(r"blocks of (.*?) layers", one.stem))
    for layers in first:
        channels = (channels + layers * growth) // 2
    return [channels + last * growth]


def inception(one: Question) -> list[int]:
    n, *_ = numbers(found(r"channels of (\d+)", one.stem))
    channels = int(found(r"(\d+) channels", one.stem))
    paths = [chain(words.split(", then "), (channels, n, n)) for words in rows(one)[:-1]]
    assert all(path[-1].after[1] == n for path in paths)
    assert isinstance(one.body, Table)
    answers = [sum(layer.params for layer in path) for path in paths]
    answers.append(sum(path[-1].after[0] for path in paths))
    return [x for x, row in zip(answers, one.body.rows) if not isinstance(row[1], str)]


def resnet_stages(one: Question) -> list[str]:
    assert isinstance(one.body, Matching)
    n = heading(one)[1]
    times = 4 if "bottleneck" in one.stem else 1
    n = chain(["7×7 convolution, 64 filters, stride 2, padding 3"], (3, n, n))[0].after[1]
    sizes = {"first convolution": (64, n)}
    n = chain(["3×3 max pooling, stride 2, padding 1"], (64, n, n))[0].after[1]
    sizes["max pooling"] = (64, n)
    for i, (name, width) in enumerate(
        zip(("first", "second", "third", "fourth"), (64, 128, 256, 512))
    ):
        if i:  # a stage halves with a 3×3 convolution
            n = chain(["3×3 convolution, 1 filters, stride 2, padding 1"], (1, n, n))[0].after[1]
        sizes[f"{name} stage"] = (width * times, n)
    answers = []
    for pair in one.body.pairs:
        channels, n = next(size for name, size in sizes.items() if f"the {name}" in pair.left)
        answers.append(f"{channels}x{n}x{n}")
    return answers


def u_net(one: Question) -> list[int]:
    n, levels = heading(one)[1], int(found(r"has (\d) levels", one.stem))
    base = int(found(r"level 1 has (\d+)", one.stem))
    twice = ["3×3 convolution"] * 2
    before = []
    for _ in range(levels):
        n = chain(twice, (1, n, n))[-1].after[1]
        before.append(n)
        n = chain(["2×2 max pooling"], (1, n, n))[0].after[1]
    n = chain(twice, (1, n, n))[-1].after[1]
    table: list[tuple[int, ...]] = []
    for level in reversed(range(levels)):
        up = chain(["2×2 transposed convolution, stride 2"], (1, n, n))[0].after[1]
        n = chain(twice, (1, up, up))[-1].after[1]
        table.insert(0, (before[level], up, 2 * base * 2**level, n))
    assert isinstance(one.body, Table)
    return [
        x for xs, row in zip(table, one.body.rows) for x, cell in zip(xs, row[1:]) if cell != str(x)
    ]


READERS: dict[str, Reader] = {
    "alexnet-vgg-table": sizes_and_params,
    "densenet-channels": dense_channels,
    "inception-concat-table": inception,
    "lenet-table": sizes_and_params,
    "resnet-stage-matching": resnet_stages,
    "unet-sizes": u_net,
}
