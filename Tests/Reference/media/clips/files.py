"""What stands around the video: other streams, segments, playlists, images, animations."""

import os
import struct

from .. import tools
from ..recipe import LOST, UNUSABLE, Clip, encoded, pattern

X264 = "-c:v libx264 -preset veryfast -g 12 -bf 2"
LONG = pattern(seconds=2)
SHORT = pattern(seconds=0.4)

# Images: the ending, how it is encoded.
IMAGES = {
    "png": "-c:v png -pix_fmt rgb24", "png16": "-c:v png -pix_fmt rgb48be", "pnga": "-c:v png -pix_fmt rgba",
    "jpg": "-c:v mjpeg -pix_fmt yuvj420p", "jpg444": "-c:v mjpeg -pix_fmt yuvj444p", "tiff": "-c:v tiff -pix_fmt rgb24",
    "bmp": "-c:v bmp -pix_fmt bgr24", "webp": "-c:v libwebp", "ppm": "-c:v ppm -pix_fmt rgb24",
    "pgm": "-c:v pgm -pix_fmt gray", "tga": "-c:v targa -pix_fmt bgr24", "sgi": "-c:v sgi -pix_fmt rgb24",
    "jp2": "-c:v jpeg2000 -pix_fmt rgb24", "exr": "-c:v exr -pix_fmt gbrpf32le", "dpx": "-c:v dpx -pix_fmt gbrp10le",
    "qoi": "-c:v qoi -pix_fmt rgb24", "jxl": "-c:v libjxl -pix_fmt rgb24", "pam": "-c:v pam -pix_fmt rgba",
    "pcx": "-c:v pcx -pix_fmt rgb24", "xbm": "-c:v xbm -pix_fmt monow",
}
ENDINGS = {"png16": "png", "pnga": "png", "jpg444": "jpg"}


def numbered(kind, missing=(), first=1, template="%03d"):
    def make(kitchen):
        ending = ENDINGS.get(kind, kind)
        kitchen.encode(f"f_{template}.{ending}", f"{IMAGES[kind]} -start_number {first}", SHORT)
        for number in missing:
            kitchen.path(f"f_{number:03d}.{ending}").unlink()
        return [kitchen.path(f"f_{template}.{ending}")]
    return make


def single(kind):
    return lambda kitchen: [kitchen.encode(
        f"one.{ENDINGS.get(kind, kind)}", IMAGES[kind] + " -frames:v 1 -update 1", SHORT)]


def streamed(options, name="clip.m3u8", missing=None, without=None):
    """Segments and their playlist; one of them may be missing, or a line of the playlist."""
    def make(kitchen):
        kitchen.encode(name, f"{X264} -sc_threshold 0 {options}", pattern(seconds=2.4))
        if missing:
            kitchen.path(missing).unlink()
        if without:
            text = kitchen.path(name).read_text()
            kitchen.path(name).write_text("".join(
                line for line in text.splitlines(True) if not line.startswith(without)))
        return [kitchen.path(name)]
    return make


HLS = "-f hls -hls_time 0.4 -hls_list_size 0 -hls_playlist_type vod -hls_segment_filename {folder}/s%d.{ending}"


def hls(ending, more="", **options):
    def make(kitchen):
        line = HLS.format(folder=kitchen.folder, ending=ending)
        kind = "fmp4" if ending == "m4s" else "mpegts"
        return streamed(f"{line} -hls_segment_type {kind} {more}", **options)(kitchen)
    return make


def variants(kitchen):
    """A master playlist over two sizes; the first stands first."""
    kitchen.ffmpeg(
        "-threads 1 -f lavfi -i", [pattern(seconds=1.6)], "-map 0:v -map 0:v",
        X264, "-sc_threshold 0 -b:v 200k -s:v:1 96x80",
        "-threads 1 -bitexact -f hls -hls_time 0.4 -hls_list_size 0 -hls_playlist_type vod",
        ["-var_stream_map", "v:0 v:1", "-master_pl_name", "clip.m3u8"], [kitchen.path("v%v.m3u8")])
    return [kitchen.path("clip.m3u8")]


def listed(kitchen):
    """A script of ffmpeg's concat demuxer over two files."""
    names = ("a.mp4", "b.mp4")
    for name, then in zip(names, ("", "negate")):
        kitchen.encode(name, X264, pattern(then=then))
    script = kitchen.path("clip.ffconcat")
    script.write_text("ffconcat version 1.0\n" + "".join(f"file {name}\n" for name in names))
    return [script]


def with_cover(kitchen):
    """A cover picture as the first stream."""
    kitchen.encode("cover.png", "-c:v png -frames:v 1 -update 1 -pix_fmt rgb24", SHORT)
    clip = kitchen.encode("plain.mp4", X264, LONG)
    return [kitchen.copy(
        ["-i", kitchen.path("cover.png"), "-i", clip], "clip.mp4", "-map 0:v -map 1:v -disposition:v:0 attached_pic")]


