"""The counting tools themselves, run on the networks that the torch backend builds.

Each function runs one tool on a module and returns the total that the tool reports. A tool that is not
installed raises ImportError; which version is there, :func:`installed` says.
"""

from __future__ import annotations

import contextlib
import functools
import io
import logging
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, files, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from cnncalc.graph import Graph

Inputs = tuple[Tensor, ...]


@functools.cache
def installed(package: str) -> str | None:
    """The version of a package that is installed and not written over by another one.

    thop and ultralytics-thop both put their files into a folder ``thop``.
    """
    try:
        found = version(package).replace("-", ".post")  # as thop's own file says it
    except PackageNotFoundError:
        return None
    if package.endswith("thop") and not _is_imported(package):
        return None
    return found


def _is_imported(package: str) -> bool:
    """Is ``thop`` the package's own, where it says and as large as it says?"""
    spec = find_spec("thop")
    for file in files(package) or []:
        if file.name == "basic_hooks.py" and spec is not None and spec.origin is not None:
            path = Path(str(file.locate()))
            imported = Path(spec.origin).parent / "vision" / file.name
            return path.resolve() == imported.resolve() and path.stat().st_size == file.size
    return False


def measure(
    tool: Callable[[nn.Module, Inputs], int], network: nn.Module, graph: Graph, images: int = 1
) -> int:
    """What ``tool`` counts for ``network``, the twin of ``graph``, and a batch of ``images``."""
    torch.manual_seed(0)
    with _quiet():
        inputs = tuple(torch.rand(images, *shape) for shape in graph.inputs.values())
        return tool(network, inputs)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Tools print, log and warn; and small networks are not worth several threads."""
    disabled, threads = logging.root.manager.disable, torch.get_num_threads()
    logging.disable(logging.CRITICAL)
    torch.set_num_threads(1)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        torch.set_num_threads(threads)
        logging.disable(disabled)


def torch_forward(network: nn.Module, inputs: Inputs) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        network(*inputs)
    return int(counter.get_total_flops())


def torch_train(network: nn.Module, inputs: Inputs) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    counter = FlopCounterMode(display=False)
    with counter:
        made = network(*inputs)
        outputs = made.values() if isinstance(made, dict) else [made]
        total = sum(output.sum() for output in outputs)
        if total.requires_grad:
            total.backward()
    return int(counter.get_total_flops())


def fvcore(network: nn.Module, inputs: Inputs) -> int:
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(network, inputs).unsupported_ops_warnings(False)
    return int(analysis.uncalled_modules_warnings(False).tracer_warnings("none").total())


def _ptflops(**options: Any) -> Callable[[nn.Module, Inputs], int]:
    def run(network: nn.Module, inputs: Inputs) -> int:
        from ptflops import get_model_complexity_info

        (x,) = inputs
        found, _ = get_model_complexity_info(
            network,
            tuple(x.shape[1:]),
            input_constructor=lambda _: x,
            as_strings=False,
            print_per_layer_stat=False,
            **options,
        )
        assert isinstance(found, int), "ptflops failed on this network"
        return found

    return run


ptflops = _ptflops()
ptflops_module = _ptflops(backend_specific_config={"count_functional": False})
ptflops_aten = _ptflops(backend="aten")


def thop(network: nn.Module, inputs: Inputs) -> int:
    from thop import profile

    operations, _ = profile(network, inputs=inputs, verbose=False)
    assert operations == int(operations)
    return int(operations)


def deepspeed(network: nn.Module, inputs: Inputs) -> int:
    from deepspeed.profiling.flops_profiler.profiler import FlopsProfiler

    profiler = FlopsProfiler(network)
    profiler.start_profile()
    try:
        with torch.no_grad():
            network(*inputs)
        return int(profiler.get_total_flops())
    finally:
        profiler.end_profile()


def calflops(network: nn.Module, inputs: Inputs) -> int:
    from calflops import calculate_flops

    if not any(True for _ in network.parameters()):  # it fails without parameters
        network.unused = nn.Parameter(torch.zeros(1))
    found, _, _ = calculate_flops(
        network, args=list(inputs), output_as_string=False, print_results=False
    )
    return int(found)


def torchinfo(network: nn.Module, inputs: Inputs) -> int:
    from torchinfo import summary

    return int(summary(network, input_data=inputs, verbose=0).total_mult_adds)


def _torchscan(total: str) -> Callable[[nn.Module, Inputs], int]:
    def run(network: nn.Module, inputs: Inputs) -> int:
        from torchscan import crawl_module

        return int(crawl_module(network, args=inputs)["totals"][total]["known_value"] or 0)

    return run


torchscan_flops = _torchscan("module_flops")
torchscan_macs = _torchscan("macs")


class _Plain(nn.Module):
    """Without the observer, which the exporter takes for an input."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, *inputs: Tensor) -> Any:
        return self.network(*inputs)


def onnx_tool(network: nn.Module, inputs: Inputs) -> int:
    import onnx
    from onnx_tool import Model

    file = io.BytesIO()
    torch.onnx.export(_Plain(network).eval(), inputs, file, dynamo=False)
    file.seek(0)
    model = Model(onnx.load(file))
    model.graph.shape_infer()
    model.graph.profile()
    return round(model.graph.macs[0])


#: Convention to the package that it is of, and how to run it.
TOOLS: dict[str, tuple[str, Callable[[nn.Module, Inputs], int]]] = {
    "torch": ("torch", torch_forward),
    "torch-train@2.13": ("torch", torch_train),
    "fvcore": ("fvcore", fvcore),
    "ptflops": ("ptflops", ptflops),
    "ptflops-module": ("ptflops", ptflops_module),
    "ptflops-aten": ("ptflops", ptflops_aten),
    "thop": ("thop", thop),
    "ultralytics-thop": ("ultralytics-thop", thop),
    "deepspeed": ("deepspeed", deepspeed),
    "calflops": ("calflops", calflops),
    "torchinfo@1.8": ("torchinfo", torchinfo),
    "torchscan-flops": ("torchscan", torchscan_flops),
    "torchscan-macs": ("torchscan", torchscan_macs),
    "onnx-tool": ("onnx-tool", onnx_tool),
}
