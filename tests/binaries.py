"""The finished binaries, as tests of the whole use them: where they are, and what a run may leave behind."""

import os
import subprocess
import tempfile
import time
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.environ.get("PLUMBLINE_BIN", os.path.join(ROOT, "build/release/bin"))
PLUMBLINE = os.path.join(BIN, "plumbline")


def scenario_path(name):
    return os.path.join(ROOT, "scenarios", name)


def run(*arguments, timeout=60, **options):
    """Runs plumbline with `arguments`; gives the finished process with text in stdout and stderr."""
    return subprocess.run([PLUMBLINE, *arguments], capture_output=True, text=True, timeout=timeout, check=False, **options)


class Traces:
    """Everything that a run could leave behind on this machine: processes, namespaces, mounts, sockets, files.

    Use as a context manager; start processes with `environment`, in `folder`. `left_behind()` says what is there that
    was not there before, waiting up to `patience` seconds for the kernel to finish taking things down.
    """

    def __init__(self):
        self._mark = f"PLUMBLINE_TEST_MARK={uuid.uuid4()}"
        self._folder = tempfile.TemporaryDirectory(prefix="plumbline-traces-")
        self.folder = self._folder.name
        self.environment = {**os.environ, "TMPDIR": self.folder, "HOME": self.folder,
                            **dict([self._mark.split("=", 1)])}

    def __enter__(self):
        self._before = self._shared_places()
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def processes(self):
        """Living processes that this run started, directly or not: each inherits the mark."""
        found = []
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            try:
                with open(f"/proc/{name}/environ", "rb") as environ:
                    if self._mark.encode() not in environ.read():
                        continue
                with open(f"/proc/{name}/cmdline", "rb") as cmdline:
                    words = cmdline.read().replace(b"\0", b" ").decode(errors="replace").strip()
                with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as stat:
                    if stat.read().rsplit(")", 1)[1].split()[0] == "Z":
                        continue
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            found.append(f"process {name}: {words}")
        return found

    def _shared_places(self):
        places = set()
        for folder in ("/dev/shm", "/run/netns", "/run/plumbline", "/tmp"):
            if os.path.isdir(folder):
                places |= {f"file {folder}/{name}" for name in os.listdir(folder) if "plumbline" in name or folder == "/run/netns"}
        with open("/proc/self/mounts", encoding="utf-8", errors="replace") as mounts:
            places |= {f"mount {line.strip()}" for line in mounts if "plumbline" in line or "netns" in line}
        with open("/proc/net/unix", encoding="utf-8", errors="replace") as sockets:
            places |= {f"socket {line.split()[-1]}" for line in sockets if "plumbline" in line}
        places |= {f"interface {name}" for name in os.listdir("/sys/class/net")}
        return places

    def _own_folder(self):
        return [f"file {os.path.join(base, name)}" for base, folders, files in os.walk(self.folder) for name in folders + files]

    def left_behind(self, patience=5.0):
        deadline = time.monotonic() + patience
        while True:
            found = self.processes() + self._own_folder() + sorted(self._shared_places() - self._before)
            if not found or time.monotonic() > deadline:
                return found
            time.sleep(0.01)
