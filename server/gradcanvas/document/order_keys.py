"""Fractional order keys: text between any two texts, so that a thing is moved by writing its own key alone.

The algorithm of the npm library `fractional-indexing`, which the browser uses (after David Greenspan's
"Implementing Fractional Indexing"): an integer part whose first letter tells its length, then a
fraction, both in base 62.
"""

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SMALLEST_INTEGER = "A" + "0" * 26
_FIRST = "a0"


def first_keys(count: int) -> list[str]:
    """Return as many keys in rising order, for a list that has none yet."""
    return keys_between(None, None, count)


def keys_between(lower: str | None, upper: str | None, count: int) -> list[str]:
    """Return as many keys in rising order between two keys; None is the list's end.

    Raises:
        ValueError: a key is malformed, or the lower is not below the upper.
    """
    if count == 0:
        return []
    if count == 1:
        return [key_between(lower, upper)]
    if upper is None:
        return _chain(lower, count)
    if lower is None:
        keys = [key_between(None, upper)]
        for _ in range(count - 1):
            keys.append(key_between(None, keys[-1]))
        return keys[::-1]
    middle = count // 2
    key = key_between(lower, upper)
    return [*keys_between(lower, key, middle), key, *keys_between(key, upper, count - middle - 1)]


def key_between(lower: str | None, upper: str | None) -> str:
    """Return a key between two keys; None is the list's end.

    Raises:
        ValueError: a key is malformed, or the lower is not below the upper.
    """
    for key in (lower, upper):
        if key is not None:
            _check(key)
    if lower is not None and upper is not None and lower >= upper:
        raise ValueError(f"the order key {lower!r} is not below {upper!r}")
    if lower is None:
        return _before(upper)
    integer, fraction = _parts(lower)
    if upper is None:
        following = _step(integer, 1)
        return integer + _midpoint(fraction, None) if following is None else following
    upper_integer, upper_fraction = _parts(upper)
    if integer == upper_integer:
        return integer + _midpoint(fraction, upper_fraction)
    following = _step(integer, 1)
    if following is None:
        raise ValueError(f"there is no order key above {lower!r}")
    return following if following < upper else integer + _midpoint(fraction, None)


def _chain(lower: str | None, count: int) -> list[str]:
    keys = [key_between(lower, None)]
    for _ in range(count - 1):
        keys.append(key_between(keys[-1], None))
    return keys


def _before(upper: str | None) -> str:
    if upper is None:
        return _FIRST
    integer, fraction = _parts(upper)
    if integer == _SMALLEST_INTEGER:
        return integer + _midpoint("", fraction)
    if fraction:
        return integer
    lower = _step(integer, -1)
    if lower is None:
        raise ValueError(f"there is no order key below {upper!r}")
    return lower


def _check(key: str) -> None:
    _, fraction = _parts(key)
    if key == _SMALLEST_INTEGER or fraction.endswith("0") or any(digit not in DIGITS for digit in key):
        raise ValueError(f"{key!r} is not an order key")


def _parts(key: str) -> tuple[str, str]:
    head = key[:1]
    if "a" <= head <= "z":
        length = ord(head) - ord("a") + 2
    elif "A" <= head <= "Z":
        length = ord("Z") - ord(head) + 2
    else:
        raise ValueError(f"{key!r} is not an order key")
    if len(key) < length:
        raise ValueError(f"{key!r} is not an order key")
    return key[:length], key[length:]


def _midpoint(lower: str, upper: str | None) -> str:
    """Return a fraction strictly between two fractions without trailing zeros; None is one."""
    if upper is not None:
        shared = 0
        while shared < len(upper) and (lower[shared : shared + 1] or "0") == upper[shared]:
            shared += 1
        if shared:
            return upper[:shared] + _midpoint(lower[shared:], upper[shared:])
    low = DIGITS.index(lower[0]) if lower else 0
    high = len(DIGITS) if upper is None else DIGITS.index(upper[0])
    if high - low > 1:
        return DIGITS[(low + high + 1) // 2]  # the library's Math.round of a half goes up
    if upper is not None and len(upper) > 1:
        return upper[0]
    return DIGITS[low] + _midpoint(lower[1:], None)


def _step(integer: str, direction: int) -> str | None:
    """Return the integer part that follows or precedes, None at the ends."""
    head, digits = integer[0], list(integer[1:])
    over, wrapped = (len(DIGITS), "0") if direction > 0 else (-1, DIGITS[-1])
    for place in reversed(range(len(digits))):
        moved = DIGITS.index(digits[place]) + direction
        if moved != over:
            digits[place] = DIGITS[moved]
            return head + "".join(digits)
        digits[place] = wrapped
    return _carry(head, digits, direction, wrapped)


def _carry(head: str, digits: list[str], direction: int, wrapped: str) -> str | None:
    if (head, direction) == ("Z", 1):
        return "a0"
    if (head, direction) == ("a", -1):
        return "Z" + DIGITS[-1]
    if head in ("z" if direction > 0 else "A"):
        return None
    moved = chr(ord(head) + direction)
    if (moved > "a") if direction > 0 else (moved < "Z"):
        return moved + "".join([*digits, wrapped])
    return moved + "".join(digits[:-1])
