"""AVI files as other programs write them: frames packed two to a chunk, chunks that are empty."""

import struct


def chunk(name, body):
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def written(path, chunks, codec, size, rate=25):
    """Writes an AVI of one stream; chunks are pairs of bytes and whether they are keyframes."""
    width, height = size
    head = struct.pack(
        "<14I", 1000000 // rate, 0, 0, 0x10, len(chunks), 0, 1, 1 << 20, width, height, 0, 0, 0, 0)
    stream = b"vids" + codec + struct.pack(
        "<IHHIIIIIIII4H", 0, 0, 0, 0, 1, rate, 0, len(chunks), 1 << 20, 0xFFFFFFFF, 0, 0, 0, width, height)
    format = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, codec, 3 * width * height, 0, 0, 0, 0)
    streams = chunk(b"LIST", b"strl" + chunk(b"strh", stream) + chunk(b"strf", format))
    header = chunk(b"LIST", b"hdrl" + chunk(b"avih", head) + streams)
    movie, index = b"movi", b""
    for body, is_key in chunks:
        index += b"00dc" + struct.pack("<III", 0x10 if is_key else 0, len(movie), len(body))
        movie += chunk(b"00dc", body)
    path.write_bytes(chunk(b"RIFF", b"AVI " + header + chunk(b"LIST", movie) + chunk(b"idx1", index)))


def pictures_of_mpeg4(data):
    """The coded pictures of an MPEG-4 stream in the order of decoding: type (0 I, 1 P, 2 B) and bytes."""
    starts, at = [], data.find(b"\0\0\1")
    while at >= 0:
        starts.append((at, data[at + 3]))
        at = data.find(b"\0\0\1", at + 3)
    begins, after_picture = [0], False
    for at, code in starts:
        if after_picture:
            begins.append(at)
        after_picture = code == 0xB6
    pictures = []
    for begin, end in zip(begins, begins[1:] + [len(data)]):
        body = data[begin:end]
        coded = body.find(b"\0\0\1\xb6")
        # Behind the last picture stands the end of the sequence.
        if coded >= 0:
            pictures.append((body[coded + 4] >> 6, body))
    return pictures


def without_layers(data):
    """An MPEG-4 stream without its headers of sequences and layers: groups and pictures are left."""
    bodies = []
    for _, body in pictures_of_mpeg4(data):
        group = body.find(b"\0\0\1\xb3")
        bodies.append(body[group if group >= 0 else body.find(b"\0\0\1\xb6"):])
    return b"".join(bodies)


def not_coded(picture):
    """A picture that says nothing but that it is there, at the time of another."""
    at = picture.find(b"\0\0\1\xb6") + 4
    bits = "".join(f"{byte:08b}" for byte in picture[at:at + 4])
    # Type, seconds that went by in ones and a zero, a marker, five bits of time, a marker; then: not coded.
    end = bits.index("0", 2) + 1 + 1 + 5 + 1
    bits = "01" + bits[2:end] + "0"
    # Stuffing to whole bytes is a zero and ones.
    bits += "0" + "1" * (-(len(bits) + 1) % 8)
    return b"\0\0\1\xb6" + bytes(int(bits[index:index + 8], 2) for index in range(0, len(bits), 8))


def packed(data):
    """Chunks as DivX packs them: a picture together with the B-frame in front of it, and an empty one behind."""
    chunks, pictures = [], pictures_of_mpeg4(data)
    while pictures:
        kind, body = pictures.pop(0)
        if pictures and pictures[0][0] == 2:
            chunks.append((body + pictures.pop(0)[1], kind == 0))
            chunks.append((not_coded(body), False))
        else:
            chunks.append((body, kind == 0))
    first, is_key = chunks[0]
    at = first.find(b"\0\0\1\xb6")
    chunks[0] = (first[:at] + b"\0\0\1\xb2DivX503b1393p" + first[at:], is_key)
    return chunks
