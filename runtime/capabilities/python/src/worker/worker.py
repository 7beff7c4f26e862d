"""One Python process that runs calls, one at a time.

In: messages on a socket. Out: one answer to each. What the app's code prints goes elsewhere; this socket is nobody's but ours.
A message is four 32-bit numbers (its number, its kind, the bytes of text, how many attachments), the attachments' 64-bit lengths,
the text, and the attachments.
"""

import builtins
import importlib
import os
import signal
import struct
import sys

# `convert` and `modules` are put in by what starts us.

CALL, LOAD, INLINE = 1, 2, 3
TAGGED = 0x100
OK, FAILED, READY = 0, 1, 2

_IMPORTLIB = importlib.__file__
_HEAD = struct.Struct("<IIII")
_fd = -1
_pid = 0
_functions = {}  # (module, name): what is called.
_inline = {}  # Code text: its namespace.
_started = set()  # Modules whose `init` has run.
_loop = None
_libc = None


# --- Messages


def _read_exactly(count, data=b""):
    parts, have = [data], len(data)
    while have < count:
        piece = os.read(_fd, min(count - have, 1 << 20))
        if not piece:
            os._exit(0)
        parts.append(piece)
        have += len(piece)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _receive():
    data = os.read(_fd, 65536)
    if len(data) < 16:
        if not data:
            _leave()
        data = _read_exactly(16, data)
    number, kind, length, count = _HEAD.unpack_from(data)
    start = 16 + 8 * count
    end = start + length
    if count:
        data = _read_exactly(max(start, len(data)), data)
        lengths = struct.unpack_from("<%dQ" % count, data, 16)
        data = _read_exactly(end + sum(lengths), data)
        attachments = []
        at = end
        for size in lengths:
            attachments.append(data[at : at + size])
            at += size
    else:
        attachments = ()
        data = _read_exactly(end, data)
    return number, kind, data[start:end].decode("utf-8", "surrogatepass"), attachments


def _send(number, kind, text, attachments=()):
    head = _HEAD.pack(number, kind, len(text), len(attachments))
    if attachments:
        head += struct.pack("<%dQ" % len(attachments), *map(len, attachments))
    data = b"".join((head, text, *attachments))
    sent = os.write(_fd, data)
    if sent < len(data):
        rest = memoryview(data)[sent:]
        while rest:
            rest = rest[os.write(_fd, rest) :]


def _leave():
    """The server wants no more of us."""
    try:
        import atexit

        atexit._run_exitfuncs()
        sys.stdout.flush()
    finally:
        os._exit(0)


# --- Calls


def _run(value):
    """What a call answers: of an `async def`, what its coroutine answers."""
    if not hasattr(value, "__await__"):
        return value
    global _loop
    import asyncio

    if _loop is None or _loop.is_closed():
        _loop = asyncio.new_event_loop()
        asyncio.set_event_loop(_loop)

    async def awaited():
        return await value

    return _loop.run_until_complete(awaited())


def _module(name):
    module = importlib.import_module(name)
    if name not in _started:
        init = getattr(module, "init", None)
        # Only the module's own: `from other import *` brings no other's.
        if callable(init) and getattr(init, "__module__", name) == module.__name__ and _takes_nothing(init):
            _run(init())
        _started.add(name)
        _show_logging()
    return module


def _takes_nothing(function):
    code = getattr(function, "__code__", None)
    return code is not None and code.co_argcount == len(function.__defaults__ or ()) and not code.co_kwonlyargcount


def _function(module, name):
    found = _functions.get((module, name))
    if found is None:
        found = getattr(_module(module), name, None)
        if not callable(found):
            raise AttributeError("module '%s' has no function '%s'" % (module, name))
        _functions[module, name] = found
    return found


def _inline_function(name, code):
    namespace = _inline.get(code)
    if namespace is None:
        import linecache

        file = "<python: %s>" % name
        text = _dedented(code)
        namespace = {"__name__": "__inline__", "__builtins__": builtins}
        linecache.cache[file] = (len(text), None, text.splitlines(True), file)
        exec(compile(text, file, "exec", dont_inherit=True), namespace)
        if len(_inline) >= 256:
            del _inline[next(iter(_inline))]
        _inline[code] = namespace
        _show_logging()
    function = namespace.get(name)
    if not callable(function):
        raise NameError("the code defines no function '%s'" % name)
    return function


def _dedented(code):
    """The code without the indentation of its first line. Lines that have less of it are inside of texts."""
    lines = code.splitlines(True)
    first = next((line for line in lines if line.strip()), "")
    margin = first[: len(first) - len(first.lstrip())]
    return "".join(line[len(margin) :] if line.startswith(margin) else line.lstrip(" \t") if not line.strip() else line for line in lines) + "\n"


