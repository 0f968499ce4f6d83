"""From a data URL to the bytes of a file and the format they are in. Knows nothing of what they hold."""

import base64
import binascii
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote_to_bytes

LARGEST_DATA_BYTES = 5 << 20
"""A file's bytes in one node; as base64 that is less than what may wait for one page."""

Format = Literal["csv", "npy", "safetensors"]

_MEDIA: dict[str, Format] = {
    "text/csv": "csv",
    "application/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/x-npy": "npy",
    "application/x-numpy": "npy",
    "application/x-safetensors": "safetensors",
    "application/vnd.safetensors": "safetensors",
    "application/safetensors": "safetensors",
}
_ANY = frozenset({"", "text/plain", "application/octet-stream"})
_LONGEST_HEAD = 1000


class DataError(Exception):
    """Why data cannot be read: what stands where, and what to do."""

    def __init__(self, message: str, help_text: str, code: str = "bad-data") -> None:
        super().__init__(message)
        self.message = message
        self.help = help_text
        self.code = code


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file out of a data URL.

    Attributes:
        format: how the content is to be read.
        content: the file's bytes.
        body: the URL's text after the comma.
        is_base64: how `body` holds the content; else it is percent-encoded.
    """

    format: Format
    content: bytes
    body: str
    is_base64: bool


def open_data_url(url: str) -> DataFile:
    """Return the file that a data URL holds.

    Raises:
        DataError: it is no data URL, of no known format, or too large.
    """
    head, comma, _ = url[:_LONGEST_HEAD].partition(",")
    if not comma or not head.startswith("data:"):
        raise DataError(
            "The data URL has no comma, behind which its data would stand.",
            "It reads `data:text/csv;base64,` and then the file in base64; choose the file anew.",
        )
    media, *parameters = (part.strip().lower() for part in head.removeprefix("data:").split(";"))
    if media not in _MEDIA and media not in _ANY:
        known = "`text/csv`, `application/x-npy` or `application/x-safetensors`"
        raise DataError(f"The data URL holds `{media[:60]}`, which is not read here.", f"Write {known}.")
    body = url[len(head) + 1 :]
    is_base64 = "base64" in parameters
    content = _decoded(body, is_base64)
    if len(content) > LARGEST_DATA_BYTES:
        raise _too_large(len(content))
    return DataFile(_MEDIA.get(media) or _guessed(content), content, body, is_base64)


def _decoded(body: str, is_base64: bool) -> bytes:
    if not is_base64:
        if len(body) > 3 * LARGEST_DATA_BYTES:
            raise _too_large(len(body) // 3)
        return unquote_to_bytes(body)
    if len(body) // 4 * 3 > LARGEST_DATA_BYTES + 3:
        raise _too_large(len(body) // 4 * 3)
    try:
        return base64.b64decode(body.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        reason = "it has characters beyond ASCII" if isinstance(error, UnicodeEncodeError) else str(error)
        raise DataError(
            f"What follows the comma of the data URL is not base64: {reason}.",
            "It was cut or changed on its way; choose the file anew.",
        ) from error


def _guessed(content: bytes) -> Format:
    """Tell a file whose format the URL leaves open by how it begins."""
    if content.startswith(b"\x93NUMPY"):
        return "npy"
    return "safetensors" if content[8:9] == b"{" and content[5:8] == bytes(3) else "csv"


def _too_large(count: int) -> DataError:
    return DataError(
        f"The file has {count:,} bytes; at most {LARGEST_DATA_BYTES:,} are kept in a graph.",
        "Take a part of its rows, or fewer columns.",
        "data-too-large",
    )
