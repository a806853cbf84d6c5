"""Compares exported images with colours computed from the standards, in double precision.

usage: color_check.py SPROCKET FOLDER

For each matrix (BT.601, BT.709, BT.2020), range, depth (8 and 10 bits) and chroma subsampling, a chart of flat
patches, ramps and fine chroma is made as Y'CbCr, stored, exported as PNG and as JPEG, and compared with
R'G'B' computed here:

    R'G'B' from Y'CbCr: ITU-R BT.601-7, BT.709-6 and BT.2020-2, by Kr and Kb of each;
    ranges: 16 to 235 and 16 to 240, times 2^(n-8) (H.273 equations 20 to 22), or 0 to 2^n - 1;
    chroma between its samples: linear, from where H.264 Annex E says that they lie.

The PNG must be within one code value on flat patches and 55 dB overall, against this and against ffmpeg's
zscale; the JPEG must be close. Prints one line for each combination; the exit status says whether all held.
"""

import os
import shutil
import subprocess
import sys

import numpy as np

WIDTH, HEIGHT = 192, 128
PATCH = 16
# Kr and Kb of each matrix, and ffmpeg's names of matrix, primaries and transfer.
MATRICES = {
    "601": (0.299, 0.114, "smpte170m", "smpte170m", "smpte170m"),
    "709": (0.2126, 0.0722, "bt709", "bt709", "bt709"),
    "2020": (0.2627, 0.0593, "bt2020nc", "bt2020", "bt2020-10"),
}
SUBSAMPLINGS = {"420": (1, 1), "422": (1, 0), "444": (0, 0)}


