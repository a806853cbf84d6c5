"""What changes midway: sizes, parameters, pixel formats, programs; clips that are joined or begin in the middle."""

from .. import boxes
from ..recipe import TORN, Clip, pattern

X264 = "-c:v libx264 -preset veryfast -g 12 -bf 2"
X265 = "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=none:frame-threads=1:keyint=12:"
MPEG2 = "-c:v mpeg2video -g 12 -bf 2 -qscale:v 4"
VP8 = "-c:v libvpx -deadline realtime -cpu-used 8 -g 12 -b:v 300k"
VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12 -b:v 300k"
SMALL = pattern(size="96x80")
OTHER = pattern(then="negate")
PACKET = 188


def appended(name, *parts):
    """Files one behind the other, as `cat` does it."""
    def make(kitchen):
        paths = [kitchen.encode(f"{index}-{name}", *part) for index, part in enumerate(parts)]
        joined = kitchen.path(f"joined-{name}")
        joined.write_bytes(b"".join(path.read_bytes() for path in paths))
        return [joined]
    return make


def appended_then(inner, ending, *parts):
    """The same, copied into another container, which then holds the change."""
    def make(kitchen):
        # A muxer wants times, which raw streams with B-frames do not have.
        plain = [(line.replace("-bf 2", "-bf 0").replace("keyint=12:", "keyint=12:bframes=0"), source)
                 for line, source in parts]
        [joined] = appended(f"clip.{inner}", *plain)(kitchen)
        return [kitchen.copy(["-r", "25", "-i", joined], f"clip.{ending}")]
    return make


def two_descriptions(*parts):
    def make(kitchen):
        paths = [kitchen.encode(f"{index}.mp4", *part) for index, part in enumerate(parts)]
        clip = kitchen.path("clip.mp4")
        boxes.joined_descriptions(*paths, clip)
        return [clip]
    return make


def begun_in_the_middle(arguments, packets):
    """A transport stream whose head is cut off: what a recorder gets that tunes in."""
    def make(kitchen):
        whole = kitchen.encode("whole.ts", arguments, pattern(seconds=2))
        data = whole.read_bytes()
        clip = kitchen.path("clip.ts")
        # The tables that say what is in the stream stay in front.
        clip.write_bytes(data[:3 * PACKET] + data[packets * PACKET:])
        return [clip]
    return make


def begun_at_group(arguments, ending):
    """Cut at a keyframe of an open group: leading pictures lack what they rest on."""
    def make(kitchen):
        whole = kitchen.encode("whole.ts", arguments, pattern(seconds=2))
        return [kitchen.copy(["-ss", "1", "-i", whole], f"clip.{ending}", "-copyts")]
    return make


def moved_to_other_pid(kitchen):
    """Video that goes on under another number after its half."""
    first = kitchen.encode("a.ts", X264 + " -mpegts_start_pid 256", pattern())
    second = kitchen.encode("b.ts", X264 + " -mpegts_start_pid 300 -output_ts_offset 1.2", OTHER)
    clip = kitchen.path("clip.ts")
    clip.write_bytes(first.read_bytes() + second.read_bytes())
    return [clip]


def clips(seed):
    made = []

    def add(name, make, arguments=X264, **more):
        made.append(Clip(name, make, encoder=arguments.split()[1], **more))

    same, size = (X264, pattern()), (X264, SMALL)
    depth = (X264 + " -pix_fmt yuv420p10le", pattern())
    crf = (X264 + " -crf 35 -x264-params ref=1:cabac=0", OTHER)
    small_hevc, hevc = (X265, SMALL), (X265, pattern())
    add("h264/ts/joined-same", appended("clip.ts", same, same), timed=False, tolerated=True, steps=True)
    add("h264/ts/joined-other", appended("clip.ts", same, (X264, OTHER)), timed=False, tolerated=True, steps=True)
    add("h264/ts/joined-size", appended("clip.ts", same, size), timed=False, tolerated=True, steps=True)
    add("h264/ts/joined-depth", appended("clip.ts", same, depth), timed=False, tolerated=True, steps=True)
    add("h264/ts/joined-parameters", appended("clip.ts", same, crf), timed=False, tolerated=True, steps=True)
    later = (X264 + " -output_ts_offset 100", OTHER)
    add("h264/ts/time-jump", appended("clip.ts", same, later), timed=False, tolerated=True, steps=True)
    add("hevc/ts/joined-size", appended("clip.ts", hevc, small_hevc), X265, timed=False, tolerated=True, steps=True)
    add("hevc/ts/joined-same", appended("clip.ts", hevc, hevc), X265, timed=False, tolerated=True, steps=True)
    for ending in ("ts", "mpg", "m2v"):
        add(f"mpeg2/{ending}/joined-size", appended(f"clip.{ending}", (MPEG2, pattern()), (MPEG2, SMALL)), MPEG2,
            timed=False, tolerated=True, steps=True)
    for codec, other, name in (
        ("h264", size, "size"), ("h264", crf, "parameters"), ("h264", depth, "depth"),
        ("hevc", small_hevc, "size"), ("mjpeg", None, "size"),
    ):
        first = {"h264": same, "hevc": hevc, "mjpeg": ("-c:v mjpeg -pix_fmt yuvj420p", pattern())}[codec]
        other = other or ("-c:v mjpeg -pix_fmt yuvj420p", SMALL)
        add(f"{codec}/{codec}/changes-{name}", appended(f"clip.{codec}", first, other), first[0], timed=False)
        for ending in ("mp4", "mkv"):
            add(f"{codec}/{ending}/changes-{name}", appended_then(codec, ending, first, other), first[0], timed=False)
    for codec, arguments in (("vp8", VP8), ("vp9", VP9)):
        add(f"{codec}/webm/joined-size", appended("clip.webm", (arguments, pattern()), (arguments, SMALL)), arguments,
            timed=False, steps=True)
        add(f"{codec}/webm/joined-same", appended("clip.webm", (arguments, pattern()), (arguments, OTHER)), arguments,
            timed=False, steps=True)
    plain = "-c:v libx264 -preset veryfast -g 12 -bf 0"
    other = (plain + " -crf 35 -x264-params cabac=0", OTHER)
    add("h264/mp4/two-descriptions", two_descriptions((plain, pattern()), other))
    add("h264/mp4/two-descriptions-size", two_descriptions((plain, pattern()), (plain, SMALL)))
    add("h264/ts/moved-to-other-pid", moved_to_other_pid, nature=TORN)
    opened = X264 + " -x264-params open-gop=1:bframes=3:b-adapt=0:scenecut=0"
    open_hevc = X265 + "open-gop=1:bframes=4:b-adapt=0:scenecut=0"
    for codec, arguments in (("h264", opened), ("hevc", open_hevc), ("mpeg2", MPEG2)):
        add(f"{codec}/ts/begun-at-group", begun_at_group(arguments, "ts"), arguments, nature=TORN)
        add(f"{codec}/mkv/begun-at-group", begun_at_group(arguments, "mkv"), arguments, nature=TORN)
        add(f"{codec}/ts/begun-in-the-middle", begun_in_the_middle(arguments, 40), arguments, nature=TORN)
    return made
