"""How pictures rest on each other: B-frames, open groups, hidden frames, fields, one keyframe for ever."""

from .. import avi
from ..recipe import Clip, encoded, pattern

X264 = "-c:v libx264 -preset veryfast"
X265 = "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=none:frame-threads=1:"
LONG = pattern(seconds=2)

# A property of H.264 with its options, tried in each of these containers.
H264 = {
    "no-b": "-bf 0 -g 12",
    "deep-b": "-bf 7 -g 24 -x264-params b-pyramid=normal:b-adapt=0",
    "open-group": "-g 12 -x264-params open-gop=1:bframes=3:b-adapt=0:scenecut=0",
    "intra-refresh": "-x264-params intra-refresh=1:keyint=12:bframes=0",
    "one-keyframe": "-g 9999 -bf 2 -sc_threshold 0",
    "all-intra": "-g 1",
    "slices": "-g 12 -x264-params slices=4:bframes=2",
    "many-references": "-g 30 -x264-params ref=8:bframes=3:b-pyramid=strict",
    "no-delimiters": "-g 12 -x264-params aud=0",
    "headers-everywhere": "-g 12 -x264-params aud=1:repeat-headers=1",
    "baseline": "-g 12 -profile:v baseline",
    "constrained-delay": "-g 12 -tune zerolatency",
    "mbaff-top": "-g 12 -flags +ilme+ildct -x264-params tff=1:bframes=2",
    "mbaff-bottom": "-g 12 -flags +ilme+ildct -x264-params bff=1:bframes=2",
    "fake-interlaced": "-g 12 -x264-params fake-interlaced=1",
    "pic-struct": "-g 12 -x264-params pic-struct=1:nal-hrd=vbr:vbv-maxrate=500:vbv-bufsize=500",
}
HEVC = {
    "no-b": "bframes=0:keyint=12",
    "open-group": "open-gop=1:keyint=12:bframes=4:b-adapt=0:scenecut=0",
    "closed-group": "open-gop=0:keyint=12:bframes=4",
    "one-keyframe": "keyint=-1:bframes=3",
    "all-intra": "keyint=1",
    "intra-refresh": "intra-refresh=1:keyint=12:bframes=0",
    "wavefront-off": "wpp=0:keyint=12",
    "repeated-headers": "repeat-headers=1:aud=1:keyint=12",
    "end-of-sequence": "eos=1:eob=1:keyint=12:open-gop=0",
    "field-sei": "interlace=tff:keyint=12:bframes=0",
    "temporal-layers": "temporal-layers=3:keyint=12:bframes=4:b-adapt=0",
}
# VP8 hides frames where a first pass told it what comes; VP9 hides none in clips as short as these.
TWO_PASS_VP9 = "-c:v libvpx-vp9 -deadline good -cpu-used 4 -auto-alt-ref 1 -lag-in-frames 16 -g 48 -b:v 150k"
HIDDEN_VP8 = "-c:v libvpx -deadline good -cpu-used 4 -auto-alt-ref 1 -lag-in-frames 16 -g 48 -b:v 150k"
HIDDEN_AV1 = "-c:v libaom-av1 -cpu-used 8 -lag-in-frames 19 -g 24 -b:v 200k"
MPEG2 = {
    "closed-group": "-flags +cgop -sc_threshold 1000000000 -g 12 -bf 2",
    "one-keyframe": "-g 600 -bf 2",
    "all-intra": "-g 1",
    "fields-top": "-flags +ilme+ildct -top 1 -g 12 -bf 2",
    "fields-bottom": "-flags +ilme+ildct -top 0 -g 12 -bf 2",
    "low-delay": "-flags +low_delay -g 12 -bf 0",
}
MPEG4 = {
    "quarter-pel": "-flags +qpel -g 12 -bf 2",
    "closed-group": "-flags +cgop -sc_threshold 1000000000 -g 12 -bf 2",
    "one-keyframe": "-g 300 -bf 2",
    "partitions": "-data_partitioning 1 -g 12",
    "fields": "-flags +ilme+ildct -g 12 -bf 2",
    "no-b": "-g 12 -bf 0",
}


def two_passes(arguments, ending):
    def make(kitchen):
        log = f"-passlogfile {kitchen.path('pass')}"
        kitchen.encode("first.ivf", f"{arguments} -pass 1 {log}", LONG)
        return [kitchen.encode(f"clip.{ending}", f"{arguments} -pass 2 {log}", LONG)]
    return make


