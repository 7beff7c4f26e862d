"""Python values as JSON text with attachments, and back.

What JSON has no form for travels as an object with one key, which nobody else can know: `{TAG: [kind, value]}`.
"""

import json

TAG = None  # Set by the worker: random, per process.

_attachments = []  # Of the result that is being written.
_received = []  # Of the call that is being read.
_writers = {}  # By exact type; filled as types are met.


class Unsendable(TypeError):
    """A value that JavaScript has no counterpart for."""


# --- From JavaScript


def _untag(pairs):
    if len(pairs) != 1 or TAG not in pairs:
        return pairs
    kind, value = pairs[TAG]
    if kind == "d":
        import datetime

        try:
            return datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(milliseconds=value)
        except OverflowError:
            raise ValueError("a Date outside of the years 1 to 9999 has no datetime") from None
    if kind == "b":
        return _received[value]
    if kind == "m":
        try:
            return dict(value)
        except TypeError:
            raise TypeError("a Map with keys that are objects has no dict: keys must be hashable") from None
    if kind == "s":
        try:
            return set(value)
        except TypeError:
            return value
    raise ValueError("an unknown kind of value: " + repr(kind))


_plain = json.JSONDecoder().decode
_tagged = json.JSONDecoder(object_hook=_untag).decode


def read(text, has_tags, attachments):
    if not has_tags:
        return _plain(text)
    _received[:] = attachments
    try:
        return _tagged(text)
    finally:
        _received.clear()


# --- To JavaScript


def _bytes(o):
    _attachments.append(bytes(o))
    return {TAG: ["b", len(_attachments) - 1]}


def _date_of_ms(ms):
    return {TAG: ["d", ms]}


