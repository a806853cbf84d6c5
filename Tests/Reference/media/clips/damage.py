"""Damage: packets lost from transport streams, bytes overwritten, files cut off. Where it falls is seeded."""

import json

from .. import boxes, tools
from ..recipe import DAMAGED, LOST, TORN, UNUSABLE, Clip, NotMade, pattern

PACKET = 188
LONG = pattern(seconds=2)
X264 = "-c:v libx264 -preset veryfast -g 12 -bf 2"
X265 = "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=none:frame-threads=1:keyint=12:bframes=2"
CODECS = {
    "h264": X264,
    "hevc": X265,
    "mpeg2": "-c:v mpeg2video -g 12 -bf 2 -qscale:v 3",
    "mpeg4": "-c:v mpeg4 -g 12 -bf 2 -qscale:v 3",
    "mpeg1": "-c:v mpeg1video -g 12 -bf 2 -qscale:v 3",
    "vp8": "-c:v libvpx -deadline realtime -cpu-used 8 -g 12 -b:v 600k",
    "vp9": "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12 -b:v 600k",
    "av1": "-c:v libaom-av1 -cpu-used 8 -usage realtime -g 12 -b:v 600k",
    "mjpeg": "-c:v mjpeg -qscale:v 3 -pix_fmt yuvj420p",
    "ffv1": "-c:v ffv1 -level 3 -slicecrc 1 -g 12",
    "slices": X264 + " -x264-params slices=4",
    "open": X264 + " -x264-params open-gop=1:bframes=3:b-adapt=0:scenecut=0",
    "fields": X264 + " -flags +ilme+ildct -x264-params tff=1",
    "refresh": X264 + " -x264-params intra-refresh=1:bframes=0:keyint=25",
}


