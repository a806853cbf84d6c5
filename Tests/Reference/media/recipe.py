"""What a clip is, and how one is made."""

import random
import shlex
from dataclasses import dataclass, field
from typing import Callable

from . import tools

# What is right depends on what was done to the clip.
SOUND = "sound"  # Every picture is there and right: exit 0, no mark, no gap.
DAMAGED = "damaged"  # The decoder complains: exit 3, marks or gaps, the same with any number of threads.
LOST = "lost"  # Pictures are missing that no decoder misses: exit 3 and a gap, or a refusal.
TORN = "torn"  # Joined or begun in the middle: marks are allowed where ffmpeg has no whole picture.
UNUSABLE = "unusable"  # Nothing to decode: refused with a reason.

SIZE = "160x120"


class NotMade(Exception):
    """A clip could not be made."""


@dataclass(frozen=True)
class Clip:
    """A combination: a codec, a container and a property."""

    name: str
    make: Callable  # Takes a Kitchen, returns the inputs in order.
    nature: str = SOUND
    encoder: str | None = None  # Without it the clip is absent.
    judge: tuple = ()  # What ffmpeg wants to hear in front of -i.
    stream: str = "v:0"  # The stream that is right to take.
    timed: bool = True  # Whether the container has times that can be compared.
    has_alpha: bool = False
    refusable: bool = False  # The program has a reason not to store such pictures.
    apart: bool = False  # ffmpeg does not get beyond what is missing: every file is judged for itself.
    tolerated: bool = False  # ffmpeg complains, and yet nothing is lost.
    steps: bool = False  # Its clock steps midway, which may be said and is no loss.
    shown: str = ""  # The filter that turns a picture as it is to be shown, where ffmpeg does not know.
    options: tuple = ()  # What an ingest wants to hear.
    tags: tuple = field(default=())

    @property
    def group(self):
        return self.tags[0] if self.tags else self.nature


class Kitchen:
    """A folder in which one clip is made."""

    def __init__(self, folder, seed, name):
        self.folder = folder
        # Of the clip alone, so that it is the same whatever else is made.
        self.random = random.Random(f"{seed} {name}")

    def path(self, name):
        return self.folder / name

    def ffmpeg(self, *words):
        """Runs ffmpeg in the folder; words may be whole lines of arguments."""
        arguments = [word for line in words for word in split(line)]
        command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments]
        outcome = tools.run(command)
        if outcome.status != 0:
            raise NotMade(f"{outcome.text}: {outcome.reason}")

    def encode(self, name, arguments, source=None, before=""):
        """Encodes a test pattern into a file of the folder."""
        path = self.path(name)
        self.ffmpeg(
            "-threads 1", before, "-f lavfi -i", [source or pattern()], arguments,
            "-threads 1 -bitexact", [path],
        )
        return path

    def copy(self, inputs, name, arguments=""):
        """Writes what is in a file into another container, without coding anew."""
        path = self.path(name)
        self.ffmpeg(inputs if isinstance(inputs, list) else ["-i", inputs], "-c copy", arguments, "-bitexact", [path])
        return path


def split(line):
    return shlex.split(line) if isinstance(line, str) else [str(word) for word in line]


def pattern(size=SIZE, rate=25, seconds=1.2, then=""):
    """ffmpeg's moving test pattern, with filters behind it. A second one differs by `then`."""
    return f"testsrc2=size={size}:rate={rate}:duration={seconds}" + (f",{then}" if then else "")


def encoder_of(arguments):
    """The encoder that a line of arguments names."""
    words = split(arguments)
    return words[words.index("-c:v") + 1] if "-c:v" in words else None


def encoded(name, file, arguments, source=None, before="", **more):
    """A clip that ffmpeg makes in one go."""
    return Clip(
        name, lambda kitchen: [kitchen.encode(file, arguments, source, before)],
        encoder=encoder_of(arguments), **more,
    )
