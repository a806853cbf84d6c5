"""What is tried on each clip, and when it is right.

raw      the pictures are ffmpeg's; a sound clip ends with 0, has no mark and no gap, and verifies;
         where its clock steps midway, that may be said
times    each picture has the time that ffprobe gives it
header   size, pixel format, pixel aspect, fields and colours are ffprobe's
packets  the packets give the same pictures as the raw stream, and verify --deep agrees
number   --frames N and A..B of the packets are pictures N and A..B of decoding everything
time     --at and --time pick the pictures that are shown then, from packets and from pictures
again    a second ingest of the same inputs stores nothing
threads  1, 2 and 4 threads say and store the same of what is damaged, from pictures and from packets

Copies, encoded files and images are in exports.
"""

import hashlib
from fractions import Fraction

from . import exports
from .look import ABSENT, REFUSED, RIGHT, SAID, WRONG, Fault, Loss, Refusal, Verdict
from .look import cut, difference, is_subsequence, seconds
from .recipe import LOST, SOUND, TORN, UNUSABLE


def statuses(look):
    """How what meets all pictures of a clip may end."""
    return {SOUND: (0,), TORN: (0, 3)}.get(look.clip.nature, (3,))


def ingest(look, stream, *options, expect=None):
    """Stores the clip. A sound one must not be refused."""
    try:
        return look.call(
            "ingest", *look.inputs, "--to", stream, *look.clip.options, *options, expect=expect or statuses(look)
        )
    except Refusal as refusal:
        if look.is_sound and look.pictures and not look.clip.refusable:
            raise Fault(f"refuses what ffmpeg decodes: {refusal}") from None
        raise


def marked(frame):
    return any(flag in frame["flags"] for flag in ("corrupt", "restsOnDamage"))


def stored(look, stream):
    """The records of a raw stream with the hash of each picture: frames, gaps, hashes."""
    frames, gaps, outcome = look.program.frames(stream)
    look.ended(outcome, (0, 3))
    data = look.raw(stream, expect=(0, 3))
    return frames, gaps, cut(data, [frame["byteCount"] for frame in frames])


def judge_stored(look, frames, gaps, hashes):
    """What both kinds of clip must hold once stored."""
    if look.is_sound:
        if look.clip.steps:
            gaps = [gap for gap in gaps if gap["reason"] != "timeStep"]
        if gaps or any(marked(frame) for frame in frames):
            raise Fault(f"{len(gaps)} gaps and {sum(map(marked, frames))} marks in a sound clip: {gaps[:1]}")
        if text := difference(hashes, look.hashes):
            raise Fault(text)
        return
    if look.clip.nature != TORN and not gaps and not any(marked(frame) for frame in frames):
        raise Fault("neither a mark nor a gap")
    clear = [hash for hash, frame in zip(hashes, frames) if not marked(frame)]
    if not is_subsequence(clear, look.hashes):
        strange = sum(hash not in look.hashes for hash in clear)
        raise Fault(f"{strange} of {len(clear)} unmarked pictures are not ffmpeg's")
    if len(frames) < len(look.hashes):
        raise Fault(f"{len(frames)} pictures for {len(look.hashes)} of ffmpeg")


def raw(look):
    ingest(look, look.raw_stream)
    frames, gaps, hashes = stored(look, look.raw_stream)
    look.frames = frames
    judge_stored(look, frames, gaps, hashes)
    look.call("verify", look.raw_stream, expect=(0,) if look.is_sound else (0, 3))


def times(look):
    """Needs the pictures to be right, for else times have no picture to belong to."""
    if not look.clip.timed or len(look.frames) != len(look.pictures):
        return False
    at = 0
    for word in look.words:
        own = look.frames[at:at + len(word.pictures)]
        at += len(word.pictures)
        for index, (frame, time) in enumerate(zip(own, word.times or [])):
            if time is not None and seconds(frame) != time:
                raise Fault(f"picture {index + 1} at {seconds(frame)} for {time}")
    return any(word.times for word in look.words)


# ffprobe's names of colours by their numbers in H.273.
COLORS = {
    "matrix": ("color_space", {"bt709": 1, "bt470bg": 5, "smpte170m": 6, "bt2020nc": 9, "gbr": 0}),
    "primaries": ("color_primaries", {"bt709": 1, "bt470bg": 5, "smpte170m": 6, "bt2020": 9}),
    "transfer": ("color_transfer", {"bt709": 1, "smpte170m": 6, "smpte2084": 16, "arib-std-b67": 18}),
}


