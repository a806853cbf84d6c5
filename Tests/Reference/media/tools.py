"""How ffmpeg, ffprobe and the program under test are called."""

import json
import shlex
import subprocess
from dataclasses import dataclass

# Far beyond what anything here takes: whoever needs longer hangs.
HANG_SECONDS = 240


@dataclass
class Outcome:
    """What a command did. A command that hangs has the status None."""

    command: list
    status: int | None
    out: bytes
    error: str

    @property
    def text(self):
        return shlex.join(self.command)

    @property
    def reason(self):
        """The last line on standard error that is not about space, which is where a reason stands."""
        lines = [line for line in self.error.splitlines() if line and "are free" not in line]
        return lines[-1] if lines else ""


def run(command, input=None):
    """Runs a command to its end."""
    command = [str(word) for word in command]
    try:
        done = subprocess.run(
            command, input=input, capture_output=True, timeout=HANG_SECONDS,
            stdin=subprocess.DEVNULL if input is None else None,
        )
    except subprocess.TimeoutExpired as error:
        return Outcome(command, None, error.stdout or b"", "")
    return Outcome(command, done.returncode, done.stdout, done.stderr.decode("utf8", "replace"))


class Program:
    """The program under test."""

    def __init__(self, path):
        self.path = path

    def run(self, *words):
        return run([self.path, *words])

    def frames(self, stream, *selection):
        """The records of a stream: its frames, its gaps, and how the command ended."""
        outcome = self.run("cat", stream, "--as", "ndjson", *selection)
        documents = [json.loads(line) for line in outcome.out.splitlines() if line.strip()]
        frames = [document for document in documents if document.get("type") == "frame"]
        gaps = [document for document in documents if document.get("type") == "gap"]
        return frames, gaps, outcome

    def raw(self, stream, *selection):
        """The pictures of a stream, one behind the other."""
        return self.run("cat", stream, "--as", "raw", *selection)


def encoders():
    """The names of all encoders that this ffmpeg has."""
    listing = run(["ffmpeg", "-v", "error", "-encoders"]).out.decode()
    return {line.split()[1] for line in listing.splitlines() if line.startswith(" V")}
