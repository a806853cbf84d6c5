"""Stands between a program and the kernel: sees every call that it makes on the files of a store,
in one order whatever thread makes it, and decides what becomes of it.

Done with seccomp's user notification (Linux 5.5): the program waits in each call until it is
decided. strace can kill at a call too, but counts for each thread on its own, and the store works
on several.
"""

import array
import ctypes
import errno
import fcntl
import os
import platform
import select
import socket
import struct
import subprocess
import threading
import time

from .harness import Skip

NUMBERS = {
    "x86_64": {
        "write": 1, "pread64": 17, "pwrite64": 18, "fcntl": 72, "fsync": 74, "fdatasync": 75,
        "ftruncate": 77, "getdents64": 217, "fadvise64": 221, "openat": 257, "mkdirat": 258,
        "unlinkat": 263, "renameat": 264, "fallocate": 285, "preadv": 295, "pwritev": 296,
        "renameat2": 316, "newfstatat": 262, "fstat": 5, "stat": 4, "access": 21, "faccessat": 269,
        "rename": 82, "mkdir": 83, "rmdir": 84, "unlink": 87, "open": 2, "read": 0, "close": 3,
        "sync_file_range": 277, "pwritev2": 328, "preadv2": 327, "statx": 332, "exit_group": 231,
        "faccessat2": 439,
    },
    "aarch64": {
        "write": 64, "pread64": 67, "pwrite64": 68, "fcntl": 25, "fsync": 82, "fdatasync": 83,
        "ftruncate": 46, "getdents64": 61, "fadvise64": 223, "openat": 56, "mkdirat": 34,
        "unlinkat": 35, "renameat": 38, "fallocate": 47, "preadv": 69, "pwritev": 70,
        "renameat2": 276, "newfstatat": 79, "fstat": 80, "faccessat": 48, "read": 63, "close": 57,
        "sync_file_range": 84, "pwritev2": 287, "preadv2": 286, "statx": 291, "exit_group": 94,
        "faccessat2": 439,
    },
}
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# Which argument of a call is a path, and which a descriptor; both where the path is relative to it.
PATHS = {
    "open": 0, "stat": 0, "access": 0, "rename": 0, "mkdir": 0, "rmdir": 0, "unlink": 0,
    "openat": 1, "mkdirat": 1, "unlinkat": 1, "renameat": 1, "renameat2": 1, "newfstatat": 1,
    "faccessat": 1, "faccessat2": 1, "statx": 1,
}
# Calls that leave the files as they are.
READERS = {
    "pread64", "preadv", "preadv2", "read", "fstat", "stat", "newfstatat", "statx", "access",
    "faccessat", "faccessat2", "getdents64", "fadvise64", "close", "fcntl",
}

_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_SET_MODE_FILTER = 1
_NEW_LISTENER = 1 << 3
_RET_NOTIFY = 0x7FC00000
_RET_ALLOW = 0x7FFF0000
_CONTINUE = 1
_SIZES = (80, 24)
_RECEIVE = 0xC0000000 | _SIZES[0] << 16 | ord("!") << 8
_SEND = 0xC0000000 | _SIZES[1] << 16 | ord("!") << 8 | 1
_SECCOMP_NUMBER = {"x86_64": 317, "aarch64": 277}

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def _filter(machine):
    """A program for the kernel that notifies of the calls above and allows the others."""
    numbers = sorted(set(NUMBERS[machine].values()))
    code = [(0x20, 0, 0, 4), (0x15, 1, 0, ARCHITECTURES[machine]), (0x06, 0, 0, _RET_ALLOW)]
    code.append((0x20, 0, 0, 0))
    for index, number in enumerate(numbers):
        code.append((0x15, len(numbers) - index, 0, number))
    code += [(0x06, 0, 0, _RET_ALLOW), (0x06, 0, 0, _RET_NOTIFY)]
    return b"".join(struct.pack("=HBBI", *line) for line in code)


def _listen(machine, channel):
    """In the child, before the program: installs the filter, and sends its listener."""
    text = _filter(machine)
    memory = ctypes.create_string_buffer(text)
    program = _Program(len(text) // 8, ctypes.cast(memory, ctypes.c_void_p))
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    listener = _libc.syscall(
        _SECCOMP_NUMBER[machine], _SECCOMP_SET_MODE_FILTER, _NEW_LISTENER, ctypes.byref(program)
    )
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    # sendmsg is not among the calls that are notified of.
    socket.socket(fileno=channel).sendmsg(
        [b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [listener]))]
    )


