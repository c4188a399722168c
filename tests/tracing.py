"""Waits until a process begins a system call; the kernel says when (ptrace(2))."""

import ctypes
import os
import signal

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
LIBC.ptrace.restype = ctypes.c_long
SYSCALL, DETACH, SEIZE, INTERRUPT, GET_SYSCALL_INFO = 24, 17, 0x4206, 0x4207, 0x420E
TRACE_SYSGOOD = 1  # stops of system calls have a signal of their own
STOP_OF_SYSCALL = signal.SIGTRAP | 0x80
ENTRY = 1


class SyscallInfo(ctypes.Structure):
    """struct ptrace_syscall_info of an entry."""
    _fields_ = [("op", ctypes.c_uint8), ("padding", ctypes.c_uint8 * 3), ("arch", ctypes.c_uint32), ("ip", ctypes.c_uint64),
                ("sp", ctypes.c_uint64), ("number", ctypes.c_uint64), ("arguments", ctypes.c_uint64 * 6)]


def _ptrace(request, pid, address=0, data=0):
    done = LIBC.ptrace(request, pid, address, data)
    if done < 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request:#x} of {pid}")
    return done


def await_call(pid, wanted):
    """Until the main thread of the child `pid` begins a call for which wanted(number, arguments) holds; it is held there until
    let_go(). RuntimeError when it ends before."""
    _ptrace(SEIZE, pid, data=TRACE_SYSGOOD)
    _ptrace(INTERRUPT, pid)
    info = SyscallInfo()
    while True:
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            raise RuntimeError(f"process {pid} ended: {os.waitstatus_to_exitcode(status)}")
        passed_on = 0
        if os.WSTOPSIG(status) == STOP_OF_SYSCALL:
            _ptrace(GET_SYSCALL_INFO, pid, ctypes.sizeof(info), ctypes.addressof(info))
            if info.op == ENTRY and wanted(info.number, info.arguments):
                return
        elif status >> 16 == 0:  # a signal that it is about to get, not an event of ptrace
            passed_on = os.WSTOPSIG(status)
        _ptrace(SYSCALL, pid, data=passed_on)


def let_go(pid):
    _ptrace(DETACH, pid)
