# What both sides of a call know: values travel as plain data, never as objects.
import json
import math
import os


def encode(v, depth=0):
    if depth > 50:
        raise TypeError("nested too deep")
    if v is None or v is True or v is False:
        return v
    if isinstance(v, bool):
        return bool(v)
    if isinstance(v, int):
        return {"i": int.__repr__(int(v))}
    if isinstance(v, float):
        return {"f": float.__repr__(float(v))}
    if isinstance(v, complex):
        return {"c": [float.__repr__(v.real), float.__repr__(v.imag)]}
    if isinstance(v, str):
        return str.__str__(v)
    if isinstance(v, bytes):
        return {"b": bytes(v).hex()}
    if isinstance(v, list):
        return [encode(x, depth + 1) for x in list.__iter__(v)]
    if isinstance(v, tuple):
        return {"t": [encode(x, depth + 1) for x in tuple.__iter__(v)]}
    if isinstance(v, (set, frozenset)):
        return {"s": [encode(x, depth + 1) for x in v]}
    if isinstance(v, dict):
        return {"d": [[encode(k, depth + 1), encode(x, depth + 1)] for k, x in dict.items(v)]}
    kind = type(v).__module__.partition(".")[0]
    if kind == "numpy" and hasattr(v, "tolist"):
        if getattr(v, "ndim", 0):
            return {"n": encode(v.tolist(), depth + 1), "type": str(v.dtype)}
        return encode(v.item(), depth + 1)
    raise TypeError("a value of type %s: want numbers, texts, lists, tuples, sets or dictionaries" % type(v).__name__)


def decode(v):
    if isinstance(v, list):
        return [decode(x) for x in v]
    if not isinstance(v, dict):
        return v
    if "i" in v:
        return int(v["i"])
    if "f" in v:
        return float(v["f"])
    if "c" in v:
        return complex(float(v["c"][0]), float(v["c"][1]))
    if "b" in v:
        return bytes.fromhex(v["b"])
    if "t" in v:
        return tuple(decode(x) for x in v["t"])
    if "s" in v:
        return set(decode(x) for x in v["s"])
    if "d" in v:
        return {decode(k): decode(x) for k, x in v["d"]}
    if "n" in v:
        import numpy
        if str(v["type"]) == "object":
            raise ValueError("an array of objects")
        return numpy.array(decode(v["n"]), dtype=str(v["type"]))
    raise ValueError("not a value")


class Port:
    """Lines of JSON on a file descriptor."""

    most = 16 << 20

    def __init__(self, fd):
        self.fd, self.rest = fd, b""

    def send(self, v):
        data = json.dumps(v).encode() + b"\n"
        if len(data) > self.most:
            raise ValueError("more than 16 MiB")
        while data:
            data = data[os.write(self.fd, data):]

    def receive(self):
        while b"\n" not in self.rest:
            more = os.read(self.fd, 65536)
            if not more:
                raise EOFError
            self.rest += more
            if len(self.rest) > self.most:
                raise EOFError
        line, _, self.rest = self.rest.partition(b"\n")
        return json.loads(line)


def plain(source):
    """IPython's own lines become blanks: they say how to show, not what is so."""
    return "\n".join("" if line[:1] in ("%", "!") else line for line in source.split("\n"))


def short(e):
    text = "%s: %s" % (type(e).__name__, e) if str(e) else type(e).__name__
    return text[:500]
