import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcanvas.program.index import IndexSyntaxError, Name, parse_index

X = torch.arange(24).reshape(2, 3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "-1",
        ":",
        "1:",
        ":2",
        "0:3:2",
        "...",
        "..., 0",
        "None",
        ":, 0",
        ":,0,None",
        "0,",
        "True",
        "[0, 1]",
        ":, [0, 2]",
        "[True, False]",
        "0, 1:, ...",
        "-2:-1",
        " 1 , : ",
    ],
)
def test_an_index_takes_what_python_takes(text: str) -> None:
    expected = eval(f"X[{text}]", {"X": X})  # the text is this test's own

    taken = X[parse_index(text).build({})]  # type: ignore[index]

    assert torch.equal(taken, expected)


@pytest.mark.parametrize("text", [":, 0", "0,", "1:2:3", "mask, ..., None", "[0, 1]", "-1"])
def test_an_index_is_written_back_as_the_same_index(text: str) -> None:
    index = parse_index(text)

    again = parse_index(index.source({name: name for name in index.names}))

    assert again == index


def test_a_name_stands_for_what_is_wired() -> None:
    index = parse_index("i, :, mask")

    built = index.build({"i": "first", "mask": "second"})

    assert index.names == ("i", "mask")
    assert built == ("first", slice(None), "second")
    assert index.entries[0] == Name("i")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        ",",
        "0,,1",
        "..., ...",
        "()",
        "x()",
        "x.y",
        "__import__('os')",
        "lambda: 0",
        "1.5",
        "[",
        "[a]",
        "[0, True]",
        "[0",
        "1 2",
        "-",
        "::0",
        "::-1",
        "9" * 30,
        "a" * 3000,
        "0x1",
        "1e3",
        "'a'",
        "x[0]",
        "if",
        "é",
        "1;2",
        "1\n2 #",
        "\x00",
        "0 if 1 else 2",
        "*x",
        "a:b",
        "[[0]]",
    ],
)
def test_what_is_no_index_is_refused_with_words(text: str) -> None:
    with pytest.raises(IndexSyntaxError) as caught:
        parse_index(text)

    assert str(caught.value)


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=60) | st.text(alphabet="0123456789:,.[] -+NoneTrueFalsx_", max_size=40))
def test_any_text_is_an_index_or_refused(text: str) -> None:
    try:
        index = parse_index(text)
    except IndexSyntaxError:
        return

    again = parse_index(index.source({name: name for name in index.names}))

    assert again.entries == index.entries