def chart():
    """R'G'B' from 0 to 1: flat patches over the gamut, ramps, and chroma that changes from pixel to pixel."""
    levels = [0.0, 0.25, 0.5, 0.75, 1.0]
    colors = [(r, g, b) for r in levels for g in levels for b in levels]
    image = np.zeros((HEIGHT, WIDTH, 3))
    columns = WIDTH // PATCH
    flat_rows = 4
    for index in range(columns * flat_rows):
        color = colors[index * len(colors) // (columns * flat_rows)]
        y, x = index // columns * PATCH, index % columns * PATCH
        image[y : y + PATCH, x : x + PATCH] = color
    ramp = np.linspace(0, 1, WIDTH)
    top = flat_rows * PATCH
    for row, weights in enumerate([(1, 1, 1), (1, 0, 0), (0, 1, 0), (0, 0, 1)]):
        image[top + row * 8 : top + row * 8 + 8] = ramp[None, :, None] * np.array(weights)
    fine = np.random.default_rng(1).random((HEIGHT - top - 32, WIDTH // 4, 3))
    image[top + 32 :] = np.repeat(fine, 4, axis=1) * 0.5 + 0.25
    return image


def scales(depth, full):
    """Offset and height of luma, and height of chroma, in code values."""
    if full:
        peak = 2**depth - 1
        return 0.0, float(peak), float(peak)
    unit = 2 ** (depth - 8)
    return 16.0 * unit, 219.0 * unit, 224.0 * unit


def encode(image, matrix, full, depth, subsampling):
    """Y'CbCr planes in code values, with chroma averaged over what it stands for."""
    kr, kb = MATRICES[matrix][:2]
    r, g, b = image[..., 0], image[..., 1], image[..., 2]
    luma = kr * r + (1 - kr - kb) * g + kb * b
    cb, cr = (b - luma) / (2 * (1 - kb)), (r - luma) / (2 * (1 - kr))
    offset, luma_scale, chroma_scale = scales(depth, full)
    peak, middle = 2**depth - 1, 2 ** (depth - 1)
    shift_x, shift_y = SUBSAMPLINGS[subsampling]
    planes = [luma * luma_scale + offset]
    for chroma in (cb, cr):
        height, width = chroma.shape
        blocks = chroma.reshape(height >> shift_y, 1 << shift_y, width >> shift_x, 1 << shift_x)
        planes.append(blocks.mean(axis=(1, 3)) * chroma_scale + middle)
    return [np.clip(np.rint(plane), 0, peak) for plane in planes]


def stretch(plane, size, axis, offset):
    """Twice as many samples along an axis; sample n lies at 2n + offset of them."""
    places = np.clip((np.arange(size) - offset) / 2, 0, plane.shape[axis] - 1)
    low = np.floor(places).astype(int)
    high = np.minimum(low + 1, plane.shape[axis] - 1)
    part = places - low
    shape = [1, 1]
    shape[axis] = size
    part = part.reshape(shape)
    return np.take(plane, low, axis) * (1 - part) + np.take(plane, high, axis) * part


def decode(planes, matrix, full, depth, subsampling):
    """R'G'B' from 0 to 1, of chroma that lies left of the middle of its pixels, as in MPEG-2 and H.264."""
    kr, kb = MATRICES[matrix][:2]
    offset, luma_scale, chroma_scale = scales(depth, full)
    shift_x, shift_y = SUBSAMPLINGS[subsampling]
    luma = (planes[0] - offset) / luma_scale
    chroma = []
    for plane in planes[1:]:
        plane = (plane - 2 ** (depth - 1)) / chroma_scale
        if shift_x:
            plane = stretch(plane, WIDTH, 1, 0)
        if shift_y:
            plane = stretch(plane, HEIGHT, 0, 0.5)
        chroma.append(plane)
    cb, cr = chroma
    r, b = luma + 2 * (1 - kr) * cr, luma + 2 * (1 - kb) * cb
    g = (luma - kr * r - kb * b) / (1 - kr - kb)
    return np.clip(np.stack([r, g, b], axis=-1), 0, 1)


def run(*arguments, data=None):
    result = subprocess.run(arguments, input=data, capture_output=True)
    if result.returncode:
        sys.exit(f"{' '.join(arguments)}: status {result.returncode}: {result.stderr.decode()}")
    return result.stdout


def pixels(file, wide):
    """The pixels of an image file, read by ffmpeg."""
    form = "rgb48le" if wide else "rgb24"
    raw = run("ffmpeg", "-v", "error", "-i", file, "-f", "rawvideo", "-pix_fmt", form, "-")
    values = np.frombuffer(raw, np.uint16 if wide else np.uint8).reshape(HEIGHT, WIDTH, 3)
    return values / (65535.0 if wide else 255.0)


def noise(left, right):
    """The peak signal-to-noise ratio in dB."""
    error = np.mean((left - right) ** 2)
    return 99.0 if error == 0 else -10 * np.log10(error)


def check(sprocket, folder, image, matrix, full, depth, subsampling):
    """One combination.

    Returns its name, the largest error on flat patches in code values of 8 bits, the ratios in dB against the
    reference and against zscale, and that of the JPEG.
    """
    name = f"{matrix}-{'full' if full else 'limited'}-{depth}-{subsampling}"
    planes = encode(image, matrix, full, depth, subsampling)
    kind = np.uint16 if depth > 8 else np.uint8
    raw = b"".join(plane.astype(kind).tobytes() for plane in planes)
    form = f"yuv{subsampling}p{'10le' if depth > 8 else ''}"
    space, primaries, transfer = MATRICES[matrix][2:]
    clip = os.path.join(folder, f"{name}.mkv")
    tags = ["-color_range", "pc" if full else "tv", "-colorspace", space, "-color_primaries", primaries]
    tags += ["-color_trc", transfer, "-chroma_sample_location", "left"]
    # Since FFmpeg 7 a range that only a flag names is converted to, and other tags are those of the pictures.
    tags += ["-vf", f"setparams=range={'pc' if full else 'tv'}:colorspace={space}:"
             f"color_primaries={primaries}:color_trc={transfer}"]
    size = f"{WIDTH}x{HEIGHT}"
    source = ["-f", "rawvideo", "-pix_fmt", form, "-s", size, "-r", "1", "-i", "-"]
    run("ffmpeg", "-v", "error", "-y", *source, "-c:v", "ffv1", *tags, clip, data=raw)
    stream = os.path.join(folder, name)
    run(sprocket, "ingest", "-q", clip, "--to", stream)
    run(sprocket, "export", "images", "-q", stream, "--to", f"{stream}-png")
    run(sprocket, "export", "images", "-q", stream, "--to", f"{stream}-jpeg", "--type", "jpeg", "--quality", "100")
    png = pixels(os.path.join(f"{stream}-png", "000001.png"), depth > 8)
    expected = decode(planes, matrix, full, depth, subsampling)
    zscale = f"zscale=filter=bilinear:matrixin={'170m' if matrix == '601' else matrix if matrix == '709' else '2020_ncl'}"
    zscale += f":rangein={'full' if full else 'limited'}:chromalin=left:matrix=gbr:range=full,format="
    zscale += "gbrp10le,format=rgb48le" if depth > 8 else "gbrp,format=rgb24"
    theirs = run("ffmpeg", "-v", "error", "-i", clip, "-vf", zscale, "-f", "rawvideo", "-")
    wide = depth > 8
    theirs = np.frombuffer(theirs, np.uint16 if wide else np.uint8).reshape(HEIGHT, WIDTH, 3)
    theirs = theirs / (65535.0 if wide else 255.0)
    # The inner part of each patch, which chroma from its neighbours does not reach.
    flat = np.zeros((HEIGHT, WIDTH), bool)
    for y in range(0, 4 * PATCH, PATCH):
        for x in range(0, WIDTH, PATCH):
            flat[y + 4 : y + PATCH - 4, x + 4 : x + PATCH - 4] = True
    worst = np.abs(png - expected)[flat].max() * 255
    jpeg = pixels(os.path.join(f"{stream}-jpeg", "000001.jpg"), False)
    return name, worst, noise(png, expected), noise(png, theirs), np.abs(jpeg - expected)[flat].max() * 255


def main():
    sprocket, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    image = chart()
    failures = 0
    for matrix in MATRICES:
        for full in (False, True):
            for depth in (8, 10):
                for subsampling in SUBSAMPLINGS:
                    name, worst, reference, zscale, jpeg = check(
                        sprocket, folder, image, matrix, full, depth, subsampling
                    )
                    holds = worst <= 1 and reference >= 55 and zscale >= 55 and jpeg <= 5
                    failures += not holds
                    print(
                        f"{name}: flat {worst:.2f}, reference {reference:.1f} dB, zscale {zscale:.1f} dB, "
                        f"jpeg flat {jpeg:.2f}{'' if holds else '  FAILS'}"
                    )
    sys.exit(1 if failures else 0)


main()
