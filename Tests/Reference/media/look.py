"""A clip being tried: its inputs, what the judge says of it, and the verdicts so far."""

import hashlib
import random
from dataclasses import dataclass
from fractions import Fraction

from . import oracle
from .recipe import DAMAGED, SOUND

RIGHT, SAID, REFUSED, WRONG, ABSENT = "right", "said", "refused", "WRONG", "absent"

# Statuses with which the program may refuse: usage, bad input, no input, refused.
REFUSALS = (64, 65, 66, 77)


class Fault(Exception):
    """The program was wrong; the text says in what."""


class Refusal(Exception):
    """The program refused, with a reason."""


class Loss(Exception):
    """The program did it, and said what was lost."""


@dataclass
class Verdict:
    """What came of one trial."""

    clip: str
    trial: str
    verdict: str
    detail: str = ""
    command: str = ""


class Look:
    """A clip with all that its trials share."""

    def __init__(self, clip, inputs, folder, program, seed):
        self.clip, self.inputs, self.folder, self.program = clip, inputs, folder, program
        self.random = random.Random(f"{seed} {clip.name} trials")
        judged = given_files(inputs[0]) if clip.apart else inputs
        self.words = [oracle.word_on(path, clip) for path in judged]
        self.pictures = [picture for word in self.words for picture in word.pictures]
        self.hashes = [picture.hash for picture in self.pictures]
        self.complaint = next((word.complaint for word in self.words if word.complaint), "")
        self.command = ""
        self.raw_stream = folder / "raw"
        self.packet_stream = folder / "packets"

    @property
    def is_sound(self):
        return self.clip.nature == SOUND

    @property
    def is_damaged(self):
        return self.clip.nature == DAMAGED

    @property
    def times(self):
        """The times of all pictures, if one clock measures them and every one is known."""
        if len(self.words) != 1 or not self.clip.timed:
            return None
        times = self.words[0].times
        if not times or None in times or any(b <= a for a, b in zip(times, times[1:])):
            return None
        return times

    def call(self, *words, expect=(0,), ending=True):
        """Runs the program. A fault, a hang, a crash and a status that is not expected end the trial."""
        outcome = self.program.run(*words)
        self.command = outcome.text
        return self.ended(outcome, expect) if ending else outcome

    def ended(self, outcome, expect=(0,)):
        """Judges how a command ended."""
        self.command = outcome.text
        if outcome.status is None:
            raise Fault("hangs")
        if outcome.status < 0 or outcome.status in (70, 134, 139):
            raise Fault(f"crashes: {outcome.status} {outcome.reason}")
        if outcome.status in expect:
            return outcome
        if outcome.status in REFUSALS:
            if not outcome.reason or "--help says more" in outcome.reason:
                raise Fault(f"exit {outcome.status}: {outcome.reason or 'without a word'}")
            raise Refusal(f"{outcome.status}: {outcome.reason}")
        raise Fault(f"exit {outcome.status} for {'/'.join(map(str, expect))}: {outcome.reason}")

    def raw(self, stream, *selection, expect=(0,)):
        """The hashes of the pictures that a selection of a stream gives, cut by the judge's sizes."""
        return self.ended(self.program.raw(stream, *selection), expect).out


def given_files(pattern):
    """The files that a numbered name stands for, in their order."""
    return sorted(path for path in pattern.parent.iterdir() if path.suffix == pattern.suffix)


def cut(data, sizes):
    """The hashes of pictures that lie one behind the other; what is left over is a piece of its own."""
    pieces, at = [], 0
    for size in sizes:
        pieces.append(hashlib.md5(data[at:at + size]).hexdigest() if at + size <= len(data) else "missing")
        at += size
    if len(data) > at:
        pieces.append(f"{len(data) - at} bytes more")
    return pieces


def difference(found, wanted):
    """Where two lists of hashes part, in words; nothing if they are alike."""
    if found == wanted:
        return ""
    found = [piece for piece in found if piece != "missing"]
    apart = [index + 1 for index, pair in enumerate(zip(found, wanted)) if pair[0] != pair[1]]
    places = {hash: index + 1 for index, hash in enumerate(wanted)}
    text = f"{len(found)} pictures for {len(wanted)}" if len(found) != len(wanted) else ""
    if apart:
        like = places.get(found[apart[0] - 1])
        shown = f"picture {apart[0]} is {f'picture {like}' if like else 'none of them'}, {len(apart)} differ"
        text += (", " if text else "") + shown
    return text


def seconds(document):
    """A time of a record, exactly."""
    time = document.get("presentationTime")
    return None if time is None else time["ticks"] * Fraction(time["timeBase"])


def is_subsequence(part, whole):
    """Whether all of part stands in whole, in that order."""
    rest = iter(whole)
    return all(item in rest for item in part)
