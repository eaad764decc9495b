"""What the figures of a run belong to: the machine, its disk, the versions of everything that took part."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from shop_bench import ROOT

BUSY = 0.5
"""Runnable processes, on the average, from which on a machine is not idle."""
LIBRARIES = ("paho-mqtt", "pydantic", "pyserial", "uvicorn", "starlette")


def facts(file_system: str) -> dict[str, str]:
    """In the order in which the page shows them. Nothing that names a person, an account or a network."""
    return {
        "when": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "revision": _said("git", "-C", str(ROOT), "describe", "--always", "--dirty"),
        "processor": f"{os.cpu_count()} × {_cpu_model()}",
        "load before the run": _load(),
        "memory": f"{_memory_mb():,} MB",
        "disk": f"{file_system}, the ledger's folder",
        "system": f"{_pretty_name()}, Linux {platform.release()}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "mosquitto": (re.findall(r"version ([0-9.]+)", _said("mosquitto", "-h")) or ["unknown"])[0],
        "libraries": ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
    }


def _load() -> str:
    load = os.getloadavg()[0]
    return f"{load:.1f}" + (": other programs were at work, which makes absolute figures worse" if load > BUSY else "")


def _cpu_model() -> str:
    found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    return found[1] if found else platform.machine()


def _memory_mb() -> int:
    found = re.search(r"MemTotal:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    return int(found[1]) // 1024 if found else 0


def _pretty_name() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())


def _said(*command: str) -> str:
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    told = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PATH": path}, check=False)
    return told.stdout.strip()
