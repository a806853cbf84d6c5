"""Two writers that want the same stream."""

import os

from .harness import LEVELS, Campaign, Failure, Journal, Listener

END_SECONDS = 60


class Race(Campaign):
    """Starts two writers at once: one wins and the other hears that the stream is locked. Takes the
    lock from under a writer: the next one fences it."""

    name = "race"
    unit = "races"
    count = 1000
    weight = 1
    workers = 3

    def run(self, case):
        folder = self.folder(case)
        # Every fifth: the file of the lock is gone.
        if case % 5 == 4:
            return self.take_over(case, folder)
        return self.start_together(case, folder)

    def start(self, case, folder, *flags, level="group"):
        journal = Journal()
        process = self.workload.start(
            "write", folder, "--endless", "--steady", "--sync", level, *flags, seed=case
        )
        return Listener(process, journal, level)

    def finish_writer(self, writer):
        writer.process.stdin.close()
        writer.process.stdin = open(os.devnull)
        status, errors = writer.end(END_SECONDS)
        if status != 0:
            raise Failure(f"the winner ends with {status}: {errors}")

    def start_together(self, case, folder):
        fresh = case % 2 == 0
        if not fresh:
            self.workload.run("write", folder, "--appends", 3, "--steady", seed=case)
        writers = [self.start(case, folder, "--gate") for _ in range(2)]
        try:
            for writer in writers:
                writer.wait("ready")
            for writer in writers:
                writer.process.stdin.write(b"!")
                writer.process.stdin.flush()
            opened = [writer.wait("open", seconds=END_SECONDS) is not None for writer in writers]
            if opened.count(True) != 1:
                ends = [writer.process.poll() for writer in writers]
                raise Failure(f"{opened.count(True)} writers won; they ended with {ends}")
            winner, loser = sorted(writers, key=lambda writer: not opened[writers.index(writer)])
            status, errors = loser.end(END_SECONDS)
            if status != 75 or not errors.startswith("error locked"):
                raise Failure(f"the loser ends with {status}: {errors}")
            if winner.wait("ack", seconds=END_SECONDS) is None:
                raise Failure(f"the winner ends: {winner.end()}")
            self.finish_writer(winner)
        finally:
            self.stop(writers)
        self.workload.check(folder, winner.journal, "--write", seed=case)
        return {"races": 1, "races to create" if fresh else "races to open": 1}

    def take_over(self, case, folder):
        level = LEVELS[case // 5 % len(LEVELS)]
        first = self.start(case, folder, level=level)
        writers = [first]
        try:
            if first.wait("ack", seconds=END_SECONDS) is None:
                raise Failure(f"the first writer ends: {first.end()}")
            (folder / "s" / "LOCK").unlink()
            second = self.start(case, folder, level=level)
            writers.append(second)
            place = second.wait("open", seconds=END_SECONDS)
            if place is None:
                raise Failure(f"the second writer ends: {second.end()}")
            tail = int(second.lines[place - 1].split(" ")[1])
            status, errors = first.end(END_SECONDS)
            if status != 75 or not errors.startswith("error fenced"):
                raise Failure(f"with {level} the first writer ends with {status}: {errors}")
            if first.journal.acknowledged > tail:
                raise Failure(
                    f"with {level} the first writer acknowledged {first.journal.acknowledged}; "
                    f"the second begins at {tail}"
                )
            if second.wait("ack", place, END_SECONDS) is None:
                raise Failure(f"the second writer ends: {second.end()}")
            self.finish_writer(second)
        finally:
            self.stop(writers)
        self.workload.check(folder, second.journal, "--write", seed=case)
        return {"races": 1, f"fenced with {level}": 1}

    @staticmethod
    def stop(writers):
        for writer in writers:
            if writer.process.poll() is None:
                writer.kill()
