"""Readers in other processes beside one writer."""

import bisect
import subprocess

from .harness import LEVELS, Campaign, Failure, Journal, Listener

READER_COUNT = 32
END_SECONDS = 600


class Readers(Campaign):
    """32 processes follow a writer that rolls, frees and truncates: each sees every byte, and none
    that the writer does not acknowledge next."""

    name = "readers"
    unit = "writers with 32 readers"
    count = 20
    weight = 2
    workers = 1

    def run(self, case):
        folder = self.folder(case)
        level = LEVELS[case % len(LEVELS)]
        writer = Listener(
            self.workload.start(
                "write", folder, "--gate", "--appends", 2500, "--segment-bytes", 256 << 10,
                "--retain-bytes", 2 << 20, "--sync", level, "--seal", seed=case,
            ),
            Journal(),
            level,
        )
        readers = []
        try:
            self.workload.run("write", folder, "--appends", 1, "--steady", seed=case)
            for index in range(READER_COUNT):
                output = open(folder / f"reader-{index}", "w+b")
                readers.append((self.start_reader(folder, case, output), output))
            writer.process.stdin.write(b"!")
            writer.process.stdin.flush()
            status, errors = writer.end(END_SECONDS)
            if status != 0:
                raise Failure(f"the writer ends with {status}: {errors}")
            acknowledged = [
                (int(line.split(" ")[2]), int(line.split(" ")[1]))
                for line in writer.lines if line and line.split(" ")[0] in ("ack", "closed")
            ]
            counts = {"writers": 1, "readers": 0, "bytes": 0, "bytes that were given up": 0}
            for reader, output in readers:
                self.judge(reader, output, acknowledged, counts, level)
            return counts
        finally:
            if writer.process.poll() is None:
                writer.kill()
            for reader, output in readers:
                reader.kill()
                reader.wait()
                reader.stderr.close()
                output.close()

    def start_reader(self, folder, case, output):
        return subprocess.Popen(
            self.workload.command("tail", folder, seed=case),
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE,
        )

    def judge(self, reader, output, acknowledged, counts, level):
        try:
            status = reader.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            raise Failure(f"with {level} a reader does not come to the end of a sealed stream")
        if status != 0:
            errors = reader.stderr.read().decode().strip()
            raise Failure(f"with {level} a reader ends with {status}: {errors}")
        output.seek(0)
        lines = [line.split(" ") for line in output.read().decode().splitlines()]
        times = [time for time, _ in acknowledged]
        tail = acknowledged[-1][1]
        skipped = 0
        for word, *rest in lines:
            if word == "skipped":
                skipped += int(rest[1]) - int(rest[0])
            elif word == "seen":
                offset, time = int(rest[0]), int(rest[1])
                # What a reader sees is durable, so the next acknowledgement says so.
                index = bisect.bisect_left(times, time)
                limit = acknowledged[index][1] if index < len(acknowledged) else tail
                if offset > limit:
                    raise Failure(f"a reader saw {offset}; then {limit} was acknowledged")
        start, end, count = int(lines[0][1]), int(lines[-1][1]), int(lines[-1][3])
        if end != tail or count != end - start - skipped:
            raise Failure(
                f"a reader saw {count} bytes from {start} to {end} and skipped {skipped}; "
                f"the stream ends at {tail}"
            )
        counts["readers"] += 1
        counts["bytes"] += count
        counts["bytes that were given up"] += skipped
