"""The app's modules, from sources that the binary holds."""

import importlib
import importlib.machinery
import os
import sys

_sources = {}  # Name: (path, text).
_packages = set()  # Names that have modules below them, or may have.
_root = ""
_app = ""  # `app.` where the app's modules are named so, from which the shorter names come.


def set_up(sources, root):
    global _root, _app
    _root = root
    for name, path, text in sources:
        _sources[name] = (path, text)
        if path.endswith("__init__.py"):
            _packages.add(name)
        while "." in name:
            name = name.rpartition(".")[0]
            _packages.add(name)
    if any(name.startswith("app.") for name in _sources):
        _app = "app."
    sys.meta_path.insert(0, _Finder)
    # What `python -c` puts first, the working directory, is no place of the app's.
    sys.path[:] = [p for p in sys.path if p != ""]


def names():
    return list(_sources)


_STANDARD = getattr(sys, "stdlib_module_names", sys.builtin_module_names)


class _Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in _sources or name in _packages:
            return _spec(name)
        long = _app + name
        # Nothing of the app hides what Python itself has: `app/types.py` is `app.types` only.
        if _app and (long in _sources or long in _packages) and not name.startswith(_app) and name.partition(".")[0] not in _STANDARD:
            return importlib.machinery.ModuleSpec(name, _Alias(long), is_package=long in _packages)
        return None

    @staticmethod
    def invalidate_caches():
        pass


def _spec(name):
    source = _sources.get(name)
    origin = os.path.join(_root, source[0]) if source else None
    spec = importlib.machinery.ModuleSpec(name, _Loader(name), origin=origin, is_package=name in _packages)
    if origin:
        spec.has_location = True
    return spec


class _Loader:
    def __init__(self, name):
        self.name = name

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        source = _sources.get(self.name)
        if source:
            exec(compile(source[1], source[0], "exec", dont_inherit=True), module.__dict__)

    def get_source(self, _):
        source = _sources.get(self.name)
        return source[1] if source else None

    def is_package(self, name):
        return name in _packages


class _Alias:
    """A shorter name of a module: the same object."""

    def __init__(self, long):
        self.long = long

    def create_module(self, spec):
        module = importlib.import_module(self.long)
        self.spec = module.__spec__
        return module

    def exec_module(self, module):
        # The import system has put the shorter name's there.
        module.__spec__ = self.spec