def beside(others, ending, arguments=X264, first=""):
    """Video beside other streams."""
    def make(kitchen):
        path = kitchen.path(f"clip.{ending}")
        kitchen.ffmpeg(
            "-threads 1 -f lavfi -i", [LONG], others, first or "-map 0:v -map 1", arguments,
            "-threads 1 -bitexact", [path])
        return [path]
    return make


def pages(kitchen):
    """Two TIFFs as pages of one file: the second directory moved behind the first."""
    kitchen.encode("p%d.tiff", "-c:v tiff -pix_fmt rgb24 -compression_algo raw -frames:v 2", SHORT)
    first = bytearray(kitchen.path("p1.tiff").read_bytes())
    second = kitchen.path("p2.tiff").read_bytes()
    shift = len(first)
    moved = bytearray(second)
    directory = struct.unpack_from("<I", second, 4)[0]
    count = struct.unpack_from("<H", second, directory)[0]
    sizes = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8}
    for index in range(count):
        at = directory + 2 + 12 * index
        tag, kind, number, value = struct.unpack_from("<HHII", second, at)
        if sizes.get(kind, 1) * number > 4:
            struct.pack_into("<I", moved, at + 8, value + shift)
            if tag == 273:  # The offsets of the strips point into the file as well.
                for strip in range(number):
                    old = struct.unpack_from("<I", second, value + 4 * strip)[0]
                    struct.pack_into("<I", moved, value + 4 * strip, old + shift)
        elif tag == 273:
            struct.pack_into("<I", moved, at + 8, value + shift)
    head = struct.unpack_from("<I", first, 4)[0]
    struct.pack_into("<I", first, head + 2 + 12 * struct.unpack_from("<H", first, head)[0], directory + shift)
    kitchen.path("pages.tif").write_bytes(first + moved)
    return [kitchen.path("pages.tif")]


def oriented(turn, ending):
    """A JPEG whose EXIF says how the camera was held; FFmpeg does not turn it in every version."""
    def make(kitchen):
        path = kitchen.encode("one.jpg", IMAGES["jpg"] + " -frames:v 1 -update 1", SHORT)
        data = path.read_bytes()
        entry = struct.pack(">HHIHH", 0x112, 3, 1, turn, 0)
        exif = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
        path.write_bytes(data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:])
        return [path]
    return make


def trailing(kind, more):
    """An image with bytes behind its end."""
    def make(kitchen):
        [path] = single(kind)(kitchen)
        path.write_bytes(path.read_bytes() + more)
        return [path]
    return make


def live(ending, arguments, more):
    """Written to a pipe, as browsers record: no duration, no index."""
    def make(kitchen):
        whole = kitchen.encode(f"whole.{ending}", arguments, LONG)
        clip = kitchen.path(f"clip.{ending}")
        command = ["ffmpeg", "-v", "error", "-i", whole, "-c", "copy", "-bitexact", *more.split(), "pipe:1"]
        clip.write_bytes(tools.run(command).out)
        return [clip]
    return make


def named(name):
    """A file whose name is bytes, not text."""
    def make(kitchen):
        plain = kitchen.encode("plain.mp4", X264, SHORT)
        return [plain.rename(kitchen.path(os.fsdecode(name)))]
    return make


def written(name, data):
    def make(kitchen):
        kitchen.path(name).write_bytes(data)
        return [kitchen.path(name)]
    return make


# What EXIF's numbers ask of whoever shows a picture.
ORIENTATIONS = {
    1: "", 2: "hflip", 3: "hflip,vflip", 4: "vflip",
    5: "transpose=0", 6: "transpose=1", 7: "transpose=3", 8: "transpose=2",
}

TONE = "-f lavfi -i sine=duration=2"


