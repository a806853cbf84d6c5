"""What FFmpeg says of a file, with one thread: the judge of pictures, times and descriptions.

With more threads FFmpeg's own pictures of damaged files change from run to run.
"""

import json
import re
from dataclasses import dataclass
from fractions import Fraction

from . import tools

JUDGE = "ffmpeg -nostdin -v error -threads 1 -noautorotate -copyts".split()
WRITE = "-fps_mode passthrough -noautoscale -enc_time_base -1 -f framehash -hash md5 -".split()


@dataclass
class Picture:
    """A picture as ffmpeg writes it: its hash, its size in bytes, its time where ffmpeg has one."""

    hash: str
    size: int
    time: Fraction | None


@dataclass
class Word:
    """All that FFmpeg says of one input."""

    pictures: list
    complaint: str
    times: list | None  # Of ffprobe, None for each that has none; None if they are not of these pictures.
    first: dict  # ffprobe's first frame.
    formats: set  # The pixel formats of all frames.

    @property
    def hashes(self):
        return [picture.hash for picture in self.pictures]


def inputs(path, judge):
    return [*judge, "-i", path]


def pictures_of(path, judge=(), stream="v:0", more=()):
    """The pictures of a file in the order they are shown, and what ffmpeg said against it."""
    outcome = tools.run([*JUDGE, *inputs(path, judge), "-map", f"0:{stream}", *more, *WRITE])
    pictures, base = [], None
    for line in outcome.out.decode().splitlines():
        if line.startswith("#tb"):
            base = Fraction(line.split(":")[1].strip())
        if line.startswith("#") or not line.strip():
            continue
        _, _, presentation, _, size, hash = (word.strip() for word in line.split(","))
        time = int(presentation) * base if re.fullmatch(r"-?\d+", presentation) else None
        pictures.append(Picture(hash, int(size), time))
    return pictures, outcome.error.strip()


ENTRIES = (
    "frame=pts,width,height,pix_fmt,sample_aspect_ratio,interlaced_frame,top_field_first,"
    "color_range,color_space,color_primaries,color_transfer,chroma_location:stream=time_base"
)


def frames_of(path, judge=(), stream="v:0"):
    """ffprobe's frames and the time base they are in."""
    data = None
    if judge:
        # ffprobe takes no choice of a decoder: it sees what ffmpeg decoded with it, kept without loss.
        data = tools.run([
            *JUDGE, *inputs(path, judge), "-map", f"0:{stream}", "-fps_mode", "passthrough",
            "-c:v", "ffv1", "-f", "matroska", "-",
        ]).out
        path, stream = "-", "v:0"
    outcome = tools.run([
        "ffprobe", "-v", "error", "-threads", "1", "-select_streams", stream,
        "-show_entries", ENTRIES, "-of", "json", path,
    ], data)
    try:
        document = json.loads(outcome.out)
        return document["frames"], Fraction(document["streams"][0]["time_base"])
    except (ValueError, KeyError, IndexError, ZeroDivisionError):
        return [], None


def unconverted(pictures, frames, path, judge=(), stream="v:0"):
    """The pictures of a file, each in its own pixel format.

    ffmpeg converts all pictures to the format of the first. Asked for another format it leaves those alone that
    have it: each picture is taken from where it is not converted.
    """
    formats = [frame.get("pix_fmt") for frame in frames]
    if len(set(formats)) < 2 or len(formats) != len(pictures):
        return pictures
    own = {format: pictures_of(path, judge, stream, ("-pix_fmt", format))[0] for format in set(formats)}
    return [own[format][index] for index, format in enumerate(formats)]


def word_on(path, clip):
    """Everything that the trials of a clip compare with."""
    pictures, complaint = pictures_of(path, clip.judge, clip.stream)
    frames, base = frames_of(path, clip.judge, clip.stream)
    pictures = unconverted(pictures, frames, path, clip.judge, clip.stream)
    times = None
    if base and len(frames) == len(pictures):
        times = [frame["pts"] * base if "pts" in frame else None for frame in frames]
    formats = {frame.get("pix_fmt") for frame in frames}
    return Word(pictures, complaint, times, frames[0] if frames else {}, formats)


def first_of(path, judge=(), stream="v:0"):
    """The bytes of the first picture of a file, in its own pixel format."""
    return tools.run([
        *JUDGE, *inputs(path, judge), "-map", f"0:{stream}", "-frames:v", "1", "-f", "rawvideo", "-",
    ]).out


def rgb_of(path, judge=(), stream="v:0", scaled=""):
    """The first picture of a file as it is shown: width, height and R'G'B', by swscale."""
    command = [
        "ffmpeg", "-nostdin", "-v", "error", "-threads", "1", *inputs(path, judge), "-map", f"0:{stream}",
        "-frames:v", "1", "-vf", "format=rgb24" + scaled, "-f", "image2pipe", "-c:v", "ppm", "-",
    ]
    found = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", tools.run(command).out)
    if not found:
        return None
    width, height = int(found[1]), int(found[2])
    return width, height, found.string[found.end():found.end() + 3 * width * height]
