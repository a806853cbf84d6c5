"""A disk that remembers: one file served through /dev/fuse that keeps every write and every flush
in their order, and what others said in between.

Run as a program of its own, for whoever waits for a file system must not be who serves it:

    python3 -m campaigns.blockdevice MOUNTPOINT IMAGE LOG DESCRIPTOR...

IMAGE is what the disk holds at first. Lines that come in on the descriptors go into the log where
they are read: before the calls of the file system that come after them.
"""

import ctypes
import errno
import os
import pickle
import select
import struct
import sys

WRITE, FLUSH, SAID = range(3)

_DISK, _ROOT = 2, 1
_HEADER = struct.Struct("=IIQQIIII")
_ATTRIBUTES = struct.Struct("=QQQQQQIIIIIIIIII")
_HOUR = 3600
_DIRECT_IO = 1
_WRITE_MAXIMUM = 1 << 17
(_LOOKUP, _FORGET, _GETATTR, _SETATTR, _OPEN, _READ, _WRITE, _STATFS, _RELEASE, _FSYNC, _FLUSH,
 _INIT, _OPENDIR, _RELEASEDIR, _INTERRUPT, _BATCH_FORGET, _FALLOCATE) = (
    1, 2, 3, 4, 14, 15, 16, 17, 18, 20, 25, 26, 27, 29, 36, 42, 43)
_SILENT = (_FORGET, _BATCH_FORGET, _INTERRUPT)
_PUNCH_HOLE, _ZERO_RANGE = 2, 16


class Disk:
    """The file, and what became of it."""

    def __init__(self, image, channels):
        self.bytes = bytearray(image)
        self.log = []
        self.channels = channels

    def hear(self):
        """Takes what was said; that comes first."""
        while self.channels:
            ready = select.select(self.channels, [], [], 0)[0]
            if not ready:
                return
            for channel in ready:
                text = os.read(channel, 1 << 16)
                if text:
                    self.log.append((SAID, self.channels.index(channel), text))
                else:
                    # The place of the others in the list stays.
                    self.channels[self.channels.index(channel)] = self.closed()

    @staticmethod
    def closed():
        """A descriptor on which nothing comes any more."""
        reading, writing = os.pipe()
        Disk.kept = getattr(Disk, "kept", []) + [writing]
        return reading

    def attributes(self, node):
        size, mode = (len(self.bytes), 0o100600) if node == _DISK else (0, 0o40755)
        return _ATTRIBUTES.pack(
            node, size, size // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0
        )

    def write(self, offset, data):
        self.bytes[offset:offset + len(data)] = data
        self.log.append((WRITE, offset, bytes(data)))

    def answer(self, operation, node, body):
        """The answer to a request: an errno, or bytes."""
        if operation == _INIT:
            major, _, ahead, _ = struct.unpack_from("=IIII", body)
            return struct.pack(
                "=IIIIHHIIHHI7I", major, 31, ahead, 0, 12, 10, _WRITE_MAXIMUM, 1, 0, 0, *[0] * 8
            )
        if operation == _LOOKUP:
            if body.rstrip(b"\0") != b"disk":
                return errno.ENOENT
            return struct.pack("=QQQQII", _DISK, 0, _HOUR, _HOUR, 0, 0) + self.attributes(_DISK)
        if operation in (_GETATTR, _SETATTR):
            return struct.pack("=QII", _HOUR, 0, 0) + self.attributes(node)
        if operation in (_OPEN, _OPENDIR):
            return struct.pack("=QII", 1, _DIRECT_IO if operation == _OPEN else 0, 0)
        if operation == _READ:
            _, offset, count = struct.unpack_from("=QQI", body)
            return bytes(self.bytes[offset:offset + count])
        if operation == _WRITE:
            _, offset, count = struct.unpack_from("=QQI", body)
            self.write(offset, body[40:40 + count])
            return struct.pack("=II", count, 0)
        if operation == _FALLOCATE:
            _, offset, count, mode = struct.unpack_from("=QQQI", body)
            if not mode & (_PUNCH_HOLE | _ZERO_RANGE):
                return errno.EOPNOTSUPP
            self.write(offset, bytes(count))
            return b""
        if operation == _FSYNC:
            self.log.append((FLUSH,))
            return b""
        if operation == _STATFS:
            return struct.pack("=QQQQQIIII6I", 1 << 20, 1 << 20, 1 << 20, 1, 1, 4096, 255, 4096, *[0] * 7)
        if operation in (_FLUSH, _RELEASE, _RELEASEDIR):
            return b""
        return errno.ENOSYS

    def serve(self, device):
        """Answers until the file system is unmounted."""
        while True:
            try:
                request = os.read(device, _WRITE_MAXIMUM + 4096 + 65536)
            except OSError as error:
                if error.errno == errno.ENODEV:
                    break
                if error.errno in (errno.EINTR, errno.ENOENT):
                    continue
                raise
            self.hear()
            _, operation, unique, node, *_ = _HEADER.unpack_from(request)
            if operation in _SILENT:
                continue
            answer = self.answer(operation, node, request[_HEADER.size:])
            status, data = (-answer, b"") if isinstance(answer, int) else (0, answer)
            os.write(device, struct.pack("=IiQ", 16 + len(data), status, unique) + data)
        self.hear()


def main():
    mountpoint, image, log, *channels = sys.argv[1:]
    with open(image, "rb") as file:
        disk = Disk(file.read(), [int(channel) for channel in channels])
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other,max_read={_WRITE_MAXIMUM}"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"disk", mountpoint.encode(), b"fuse", 0, options.encode()) != 0:
        sys.exit(f"no file system can be served: {os.strerror(ctypes.get_errno())}")
    print("mounted", flush=True)
    disk.serve(device)
    with open(log, "wb") as file:
        pickle.dump(disk.log, file)


if __name__ == "__main__":
    main()
