"""Several inputs in one stream, one behind the other."""

from ..recipe import Clip, pattern

X264 = "-c:v libx264 -preset veryfast -g 12 -bf 2"
VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12 -b:v 300k"
OTHER = pattern(then="negate")


def each(*parts):
    """One input for each name with its arguments and its source."""
    return lambda kitchen: [kitchen.encode(name, arguments, source) for name, arguments, source in parts]


def nearly_alike(kitchen):
    """Two files of the same size that differ in one byte of their middle."""
    first = kitchen.encode("a.y4m", "-pix_fmt yuv420p", pattern(seconds=2))
    data = bytearray(first.read_bytes())
    data[len(data) // 2 + 5000] ^= 0x40
    second = kitchen.path("b.y4m")
    second.write_bytes(data)
    return [first, second]


def clips(seed):
    same = (("a.mp4", X264, pattern()), ("b.mp4", X264, OTHER))
    sizes = (("a.mp4", X264, pattern()), ("b.mp4", X264, pattern(size="96x80")))
    codecs = (("a.mp4", X264, pattern()), ("b.webm", VP9, OTHER), ("c.mkv", "-c:v ffv1 -level 3", pattern()))
    parts = {
        "h264/several/alike": each(*same),
        "h264/several/sizes": each(*sizes),
        "h264/several/one-clock": each(
            ("a.ts", X264, pattern()), ("b.ts", X264 + " -output_ts_offset 1.2", OTHER)),
        "mixed/several/codecs": each(*codecs),
        "h264/several/containers": each(("a.mp4", X264, pattern()), ("b.ts", X264, OTHER), ("c.mkv", X264, pattern())),
        "png/several/files": each(*(
            (f"{n}.png", f"-c:v png -pix_fmt rgb24 -frames:v 1 -update 1 -vf hue=h={n * 30}", pattern(seconds=0.1))
            for n in range(4)
        )),
        "y4m/several/one-byte-differs": nearly_alike,
    }
    return [Clip(name, make, timed="mp4" in name) for name, make in parts.items()]
