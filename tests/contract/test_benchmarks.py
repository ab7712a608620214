"""`make bench` forgets no benchmark."""

from pathlib import Path

from benchmarks import __main__ as bench

FOLDER = Path(bench.__file__).parent


def test_every_module_that_can_be_run_is_run_in_the_order_of_names():
    names = [module.__name__.removeprefix("benchmarks.") for module in bench._modules(None)]
    wanted = [path.stem for path in FOLDER.glob("*.py") if "\ndef run(" in path.read_text("utf-8")]

    assert names == sorted(wanted)
    assert "propagation" in names
