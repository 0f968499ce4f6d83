"""The kinds of value under the keys of a graph file: what each takes, and what it says of the rest.

Knows the values one by one, never how they make up a graph. A check gets the JSON tree of the value and
returns what the model holds, or raises `refuse(...)`; pydantic collects what was raised and where.
Numbers beyond what PyTorch takes have been taken out of the tree before (`screening`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator, GetJsonSchemaHandler, PlainValidator, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError

from gradcanvas.document.json_text import Json, Number
from gradcanvas.document.literal import Literal
from gradcanvas.document.names import ID_PATTERN, RESERVED

SMALLEST_INTEGER = -(2**63)
LARGEST_INTEGER = 2**64 - 1
LARGEST_COUNT = 2**53
_DEVICE = re.compile(r"auto|cpu|cuda(:\d{1,4})?")
_DATA_URL = re.compile(r"data:[^,]*;base64,[A-Za-z0-9+/]*={0,2}")


def refuse(expected: str, remedy: str, code: str = "wrong-type") -> PydanticCustomError:
    """Return the error that says what was expected and what to do."""
    return PydanticCustomError(code, "{expected}", {"expected": expected, "remedy": remedy})


@dataclass(frozen=True)
class InSchema:
    """What the JSON Schema says of a place beyond its type; null, which no place takes, is left out of it."""

    more: Mapping[str, Any] = field(default_factory=dict)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return the schema as pydantic makes it, adjusted."""
        made = handler(schema)
        kinds = [kind for kind in made.get("anyOf", []) if kind != {"type": "null"}]
        return {**(kinds[0] if len(kinds) == 1 else made), **self.more}


def an_object(value: Json) -> Json:
    """Let an object through."""
    if isinstance(value, dict):
        return value
    raise refuse("an object", "Write it between { and }, or leave the key out.")


def a_list(value: Json) -> tuple[Json, ...]:
    """Let a list through, as the tuple that a frozen model holds."""
    if isinstance(value, list):
        return tuple(value)
    raise refuse("a list", "Write it between [ and ].")


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value
    raise refuse("a text", "Put it between double quotes.")


def _word(value: Json) -> str:
    if isinstance(value, str) and value:
        return value
    raise refuse("a name", "Write a name between double quotes.")


def _switch(value: Json) -> bool:
    if isinstance(value, bool):
        return value
    raise refuse("true or false", "Write true or false, without quotes.")


def _integer(lowest: int, highest: int) -> Callable[[Json], int]:
    def check(value: Json) -> int:
        if not isinstance(value, Number) or not value.is_integer:
            raise refuse("an integer", "Write a whole number, without point, exponent or quotes.")
        if not lowest <= int(value.value) <= highest:
            raise refuse(
                f"an integer from {lowest} to {highest}", "Choose one in this range.", "out-of-range"
            )
        return int(value.value)

    return check


def _number(value: Json) -> float:
    if isinstance(value, Number):
        return float(value.value)
    raise refuse("a number", "Write a number, without quotes.")


def _pair(value: Json) -> tuple[float, float]:
    if isinstance(value, list) and len(value) == 2:
        first, second = value
        if isinstance(first, Number) and isinstance(second, Number):
            return _number(first), _number(second)
    raise refuse("a list of two numbers", "Write for example [0, 160].")


def _device(value: Json) -> str:
    if _DEVICE.fullmatch(_text(value)):
        return _text(value)
    raise refuse(
        '"auto", "cpu", "cuda" or "cuda:N"', 'Write "auto" to use a GPU if there is one.', "bad-value"
    )


def _mode(value: Json) -> str:
    if value in ("train", "eval"):
        return str(value)
    raise refuse('"train" or "eval"', 'Write "eval", or leave the key out for "train".', "bad-value")


def _state(value: Json) -> str:
    if _DATA_URL.fullmatch(_text(value)):
        return _text(value)
    raise refuse(
        "a data URL in base64", "Delete the key, and keep the values again in the editor.", "bad-value"
    )


def _reference(value: Json) -> str:
    if isinstance(value, str) and value:
        return value
    raise refuse(
        "a reference", 'Write the id of a node, "node", or one of its outputs, "node.output", in quotes.'
    )


