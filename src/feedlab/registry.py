"""How a plug-in is found without editing a list.

A kind of plug-in has a folder and one :class:`Registry`. A file in that folder
registers itself under a name; the folder is imported the first time that
somebody asks, so nothing is paid for until it is used.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from feedlab.errors import InvalidInput

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """The plug-ins of one kind, by name, in alphabetical order.

    Args:
        kind: what one of them is called, in the singular ("scorer").
        package: the folder whose files register themselves.

    Example:
        >>> from feedlab.recommend.policies import POLICIES
        >>> "random" in POLICIES
        True
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self.package = package
        self._items: dict[str, T] = {}
        self._loaded = False

    def register(self, name: str) -> Callable[[T], T]:
        """A decorator that puts what it decorates into the registry."""

        def add(item: T) -> T:
            if name in self._items:
                raise ValueError(f"two {self.kind}s are called {name!r}")
            self._items[name] = item
            return item

        return add

    def _load(self) -> dict[str, T]:
        if not self._loaded:
            folder = importlib.import_module(self.package)
            for module in pkgutil.iter_modules(folder.__path__):
                if not module.name.startswith("_"):
                    importlib.import_module(f"{self.package}.{module.name}")
            self._loaded = True
        return self._items

    def __getitem__(self, name: str) -> T:
        try:
            return self._load()[name]
        except KeyError:
            known = ", ".join(self)
            raise InvalidInput(
                f"there is no {self.kind} called {name!r}; there are {known}", field=self.kind
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._load()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._load()))

    def __len__(self) -> int:
        return len(self._load())
