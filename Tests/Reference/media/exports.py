"""What leaves a stream: copies, encoded files and images.

copy     as many readable pictures as the clip has, the same, at the same distances in time
encode   as many readable pictures as the stream has; without loss (ffv1) the same ones
images   as many files as pictures; the first looks as ffmpeg shows it, R'G'B' exactly; copied, the same bytes

A loss must be said with exit 3, and a refusal with its reason. What rests on damage ends with 3.
"""

import json
from pathlib import Path

from . import colors, oracle
from .look import Fault, Loss, Refusal, difference, given_files
from .recipe import LOST

# Half the ticks of a clock of milliseconds, and a little.
CLOCK_SECONDS = 0.0011
# How far from swscale's conversion a picture may be, on average over patches of it: chroma between its samples
# is everybody's own, turns, matrices and ranges are not.
COLOR_TOLERANCE = 3.0
# Where one sample of chroma serves four columns, nobody says which of them it belongs to.
COARSE_FORMATS, COARSE_TOLERANCE = ("yuv410p", "yuv411p", "yuvj411p"), 10.0
# The same for small pictures, where every pixel is computed: rounding alone is a quarter.
EXACT_TOLERANCE = 1.0
PATCHES = ",scale=16:12:flags=area"

# What may follow the two that are always tried.
COPIES = ("mov", "ts", "avi", "webm", "m3u8")
ENCODES = (
    ("mp4", ("--preset", "ultrafast")),
    ("mov", ("--preset", "ultrafast")),
    ("ts", ("--preset", "ultrafast")),
    ("mkv", ("--codec", "mpeg4")),
    ("avi", ("--codec", "mpeg4")),
    ("webm", ("--codec", "vp8", "--option", "deadline=realtime", "--option", "cpu-used=8")),
)
# What stands in the byte beside three of colour is no part of the picture.
PADDED_FORMATS = ("bgr0", "rgb0", "0rgb", "0bgr")
EXACT_FORMATS = ("rgb24", "bgr24", "gbrp", "rgba", "bgra", "argb", "bgr0", "rgb0", "0rgb", "gbrap")


def trials(look):
    """The exports that are tried on a clip; the third container and the codec are drawn by its seed."""
    def copy_to(ending):
        return lambda look: copy(look, ending)

    def encode_to(ending, options, lossless):
        return lambda look: encode(look, ending, options, lossless)

    found = []
    if look.packet_stream.exists():
        for ending in ("mkv", "mp4", look.random.choice(COPIES)):
            found.append((f"copy {ending}", copy_to(ending)))
    if look.raw_stream.exists():
        found.append(("encode ffv1", encode_to("mkv", ("--codec", "ffv1"), True)))
        ending, options = look.random.choice(ENCODES)
        found.append((f"encode {ending}", encode_to(ending, options, False)))
        found.append(("images png", lambda look: images(look, "png")))
        if look.random.random() < 0.2:
            found.append(("images jpeg", lambda look: images(look, "jpeg")))
        if "/images/" in look.clip.name:
            found.append(("images copy", same_files))
    return found


def written(look, stream, file, *options):
    """Exports video. Returns whether a loss was said, with the words."""
    # Packets are copied as they are: their damage shows when they are decoded.
    must = look.clip.nature == LOST or look.is_damaged and stream == look.raw_stream
    try:
        outcome = look.call("export", "video", stream, "--to", file, *options, expect=(3,) if must else (0, 3))
    except Refusal as refusal:
        if left := sorted(path.name for path in look.folder.glob(f"*{file.name}*")):
            raise Fault(f"refuses and leaves {left} behind: {refusal}") from None
        raise
    if outcome.status == 3 and not outcome.reason:
        raise Fault("exit 3 without a word")
    return outcome.reason if outcome.status == 3 else None


def read_back(look, file, wanted=None, judge=()):
    """What a player will show of a file that was written; as many as went in, and the wanted ones."""
    pictures, complaint = oracle.pictures_of(file, judge)
    if wanted and any(len(word.formats) > 1 for word in look.words):
        pictures = oracle.unconverted(pictures, oracle.frames_of(file, judge)[0], file, judge)
    hashes = [picture.hash for picture in pictures]
    text = difference(hashes, wanted) if wanted else ""
    if len(pictures) != len(look.pictures):
        text = text or f"{len(pictures)} pictures for {len(look.pictures)}"
    if text:
        raise Fault(text + (f"; ffmpeg says: {complaint.splitlines()[0]}" if complaint else ""))
    return pictures


def judge_times(look, pictures, ending):
    """The distances in time of what is read back; AVI has a rate instead."""
    clock = look.times
    if clock is None or ending == "avi" or len(pictures) != len(clock):
        return
    for index, picture in enumerate(pictures):
        if picture.time is None:
            raise Fault(f"picture {index + 1} has no time")
        apart = float((picture.time - pictures[0].time) - (clock[index] - clock[0]))
        if abs(apart) > CLOCK_SECONDS:
            raise Fault(f"picture {index + 1} is {apart:+.4f} s off")


