"""`make bench` forgets no benchmark."""

from pathlib import Path

from benchmarks import __main__ as bench

FOLDER = Path(bench.__file__).parent
NO_BENCHMARKS = {"__init__", "__main__", "contract", "generate"}


def test_every_module_of_the_folder_is_run_in_the_order_of_names():
    names = [module.__name__.removeprefix("benchmarks.") for module in bench._modules()]

    assert names == sorted(
        path.stem for path in FOLDER.glob("*.py") if path.stem not in NO_BENCHMARKS
    )
