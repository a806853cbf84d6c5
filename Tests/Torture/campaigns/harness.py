"""What all campaigns share: processes, what a writer said, and checking a stream against it."""

import json
import os
import random
import select
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

LEVELS = ("always", "group", "interval", "os")

# A call that takes longer hangs: nothing that is asked of the store here is large.
HANG_SECONDS = 120


class Failure(Exception):
    """The store did what it must not do."""


class Skip(Exception):
    """The machine lacks what a campaign needs."""


class Journal:
    """What the writers of one stream said, one life after the other."""

    def __init__(self):
        self.created = False
        self.opened = False
        self.acknowledged = 0  # Survives the end of the process.
        self.durable = 0  # Survives the loss of power.
        self.head = 0
        self.cut = None
        self.sealing = False
        self.sealed = False
        self.epoch = 0

    def feed(self, text, level="group"):
        """Takes the lines of a writer; half a line is one that was not said."""
        lines = text.split("\n")
        for line in lines[:-1]:
            self.line(line, level)

    def line(self, line, level="group"):
        word, *rest = line.split(" ")
        if word == "created":
            self.created = True
        elif word == "open":
            tail, epoch = int(rest[0]), int(rest[1])
            if tail < self.acknowledged:
                raise Failure(f"a writer begins at {tail}; {self.acknowledged} was acknowledged")
            if epoch <= self.epoch:
                raise Failure(f"a writer has epoch {epoch}; an earlier one had {self.epoch}")
            self.created = self.opened = True
            self.epoch = epoch
            # What it found is durable before it says so.
            self.acknowledged = self.durable = tail
        elif word in ("ack", "closed"):
            offset = int(rest[0])
            if offset < self.acknowledged:
                raise Failure(f"{offset} was acknowledged after {self.acknowledged}")
            self.acknowledged = offset
            if word == "closed" or level in ("always", "group"):
                self.durable = offset
        elif word == "cut":
            self.cut = int(rest[0])
        elif word == "head":
            self.head, self.cut = int(rest[0]), None
        elif word == "seal":
            self.sealing = True
        elif word == "sealed":
            self.sealed = True
        elif word not in ("ready", "deleted", "waits", "goes-on"):
            raise Failure(f"the writer said '{line}'")

    def found(self, report):
        """Takes what a check saw: what a reader was given once stays."""
        self.acknowledged = max(self.acknowledged, report["tail"])
        self.head = max(self.head, report["head"])
        self.epoch = max(self.epoch, report["epoch"])
        self.sealed = self.sealed or report["sealed"]

    def flags(self, power=False):
        """The flags of `check` that say what must be there."""
        floor = self.durable if power else self.acknowledged
        flags = ["--acknowledged", str(floor), "--head", str(self.head)]
        if self.cut is not None:
            flags += ["--cut", str(self.cut)]
        sealed = "yes" if self.sealed else "maybe" if self.sealing else "no"
        return flags + ["--sealed", sealed]


class Workload:
    """The program under torture, and the folder it works in."""

    def __init__(self, binary):
        self.binary = str(binary)

    def command(self, verb, folder, *flags, stream="s", seed=1):
        return [
            self.binary, verb, str(folder), "--stream", stream, "--seed", str(seed), *map(str, flags)
        ]

    def start(self, *arguments, preexec=None, stdin=subprocess.PIPE, **named):
        return subprocess.Popen(
            self.command(*arguments, **named),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=preexec,
        )

    def run(self, *arguments, seconds=HANG_SECONDS, **named):
        """Runs to the end. Returns status, output and errors."""
        command = self.command(*arguments, **named)
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds
            )
        except subprocess.TimeoutExpired:
            raise Failure(f"hangs for {seconds} s: {' '.join(command)}")
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def check(self, folder, journal, *flags, seed=1, stream="s", power=False, seconds=HANG_SECONDS):
        """Checks a stream against a journal. Returns the report; `None` where there is none yet."""
        status, output, errors = self.run(
            "check", folder, *journal.flags(power), *flags, seed=seed, stream=stream, seconds=seconds
        )
        if status == 66 and not journal.created:
            return None
        if status != 0:
            said = " ".join(self.command("check", folder, *journal.flags(power), *flags, seed=seed))
            raise Failure(f"{errors.strip() or 'status ' + str(status)} | {output.strip()} | {said}")
        return json.loads(output)


