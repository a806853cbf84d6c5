"""Small workloads that together make every kind of call on the files of a store."""

import shutil

from .harness import Failure, Journal, read_all
from .supervision import Supervised

SEED = 77


class Scenario:
    """One command, and what was there before it."""

    def __init__(self, workload, name, verb, flags, before=(), level="group"):
        self.workload, self.name, self.verb, self.flags = workload, name, verb, flags
        self.before, self.level = before, level
        self.start = None
        self.journal = Journal()
        self.calls = []

    def prepare(self, folder):
        """Makes what is there before, and lists the calls."""
        self.start = folder / f"{self.name}.start"
        self.start.mkdir(parents=True)
        for flags, kills in self.before:
            if kills:
                supervised = self.supervise(
                    self.start, lambda number, _: "kill" if number == kills else None,
                    "write", flags,
                )
                output = self.ended(supervised)[1]
            else:
                _, output, _ = self.workload.run("write", self.start, *flags, seed=SEED)
            self.journal.feed(output, self.level)
        place = self.place(folder / f"{self.name}.listed")
        supervised = self.supervise(place, lambda *_: None)
        status, output, errors = self.ended(supervised)
        if status != 0:
            raise Failure(f"{self.name} ends with {status} undisturbed: {errors}")
        self.calls = supervised.calls

    def place(self, folder):
        """A copy of what is there before."""
        shutil.copytree(self.start, folder)
        return folder

    def supervise(self, folder, decide, verb=None, flags=None):
        flags = self.flags if flags is None else flags
        return Supervised(
            lambda preexec: self.workload.start(
                verb or self.verb, folder, *flags, seed=SEED, preexec=preexec
            ),
            folder,
            decide,
        )

    def ended(self, supervised, seconds=120):
        """Waits. Returns the status, the output and the errors; `Failure` where it hangs."""
        in_time = supervised.follow(seconds)
        output, errors = read_all(supervised.process)
        if not in_time:
            raise Failure(f"{self.name} hangs for {seconds} s; the last call: {supervised.calls[-1]}")
        return supervised.process.returncode, output, errors

    def journal_after(self, output):
        """What is known after a run that said `output`."""
        journal = Journal()
        journal.__dict__.update(self.journal.__dict__)
        journal.feed(output, self.level)
        return journal

    def check(self, folder, journal, *flags):
        """Checks what is there. A stream that is being removed may be gone."""
        if self.verb == "delete":
            journal.created = False
        return self.workload.check(folder, journal, *flags, seed=SEED)


def scenarios(workload):
    """What the campaigns go through."""
    small = ("--segment-bytes", 32 << 10)
    # Killed in the middle, so that the next has something to repair.
    torn = [((*small, "--appends", 8, "--steady"), 150)]
    return [
        Scenario(workload, "create", "write", (*small, "--appends", 14, "--seal")),
        Scenario(workload, "go-on", "write", (*small, "--appends", 6, "--retain-bytes", 40_000), torn),
        Scenario(
            workload, "always", "write", (*small, "--appends", 4, "--sync", "always"), torn, "always"
        ),
        Scenario(workload, "os", "write", (*small, "--appends", 8, "--sync", "os"), torn, "os"),
        Scenario(workload, "buffered", "write", (*small, "--appends", 5, "--buffered"), torn),
        Scenario(workload, "seal", "write", (*small, "--appends", 0, "--seal"), torn),
        Scenario(workload, "delete", "delete", (), [((*small, "--appends", 8), None)]),
    ]
