"""What is made of the models is not stale."""

import json

from gradcanvas.document.generate import SCHEMA, TYPES, main, schema_text, types_text
from gradcanvas.document.model import GraphFile, Node


def test_the_json_schema_is_that_of_the_models() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()


def test_the_pages_types_are_those_of_the_models() -> None:
    assert TYPES.read_text(encoding="utf-8") == types_text()


def test_checking_says_that_nothing_is_stale() -> None:
    assert main(["--check"]) == 0


def test_the_schema_knows_every_key_and_takes_no_other() -> None:
    schema = json.loads(schema_text())

    assert list(schema["properties"]) == list(GraphFile.model_fields)
    assert list(schema["$defs"]["Node"]["properties"]) == list(Node.model_fields)
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["gradcanvas"]
    assert "null" not in schema_text()