def packet_loss(codec, losses, burst):
    """Packets that a network lost, none of the tables and not the first keyframe."""
    def make(kitchen):
        data = kitchen.encode("whole.ts", CODECS[codec], LONG).read_bytes()
        packets = [data[at:at + PACKET] for at in range(0, len(data), PACKET)]
        video = [index for index, packet in enumerate(packets) if packet[1] & 0x1F == 1 and packet[2] == 0]
        lost = set()
        for _ in range(losses):
            start = kitchen.random.randrange(len(video) // 4, len(video) - burst)
            lost.update(video[start:start + burst])
        clip = kitchen.path("clip.ts")
        clip.write_bytes(b"".join(packet for index, packet in enumerate(packets) if index not in lost))
        return [clip]
    return make


def places(path):
    """Where the packets of the video lie in a file, and how large they are."""
    outcome = tools.run([
        "ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pos,size", "-of", "json", path])
    packets = json.loads(outcome.out)["packets"]
    return [(int(packet["pos"]), int(packet["size"])) for packet in packets if packet.get("pos", "N/A") != "N/A"]


def overwritten(codec, ending, count):
    """Packets whose middle is overwritten, with noise: of the large ones, and not the first four."""
    def make(kitchen):
        path = kitchen.encode(f"clip.{ending}", CODECS[codec], LONG)
        found = places(path)
        if len(found) < 8:
            raise NotMade("ffprobe does not say where the packets lie")
        data = bytearray(path.read_bytes())
        large = sorted(found[4:], key=lambda place: -place[1])[:3 * count]
        for at, size in kitchen.random.sample(large, count):
            start, end = at + min(size // 4, 60), at + size - 4
            data[start:end] = kitchen.random.randbytes(end - start)
        path.write_bytes(data)
        return [path]
    return make


def spoiled_packet(codec, ending):
    """A packet from its first byte on, so that its own headers are gone."""
    def make(kitchen):
        path = kitchen.encode(f"clip.{ending}", CODECS[codec], LONG)
        found = places(path)
        at, size = found[kitchen.random.randrange(6, len(found) - 6)]
        data = bytearray(path.read_bytes())
        data[at:at + size] = b"\xff" * size
        path.write_bytes(data)
        return [path]
    return make


def cut_off(name, arguments, part):
    """The head of a file: a download that broke off, a disk that was full."""
    def make(kitchen):
        path = kitchen.encode(name, arguments, LONG)
        data = path.read_bytes()
        path.write_bytes(data[:int(len(data) * part)])
        return [path]
    return make


def cut_fragments(box):
    """A file of fragments that ends in the middle of a box of the fourth; those before it are whole."""
    def make(kitchen):
        path = kitchen.encode("clip.mp4", f"{X264} -movflags frag_keyframe+empty_moov", LONG)
        data = path.read_bytes()
        found = [(start, end) for name, start, end in boxes.children(data) if name == box]
        if len(found) < 5:
            raise NotMade("the file has too few fragments")
        start, end = found[3]
        path.write_bytes(data[:(start + end) // 2])
        return [path]
    return make


def clips(seed):
    made = []

    def add(name, make, codec, nature=DAMAGED, **more):
        encoder = CODECS[codec].split()[1]
        made.append(Clip(name, make, nature=nature, encoder=encoder, tags=(f"damage {nature}",), **more))

    for codec in ("h264", "hevc", "mpeg2", "mpeg4", "mpeg1", "slices", "open", "fields", "refresh"):
        add(f"{codec}/ts/packet-loss-1", packet_loss(codec, 1, 1), codec)
        add(f"{codec}/ts/packet-loss-5", packet_loss(codec, 5, 2), codec)
    for codec in ("h264", "hevc", "open"):
        add(f"{codec}/ts/burst-lost", packet_loss(codec, 1, 25), codec)
    for codec, ending in (
        ("h264", "mp4"), ("h264", "mkv"), ("hevc", "mp4"), ("hevc", "mkv"), ("mpeg2", "mkv"), ("mpeg4", "avi"),
        ("mpeg4", "mp4"), ("vp9", "webm"), ("av1", "mp4"), ("mjpeg", "avi"), ("mjpeg", "mov"), ("ffv1", "mkv"),
        ("slices", "mp4"),
    ):
        # FFmpeg's HEVC decoder takes noise for pictures, and says nothing.
        nature = TORN if codec == "hevc" else DAMAGED
        add(f"{codec}/{ending}/noise-in-packets", overwritten(codec, ending, 3), codec, nature)
    for codec, ending in (
        ("h264", "mp4"), ("hevc", "mp4"), ("vp9", "mkv"), ("vp8", "webm"), ("mpeg4", "avi"), ("av1", "mkv"),
        ("mjpeg", "mkv"), ("ffv1", "avi"),
    ):
        add(f"{codec}/{ending}/spoiled-packet", spoiled_packet(codec, ending), codec)
    for name, file, more, part, nature in (
        ("faststart", "clip.mp4", "-movflags faststart", 0.6, LOST),
        ("no-index", "clip.mp4", "", 0.6, UNUSABLE),
        ("mkv", "clip.mkv", "", 0.6, LOST),
        ("avi", "clip.avi", "", 0.6, LOST),
        ("flv", "clip.flv", "", 0.63, LOST),
        ("mov", "clip.mov", "-movflags faststart", 0.5, LOST),
    ):
        add(f"h264/{file[5:]}/cut-off-{name}", cut_off(file, f"{X264} {more}", part), "h264", nature)
    add("h264/mp4/cut-off-fragments", cut_fragments(b"mdat"), "h264", LOST)
    # FFmpeg reads on to the end of the next fragment's header before it opens a file.
    add("h264/mp4/cut-off-fragment-header", cut_fragments(b"moof"), "h264", UNUSABLE)
    add("vp9/webm/cut-off", cut_off("clip.webm", CODECS["vp9"], 0.61), "vp9", LOST)
    made.append(Clip(
        "y4m/y4m/cut-off", cut_off("clip.y4m", "-pix_fmt yuv420p", 0.605), nature=LOST, timed=False,
        tags=("damage lost",)))
    return made
