#!/usr/bin/env python3
"""Runs a gateway for a descriptor with `attach`: listens on a UNIX socket, and for every world that connects runs a command
of yours inside that world, with the contract on its stdin and stdout and this terminal as its stderr.

    attached.py SOCKET COMMAND [ARGUMENT...]

Useful to see a gateway's stderr at once, or to run it under a tracer:

    attached.py /tmp/gateway.sock strace -f -o /tmp/trace my-gateway --stdio

With the first bytes of a connection come descriptors of the world's namespaces (docs/candidate-contract.md): user, mount,
IPC, network, PID. The command is started inside all of them: it listens on the instance's addresses, sees the files that
`hello` names, and ends with the world. Ends on SIGINT and SIGTERM. Exit codes: 0 ended as asked; 2 command line.
"""

import array
import ctypes
import os
import signal
import socket
import sys

NAMESPACES = ("user", "mnt", "ipc", "net", "pid")
LIBC = ctypes.CDLL(None, use_errno=True)


def namespaces_of(connection):
    """The descriptors that came with the first bytes; those stay in the connection, to be read by the command."""
    passed = array.array("i")
    space = socket.CMSG_LEN(len(NAMESPACES) * passed.itemsize)
    for level, kind, data in connection.recvmsg(1, space, socket.MSG_PEEK)[1]:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            passed.frombytes(data[:len(data) - len(data) % passed.itemsize])
    return dict(zip(NAMESPACES, passed)) if len(passed) == len(NAMESPACES) else None


def enter(namespaces):
    """Requires a process with one thread. The PID namespace is that of its children only."""
    own = os.stat("/proc/self/ns/user").st_ino == os.fstat(namespaces["user"]).st_ino
    folder = os.getcwd()
    for name in ("ipc", "net", "pid", "mnt") if own else ("user", "ipc", "net", "pid", "mnt"):
        if LIBC.setns(namespaces[name], 0) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter the world's {name} namespace")
    os.chdir(folder)


def serve(connection, command):
    """In a process of its own: runs the command inside the world and ends with it."""
    namespaces = namespaces_of(connection)
    if namespaces is None:
        return  # nobody's world: the connection was closed, or somebody else looked in
    enter(namespaces)
    if os.fork() == 0:
        for standard in (0, 1):
            os.dup2(connection.fileno(), standard)
        os.execvp(command[0], command)
    connection.close()
    os.wait()


def main(arguments):
    if len(arguments) < 2 or arguments[0].startswith("-"):
        print(__doc__ if arguments[:1] == ["--help"] else "attached.py: SOCKET and COMMAND are required (see `attached.py --help`)",
              file=sys.stdout if arguments[:1] == ["--help"] else sys.stderr)
        return 0 if arguments[:1] == ["--help"] else 2
    path, command = arguments[0], arguments[1:]
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if os.path.exists(path):
        os.unlink(path)
    listener.bind(path)
    listener.listen(64)

    def end(*_):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are not waited for
    print(f"listening on {path}", flush=True)
    try:
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                listener.close()
                try:
                    serve(connection, command)
                except OSError as problem:
                    print(f"attached.py: {problem}", file=sys.stderr)
                    os._exit(4)
                os._exit(0)
            connection.close()
    except KeyboardInterrupt:
        return 0
    finally:
        if os.path.exists(path):
            os.unlink(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