def clips(seed):
    made = []

    def add(name, make, encoder=None, **more):
        made.append(Clip(name, make, encoder=encoder, **more))

    for kind, arguments in IMAGES.items():
        encoder = arguments.split()[1]
        # Pictures of floating point are not stored.
        more = {"timed": False, "refusable": kind == "exr"}
        add(f"{kind}/images/numbered", numbered(kind), encoder, **more)
        add(f"{kind}/images/one", single(kind), encoder, **more)
    add("png/images/first-is-3", numbered("png", first=3), timed=False)
    add("png/images/number-missing", numbered("png", missing=(5,)), nature=LOST, timed=False, apart=True)
    add("tiff/tif/pages", pages, nature=LOST, timed=False)
    for turn, shown in ORIENTATIONS.items():
        add(f"jpg/images/orientation-{turn}", oriented(turn, "jpg"), "mjpeg", timed=False, shown=shown)
    add("png/images/bytes-behind", trailing("png", b"\0" * 14), timed=False, tolerated=True)
    add("jpg/images/bytes-behind", trailing("jpg", b"trailing bytes"), timed=False)
    for name, file, arguments in (
        ("gif", "clip.gif", "-c:v gif"), ("apng", "clip.apng", "-c:v apng -plays 1"),
        ("apng-png", "clip.png", "-f apng -c:v apng"),
        ("webp", "clip.webp", "-c:v libwebp_anim"),
    ):
        made.append(encoded(f"{name}/{file[5:]}/animation", file, arguments, LONG, timed=False,
            # What FFmpeg does not decode may be refused.
            tolerated=name == "webp"))
    vp8 = "-c:v libvpx -deadline realtime -cpu-used 8 -g 12"
    add("vp8/webm/live", live("webm", vp8, "-f webm -live 1"), "libvpx")
    add("vp8/webm/piped", live("webm", vp8, "-f webm"), "libvpx")
    add("h264/mkv/live", live("mkv", X264, "-f matroska -live 1"), "libx264")
    add("h264/flv/piped", live("flv", X264, "-f flv -flvflags no_duration_filesize"), "libx264")
    add("h264/mp4/name-of-bytes", named(b"clip-\xff\xe9.mp4"), "libx264")
    add("h264/mp4/name-of-signs", named(b"a clip's 100%d #1 [x]:?.mp4"), "libx264")
    add("av1/avif/one", lambda kitchen: [kitchen.encode(
        "one.avif", "-c:v libaom-av1 -cpu-used 8 -frames:v 1 -still-picture 1", SHORT)], "libaom-av1", timed=False)
    add("av1/avif/sequence", lambda kitchen: [kitchen.encode(
        "clip.avif", "-c:v libaom-av1 -cpu-used 8", SHORT)], "libaom-av1")
    add("h264/hls/segments", hls("ts"), "libx264")
    add("h264/hls/fragments", hls("m4s"), "libx264")
    add("h264/hls/byte-ranges", hls("ts", "-hls_flags single_file"), "libx264")
    add("h264/hls/variants", variants, "libx264")
    add("h264/hls/missing-segment", hls("ts", missing="s2.ts"), "libx264", nature=LOST)
    add("h264/hls/missing-first", hls("ts", missing="s0.ts"), "libx264", nature=LOST)
    add("h264/hls/missing-fragment", hls("m4s", missing="s2.m4s"), "libx264", nature=LOST)
    dash = "-f dash -seg_duration 0.48 -use_timeline 1"
    add("h264/dash/fragments", streamed(dash, "clip.mpd"), "libx264")
    third = "chunk-stream0-00003.m4s"
    add("h264/dash/missing-fragment", streamed(dash, "clip.mpd", missing=third), "libx264", nature=LOST)
    add("h264/concat/script", listed, "libx264")
    add("h264/mp4/cover-first", with_cover, "libx264")
    for ending in ("mp4", "mkv", "ts", "avi", "mov", "flv"):
        codec = "-c:a mp3" if ending in ("avi", "flv") else "-c:a aac"
        add(f"h264/{ending}/with-sound", beside(TONE, ending, f"{X264} {codec}"), "libx264", timed=ending != "avi")
        add(f"h264/{ending}/sound-first", beside(TONE, ending, f"{X264} {codec}", "-map 1 -map 0:v"), "libx264",
            timed=ending != "avi")
    second = ["-f", "lavfi", "-i", pattern(size="96x80", seconds=2)]
    for ending in ("mp4", "mkv", "ts"):
        add(f"h264/{ending}/two-videos", beside(second, ending), "libx264")
    add("h264/mov/timecode", beside(second, "mov", X264 + " -timecode 10:00:00:00", "-map 0:v"), "libx264")
    add("mpeg2/vob/with-sound", beside(TONE, "vob", "-c:v mpeg2video -g 12 -bf 2 -c:a mp2"), timed=False)
    add("sound/wav/no-video", lambda kitchen: [
        kitchen.encode("clip.wav", "-c:a pcm_s16le", "sine=duration=1")], nature=UNUSABLE)
    add("none/bin/empty", written("clip.mp4", b""), nature=UNUSABLE)
    add("none/bin/text", written("clip.txt", b"This is no video at all.\n" * 40), nature=UNUSABLE)
    add("none/bin/zeros", written("clip.mp4", bytes(100000)), nature=UNUSABLE)
    nothing = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-ENDLIST\n"
    add("none/m3u8/empty", written("clip.m3u8", nothing), nature=UNUSABLE)
    secret = f"-encryption_scheme cenc-aes-ctr -encryption_key {'76' * 16} -encryption_kid {'a7' * 16}"
    made.append(encoded("h264/mp4/encrypted", "clip.mp4", f"{X264} {secret}", LONG, nature=UNUSABLE))
    return made