def ratio(text):
    """A ratio by its value: 64:64 is 1:1. Unknown, 0 to anything, has none."""
    above, below = map(int, text.split(":"))
    return Fraction(above, below) if above and below else None


def header(look):
    frame, probe = look.frames[0], look.words[0].first
    wanted, found = {}, {}
    for ours, theirs in (("width", "width"), ("height", "height"), ("pixelFormat", "pix_fmt")):
        wanted[ours], found[ours] = probe.get(theirs), frame.get(ours)
    if aspect := probe.get("sample_aspect_ratio"):
        wanted["sampleAspectRatio"] = ratio(aspect)
        found["sampleAspectRatio"] = ratio(frame.get("sampleAspectRatio", "0:1"))
    if probe.get("interlaced_frame") == 1:
        wanted["fieldOrder"] = "topFirst" if probe.get("top_field_first") else "bottomFirst"
        found["fieldOrder"] = frame.get("fieldOrder")
    color = frame.get("color", {})
    if probe.get("color_range") in ("tv", "pc"):
        wanted["range"] = "full" if probe["color_range"] == "pc" else "limited"
        found["range"] = color.get("range")
    for ours, (theirs, numbers) in COLORS.items():
        if probe.get(theirs) in numbers:
            wanted[ours], found[ours] = numbers[probe[theirs]], color.get(ours)
    apart = [f"{name} {found[name]} for {wanted[name]}" for name in wanted if found[name] != wanted[name]]
    if apart:
        raise Fault(", ".join(apart))


def packets(look):
    # Whether an ingest of packets decodes is its own affair; whoever decodes them must meet the damage.
    loose = (0, 3) if look.is_damaged else None
    ingest(look, look.packet_stream, "--payload", "packets", expect=loose)
    data = look.raw(look.packet_stream, expect=statuses(look))
    if look.is_sound:
        if text := difference(cut(data, [picture.size for picture in look.pictures]), look.hashes):
            raise Fault(text)
    elif data != look.raw(look.raw_stream, expect=statuses(look)):
        raise Fault("other pictures than the raw stream's")
    look.call("verify", look.packet_stream, "--deep", expect=statuses(look))


