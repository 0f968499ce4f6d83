"""torch's own database of operations, without what it does for torch's own test cases.

For every sample it looks through the whole stack for a `unittest.TestCase` that it could tell of it: beneath
pytest that takes fifty times as long as the samples themselves.
"""

from typing import Any

from torch.testing._internal import common_utils
from torch.testing._internal.common_methods_invocations import op_db as _op_db
from torch.testing._internal.opinfo import core

for _module in (common_utils, core):
    assert "extract_test_fn" in vars(_module)
    vars(_module)["extract_test_fn"] = lambda: None

op_db: list[Any] = _op_db
