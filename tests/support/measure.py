"""A job in a process of its own: its seconds, its processors', its memory, what it printed."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Measured:
    """Seconds on the wall and of processors, bytes of memory at the peak, standard output."""

    seconds: float
    cpu_seconds: float
    peak: int
    output: str


class Own(threading.Thread):
    """The peak of memory of one's own: pages of files are the system's, which takes them back."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.process = psutil.Process(pid)
        self.highest = 0

    def run(self) -> None:
        while self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE:
            try:
                known = self.process.memory_info()
            except psutil.Error:
                return
            self.highest = max(self.highest, known.rss - known.shared)
            time.sleep(0.05)


def measured(script: Path, *arguments: str, timeout: float = 7200) -> Measured:
    """Run a script of this Python; fails with the end of what it complained of."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(
        [sys.executable, str(script), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        peak = Own(running.pid)
        peak.start()
        output, complaint = running.communicate(timeout=timeout)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert running.returncode == 0, complaint[-4000:]
    cpu_seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(seconds, cpu_seconds, peak.highest, output)