class Call:
    """One call that waits for a decision."""

    def __init__(self, identity, pid, name, arguments, path):
        self.identity, self.pid, self.name, self.arguments = identity, pid, name, arguments
        self.path = path

    def changes_files(self):
        """Whether the files may be others afterwards."""
        if self.name in ("open", "openat"):
            return bool(self.arguments[2 if self.name == "openat" else 1] & os.O_CREAT)
        return self.name not in READERS and self.name not in ("write", "exit_group")

    def __str__(self):
        return f"{self.name}({self.path})"


class Supervised:
    """A program whose calls on files below a folder wait until `decide` has seen them.

    `decide(number, call)` returns `None` to let it pass, an errno to fail it with, "kill", or
    "let go and kill", which kills while the call is made. Calls are numbered from 1. `write` to the standard output is among them, as "an acknowledgement".
    """

    def __init__(self, start, folder, decide):
        self.machine = platform.machine()
        self.names = {number: name for name, number in NUMBERS[self.machine].items()}
        self.folder = os.fsencode(os.path.realpath(folder))
        self.decide = decide
        self.calls = []
        self.process = None
        self.ours, theirs = socket.socketpair()
        number = theirs.fileno()
        # The child makes calls that are notified of before it becomes the program, and whoever
        # starts it waits until it has.
        self.thread = threading.Thread(target=self._serve_all, daemon=True)
        self.thread.start()
        try:
            self.process = start(preexec=lambda: _listen(self.machine, number))
        finally:
            theirs.close()

    def follow(self, seconds):
        """Waits until the program has ended, or ends it. Returns whether it ended in time."""
        self.thread.join(seconds)
        in_time = not self.thread.is_alive()
        if not in_time:
            self.process.kill()
            self.thread.join()
        return in_time

    def _serve_all(self):
        with self.ours:
            _, ancillary, _, _ = self.ours.recvmsg(1, socket.CMSG_SPACE(4))
        if not ancillary:
            return
        self.listener = array.array("i", ancillary[0][2])[0]
        poll = select.poll()
        poll.register(self.listener, select.POLLIN)
        while poll.poll()[0][1] & select.POLLIN and self._serve():
            pass
        os.close(self.listener)

    def _serve(self):
        notice = bytearray(_SIZES[0])
        try:
            fcntl.ioctl(self.listener, _RECEIVE, notice)
        except OSError as error:
            # The thread is gone, or there is nobody left.
            return error.errno in (errno.ENOENT, errno.EINTR)
        identity, pid, _, number, _, _ = struct.unpack_from("=QIIiIQ", notice)
        arguments = struct.unpack_from("=6Q", notice, 32)
        decision = None
        call = self._call(identity, pid, self.names[number], arguments)
        if call:
            self.calls.append(call)
            decision = self.decide(len(self.calls), call)
        if decision == "kill":
            self._kill()
            return False
        if isinstance(decision, int):
            answer = struct.pack("=QqiI", identity, 0, -decision, 0)
        else:
            answer = struct.pack("=QqiI", identity, 0, 0, _CONTINUE)
        try:
            fcntl.ioctl(self.listener, _SEND, bytearray(answer))
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise
        if decision == "let go and kill":
            self._kill()
            return False
        return True

    def _kill(self):
        # A program calls before whoever started it knows that it has.
        while self.process is None:
            time.sleep(0.001)
        self.process.kill()

    def _call(self, identity, pid, name, arguments):
        """The call, if it is on a file of the store, an acknowledgement or the end."""
        if name == "exit_group":
            return Call(identity, pid, name, arguments, "")
        if name == "write":
            if arguments[0] != 1:
                return None
            return Call(identity, pid, name, arguments, "acknowledgement")
        try:
            if name in PATHS:
                path = self._text(pid, arguments[PATHS[name]])
            else:
                path = os.fsencode(os.readlink(f"/proc/{pid}/fd/{arguments[0] & 0xFFFFFFFF}"))
        except OSError:
            return None
        if not path.startswith(self.folder):
            return None
        shown = os.fsdecode(path[len(self.folder):]) or "/"
        return Call(identity, pid, name, arguments, shown)

    @staticmethod
    def _text(pid, address):
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            memory.seek(address)
            text = b""
            while b"\0" not in text:
                # Up to the end of a page, behind which there may be nothing.
                part = memory.read(4096 - (address + len(text)) % 4096)
                if not part:
                    break
                text += part
        return text.split(b"\0")[0]


def require():
    """Raises `Skip` where the kernel does not have it, or does not allow it."""
    if platform.machine() not in NUMBERS:
        raise Skip(f"the numbers of the system calls of {platform.machine()} are not known here")
    try:
        done = Supervised(
            lambda preexec: subprocess.Popen(["true"], preexec_fn=preexec), "/nowhere",
            lambda *_: None,
        )
        done.follow(5)
        done.process.wait()
    except (OSError, subprocess.SubprocessError, IndexError) as error:
        raise Skip(f"seccomp's user notification (Linux 5.5) is not to be had here: {error}")
