"""Surgery on MP4 and QuickTime files, for what no muxer of FFmpeg writes."""

import struct

PARENTS = (b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl", b"moof", b"traf")


def children(data, start=0, end=None):
    """The boxes in a stretch of bytes: name, where it begins, where it ends."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, start)
        if size == 1:
            size = struct.unpack_from(">Q", data, start + 8)[0]
        size = size or end - start
        yield name, start, start + size
        start += size


def find(data, *path, start=0, end=None):
    """Where the first box of a path begins and ends."""
    for name, box_start, box_end in children(data, start, end):
        if name == path[0]:
            return (box_start, box_end) if len(path) == 1 else find(data, *path[1:], start=box_start + 8, end=box_end)
    raise KeyError(path)


def replaced(data, path, content):
    """The file with another box in the place of one within moov. Offsets of chunks move with what grew."""
    start, end = find(data, *path)
    box = struct.pack(">I4s", len(content) + 8, path[-1]) + content
    grown = len(box) - (end - start)
    out = bytearray(data[:start] + box + data[end:])
    for depth in range(1, len(path)):
        at, _ = find(data, *path[:depth])
        struct.pack_into(">I", out, at, struct.unpack_from(">I", out, at)[0] + grown)
    if find(data, b"mdat")[0] > start:
        table, _ = find(out, b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stco")
        count = struct.unpack_from(">I", out, table + 12)[0]
        for index in range(count):
            at = table + 16 + 4 * index
            struct.pack_into(">I", out, at, struct.unpack_from(">I", out, at)[0] + grown)
    return bytes(out)


def content(data, *path):
    start, end = find(data, *path)
    return bytes(data[start + 8:end])


def turn(path, matrix):
    """Writes a display matrix into the header of the first track."""
    data = bytearray(path.read_bytes())
    start, _ = find(data, b"moov", b"trak", b"tkhd")
    at = start + (60 if data[start + 8] else 48)
    a, b, c, d = (number << 16 for number in matrix)
    struct.pack_into(">9i", data, at, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)


def edit(path, entries):
    """Writes an edit list: durations in the movie's clock, media times in the track's."""
    data = path.read_bytes()
    table = struct.pack(">II", 0, len(entries))
    table += b"".join(struct.pack(">IiI", duration, start, 1 << 16) for duration, start in entries)
    path.write_bytes(replaced(data, (b"moov", b"trak", b"edts", b"elst"), table))


def joined_descriptions(first, second, out):
    """One track with the samples of two files, and both their descriptions, as cameras write that change midway.

    Both files have all samples in one chunk or more, no edit list is kept, and times go on.
    """
    table = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
    one, two = first.read_bytes(), second.read_bytes()
    parts = [dict((name, content(data, *table, name)) for name, _, _ in children(
        data, *[edge + shift for edge, shift in zip(find(data, *table), (8, 0))])) for data in (one, two)]

    def entries(part, name):
        return part[name][8:]

    def count(part, name):
        return struct.unpack_from(">I", part[name], 4)[0]

    def full(number, body):
        return struct.pack(">II", 0, number) + body

    sizes, samples = [], []
    for data, part in zip((one, two), parts):
        number = struct.unpack_from(">I", part[b"stsz"], 8)[0]
        sizes.append(struct.unpack_from(f">{number}I", part[b"stsz"], 12))
        media_start, media_end = find(data, b"mdat")
        samples.append(data[media_start + 8:media_end])
    boxes = {
        b"stsd": full(2, entries(parts[0], b"stsd") + entries(parts[1], b"stsd")),
        b"stts": full(count(parts[0], b"stts") + count(parts[1], b"stts"),
                      entries(parts[0], b"stts") + entries(parts[1], b"stts")),
        b"stss": full(count(parts[0], b"stss") + count(parts[1], b"stss"), entries(parts[0], b"stss") + b"".join(
            struct.pack(">I", number + len(sizes[0]))
            for number in struct.unpack(f">{count(parts[1], b'stss')}I", entries(parts[1], b"stss")))),
        b"stsc": full(2, struct.pack(">6I", 1, len(sizes[0]), 1, 2, len(sizes[1]), 2)),
        b"stsz": struct.pack(">III", 0, 0, len(sizes[0]) + len(sizes[1]))
        + b"".join(struct.pack(">I", size) for size in sizes[0] + sizes[1]),
    }
    media = find(one, b"mdat")[0] + 8
    # The samples lie first in both files, moov behind them.
    data = one[:media] + samples[0] + samples[1] + one[find(one, b"mdat")[1]:]
    data = bytearray(data)
    struct.pack_into(">I", data, media - 8, 8 + len(samples[0]) + len(samples[1]))
    boxes[b"stco"] = full(2, struct.pack(">II", media, media + len(samples[0])))
    for name, body in boxes.items():
        data = bytearray(replaced(bytes(data), table + (name,), body))
    doubled = {(b"moov", b"mvhd"): 24, (b"moov", b"trak", b"tkhd"): 28, (b"moov", b"trak", b"mdia", b"mdhd"): 24}
    for path, offset in doubled.items():
        at = find(data, *path)[0] + offset
        total = sum(struct.unpack_from(">I", file, find(file, *path)[0] + offset)[0] for file in (one, two))
        struct.pack_into(">I", data, at, total)
    # An edit list of the first file would end with it.
    start, end = find(data, b"moov", b"trak", b"edts")
    data[start + 4:start + 8] = b"free"
    out.write_bytes(data)
