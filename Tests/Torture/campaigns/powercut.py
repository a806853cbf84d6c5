"""The power may fail at any moment: the disk then holds what was flushed, and any part of what was
on its way."""

import os
import pickle
import subprocess
import sys
import time
from pathlib import Path

from .blockdevice import FLUSH, SAID, WRITE
from .harness import LEVELS, Campaign, Failure, Journal, Skip
from .mounts import make_ext4, mounted, require_loop

IMAGES_OF_A_CASE = 50
DISK_MEBIBYTES = 48
SECTOR = 512
SUPERBLOCK = range(1024, 2048)
WRITER, READER = 0, 1
MODES = ("data=ordered", "data=ordered", "data=writeback", "data=journal")


class PowerCut(Campaign):
    """Writes to an ext4 on a disk that remembers, and looks at the disk as it could have been at
    each of many moments."""

    name = "powercut"
    unit = "power cuts"
    count = 2000
    weight = 4
    workers = 2

    def prepare(self):
        if not os.path.exists("/dev/fuse"):
            raise Skip("there is no /dev/fuse")
        require_loop(self.folder("start"))

    def finish(self):
        self.drop("start")

    def case_count(self):
        return -(-self.count // IMAGES_OF_A_CASE)

    def run(self, case):
        dice = self.random(case)
        folder = self.folder(case)
        level = LEVELS[case % len(LEVELS)]
        mode = dice.choice(MODES)
        # Freed segments are written anew: only there a disk holds halves of what was being written,
        # for space that was never written reads as zeros until the file system says otherwise.
        retention = ("--retain-bytes", 200 << 10) if dice.random() < 0.75 else ()
        log = self.record(dice, folder, case, level, mode, retention)
        counts = {"power cuts": 0, "disks": 1, f"power cuts with {level}": 0}
        writes = sum(event[0] == WRITE for event in log)
        flushes = sum(event[0] == FLUSH for event in log)
        counts.update({"writes": writes, "flushes": flushes})
        cuts = sorted(dice.randrange(len(log)) for _ in range(IMAGES_OF_A_CASE))
        replay = Replay((folder / "empty").read_bytes(), log, level)
        for cut in cuts:
            image = replay.image(dice, cut)
            (folder / "image").write_bytes(image)
            self.check(folder, case, cut, replay, level, mode, retention)
            counts["power cuts"] += 1
            counts[f"power cuts with {level}"] += 1
        return counts

    def record(self, dice, folder, case, level, mode, retention):
        """Writes to a disk that remembers. Returns what it remembers."""
        make_ext4(folder / "empty", DISK_MEBIBYTES)
        channels = [os.pipe() for _ in (WRITER, READER)]
        served = folder / "served"
        served.mkdir()
        server = subprocess.Popen(
            [sys.executable, "-m", "campaigns.blockdevice", served, folder / "empty", folder / "log"]
            + [str(reading) for reading, _ in channels],
            cwd=Path(__file__).resolve().parent.parent,
            pass_fds=[reading for reading, _ in channels],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        try:
            if server.stdout.readline() != b"mounted\n":
                raise Failure(f"the disk is not served: {server.stderr.read().decode()}")
            try:
                disk = folder / "disk"
                with mounted(served / "disk", disk, options=f"loop,{mode}"):
                    self.write(dice, disk, case, level, channels, retention)
            finally:
                subprocess.run(["umount", served], capture_output=True)
            if server.wait(30) != 0:
                raise Failure(f"the disk failed: {server.stderr.read().decode()}")
        finally:
            server.kill()
            server.wait()
            for pipe in channels:
                for end in pipe:
                    os.close(end)
            server.stdout.close()
            server.stderr.close()
        return pickle.loads((folder / "log").read_bytes())

    def write(self, dice, disk, case, level, channels, retention):
        """Some lives of a writer, most of them killed, and a reader that follows."""
        reader = None
        try:
            for life in range(4):
                flags = ["--sync", level, "--segment-bytes", dice.choice((32, 64, 256)) << 10]
                flags += retention
                if dice.random() < 0.4:
                    flags.append("--buffered")
                if life == 3:
                    flags += ["--appends", "20", "--seal"]
                else:
                    flags += ["--endless"]
                writer = subprocess.Popen(
                    self.workload.command("write", disk, *flags, seed=case),
                    stdin=subprocess.PIPE, stdout=channels[WRITER][1], stderr=subprocess.PIPE,
                )
                try:
                    if life < 3:
                        time.sleep(0.15 + dice.random() * 0.3)
                        if writer.poll():
                            raise Failure(f"the writer ends: {writer.stderr.read().decode()}")
                    elif writer.wait(60) != 0:
                        raise Failure(f"the writer ends: {writer.stderr.read().decode()}")
                finally:
                    writer.kill()
                    writer.wait()
                    writer.stdin.close()
                    writer.stderr.close()
                if reader is None and (disk / "s").exists():
                    reader = subprocess.Popen(
                        self.workload.command("tail", disk, seed=case),
                        stdout=channels[READER][1], stderr=subprocess.PIPE,
                    )
            # How it ends is the matter of the campaign `readers`; here counts what it saw.
            if reader:
                reader.wait(30)
        finally:
            if reader:
                reader.kill()
                reader.wait()
                reader.stderr.close()

    def check(self, folder, case, cut, replay, level, mode, retention):
        journal, seen = replay.journal, replay.seen
        flags = ["--seen", seen, *retention]
        try:
            with mounted(folder / "image", folder / "cut") as disk:
                report = self.workload.check(disk, journal, *flags, seed=case, power=True)
                if report is None and seen == 0:
                    return
                self.workload.check(disk, journal, *flags, "--write", seed=case, power=True)
                after = self.workload.check(disk, journal, *flags, seed=case, power=True)
                if report and after["tail"] < report["tail"]:
                    raise Failure(f"a reader saw up to {report['tail']}; then it is {after['tail']}")
        except Failure as failure:
            raise Failure(
                f"power cut at event {cut} with {level} and {mode}, "
                f"after {journal.acknowledged} was acknowledged: {failure}"
            )


def parts(start, end):
    """What of a torn write from `start` to `end` is there or is not, piece by piece."""
    while start < end:
        # Half a superblock is more than ext4 stands: nothing mounts it before e2fsck has put a copy
        # in its place, whatever lies on it.
        whole = SUPERBLOCK.stop if start in SUPERBLOCK else start - start % SECTOR + SECTOR
        stop = min(end, whole)
        yield start, stop
        start = stop


class Replay:
    """The disk at the moments of a log, from first to last."""

    def __init__(self, disk, log, level):
        self.log, self.level = log, level
        self.durable = bytearray(disk)
        self.flying = []
        self.index = 0
        self.journal = Journal()
        self.seen = 0
        self.said = {WRITER: b"", READER: b""}

    def image(self, dice, cut):
        """The disk as it could be if the power failed before the event `cut`."""
        for event in self.log[self.index:cut]:
            if event[0] == WRITE:
                self.flying.append(event[1:])
            elif event[0] == FLUSH:
                for offset, data in self.flying:
                    self.durable[offset:offset + len(data)] = data
                self.flying = []
            elif event[0] == SAID:
                self.hear(event[1], event[2])
        self.index = cut
        image = bytearray(self.durable)
        chance = dice.choice((0, 0.5, 0.9, 1))
        for offset, data in self.flying:
            if dice.random() < chance:
                image[offset:offset + len(data)] = data
            elif dice.random() < 0.5:
                for start, end in parts(offset, offset + len(data)):
                    if dice.random() < 0.5:
                        image[start:end] = data[start - offset:end - offset]
        return image

    def hear(self, channel, text):
        whole, _, rest = (self.said[channel] + text).rpartition(b"\n")
        self.said[channel] = rest
        if not whole:
            return
        if channel == WRITER:
            self.journal.feed(whole.decode() + "\n", self.level)
            return
        for line in whole.decode().split("\n"):
            if line.startswith("seen "):
                self.seen = max(self.seen, int(line.split(" ")[1]))