def copy(look, ending):
    file = look.folder / f"copy.{ending}"
    loss = written(look, look.packet_stream, file, "--codec", "copy")
    if not look.is_sound:
        return
    if loss:
        raise Loss(loss)
    # The codec is still the clip's, and so is the decoder that shows all of it.
    pictures = read_back(look, file, look.hashes, look.clip.judge)
    judge_times(look, pictures, ending)


def encode(look, ending, options, lossless):
    # Two trials may encode to the same container.
    codec = options[options.index("--codec") + 1] if "--codec" in options else "h264"
    file = look.folder / f"encode-{codec}.{ending}"
    loss = written(look, look.raw_stream, file, *options, "--force")
    if not look.is_sound:
        return
    if loss:
        raise Loss(loss)
    pictures = read_back(look, file)
    # Where the codec has no such pixels they were converted, and cannot be the same.
    alike = [picture.size for picture in pictures] == [picture.size for picture in look.pictures]
    format = look.words[0].first["pix_fmt"]
    if format in PADDED_FORMATS:
        lossless = False
    if lossless and alike and oracle.frames_of(file)[0][0]["pix_fmt"] == format:
        if text := difference([picture.hash for picture in pictures], look.hashes):
            raise Fault(text)
    judge_times(look, pictures, ending)


def images(look, type):
    folder = look.folder / f"images-{type}"
    damage = (3,) if look.is_damaged or look.clip.nature == LOST else (0,) if look.is_sound else (0, 3)
    outcome = look.call("export", "images", look.raw_stream, "--to", folder, "--type", type, "--json", expect=damage)
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("manifest"))
    said = json.loads(outcome.out.splitlines()[-1])["images"]
    if len(files) != said:
        raise Fault(f"{len(files)} files, and {said} are said")
    if not look.is_sound:
        return
    if len(files) != len(look.pictures):
        raise Fault(f"{len(files)} files for {len(look.pictures)} pictures")
    judge_looks(look, Path(files[0]), type)


def same_files(look):
    """Image files leave a stream as the bytes that came in, in their order."""
    folder = look.folder / "images-copy"
    lost = look.clip.nature == LOST
    look.call("export", "images", look.packet_stream, "--to", folder, "--type", "copy", expect=(3,) if lost else (0,))
    given = given_files(look.inputs[0])
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("manifest"))
    if len(files) != len(given):
        raise Fault(f"{len(files)} files for {len(given)}")
    for file, wanted in zip(files, given):
        if file.read_bytes() != wanted.read_bytes():
            raise Fault(f"{file.name} has other bytes than {wanted.name}")


def judge_small(look, image, type, shown):
    """A small picture pixel by pixel; as JPEG, whose chroma is coarser than its details, the colour of all of it."""
    clip, first = look.clip, look.words[0].first
    exact = colors.rgb(oracle.first_of(look.inputs[0], clip.judge, clip.stream), first)
    drawn = oracle.frames_of(image)[0][0]
    if colors.is_small(drawn):
        shown = colors.rgb(oracle.first_of(image), drawn)
    tolerance, what = EXACT_TOLERANCE, "pixel by pixel"
    if type != "png":
        exact, shown = ([sum(values[at::3]) / len(values) * 3 for at in range(3)] for values in (exact, shown))
        tolerance, what = COLOR_TOLERANCE, "over the whole picture"
    if (apart := average(exact, shown)) > tolerance:
        raise Fault(f"colours are {apart:.2f} off on average, {what}")


def average(wanted, found):
    """How far values are apart on average."""
    return sum(abs(a - b) for a, b in zip(wanted, found)) / len(wanted)


def judge_looks(look, image, type):
    """An image shows what ffmpeg shows of the first picture, turned as it is to be shown."""
    first = look.words[0].first
    # What is brighter than white is shown by another rule than swscale's.
    if first.get("color_transfer") in ("smpte2084", "arib-std-b67") or look.clip.has_alpha:
        return
    judge, shown = look.clip.judge, ""
    if look.clip.shown:
        judge, shown = (*judge, "-noautorotate"), f",{look.clip.shown}"
    wanted = oracle.rgb_of(look.inputs[0], judge, look.clip.stream, shown)
    found = oracle.rgb_of(image)
    if not wanted or not found:
        raise Fault("no image that ffmpeg reads")
    if wanted[:2] != found[:2]:
        raise Fault(f"an image of {found[0]}x{found[1]} for {wanted[0]}x{wanted[1]}")
    if type == "png" and first.get("pix_fmt") in EXACT_FORMATS and wanted[2] != found[2]:
        raise Fault("other pixels, of colours that need no conversion")
    if colors.is_small(first) and not look.clip.shown:
        judge_small(look, image, type, found[2])
        return
    if wanted[0] < 16 or wanted[1] < 12:
        return
    wanted = oracle.rgb_of(look.inputs[0], judge, look.clip.stream, shown + PATCHES)[2]
    found = oracle.rgb_of(image, scaled=PATCHES)[2]
    apart = average(wanted, found)
    if apart > (COARSE_TOLERANCE if first.get("pix_fmt") in COARSE_FORMATS else COLOR_TOLERANCE):
        raise Fault(f"colours are {apart:.1f} off on average")
