"""A kill at every system call on the files of a store, and at every one of the recovery after it."""

import shutil
import signal

from .harness import Campaign, Failure, read_all
from .scenarios import SEED, scenarios
from .supervision import Supervised, require

# Before a call is made, and while it is. Nothing changes on the disk between two calls, so after a
# call is before the next one.
MOMENTS = ("before", "during")


def killer(target, moment):
    """Decides for `Supervised`: a kill at one call."""

    def decide(number, _):
        if number < target:
            return None
        return "kill" if moment == "before" else "let go and kill"

    return decide


class Syscalls(Campaign):
    """Kills every scenario before and during each of its calls, and the recovery from each state of
    the files before and during each of its calls that changes them."""

    name = "syscalls"
    unit = "calls"
    weight = 8
    workers = 3

    def prepare(self):
        require()
        folder = self.folder("start")
        self.scenarios = scenarios(self.workload)
        for scenario in self.scenarios:
            scenario.prepare(folder)
        points = [
            (scenario, number + 1)
            for scenario in self.scenarios
            for number in range(len(scenario.calls))
        ]
        total = len(points)
        wanted = min(self.count or total, total)
        # Spread evenly, where there is no time for all.
        self.points = [points[index * total // wanted] for index in range(wanted)]
        self.count = wanted
        self.note(calls=total)

    def case_count(self):
        return len(self.points)

    def run(self, case):
        scenario, number = self.points[case]
        folder = self.folder(case)
        counts = {"kills": 0, "kills of recovery": 0, "calls": 1}
        for moment in MOMENTS:
            crashed = scenario.place(folder / moment)
            supervised = scenario.supervise(crashed, killer(number, moment))
            status, output, errors = scenario.ended(supervised)
            if status not in (0, -signal.SIGKILL):
                raise Failure(f"{scenario.name} ends with {status}: {errors.strip()}")
            counts["kills"] += status != 0
            journal = scenario.journal_after(output)
            at = f"{scenario.name}, killed {moment} call {number}, {supervised.calls[-1]}"
            try:
                scenario.check(crashed, journal)
                # Each state of the files is once the one before a call that changes them.
                if moment == "before" and supervised.calls[-1].changes_files():
                    killed = self.kill_recovery(scenario, crashed, journal, folder / "again")
                    counts["kills of recovery"] += killed
                else:
                    scenario.check(crashed, journal, "--write")
            except Failure as failure:
                raise Failure(f"{at}: {failure}")
            shutil.rmtree(crashed)
        return counts

    def kill_recovery(self, scenario, crashed, journal, place):
        """Kills the recovery from one state at all its calls that change something."""
        killed, target = 0, 0
        while True:
            for moment in MOMENTS:
                shutil.copytree(crashed, place)
                supervised = Supervised(
                    lambda preexec: self.workload.start(
                        "check", place, "--write", *journal.flags(), seed=SEED, preexec=preexec
                    ),
                    place,
                    self.after(target, moment),
                )
                in_time = supervised.follow(30)
                output, errors = read_all(supervised.process)
                status = supervised.process.returncode
                last = supervised.calls[-1] if supervised.calls else "nothing"
                at = f"recovery killed {moment} its change {target}, {last}"
                if not in_time:
                    raise Failure(f"{at}: it hangs")
                if status == 0 or status == 66 and not journal.created:
                    shutil.rmtree(place)
                    return killed
                if status != -signal.SIGKILL:
                    raise Failure(f"{at}: it ends with {status}: {errors.strip()} {output.strip()}")
                killed += 1
                try:
                    scenario.check(place, journal, "--write")
                except Failure as failure:
                    raise Failure(f"{at}: {failure}")
                shutil.rmtree(place)
            target += 1

    @staticmethod
    def after(target, moment):
        """Decides for `Supervised`: a kill at the change with a number."""
        changes = 0

        def decide(_, call):
            nonlocal changes
            if not call.changes_files():
                return None
            changes += 1
            if changes <= target:
                return None
            return "kill" if moment == "before" else "let go and kill"

        return decide
