import os
import sys
import time


def add(data):
    return data["a"] + data["b"]


def raises(data):
    raise ValueError("number %d" % data["a"])


def deep(data):
    return deep(data)


def spin(data):
    while True:
        pass


def crash(data):
    import ctypes

    ctypes.string_at(0)


def leave(data):
    os._exit(7)


def large(data):
    return "x" * 50_000_000


def flood(data):
    for i in range(20_000):
        print("line", i)
        sys.stderr.write("more\n")
    return 20_000


def fork(data):
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        return "parent"
    return "child"


def slow(data):
    time.sleep(0.8)
    return "done"