def _fitting(function, args):
    """As many of the arguments as the function takes: `js_context` is for those that want it."""
    code = getattr(function, "__code__", None)
    if code is None or code.co_flags & 4 or len(args) <= code.co_argcount:
        return args
    return args[: code.co_argcount]


def _answer(kind, text, attachments):
    request = convert.read(text, kind & TAGGED, attachments)
    kind &= 0xFF
    if kind == CALL:
        module, name, args = request
        return _run(_function(module, name)(*args))
    if kind == INLINE:
        name, code, args = request
        function = _inline_function(name, code)
        return _run(function(*_fitting(function, args)))
    names, tells = request
    for name in names:
        try:
            _module(name)
        except BaseException as e:
            if tells:
                _log(40, "%s cannot be imported: %s" % (name, _described(e)["traceback"].rstrip()))


# --- Failures


def _described(e):
    import traceback

    name = "TypeError" if isinstance(e, convert.Unsendable) else type(e).__name__
    try:
        text = str(e)
    except BaseException:
        text = "(its text cannot be shown)"
    if isinstance(e, SyntaxError) and e.msg:
        text = e.msg + (" (line %s)" % e.lineno if e.lineno else "")
    frames, whole = [], name + ": " + text
    try:
        told = traceback.TracebackException(type(e), e, e.__traceback__, limit=-64)
        seen = told
        while seen is not None:
            seen.stack[:] = [at for at in seen.stack if not _is_ours(at.filename)]
            seen = seen.__cause__ or seen.__context__
        frames = [[at.filename, at.lineno or 0, at.name] for at in told.stack]
        whole = "".join(told.format())
    except BaseException:
        pass
    if isinstance(e, SyntaxError) and e.filename and e.lineno:
        frames.append([e.filename, e.lineno, "<module>"])
    described = {"type": name, "message": text[:16384], "traceback": whole[-65536:], "frames": frames}
    for member in ("status", "status_code"):
        status = getattr(e, member, None)
        if type(status) is int and 400 <= status < 600:
            described["status"] = status
    return described


def _is_ours(file):
    """Frames of this program and of the import system say nothing about the app."""
    return file.startswith(("<puremix", "<frozen importlib")) or file == _IMPORTLIB


# --- The process


def _die_with(parent):
    """The kernel ends us when the server's thread that started us ends, whatever we are doing."""
    global _libc
    try:
        import ctypes

        _libc = ctypes.CDLL(None)
        _libc.prctl(1, 9, 0, 0, 0)  # PR_SET_PDEATHSIG, SIGKILL
    except Exception:
        _libc = None
    if os.getppid() != parent:
        os._exit(0)


def _in_child():
    """A process that the app's code forks has no part in the protocol."""
    global _fd
    try:
        os.close(_fd)
    except OSError:
        pass
    _fd = -1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    except ValueError:
        pass
    if _libc is not None:
        _libc.prctl(1, 9, 0, 0, 0)


def _log(level, text):
    """One entry of the server's log."""
    os.write(2, ("\x1e%d\x1e%s\n" % (level, text.replace("\n", "\x1f"))).encode("utf-8", "backslashreplace"))


def _show_logging():
    """Lines of `logging` go to the server's log with their level, unless the app's code has set it up otherwise."""
    logging = sys.modules.get("logging")
    if logging is None or logging.root.handlers:
        return

    class Handler(logging.Handler):
        def emit(self, record):
            _log(record.levelno, "%s: %s" % (record.name, self.format(record)))

    logging.root.addHandler(Handler())
    if logging.root.level == logging.WARNING:
        logging.root.setLevel(logging.INFO)


def _quietly_flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass


def serve(fd, setup):
    global _fd, _pid
    _fd = fd
    _pid = os.getpid()
    _die_with(setup["parent"])
    os.register_at_fork(after_in_child=_in_child)
    # Supervisors tell all processes of a service to end; calls under way shall end first, and then the server ends us.
    signal.signal(signal.SIGTERM, lambda *_: None)
    convert.TAG = setup["tag"]
    modules.set_up(setup["sources"], setup["root"])
    sys.argv[:] = [setup["root"]]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    import logging  # So that the first call does not pay for it.

    _ = logging
    _show_logging()
    _send(0, READY, (".".join(map(str, sys.version_info[:3]))).encode())
    while True:
        number, kind, text, attachments = _receive()
        try:
            value = _answer(kind, text, attachments)
            answer, sent = convert.write(value)
            status = OK
            value = None
        except BaseException as e:
            if os.getpid() == _pid:
                try:
                    answer, sent = convert.write(_described(e))
                except BaseException:
                    answer, sent = convert.write({"type": type(e).__name__, "message": "", "traceback": "", "frames": []})
            status = FAILED
            value = None
        if os.getpid() != _pid:
            # Forked by the app's code, which has come back here in both processes.
            _quietly_flush()
            os._exit(0)
        _send(number, status, answer, sent)
        text = attachments = answer = sent = None
        _quietly_flush()
