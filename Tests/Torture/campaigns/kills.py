"""kill -9 at any instant, one life after the other on the same stream."""

import signal
import time

from .harness import LEVELS, Campaign, Failure, Journal, read_all, read_line

KILLS_OF_A_CASE = 20


class Kills(Campaign):
    """Kills the writer during appends, rolls, truncation, seal and recovery, at each sync level,
    and looks at the stream after each."""

    name = "kills"
    unit = "kills"
    count = 10_000
    weight = 4

    def case_count(self):
        return -(-self.count // KILLS_OF_A_CASE)

    def run(self, case):
        dice = self.random(case)
        folder = self.folder(case)
        level = LEVELS[case % len(LEVELS)]
        counts = {"kills": 0, f"kills with {level}": 0, "kills of recovery": 0, "streams": 1}
        journal, number = Journal(), 0
        retention = ("--retain-bytes", 200 << 10) if dice.random() < 0.5 else ()
        while counts["kills"] < KILLS_OF_A_CASE:
            if journal.sealed:
                journal, number = Journal(), number + 1
                counts["streams"] += 1
            life = (f"s{number}", case * 1000 + number)
            killed = self.write(dice, folder, journal, level, retention, *life)
            counts["kills"] += killed
            counts[f"kills with {level}"] += killed
            self.look(folder, journal, retention, *life)
            if journal.sealing or dice.random() < 0.3:
                killed = self.recover(dice, folder, journal, retention, *life)
                counts["kills"] += killed
                counts["kills of recovery"] += killed
        return counts

    def write(self, dice, folder, journal, level, retention, stream, seed):
        """Writes, and kills the writer. Returns whether it was killed and had not ended."""
        flags = [
            "--sync", level,
            "--segment-bytes", dice.choice((32 << 10, 64 << 10, 256 << 10)),
            *retention,
        ]
        if dice.random() < 0.3:
            flags.append("--buffered")
        if dice.random() < 0.15:
            flags += ["--seal", "--appends", dice.randrange(1, 20)]
        else:
            flags.append("--endless")
        process = self.workload.start("write", folder, *flags, stream=stream, seed=seed)
        said = b""
        if dice.random() < 0.6:
            said = read_line(process, "open ") or b""
            time.sleep(dice.random() * 0.05)
        else:
            time.sleep(dice.random() * 0.02)
        process.kill()
        output, errors = read_all(process)
        journal.feed(said.decode() + output, level)
        if process.returncode not in (0, -signal.SIGKILL):
            raise Failure(f"the writer ended with {process.returncode}: {errors.strip()}")
        return process.returncode != 0

    def look(self, folder, journal, retention, stream, seed):
        report = self.workload.check(folder, journal, *retention, stream=stream, seed=seed)
        if report:
            journal.created = True
            journal.found(report)

    def recover(self, dice, folder, journal, retention, stream, seed):
        """Kills a recovery, and lets the next one come to its end."""
        command = self.workload.start(
            "check", folder, "--write", *retention, *journal.flags(), stream=stream, seed=seed
        )
        time.sleep(dice.random() * 0.015)
        command.kill()
        output, errors = read_all(command)
        if command.returncode not in (0, 66, -signal.SIGKILL):
            raise Failure(f"a recovery ended with {command.returncode}: {errors.strip()} {output}")
        report = self.workload.check(
            folder, journal, "--write", *retention, stream=stream, seed=seed
        )
        if report:
            journal.created = True
            journal.found(report)
            journal.durable = report["tail"]
        return command.returncode == -signal.SIGKILL
