"""Every call that the store makes on its files may fail."""

import errno

from .harness import Campaign, Failure
from .scenarios import scenarios
from .supervision import require

ERRORS = ("EIO", "ENOSPC", "EDQUOT", "EROFS", "EINTR", "EMFILE")
# What lasts. A full disk is waited for, so it would be for ever.
LASTING = ("EIO", "EROFS")
# Calls that cannot fail in this way, or whose failure the kernel does not report.
NEVER = ("close", "exit_group", "write", "fadvise64")
HANG_SECONDS = 60
# Errors that would be a wrong answer: the disk failed, the stream is what it was.
WRONG = ("damaged", "notFound", "sealed", "locked", "fenced", "invalid", "closed", "truncated")


class Errors(Campaign):
    """Fails a call: once, or from then on. The command ends with an error that says so, or goes on;
    what was acknowledged is there afterwards."""

    name = "errors"
    unit = "failed calls"
    count = 10_000
    weight = 2
    workers = 3

    def prepare(self):
        require()
        folder = self.folder("start")
        self.scenarios = scenarios(self.workload)
        for scenario in self.scenarios:
            scenario.prepare(folder)

    def run(self, case):
        dice = self.random(case)
        scenario = dice.choice(self.scenarios)
        name = ERRORS[case % len(ERRORS)]
        candidates = [
            number + 1
            for number, call in enumerate(scenario.calls)
            if self.can_fail(call, name)
        ]
        target = dice.choice(candidates)
        lasts = name in LASTING and dice.random() < 0.5
        folder = scenario.place(self.folder(case) / "store")
        failed = []

        def decide(number, call):
            if number < target or failed and not lasts or not self.can_fail(call, name):
                return None
            failed.append(call)
            return getattr(errno, name)

        supervised = scenario.supervise(folder, decide)
        status, output, errors = scenario.ended(supervised, HANG_SECONDS)
        if not failed:
            return {"calls that did not come": 1}
        at = f"{scenario.name}, call {target}, {failed[0]} fails with {name}"
        at += " from then on" if lasts else ""
        self.judge(status, errors.strip(), name, at)
        try:
            journal = scenario.journal_after(output)
            scenario.check(folder, journal)
            scenario.check(folder, journal, "--write")
        except Failure as failure:
            raise Failure(f"{at}: {failure}")
        return {name: 1, "went on" if status == 0 else "ended with an error": 1}

    @staticmethod
    def can_fail(call, name):
        if call.name in NEVER:
            return False
        if name == "EMFILE":
            return call.name in ("open", "openat")
        # A lock that is not waited for is not interrupted, nor is what only looks.
        return name != "EINTR" or call.name not in ("fcntl", "access", "stat", "newfstatat", "fstat")

    @staticmethod
    def judge(status, errors, name, at):
        if status == 0:
            return
        if status < 0 or status == 70 or not errors.startswith("error "):
            raise Failure(f"{at}: it ends with {status}: {errors}")
        code = errors.split(" ")[1]
        if code in WRONG:
            raise Failure(f"{at}: it says '{errors}'")
        if name == "EINTR":
            raise Failure(f"{at}: it does not go on: '{errors}'")
