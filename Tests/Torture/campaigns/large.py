"""Streams that are larger than the machine."""

import json
import os
import re
import shutil
import subprocess
import time

from .harness import Campaign, Failure, Journal, Listener

SEGMENT_COUNT = 4096
OPEN_MILLISECONDS = 200
OPEN_BYTES = 64 << 20
UNSEALED_BYTES = 256 << 20
RECOVERY_RATIO = 2
RECOVERY_BYTES = 128 << 20
ATTEMPTS = 3


class Large(Campaign):
    """Opens a stream of 1 TiB in 4,096 sparse segments; recovers from a crash with 256 MiB that no
    seal vouches for, as fast as the disk gives them."""

    name = "large"
    unit = "streams"
    count = 2
    weight = 1
    workers = 1

    def run(self, case):
        folder = self.folder(case)
        return self.open_sparse(folder) if case % 2 == 0 else self.recover(folder)

    def open_sparse(self, folder):
        status, output, errors = self.workload.run(
            "forge", folder, "--segments", SEGMENT_COUNT, seconds=300
        )
        if status != 0:
            raise Failure(f"the sparse stream cannot be made: {errors}")
        tail = int(output.split(" ")[1])
        for flags, name in (((), "reader"), (("--write",), "writer")):
            # The first opening warms the cache.
            reports = [self.open(folder, flags) for _ in range(ATTEMPTS)][1:]
            fastest = min(report["milliseconds"] for report in reports)
            peak = max(report["peak-bytes"] for report in reports)
            if any(report["tail"] != tail for report in reports):
                raise Failure(f"a {name} finds the tail at {reports[0]['tail']}; it is {tail}")
            is_slow = self.judges_times and fastest > OPEN_MILLISECONDS
            if is_slow or peak > OPEN_BYTES:
                raise Failure(f"a {name} opens 1 TiB in {fastest} ms and {peak >> 20} MiB")
            self.note(**{
                f"ms for a {name} to open 1 TiB": round(fastest, 1),
                f"MiB for a {name} to open 1 TiB": peak >> 20,
            })
        return {"streams": 1}

    def open(self, folder, flags):
        status, output, errors = self.workload.run("open", folder, *flags)
        if status != 0:
            raise Failure(f"it does not open: {errors}")
        return json.loads(output)

    def recover(self, folder):
        crashed = folder / "crashed"
        writer = Listener(
            self.workload.start(
                "write", crashed, "--endless", "--steady", "--segment-bytes", 1 << 30,
                "--piece-bytes", 1 << 20,
                # Without a sync nothing vouches for the bytes, so recovery reads all of them.
                "--sync", "os",
            ),
            Journal(),
            "os",
        )
        try:
            deadline = time.monotonic() + 300
            while writer.journal.acknowledged < UNSEALED_BYTES:
                if time.monotonic() > deadline or writer.process.poll() is not None:
                    raise Failure("256 MiB are not written in 300 s")
                time.sleep(0.01)
        finally:
            writer.kill()
        ratios, peaks = [], []
        for attempt in range(ATTEMPTS):
            copy = folder / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            subprocess.run(["cp", "-a", "--sparse=never", crashed, copy], check=True)
            (segment,) = (copy / "s").glob("*.segment")
            seconds = self.read_directly(segment)
            report = self.open(copy, ("--write",))
            if report["tail"] < writer.journal.acknowledged:
                raise Failure(f"{writer.journal.acknowledged} was acknowledged: {report}")
            if seconds:
                ratios.append(report["milliseconds"] / 1000 / seconds)
            peaks.append(report["peak-bytes"])
        if ratios:
            self.note(**{"times the direct read for a recovery of 256 MiB": round(min(ratios), 2)})
        self.note(**{"MiB for a recovery of 256 MiB": max(peaks) >> 20})
        is_slow = self.judges_times and ratios and min(ratios) > RECOVERY_RATIO
        if is_slow or max(peaks) > RECOVERY_BYTES:
            shown = ", ".join(f"{ratio:.2f}" for ratio in ratios)
            raise Failure(
                f"recovery takes {shown} times as long as reading the file directly, "
                f"and {max(peaks) >> 20} MiB"
            )
        return {"streams": 1}

    @staticmethod
    def read_directly(segment):
        """Forgets what is in memory of a file. Returns how long reading it from the disk takes;
        `None` where the file system reads nothing directly."""
        descriptor = os.open(segment, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)
        done = subprocess.run(
            ["dd", f"if={segment}", "of=/dev/null", "iflag=direct", "bs=1M"],
            capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"},
        )
        found = re.search(r"copied, ([0-9.e+-]+) s", done.stderr)
        return float(found.group(1)) if done.returncode == 0 and found else None
