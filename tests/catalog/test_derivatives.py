"""The formulas of derivatives are those of torch's own table, held against what autograd records."""

import pytest

from gradcanvas.catalog import Catalog, operation_to_json
from gradcanvas.catalog.composed import COMPOSED
from gradcanvas.catalog.derivatives import read_derivatives
from tests.catalog.tracing import Trace, entry_of, traces


@pytest.fixture(scope="module")
def recorded(catalog: Catalog) -> dict[str, list[Trace]]:
    return traces(catalog, samples=4)


def test_primitive_operations_have_the_formula_of_what_autograd_records(
    catalog: Catalog, recorded: dict[str, list[Trace]]
) -> None:
    primitive = {name: [row[0] for row in rows if len(row) == 1] for name, rows in recorded.items()}
    primitive = {name: functions for name, functions in primitive.items() if functions}
    known = {name for name in primitive if catalog.operations[name].derivatives}
    matching = {
        name
        for name in known
        if {each.of.partition(".")[0] for each in catalog.operations[name].derivatives}
        & {entry.base for function in primitive[name] if (entry := entry_of(function)) is not None}
    }

    assert len(primitive) > 370
    assert len(known) >= 0.95 * len(primitive), sorted(set(primitive) - known)
    assert len(matching) >= 0.95 * len(primitive), sorted(known - matching)


def test_composed_operations_say_of_what(catalog: Catalog, recorded: dict[str, list[Trace]]) -> None:
    wrong = []
    for name, rows in recorded.items():
        operation = catalog.operations[name]
        if not operation.derivatives:
            bases = {entry.base for row in rows for each in row if (entry := entry_of(each)) is not None}
            if not operation.composed or not set(operation.composed) <= bases:
                wrong.append((name, operation.composed, bases))

    assert wrong == []


def test_rows_name_operations_and_operators_that_are_there(catalog: Catalog) -> None:
    assert [name for name in COMPOSED if name not in catalog.operations] == []
    table = read_derivatives().by_base
    assert [part for row in COMPOSED.values() for part in row.split() if part not in table] == []


@pytest.mark.parametrize(
    ("name", "of", "argument", "formula"),
    [
        ("torch.add", "add.Tensor", "self", "handle_r_to_c(self.scalar_type(), grad)"),
        ("torch.Tensor.add", "add.Tensor", "self", "handle_r_to_c(self.scalar_type(), grad)"),
        ("torch.sigmoid", "sigmoid", "self", "sigmoid_backward(grad, result)"),
        ("torch.special.expit", "sigmoid", "self", "sigmoid_backward(grad, result)"),
        ("torch.sin", "sin", "self", "grad * self.cos().conj()"),
        ("torch.mul", "mul.Tensor", "other", "mul_tensor_backward(grad, self, other.scalar_type())"),
    ],
)
def test_a_formula_stands_at_its_argument(
    catalog: Catalog, name: str, of: str, argument: str, formula: str
) -> None:
    derivatives = {each.of: dict(each.formulas) for each in catalog.operations[name].derivatives}

    assert derivatives[of][argument] == formula


def test_only_arguments_have_formulas(catalog: Catalog) -> None:
    keys = {
        key
        for operation in catalog.operations.values()
        for each in operation.derivatives
        for key, _ in each.formulas
    }

    assert keys.isdisjoint({"name", "result", "output_differentiability", "dispatch", "result0", "L"})


def test_the_json_of_an_operation_has_its_formulas(catalog: Catalog) -> None:
    assert operation_to_json(catalog.operations["torch.sin"])["derivatives"] == [
        {"of": "sin", "formulas": {"self": "grad * self.cos().conj()"}}
    ]
    assert operation_to_json(catalog.operations["torch.nn.functional.cross_entropy"])["composed"] == [
        "_log_softmax",
        "nll_loss_forward",
    ]