def _datetime(o):
    import datetime

    aware = o if o.tzinfo is not None else o.astimezone()
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return _date_of_ms((aware - epoch) // datetime.timedelta(milliseconds=1))


def _timestamp(o):
    return _date_of_ms(o.value // 1_000_000 if o.unit == "ns" else int(o.timestamp() * 1000))


def _datetimes64(o):
    """A list of dates of an array of numpy's datetime64."""
    missing = o != o
    ms = o.astype("datetime64[ms]").astype("int64")
    if o.ndim == 0:
        return None if missing else _date_of_ms(int(ms))
    return [_nested_dates(m, gone) for m, gone in zip(ms.tolist(), missing.tolist())]


def _nested_dates(ms, missing):
    if isinstance(ms, list):
        return [_nested_dates(m, gone) for m, gone in zip(ms, missing)]
    return None if missing else _date_of_ms(ms)


def _numpy(o):
    kind = o.dtype.kind
    if kind == "M":
        return _datetimes64(o)
    if kind == "m":
        seconds = o / o.dtype.type(1, "s")
        return seconds.tolist()
    if kind == "f" and o.dtype.itemsize > 8:
        return o.astype("float64").tolist()
    if o.dtype.names:
        names = o.dtype.names
        rows = o.tolist()
        return [dict(zip(names, row)) for row in rows] if o.ndim == 1 else dict(zip(names, rows)) if o.ndim == 0 else rows
    return o.tolist()


def _column(series):
    """The values of a pandas series; what is missing is None."""
    if getattr(series.dtype, "kind", "O") == "M":
        if getattr(series.dtype, "tz", None) is not None:
            series = series.dt.tz_convert("UTC").dt.tz_localize(None)
        return _datetimes64(series.to_numpy())
    missing = series.isna()
    values = series.tolist()
    return [None if gone else v for v, gone in zip(values, missing.tolist())] if missing.any() else values


def _frame(o):
    names = [key(c) for c in o.columns.tolist()]
    columns = [_column(o.iloc[:, i]) for i in range(o.shape[1])]
    if not columns:
        return [{} for _ in range(o.shape[0])]
    return [dict(zip(names, row)) for row in zip(*columns)]


def _series(o):
    values = _column(o)
    if getattr(o.index.dtype, "kind", "O") in "iuf":
        return values
    return dict(zip([key(k) for k in o.index.tolist()], values))


def _delta(o):
    return o.total_seconds()


def _enum(o):
    return o.value


def _nothing(_):
    return None


# By the package of a type and its name; the first of a type's bases that is here counts.
_BY_NAME = {
    ("builtins", "bytes"): _bytes,
    ("builtins", "bytearray"): _bytes,
    ("builtins", "memoryview"): _bytes,
    ("builtins", "set"): list,
    ("builtins", "frozenset"): list,
    ("builtins", "range"): list,
    ("datetime", "datetime"): _datetime,
    ("datetime", "date"): lambda o: o.isoformat(),
    ("datetime", "time"): lambda o: o.isoformat(),
    ("datetime", "timedelta"): _delta,
    ("decimal", "Decimal"): float,
    ("fractions", "Fraction"): float,
    ("uuid", "UUID"): str,
    ("enum", "Enum"): _enum,
    ("pathlib", "PurePath"): str,
    ("collections", "deque"): list,
    ("array", "array"): lambda o: o.tolist(),
    ("ipaddress", "_IPAddressBase"): str,
    ("numpy", "ndarray"): _numpy,
    ("numpy", "generic"): _numpy,
    ("pandas", "DataFrame"): _frame,
    ("pandas", "Series"): _series,
    ("pandas", "Index"): lambda o: _column(o.to_series()),
    ("pandas", "Timestamp"): _timestamp,
    ("pandas", "Timedelta"): _delta,
    ("pandas", "NaTType"): _nothing,
    ("pandas", "NAType"): _nothing,
    ("pandas", "Period"): str,
    ("pandas", "Interval"): str,
    ("pandas", "Categorical"): lambda o: o.tolist(),
    ("torch", "Tensor"): lambda o: o.tolist(),
}


def _own_method(name):
    return lambda o: getattr(o, name)()


def _fields(o):
    return {name: getattr(o, name) for name in o.__dataclass_fields__}


def _writer(t):
    """What turns values of a type into something simpler; None when nothing does."""
    if issubclass(t, type):
        return None
    if hasattr(t, "__json__"):
        return _own_method("__json__")
    for base in t.__mro__:
        found = _BY_NAME.get(((base.__module__ or "").partition(".")[0], base.__qualname__))
        if found:
            return found
    if hasattr(t, "__dataclass_fields__"):
        return _fields
    for name in ("model_dump", "to_dict", "dict", "_asdict"):
        if callable(getattr(t, name, None)):
            return _own_method(name)
    import collections.abc as abc
    import io

    if issubclass(t, abc.Mapping):
        return lambda o: {k: o[k] for k in o}
    if issubclass(t, (abc.Set, abc.Sequence, abc.MappingView, abc.Iterator)) and not issubclass(t, io.IOBase):
        return list
    if hasattr(t, "__array__") and callable(getattr(t, "tolist", None)):
        return _own_method("tolist")
    return None


def _default(o):
    t = type(o)
    writer = _writers.get(t)
    if writer is None:
        writer = _writer(t)
        if writer is None:
            raise Unsendable(t)
        _writers[t] = writer
    return writer(o)


def key(k):
    """A key of a dict, as JavaScript's objects have them."""
    if isinstance(k, str):
        return k.value if hasattr(k, "value") and hasattr(k, "name") else str(k)
    if k is None:
        return "null"
    if isinstance(k, bool):
        return "true" if k else "false"
    if isinstance(k, bytes):
        return k.decode("utf-8", "replace")
    if hasattr(k, "isoformat"):
        return k.isoformat()
    if hasattr(k, "value") and hasattr(k, "name") and hasattr(type(k), "__members__"):
        return str(k.value)
    return str(k)


def _with_text_keys(o):
    """The same value, every dict's keys texts."""
    if isinstance(o, dict):
        return {key(k): _with_text_keys(v) for k, v in o.items()}
    if isinstance(o, (list, tuple)):
        return [_with_text_keys(v) for v in o]
    if o is None or isinstance(o, (str, int, float)):
        return o
    simpler = _default(o)
    # A tag's own object has a key that is text.
    return simpler if isinstance(simpler, dict) and TAG in simpler else _with_text_keys(simpler)


_encode = json.JSONEncoder(ensure_ascii=False, default=_default, separators=(",", ":")).encode
_encode_ascii = json.JSONEncoder(ensure_ascii=True, default=_default, separators=(",", ":")).encode


def _bytes_of(o):
    try:
        return _encode(o).encode()
    except UnicodeEncodeError:  # Lone surrogates.
        _attachments.clear()
        return _encode_ascii(o).encode()


def write(o):
    """A result as JSON text and its attachments."""
    _attachments.clear()
    try:
        try:
            text = _bytes_of(o)
        except TypeError as e:
            if not str(e).startswith("keys must be"):
                raise
            _attachments.clear()
            text = _bytes_of(_with_text_keys(o))
    except Unsendable as e:
        raise Unsendable(_unsendable(o, e.args[0])) from None
    except ValueError as e:
        if "Circular reference" not in str(e):
            raise
        raise ValueError("the result contains itself" + _at(_circle(o, ())) + ", so it has no end") from None
    attachments = _attachments[:]
    _attachments.clear()
    return text, attachments


def _name(t):
    return t.__qualname__ if t.__module__ in ("builtins", "__main__") else t.__module__ + "." + t.__qualname__


def _at(path):
    return " at `result" + path + "`" if path else ""


def _unsendable(o, t):
    return (
        "the result" + (" has" if (path := _find(o, t, 0)) else " is") + " a value of type " + _name(t) + _at(path) + ", which JavaScript cannot have: "
        "return dicts, lists, texts and numbers, or give the class a method `to_dict`"
    )


def _inside(o):
    if isinstance(o, dict):
        return [("[" + repr(k) + "]", v) for k, v in o.items()]
    if isinstance(o, (list, tuple, set, frozenset)):
        return [("[" + str(i) + "]", v) for i, v in enumerate(o)]
    if hasattr(type(o), "__dataclass_fields__"):
        return [("." + n, getattr(o, n)) for n in o.__dataclass_fields__]
    return []


def _find(o, t, depth):
    """The path to the first value of a type; empty when it is not found, or is the value itself."""
    if depth > 20:
        return ""
    for step, v in _inside(o):
        if type(v) is t:
            return step
        below = _find(v, t, depth + 1)
        if below:
            return step + below
    return ""


def _circle(o, above):
    if any(o is a for a in above) or len(above) > 50:
        return ""
    for step, v in _inside(o):
        if any(v is a for a in (*above, o)):
            return step
        below = _circle(v, (*above, o))
        if below:
            return step + below
    return ""
