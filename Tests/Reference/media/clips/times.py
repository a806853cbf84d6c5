"""What clocks do: wrapped, negative, uneven, absent, edited; and clips of one frame."""

from .. import boxes
from ..recipe import Clip, encoded, pattern

X264 = "-c:v libx264 -preset veryfast -g 12 -bf 2"
X265 = "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=none:frame-threads=1:keyint=12"
VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12 -b:v 300k"
MPEG2 = "-c:v mpeg2video -g 12 -bf 2 -qscale:v 4"
LONG = pattern(seconds=2)
ONE = pattern(seconds=0.04)
# When a clock of 33 bits and 90 kHz begins anew. ffmpeg's muxers begin up to 1.4 seconds behind what they are told.
WRAP_SECONDS = 2**33 / 90000
UNEVEN = "-fps_mode passthrough -enc_time_base 1:1000 -vf \"settb=1/1000,setpts='40*N+8*mod(N*N,5)'\""
RATES = {
    "ntsc": "30000/1001", "film": "24000/1001", "fast": "240", "2000-a-second": "2000",
    "slow": "1/2", "odd-rate": "12.345",
}


def offset(kitchen, ending, arguments, seconds, more=""):
    """The clip with its clock set forward."""
    path = kitchen.encode(f"at-zero.{'mkv' if ending == 'mkv' else 'mp4'}", arguments, LONG)
    return [kitchen.copy(path, f"clip.{ending}", f"-output_ts_offset {seconds} {more}")]


def shifted(ending, arguments, seconds, more=""):
    return lambda kitchen: offset(kitchen, ending, arguments, seconds, more)


def edited(entries, ending="mp4"):
    """An edit list over 50 pictures at 25 a second: the movie counts in 1/1000 s, the track in 1/12800."""
    def make(kitchen):
        path = kitchen.encode(f"clip.{ending}", X264 + " -video_track_timescale 12800", LONG)
        # B-frames of two put the first picture two frames behind the first decoding time.
        boxes.edit(path, [(duration, -1 if at is None else at * 512 + 1024) for duration, at in entries])
        return [path]
    return make


# The parts of these lie apart in the file, or are shown twice.
STEPS = ("repeated", "cut-out", "reordered")
EDITS = {
    "trimmed-head": [(1600, 10)],
    "trimmed-at-keyframe": [(1520, 12)],
    "trimmed-tail": [(1600, 0)],
    "trimmed-both": [(1000, 7)],
    "delayed": [(500, None), (2000, 0)],
    "delayed-and-trimmed": [(500, None), (1200, 5)],
    "repeated": [(800, 0), (800, 0)],
    "cut-out": [(800, 0), (800, 30)],
    "reordered": [(800, 25), (800, 0)],
}


def cut_by_copying(ending):
    """A clip cut with -ss and -c copy between keyframes, as everybody does it."""
    def make(kitchen):
        whole = kitchen.encode("whole.mp4", X264, LONG)
        return [kitchen.copy(["-ss", "0.7", "-i", whole], f"clip.{ending}")]
    return make


def clips(seed):
    made = []
    for codec, arguments in (("h264", X264), ("hevc", X265), ("mpeg2", MPEG2)):
        made.append(Clip(
            f"{codec}/ts/wrapped-clock", shifted("ts", arguments, WRAP_SECONDS - 2.4),
            encoder=arguments.split()[1],
        ))
        made.append(Clip(
            f"{codec}/ts/late-clock", shifted("ts", arguments, 12345.678), encoder=arguments.split()[1],
        ))
    made.append(Clip("mpeg2/mpg/late-clock", shifted("mpg", MPEG2, 12345.6), timed=False))
    made.append(Clip("mpeg2/mpg/wrapped-clock", shifted("mpg", MPEG2, WRAP_SECONDS - 1.5), timed=False))
    for codec, arguments, endings in (
        ("h264", X264, ("mkv", "nut", "mp4", "mov")), ("vp9", VP9, ("mkv", "webm")),
    ):
        for ending in endings:
            for name, seconds, more in (
                ("late-clock", 12345.678, ""),
                ("negative-times", -0.52, "-avoid_negative_ts disabled"),
            ):
                if ending == "nut" and seconds < 0:
                    continue  # Its muxer has none.
                made.append(Clip(
                    f"{codec}/{ending}/{name}", shifted(ending, arguments, seconds, more),
                    encoder=arguments.split()[1],
                ))
    for codec, arguments, endings in (
        ("h264", X264, ("mp4", "mkv", "mov", "flv", "ts", "nut")), ("hevc", X265, ("mp4", "mkv")),
        ("vp9", VP9, ("webm", "mp4")), ("mjpeg", "-c:v mjpeg -pix_fmt yuvj420p", ("mkv", "mov")),
    ):
        for ending in endings:
            made.append(encoded(
                f"{codec}/{ending}/uneven-times", f"clip.{ending}", f"{UNEVEN} {arguments}", LONG,
            ))
    for name, rate in RATES.items():
        for codec, arguments, ending in (("h264", X264, "mp4"), ("vp9", VP9, "webm"), ("mpeg4", "-c:v mpeg4", "avi")):
            if codec == "mpeg4" and name == "odd-rate":
                continue
            frames = 12 if name in ("2000-a-second", "slow") else 30
            made.append(encoded(
                f"{codec}/{ending}/{name}", f"clip.{ending}", f"{arguments} -frames:v {frames}",
                pattern(rate=rate, seconds=40), timed=ending != "avi",
            ))
    for codec, arguments, endings in (
        ("h264", X264, "mp4 mkv ts avi flv h264 mov frag.mp4"), ("hevc", X265, "mp4 mkv ts hevc"),
        ("vp9", VP9, "webm ivf"), ("mpeg2", MPEG2, "mpg ts m2v"), ("mpeg4", "-c:v mpeg4", "avi m4v"),
        ("ffv1", "-c:v ffv1", "mkv"), ("prores", "-c:v prores_ks", "mov"), ("wmv2", "-c:v wmv2", "wmv"),
        ("theora", "-c:v libtheora", "ogv"), ("gif", "-c:v gif", "gif"),
        ("mjpeg", "-c:v mjpeg -pix_fmt yuvj420p", "avi"),
    ):
        for ending in endings.split():
            more = "-movflags frag_keyframe+empty_moov" if ending.startswith("frag") else ""
            more = "-f m4v" if ending == "m4v" else more  # By its ending ffmpeg takes it for MP4.
            made.append(encoded(
                f"{codec}/{ending}/one-frame", f"clip.{ending}", f"{arguments} {more}", ONE,
                timed=ending in ("mp4", "mkv", "ts", "mov", "webm"),
            ))
    for name, entries in EDITS.items():
        for ending in ("mp4", "mov"):
            made.append(Clip(
                f"h264/{ending}/{name}", edited(entries, ending), encoder="libx264", steps=name in STEPS))
    for ending in ("mp4", "mkv", "mov"):
        made.append(Clip(f"h264/{ending}/cut-by-copying", cut_by_copying(ending), encoder="libx264"))
    made.append(encoded(
        "h264/mp4/negative-offsets", "clip.mp4", X264 + " -movflags negative_cts_offsets", LONG))
    made.append(encoded("h264/mp4/no-edit-list", "clip.mp4", X264 + " -use_editlist 0", LONG))
    made.append(encoded(
        "h264/mkv/equal-times", "clip.mkv", "-c:v libx264 -preset veryfast -bf 0 -frames:v 24",
        pattern(rate=2000, seconds=1),
    ))
    return made
