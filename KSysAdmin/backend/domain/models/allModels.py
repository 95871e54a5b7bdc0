"""Importing this module registers every table of the platform with `adminRegistry`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from KSysAdmin.backend.domain import models

for _module in iter_modules(models.__path__, f"{models.__name__}."):
    if _module.name != __name__:
        import_module(_module.name)
