"""Functions of every form, and imports of every form."""
import asyncio
import datetime
import os.path
from decimal import Decimal

from . import constants
from .lib.maths import double as relative_double
from app.services.lib import maths as by_project
from ml.model import predict
from services.lib.maths import double as by_app

try:
    import app.services.accelerated as accelerated
except ImportError:
    accelerated = None

calls = 0


def add(a: int, b: int = 10) -> int:
    return a + b


async def late(seconds, *, answer='late'):
    await asyncio.sleep(seconds)
    return answer


def spread(first, *rest):
    return [first, list(rest)]


def options(data, settings=None):
    return {'data': data, 'settings': settings}


def modules():
    return {
        'double': relative_double(21),
        'same': relative_double is by_app and by_project.double is by_app,
        'constant': constants.LIMIT,
        'outside': predict(1),
        'accelerated': accelerated is None,
        'file': __file__.replace(os.path.sep, '/').endswith('app/services/calls.py'),
        'name': __name__,
    }


def kept():
    global calls
    calls += 1
    return calls


def values():
    return {
        'date': datetime.datetime(2026, 11, 21, tzinfo=datetime.timezone.utc),
        'decimal': Decimal('1.50'),
        'bytes': b'\x00\xff',
        'none': None,
        'text': 'ä€😀',
        'set': sorted({3, 1, 2}),
        'tuple': (1, 2),
        'big': 2 ** 40,
    }


def fail(depth):
    if depth == 0:
        raise ValueError('no such thing: ä')
    return fail(depth - 1)


class Shape:
    """Not callable from JavaScript."""


def area(width, height):
    def multiply():
        return width * height
    return multiply()


triple = lambda x: x * 3


def _hidden():
    return 'never'