def with_end_of_sequence(codec, mark, arguments, ending):
    """Two sequences with the mark of an end between them, as recorders write them when they stop."""
    def make(kitchen):
        # A muxer wants times, which raw streams with B-frames do not have.
        line = arguments if ending == codec else arguments.replace("bframes=2", "bframes=0").replace("-bf 2", "-bf 0")
        first = kitchen.encode(f"a.{codec}", line, pattern())
        second = kitchen.encode(f"b.{codec}", line, pattern(then="negate"))
        joined = kitchen.path(f"joined.{codec}")
        joined.write_bytes(first.read_bytes() + mark + second.read_bytes())
        if ending == codec:
            return [joined]
        return [kitchen.copy(["-r", "25", "-i", joined], f"clip.{ending}")]
    return make


# The stream alone: by its ending ffmpeg takes .m4v for a kind of MP4, which keeps the headers to itself.
PLAIN_MPEG4 = "-f m4v -c:v mpeg4 -g 12 -qscale:v 4"


def packed_frames(with_header):
    """MPEG-4 with two pictures in a chunk and none in the next, as DivX writes it."""
    def make(kitchen):
        data = kitchen.encode("plain.m4v", f"{PLAIN_MPEG4} -bf 1 -sc_threshold 1000000000", LONG).read_bytes()
        clip = kitchen.path("clip.avi")
        avi.written(clip, avi.packed(data if with_header else avi.without_layers(data)), b"DX50", (160, 120))
        return [clip]
    return make


def empty_chunks(kitchen):
    """Chunks of no bytes, where a recorder dropped a picture."""
    plain = kitchen.encode("plain.m4v", f"{PLAIN_MPEG4} -bf 0", LONG)
    clip, chunks = kitchen.path("clip.avi"), []
    for index, (kind, body) in enumerate(avi.pictures_of_mpeg4(plain.read_bytes())):
        chunks.append((body, kind == 0))
        if index % 7 == 3:
            chunks.append((b"", False))
    avi.written(clip, chunks, b"FMP4", (160, 120))
    return [clip]


def clips(seed):
    made = []
    for name, options in H264.items():
        for container in ("mp4", "mkv", "ts"):
            made.append(encoded(f"h264/{container}/{name}", f"clip.{container}", f"{X264} {options}", LONG))
    for name, options in HEVC.items():
        for container in ("mp4", "ts"):
            made.append(encoded(f"hevc/{container}/{name}", f"clip.{container}", X265 + options, LONG))
    for name, options in MPEG2.items():
        for container, timed in (("ts", True), ("mpg", False), ("mkv", True)):
            made.append(encoded(
                f"mpeg2/{container}/{name}", f"clip.{container}", f"-c:v mpeg2video -qscale:v 4 {options}",
                LONG, timed=timed,
            ))
    for name, options in MPEG4.items():
        for container, timed in (("mp4", True), ("avi", False)):
            made.append(encoded(
                f"mpeg4/{container}/{name}", f"clip.{container}", f"-c:v mpeg4 -qscale:v 4 {options}",
                LONG, timed=timed,
            ))
    for codec, arguments, containers in (
        ("av1", HIDDEN_AV1, ("mp4", "webm", "ivf", "obu")),
        ("svtav1", "-c:v libsvtav1 -preset 10 -g 24", ("mp4", "webm")),
    ):
        for container in containers:
            made.append(encoded(
                f"{codec}/{container}/hidden-frames", f"clip.{container}", arguments, LONG,
                timed=container != "obu",
            ))
    for codec, arguments, name, containers in (
        ("vp9", TWO_PASS_VP9, "two-passes", ("webm", "mp4", "ivf")),
        ("vp8", HIDDEN_VP8, "hidden-frames", ("webm", "ivf", "mkv")),
    ):
        for container in containers:
            made.append(Clip(
                f"{codec}/{container}/{name}", two_passes(arguments, container), encoder=arguments.split()[1]))
    made.append(Clip("mpeg4/avi/packed-frames", packed_frames(True), timed=False))
    # A decoder then has only the rate of the container to tell times by.
    made.append(Clip("mpeg4/avi/packed-frames-without-header", packed_frames(False), timed=False))
    made.append(Clip("mpeg4/avi/empty-chunks", empty_chunks, timed=False))
    h264, hevc = f"{X264} -g 12 -bf 2", X265 + "keyint=12:bframes=2"
    for codec, mark, arguments, encoder in (
        ("h264", b"\0\0\1\x0a", h264, "libx264"), ("hevc", b"\0\0\1\x48\1", hevc, "libx265"),
    ):
        for ending in (codec, "ts", "mkv"):
            made.append(Clip(
                f"{codec}/{ending}/end-of-sequence-inside",
                with_end_of_sequence(codec, mark, arguments, ending),
                encoder=encoder, timed=False,
            ))
    return made
