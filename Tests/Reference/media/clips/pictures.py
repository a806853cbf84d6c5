"""What pictures are like: depth, subsampling, range, alpha, odd sizes, pixel aspects, turned for showing."""

from .. import boxes
from ..recipe import Clip, encoded, pattern

X264 = "-c:v libx264 -preset veryfast -g 12 -bf 2"
X265 = "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=none:frame-threads=1:keyint=12"
VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12 -b:v 300k"
AV1 = "-c:v libaom-av1 -cpu-used 8 -usage realtime -g 12 -b:v 300k"
SHORT = pattern(seconds=0.6)

# Pixel formats of each codec beyond the one of the matrix, and a container.
FORMATS = (
    ("h264", X264, "mp4", "yuv422p yuv444p yuv420p10le yuv422p10le gray yuvj420p nv12"),
    ("h264rgb", "-c:v libx264rgb -preset veryfast -g 12", "mkv", "rgb24 bgr0"),
    ("hevc", X265, "mp4", "yuv422p yuv444p yuv420p10le yuv422p10le gbrp gray yuv420p12le"),
    ("vp9", VP9, "webm", "yuv444p gbrp"),
    ("vp9p2", VP9 + " -profile:v 2", "webm", "yuv420p10le"),
    ("av1", AV1, "mp4", "yuv444p yuv420p10le"),
    ("mjpeg", "-c:v mjpeg -qscale:v 4", "avi", "yuvj422p yuvj444p"),
    ("prores", "-c:v prores_ks", "mov", "yuv444p10le"),
    ("ffv1", "-c:v ffv1 -level 3", "mkv", "yuv444p yuv410p yuv411p yuv440p gray gray16le yuv420p16le bgr0 gbrp10le"),
    ("rawvideo", "-c:v rawvideo", "nut", "gray gray16le rgb565le bgra yuv410p monow pal8 gbrp rgb48le p010le nv12"),
    ("huffyuv", "-c:v huffyuv", "avi", "rgb24"),
    ("png", "-c:v png", "mov", "gray rgb48be pal8 monob gray16be"),
    ("qtrle", "-c:v qtrle", "mov", "gray rgb555be"),
    ("jpeg2000", "-c:v jpeg2000", "mkv", "rgb24 yuv444p gray"),
    ("y4m", "-strict -1", "y4m", "yuv444p yuv422p gray yuv420p10le"),
)

ALPHA = (
    ("prores", "-c:v prores_ks -profile:v 4444 -pix_fmt yuva444p10le", "mov", ()),
    ("qtrle", "-c:v qtrle -pix_fmt argb", "mov", ()),
    ("png", "-c:v png -pix_fmt rgba", "mov", ()),
    ("ffv1", "-c:v ffv1 -level 3 -pix_fmt yuva420p", "mkv", ()),
    ("ffv1rgb", "-c:v ffv1 -level 3 -pix_fmt bgra", "mkv", ()),
    ("utvideo", "-c:v utvideo -pix_fmt gbrap", "avi", ()),
    ("vp9", f"{VP9} -pix_fmt yuva420p -auto-alt-ref 0", "webm", ("-c:v", "libvpx-vp9")),
    ("vp9", f"{VP9} -pix_fmt yuva420p -auto-alt-ref 0", "mkv", ("-c:v", "libvpx-vp9")),
    ("vp8", "-c:v libvpx -deadline realtime -cpu-used 8 -g 12 -pix_fmt yuva420p -auto-alt-ref 0", "webm",
     ("-c:v", "libvpx")),
)

# Sizes that no block divides, with formats of which both can hold them.
ODD = (
    ("h264", X264 + " -pix_fmt yuv444p", "mp4", "161x121 17x9"),
    ("h264crop", X264, "mkv", "162x122 34x18"),
    ("hevc", X265, "mp4", "162x122 66x34"),
    ("vp9", VP9, "webm", "161x121 17x9 1x1 2x2"),
    ("vp8", "-c:v libvpx -deadline realtime -cpu-used 8 -g 12", "webm", "161x121 17x9"),
    ("av1", AV1, "mp4", "161x121 17x17"),
    ("mpeg2", "-c:v mpeg2video -g 12 -qscale:v 4", "ts", "162x122"),
    ("mpeg4", "-c:v mpeg4 -g 12 -qscale:v 4", "mp4", "162x122"),
    ("mjpeg", "-c:v mjpeg -pix_fmt yuvj420p", "avi", "161x121 1x1"),
    ("ffv1", "-c:v ffv1 -level 3", "mkv", "161x121 11x7"),
    ("png", "-c:v png -pix_fmt rgb24", "mov", "161x121 1x1"),
    ("rawvideo", "-c:v rawvideo -pix_fmt yuv420p", "nut", "161x121"),
    ("theora", "-c:v libtheora -g 12", "ogv", "162x122"),
)

