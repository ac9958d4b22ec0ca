"""Breaks one process on purpose; only tests put this folder on the path of Python.

SABOTAGE is ``how:who:what``. ``who`` is a part of the process's command line. ``how`` is
kill (SIGKILL when a finished file or folder whose name holds ``what`` is about to be moved to
its place, so that the work is done and nothing is) or full (no file may grow past ``what``
bytes, which is how a full disk looks to the one who writes). trace breaks nothing: it writes
the files that each stage reads to the log ``what``.
"""

from __future__ import annotations

import os
import sys

how, who, what = (os.environ.get("SABOTAGE", "") + "::").split(":")[:3]
command_line = " ".join(sys.orig_argv)

if how == "full" and who in command_line:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (int(what), int(what)))

if how == "kill" and who in command_line:
    import signal

    plain_replace = os.replace

    def fatal_replace(source: str, target: str, **options: object) -> None:
        if what in os.path.basename(os.fspath(target)):
            os.kill(os.getpid(), signal.SIGKILL)
        plain_replace(source, target, **options)

    os.replace = fatal_replace

if how == "trace":
    # Not a breakage: which files each stage reads (DVC names the stage in its environment).
    here, stage = os.getcwd() + os.sep, os.environ.get("DVC_STAGE", "")
    log = os.open(what, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644) if stage else -1

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event != "open" or not isinstance(arguments[0], str | os.PathLike):
            return
        name, mode = os.path.abspath(os.fspath(arguments[0])), arguments[1]
        if name.startswith(here) and (mode is None or "r" in str(mode)):
            os.write(log, f"{stage}\t{name[len(here) :]}\n".encode())

    if stage:
        sys.addaudithook(note)
