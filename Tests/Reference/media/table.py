"""What is printed: a line for each clip, then what was refused, what was said, and what is wrong."""

import re
from collections import Counter

from .look import ABSENT, REFUSED, RIGHT, SAID, WRONG


def line(clip, verdicts):
    """A clip and what was tried on it."""
    marks = []
    for verdict in verdicts:
        marks.append(verdict.trial if verdict.verdict == RIGHT else f"{verdict.trial}={verdict.verdict}")
    return f"{clip.name:40} {clip.nature:8} {', '.join(marks)}"


def reasons(title, verdicts):
    """Verdicts of one kind, those of the same reason together."""
    lines = [f"\n{title}:"] if verdicts else []
    kinds = {}
    for verdict in verdicts:
        kinds.setdefault((verdict.trial, plain(verdict.detail)), []).append(verdict.clip)
    for (trial, reason), names in sorted(kinds.items()):
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        lines.append(f"  {trial}: {reason}\n      {shown}")
    return lines


def kind_of(verdict):
    """What is alike in faults of the same kind: not the numbers, the container or the codec."""
    text = re.sub(r"\d+", "N", plain(verdict.detail))
    text = re.sub(r"\b(mkv|mpN|mov|webm|avi|ts|mNuN)\b", "FILE", text)
    return verdict.trial.split()[0], re.sub(r"hold \S+|\[\S+ @ [^]]*\]", "", text)


def plain(reason):
    """A reason without the path of a temporary file, and not endless."""
    words = [word.rsplit("/", 1)[-1] if word.startswith("/") else word for word in reason.split()]
    return " ".join(words)[:300]


def faults(verdicts):
    """What is wrong, the same faults together, each with a command that shows the first of them."""
    lines = ["\nWRONG, each with its first command:"] if verdicts else []
    kinds = {}
    for verdict in verdicts:
        kinds.setdefault(kind_of(verdict), []).append(verdict)
    for (trial, _), alike in sorted(kinds.items()):
        names = list(dict.fromkeys(verdict.clip for verdict in alike))
        lines.append(f"  {trial}: {plain(alike[0].detail)}\n      {len(names)}: {', '.join(names)}")
        if alike[0].command:
            lines.append(f"      {alike[0].command}")
    if verdicts:
        lines.append("\nOne of them again, its files kept: media_check.py --only NAME --keep FOLDER")
    return lines


def report(verdicts):
    """All lines behind the table, the last one the totals."""
    by_kind = {kind: [verdict for verdict in verdicts if verdict.verdict == kind]
               for kind in (RIGHT, SAID, REFUSED, WRONG, ABSENT)}
    lines = reasons("absent, for want of an encoder", by_kind[ABSENT])
    lines += reasons("refused", by_kind[REFUSED])
    lines += reasons("done with a loss that is said", by_kind[SAID])
    lines += faults(by_kind[WRONG])
    clips = {verdict.clip for verdict in verdicts}
    wrong = {verdict.clip for verdict in by_kind[WRONG]}
    counts = Counter(verdict.verdict for verdict in verdicts)
    totals = ", ".join(f"{counts[kind]} {kind}" for kind in (RIGHT, SAID, REFUSED, ABSENT, WRONG))
    lines.append(
        f"\n{len(clips)} combinations, {len(verdicts)} trials: {totals}; "
        f"{len(wrong)} combinations with something wrong")
    return lines