def read_all(process):
    """Reads what a process said until it has ended."""
    output = process.stdout.read().decode(errors="replace")
    errors = process.stderr.read().decode(errors="replace")
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            stream.close()
    return output, errors


def read_line(process, word, seconds=HANG_SECONDS, said=b""):
    """Reads until a line that begins with a word. Returns what was read; `None` at the end."""
    deadline = time.monotonic() + seconds
    word = word.encode()
    while not any(line.startswith(word) for line in said.split(b"\n")[:-1]):
        if not select.select([process.stdout], [], [], max(0, deadline - time.monotonic()))[0]:
            raise Failure(f"no line '{word.decode()}' in {seconds} s")
        part = os.read(process.stdout.fileno(), 1 << 16)
        if not part:
            return None
        said += part
    return said


class Listener:
    """Hears a writer while it works, and keeps what it said in a journal."""

    def __init__(self, process, journal, level="group"):
        self.process, self.journal, self.level = process, journal, level
        self.lines = []
        self.failure = None
        self.news = threading.Condition()
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self):
        for line in self.process.stdout:
            if not line.endswith(b"\n"):
                break
            text = line.decode().rstrip("\n")
            with self.news:
                self.lines.append(text)
                try:
                    self.journal.line(text, self.level)
                except Failure as failure:
                    self.failure = failure
                self.news.notify_all()
        with self.news:
            self.lines.append(None)
            self.news.notify_all()

    def wait(self, word, since=0, seconds=HANG_SECONDS):
        """Waits for a line that begins with a word. Returns the place behind it; `None` where the
        program ends without it."""
        deadline = time.monotonic() + seconds
        with self.news:
            index = since
            while True:
                while index < len(self.lines):
                    line = self.lines[index]
                    if line is None:
                        return None
                    if line.split(" ")[0] == word:
                        return index + 1
                    index += 1
                if not self.news.wait(max(0, deadline - time.monotonic())):
                    raise Failure(f"no '{word}' in {seconds} s; the last was {self.lines[-1:]}")

    def end(self, seconds=HANG_SECONDS):
        """Waits for the end of the program. Returns its status and its errors."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f"the writer does not end in {seconds} s; the last was {self.lines[-1:]}")
        self.thread.join()
        errors = self.process.stderr.read().decode()
        self.close()
        if self.failure:
            raise self.failure
        return status, errors.strip()

    def kill(self):
        """Ends the program at once."""
        self.process.kill()
        self.process.wait()
        self.thread.join()
        self.close()

    def close(self):
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()


class Campaign:
    """A kind of torture: numbered cases, each decided by the seed and its number."""

    name = ""
    unit = "cases"
    count = 0
    # Its part of the time that all share.
    weight = 1
    workers = 4
    # Whether `make test` runs some of it.
    in_sample = True
    # Whether what takes too long has failed; among the tests, nothing depends on a time.
    judges_times = True

    def __init__(self, workload, seed, count, scratch, out):
        self.workload = workload
        self.seed = seed
        self.count = count or self.count
        self.scratch = Path(scratch)
        self.out = Path(out)
        self.lock = threading.Lock()
        self.figures = {}

    def prepare(self):
        """Raises `Skip` where the machine lacks something."""

    def case_count(self):
        return self.count

    def run(self, case):
        """Runs a case. Returns counts of what was done; raises `Failure`."""
        raise NotImplementedError

    def finish(self):
        """Cleans up after the last case."""

    def random(self, case):
        return random.Random(f"{self.name}/{self.seed}/{case}")

    def folder(self, case):
        folder = self.scratch / f"{self.name}-{case}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def keep(self, case):
        """Keeps what a failed case left."""
        folder = self.scratch / f"{self.name}-{case}"
        if not folder.exists():
            return None
        target = self.out / "failures" / folder.name
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        # A segment has its space reserved, most of it zeros.
        subprocess.run(["cp", "-a", "--sparse=always", folder, target], check=False)
        return target

    def drop(self, case):
        shutil.rmtree(self.scratch / f"{self.name}-{case}", ignore_errors=True)

    def note(self, **figures):
        """Keeps the largest of figures that cases measure."""
        with self.lock:
            for name, figure in figures.items():
                self.figures[name] = max(figure, self.figures.get(name, figure))


def scratch_folder(parent=None):
    return Path(tempfile.mkdtemp(prefix="sprocket-torture-", dir=parent))