def _reference_or_list(value: Json) -> str | tuple[str, ...]:
    if not isinstance(value, list):
        return _reference(value)
    for index, item in enumerate(value):
        if not isinstance(item, str) or not item:
            raise refuse(
                f"a list of references (entry {index} is not one)",
                'Each entry is the id of a node, "node", or one of its outputs, "node.output".',
            )
    return tuple(str(item) for item in value)


def _references(value: Json) -> tuple[str, ...]:
    found = _reference_or_list(value) if isinstance(value, list) else None
    if isinstance(found, tuple):
        return found
    raise refuse("a list of references", 'Write for example ["x", "y"].')


def _names(value: Json) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(str(item) for item in value)
    raise refuse("a list of names", 'Write for example ["x", "y"].')


def _requires_grad(value: Json) -> bool | dict[str, bool]:
    if isinstance(value, bool):
        return value
    if isinstance(value, dict) and all(isinstance(item, bool) for item in value.values()):
        return {key: bool(item) for key, item in value.items()}
    raise refuse(
        "true or false, or an object of them by parameter", 'Write true, or for example {"bias": false}.'
    )


def _validation(value: Json) -> "str | Literal":
    return value if isinstance(value, str) else Literal(value)


def _schema(kind: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, **more})


_STRINGS = {"type": "array", "items": {"type": "string"}}
_PAIR = {
    "type": "array",
    "prefixItems": [{"type": "number"}] * 2,
    "minItems": 2,
    "maxItems": 2,
    "items": False,
}
_SWITCHES = {"type": "object", "additionalProperties": {"type": "boolean"}}
_SEED = {"minimum": SMALLEST_INTEGER, "maximum": LARGEST_INTEGER}

Text = Annotated[str, PlainValidator(_text), _schema("string")]
OptionalText = Annotated[str | None, PlainValidator(_text), _schema("string")]
Word = Annotated[str, PlainValidator(_word), _schema("string", minLength=1)]
Switch = Annotated[bool, PlainValidator(_switch), _schema("boolean")]
Version = Annotated[int, PlainValidator(_integer(1, 1)), _schema("integer", const=1)]
Seed = Annotated[
    int, PlainValidator(_integer(SMALLEST_INTEGER, LARGEST_INTEGER)), _schema("integer", **_SEED)
]
Steps = Annotated[int | None, PlainValidator(_integer(0, LARGEST_COUNT)), _schema("integer", minimum=0)]
Count = Annotated[int, PlainValidator(_integer(1, LARGEST_COUNT)), _schema("integer", minimum=1)]
OptionalNumber = Annotated[float | None, PlainValidator(_number), _schema("number")]
OptionalPair = Annotated[tuple[float, float] | None, PlainValidator(_pair), WithJsonSchema(_PAIR)]
Device = Annotated[str, PlainValidator(_device), _schema("string", pattern=f"^({_DEVICE.pattern})$")]
Mode = Annotated[str | None, PlainValidator(_mode), _schema("string", enum=["train", "eval"])]
State = Annotated[str | None, PlainValidator(_state), _schema("string", pattern="^data:")]
Reference = Annotated[str, PlainValidator(_reference), _schema("string", minLength=1)]
OptionalReference = Annotated[str | None, PlainValidator(_reference), _schema("string", minLength=1)]
ReferenceOrList = Annotated[
    str | tuple[str, ...],
    PlainValidator(_reference_or_list),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, _STRINGS]}),
]
References = Annotated[tuple[str, ...], PlainValidator(_references), WithJsonSchema(_STRINGS)]
Names = Annotated[tuple[str, ...], PlainValidator(_names), WithJsonSchema(_STRINGS)]
RequiresGrad = Annotated[
    bool | dict[str, bool] | None,
    PlainValidator(_requires_grad),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, _SWITCHES]}),
]
AnyLiteral = Annotated[Literal, PlainValidator(Literal), WithJsonSchema({})]
Replacement = Annotated[str | Literal, PlainValidator(_validation), WithJsonSchema({})]
NamedById = InSchema({"propertyNames": {"pattern": ID_PATTERN, "not": {"enum": sorted(RESERVED)}}})
AnObject = BeforeValidator(an_object)
AList = BeforeValidator(a_list)
