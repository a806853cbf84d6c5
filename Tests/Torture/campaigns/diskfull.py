"""A disk that is full again and again while somebody writes."""

import errno
import os

from .harness import Campaign, Failure, Journal, Listener
from .mounts import make_ext4, mounted, require_loop

FILLS_OF_A_CASE = 20
DISK_MEBIBYTES = 32
# A writer looks for room twice a second.
RETURN_SECONDS = 10


class DiskFull(Campaign):
    """Fills the disk beside a writer: it waits, and goes on when there is room."""

    name = "disk-full"
    unit = "fills"
    count = 200
    weight = 2
    workers = 2

    def prepare(self):
        require_loop(self.folder("start"))

    def finish(self):
        self.drop("start")

    def case_count(self):
        return -(-self.count // FILLS_OF_A_CASE)

    def run(self, case):
        folder = self.folder(case)
        if case % 2:
            make_ext4(folder / "image", DISK_MEBIBYTES)
            with mounted(folder / "image", folder / "disk") as disk:
                return Filling(self, case, disk).run()
        options = f"size={DISK_MEBIBYTES}m"
        with mounted("none", folder / "disk", kind="tmpfs", options=options) as disk:
            return Filling(self, case, disk).run()


class Filling:
    """One disk."""

    def __init__(self, campaign, case, disk):
        self.workload, self.case, self.disk = campaign.workload, case, disk
        self.dice = campaign.random(case)
        self.journal = Journal()
        self.level = self.dice.choice(("always", "group"))
        self.counts = {"fills": 0, "killed while full": 0}
        self.writer = None

    def run(self):
        try:
            self.start()
            for _ in range(FILLS_OF_A_CASE):
                self.fill_once()
            self.writer.process.stdin.close()
            self.writer.process.stdin = open(os.devnull)
            status, errors = self.writer.end()
            if status != 0:
                raise Failure(f"the writer ends with {status}: {errors}")
        except Failure:
            if self.writer.process.poll() is None:
                self.writer.kill()
            raise
        self.empty()
        self.check("--write")
        return self.counts

    def start(self):
        process = self.workload.start(
            "write", self.disk, "--endless", "--steady", "--segment-bytes", 512 << 10,
            "--sync", self.level, seed=self.case,
        )
        self.writer = Listener(process, self.journal, self.level)
        self.place = self.writer.wait("ack")
        if self.place is None:
            raise Failure(f"the writer ends: {self.writer.end()}")

    def fill_once(self):
        waiting = self.fill()
        self.counts["fills"] += 1
        if self.dice.random() < 0.2:
            self.writer.kill()
            self.counts["killed while full"] += 1
            # Whoever only reads needs no room.
            self.check()
            self.empty()
            self.start()
            return
        before = self.journal.acknowledged
        self.make_room()
        if self.writer.wait("goes-on", waiting, RETURN_SECONDS) is None:
            raise Failure(f"the writer ends on a full disk: {self.writer.end()}")
        self.place = self.writer.wait("ack", len(self.writer.lines), RETURN_SECONDS)
        if self.place is None:
            raise Failure(f"the writer ends when there is room: {self.writer.end()}")
        if self.journal.acknowledged < before:
            raise Failure("the writer went back")

    def fill(self):
        """Takes all room until the writer says that it waits."""
        since = self.place
        with open(self.disk / "ballast", "ab", buffering=0) as file:
            for size in (1 << 20, 1 << 16, 1 << 12):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
        waiting = self.writer.wait("waits", since)
        if waiting is None:
            raise Failure(f"the writer ends on a full disk: {self.writer.end()}")
        return waiting

    def make_room(self):
        """Gives up the head of the stream beside the writer that waits, or what else is there."""
        if self.dice.random() < 0.5:
            free = self.free()
            offset = self.journal.acknowledged
            status, _, errors = self.workload.run(
                "truncate", self.disk, "--before", offset, seed=self.case
            )
            if status != 0:
                raise Failure(f"truncation on a full disk ends with {status}: {errors}")
            self.journal.head = offset
            if self.free() - free > 4 << 20:
                return
        self.empty()

    def free(self):
        status = os.statvfs(self.disk)
        return status.f_bavail * status.f_frsize

    def empty(self):
        (self.disk / "ballast").unlink(missing_ok=True)

    def check(self, *flags):
        report = self.workload.check(self.disk, self.journal, *flags, seed=self.case)
        if report:
            self.journal.found(report)
