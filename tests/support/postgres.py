"""A PostgreSQL server of one's own: made in a folder, on a free port, gone at the end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import need

USER, PASSWORD = "nexo_reader", "pa/ss@w0rd-to-hide"
QUOTED_PASSWORD = "pa%2Fss%40w0rd-to-hide"


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, on the PATH or where Debian puts them."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def server() -> Iterator[str]:
    """Start a server and yield its address with user and password; stop it at the end."""
    found = programs()
    need("postgres", found is not None, "install the package postgresql")
    assert found is not None
    # Not below pytest's folder, which is closed to the other user that the server needs.
    folder = Path(tempfile.mkdtemp(prefix="nexo-pg-"))
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(folder, "postgres")
    (folder / "password").write_text(PASSWORD)
    (folder / "password").chmod(0o644)
    data = str(folder / "data")
    port = _free_port()

    def call(program: str, *arguments: str) -> None:
        command = [*as_user, str(found / program), "-D", data, *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        call("initdb", "-U", USER, "-A", "scram-sha-256", "--pwfile", str(folder / "password"),
             "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        call("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://{USER}:{QUOTED_PASSWORD}@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