COLORS = {
    "bt709": "-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv",
    "bt601": "-color_primaries smpte170m -color_trc smpte170m -colorspace smpte170m -color_range tv",
    "full-range": "-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range pc",
    "pq": "-color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -color_range tv -pix_fmt yuv420p10le",
    "hlg": "-color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc -color_range tv -pix_fmt yuv420p10le",
}

# Display matrices of 16.16 and 2.30 numbers: a, b, c, d as whole numbers.
TURNS = {
    "90": (0, 1, -1, 0), "180": (-1, 0, 0, -1), "270": (0, -1, 1, 0),
    "mirrored": (-1, 0, 0, 1), "upside-down": (1, 0, 0, -1),
    "90-mirrored": (0, 1, 1, 0), "270-mirrored": (0, -1, -1, 0),
}


def turned(matrix, ending, arguments):
    def make(kitchen):
        path = kitchen.encode(f"clip.{ending}", arguments, SHORT)
        boxes.turn(path, matrix)
        return [path]
    return make


def container_aspect(ending):
    """The codec says that pixels are square, and the container that they are not."""
    def make(kitchen):
        square = kitchen.encode("square.mp4", X264, pattern(seconds=0.6, then="setsar=1"))
        return [kitchen.copy(square, f"clip.{ending}", "-aspect 16:9")]
    return make


def clips(seed):
    made = []
    for codec, arguments, ending, formats in FORMATS:
        for format in formats.split():
            made.append(encoded(
                f"{codec}/{ending}/{format}", f"clip.{ending}", f"{arguments} -pix_fmt {format}", SHORT,
                timed=ending != "avi", tags=("formats",),
            ))
    for codec, arguments, ending, judge in ALPHA:
        made.append(encoded(
            f"{codec}/{ending}/alpha", f"clip.{ending}", arguments,
            pattern(seconds=0.6, then="format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='mod(X+Y+4*N,256)'"),
            judge=judge, has_alpha=True, timed=ending != "avi",
        ))
    for codec, arguments, ending, sizes in ODD:
        for size in sizes.split():
            # The pattern has a least size of its own.
            source = pattern(seconds=0.6, then=f"scale={size.replace('x', ':')}:flags=area")
            made.append(encoded(
                f"{codec}/{ending}/{size}", f"clip.{ending}", arguments, source, timed=ending != "avi",
            ))
    for name, options in COLORS.items():
        for codec, arguments, ending in (("h264", X264, "mp4"), ("hevc", X265, "mkv"), ("vp9", VP9, "webm")):
            more = " -profile:v 2" if codec == "vp9" and "10le" in options else ""
            made.append(encoded(
                f"{codec}/{ending}/{name}", f"clip.{ending}", f"{arguments} {options}{more}", SHORT,
            ))
    for codec, arguments, ending in (
        ("h264", X264, "mp4"), ("h264", X264, "ts"), ("hevc", X265, "mkv"), ("mpeg4", "-c:v mpeg4", "avi"),
        ("mpeg2", "-c:v mpeg2video -aspect 4:3", "mpg"), ("vp9", VP9, "webm"), ("prores", "-c:v prores_ks", "mov"),
    ):
        made.append(encoded(
            f"{codec}/{ending}/wide-pixels", f"clip.{ending}", arguments, pattern(seconds=0.6, then="setsar=4/3"),
            timed=ending not in ("avi", "mpg"),
        ))
    for ending in ("mp4", "mkv", "mov"):
        made.append(Clip(f"h264/{ending}/aspect-of-container", container_aspect(ending), encoder="libx264"))
    for name, matrix in TURNS.items():
        made.append(Clip(f"h264/mp4/turned-{name}", turned(matrix, "mp4", X264), encoder="libx264"))
    made.append(Clip("mjpeg/mov/turned-90", turned(TURNS["90"], "mov", "-c:v mjpeg -pix_fmt yuvj420p")))
    for codec, ending, arguments in (
        ("mpeg2", "mxf", "-c:v mpeg2video -flags +ilme+ildct -top 1 -g 12"),
        ("prores", "mov", "-c:v prores_ks -flags +ildct -top 1 -vf setfield=tff"),
        ("h264", "mkv", X264 + " -flags +ilme+ildct -x264-params tff=1"),
        ("h264", "mov", X264 + " -flags +ilme+ildct -x264-params bff=1"),
    ):
        made.append(encoded(f"{codec}/{ending}/interlaced", f"clip.{ending}", arguments, SHORT))
    return made