def number(look):
    count = len(look.pictures)
    picks = {1, count, (count + 1) // 2, look.random.randint(1, count), look.random.randint(1, count)}
    for index in sorted(picks):
        data = look.raw(look.packet_stream, "--frames", index, expect=(0,))
        if text := difference(cut(data, [look.pictures[index - 1].size]), [look.hashes[index - 1]]):
            places = [at + 1 for at, hash in enumerate(look.hashes) if hash == hashlib.md5(data).hexdigest()]
            raise Fault(f"picture {index}: {text} (it is {places or 'none'})")
    first = look.random.randint(1, count)
    last = min(count, first + 4)
    part = slice(first - 1, last)
    data = look.raw(look.packet_stream, "--frames", f"{first}..{last}")
    if text := difference(cut(data, [picture.size for picture in look.pictures[part]]), look.hashes[part]):
        raise Fault(f"pictures {first}..{last}: {text}")


def time(look):
    clock = look.times
    if clock is None or len(clock) < 2:
        return False
    picks = {0, len(clock) // 2, look.random.randrange(len(clock) - 1)}
    first, last = sorted(look.random.sample(range(len(clock)), 2))
    for stream in (look.packet_stream, look.raw_stream):
        for index in sorted(picks):
            later = clock[index + 1] if index + 1 < len(clock) else clock[index]
            shown = (clock[index] + later) / 2
            data = look.raw(stream, f"--at={float(shown):.9f}")
            if text := difference(cut(data, [look.pictures[index].size]), [look.hashes[index]]):
                raise Fault(f"{stream.name} at {float(shown):.4f}, picture {index + 1}: {text}")
        # A little before both, for no decimal is a third of a second.
        begin, end = float(clock[first]) - 2e-6, float(clock[last]) - 2e-6
        data = look.raw(stream, f"--time={begin:.9f}..{end:.9f}")
        wanted = look.pictures[first:last]
        if text := difference(cut(data, [picture.size for picture in wanted]), look.hashes[first:last]):
            raise Fault(f"{stream.name} from picture {first + 1} until {last + 1}: {text}")


def threads(look):
    """Only where something is damaged: what is sound is compared with one thread by every other trial."""
    answers = {}
    for count in (1, 2, 4):
        stream = look.folder / f"threads{count}"
        ingest(look, stream, "--decoder-threads", count)
        frames, gaps, hashes = stored(look, stream)
        judge_stored(look, frames, gaps, hashes)
        look.raw(stream, expect=statuses(look))
        clear = [None if marked(frame) else hash for frame, hash in zip(frames, hashes)]
        answers[count] = ([frame["flags"] for frame in frames], gaps, clear)
    for count in (2, 4):
        for what, one, more in zip(("marks", "gaps", "unmarked pictures"), answers[1], answers[count]):
            if one != more:
                raise Fault(f"{what} with {count} threads are not those with one")
    ones = None
    for count in (1, 4):
        data = look.raw(look.packet_stream, "--decoder-threads", count, expect=statuses(look))
        if ones is not None and data != ones:
            raise Fault("packets give other pictures with 4 threads than with one")
        ones = data


def again(look):
    """The same command a second time stores nothing."""
    look.call("ingest", *look.inputs, "--to", look.raw_stream, *look.clip.options, expect=(0, 3))
    frames, _, _ = look.program.frames(look.raw_stream)
    if len(frames) != len(look.frames):
        raise Fault(f"{len(frames)} frames, and {len(look.frames)} before")


def refused(look):
    """A clip in which there is nothing to decode: a refusal with its reason, or at least a loss that is said."""
    for name, options in (("raw", ()), ("packets", ("--payload", "packets"))):
        outcome = look.call("ingest", *look.inputs, "--to", look.folder / name, *options, expect=(3,))
        if not outcome.reason:
            raise Fault("exit 3 without a word")
    raise Loss(outcome.reason)


def attempt(look, name, trial):
    """Runs one trial. A trial that returns False did not apply."""
    try:
        if trial(look) is False:
            return None
        return Verdict(look.clip.name, name, RIGHT)
    except Refusal as refusal:
        return Verdict(look.clip.name, name, REFUSED, str(refusal), look.command)
    except Loss as loss:
        return Verdict(look.clip.name, name, SAID, str(loss), look.command)
    except Fault as fault:
        return Verdict(look.clip.name, name, WRONG, str(fault), look.command)


def missing(clip):
    return [Verdict(clip.name, "make", ABSENT, f"this ffmpeg has no {clip.encoder}")]


def try_all(look):
    """All that applies to a clip, in the order in which one rests on another."""
    if look.clip.nature == UNUSABLE or look.clip.tolerated and not look.pictures:
        return [attempt(look, "refusal", refused)]
    if not look.pictures:
        return [Verdict(look.clip.name, "make", WRONG, f"ffmpeg decodes nothing of it: {look.complaint[:200]}")]
    if look.is_damaged and not look.complaint:
        return [Verdict(look.clip.name, "make", WRONG, "ffmpeg does not complain of a damaged clip")]
    if look.is_sound and look.complaint and not look.clip.tolerated:
        return [Verdict(look.clip.name, "make", WRONG, f"ffmpeg complains of a sound clip: {look.complaint[:200]}")]
    verdicts = [attempt(look, "raw", raw)]
    if verdicts[0].verdict == RIGHT and look.is_sound:
        verdicts += [attempt(look, "times", times), attempt(look, "header", header)]
    if verdicts[0].verdict == REFUSED:
        return verdicts
    verdicts.append(attempt(look, "packets", packets))
    if look.is_sound:
        if look.packet_stream.exists():
            verdicts += [attempt(look, "number", number), attempt(look, "time", time)]
    elif look.clip.nature != LOST:
        verdicts.append(attempt(look, "threads", threads))
    if look.is_sound or verdicts[0].verdict == RIGHT:
        verdicts += [attempt(look, name, trial) for name, trial in exports.trials(look)]
    if verdicts[0].verdict == RIGHT and (len(look.inputs) > 1 or look.random.random() < 0.1):
        verdicts.append(attempt(look, "again", again))
    return [verdict for verdict in verdicts if verdict]
