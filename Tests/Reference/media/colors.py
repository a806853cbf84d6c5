"""R'G'B' from Y'CbCr by the standards, for pictures so small that swscale's shortcuts with chroma show.

swscale puts chroma half a sample or a whole one aside, which patches of two columns do not average out. As in
color_check.py: ITU-R BT.601-7, BT.709-6 and BT.2020-2, chroma linear from where it lies, left if nobody says.
"""

# How many columns and rows one sample of chroma serves, as shifts, of formats of 8 bits.
SUBSAMPLINGS = {
    "yuv420p": (1, 1), "yuv422p": (1, 0), "yuv444p": (0, 0), "yuvj420p": (1, 1), "yuvj422p": (1, 0), "yuvj444p": (0, 0),
}
# Kr and Kb by ffprobe's name of the matrix.
MATRICES = {"bt709": (0.2126, 0.0722), "bt2020nc": (0.2627, 0.0593)}
BT601 = (0.299, 0.114)
# Where chroma lies right of and below the first of its pixels, in pixels.
LOCATIONS = {"left": (0.0, 0.5), "center": (0.5, 0.5), "topleft": (0.0, 0.0)}


def is_small(frame):
    """Whether a picture is to be judged here: of at most 4096 pixels, in a format that is known here."""
    return frame.get("width", 0) * frame.get("height", 0) <= 4096 and frame.get("pix_fmt") in SUBSAMPLINGS


def between(plane, width, height, x, y):
    """The value of a plane at a place between its samples; beyond its edges it goes on as it ends."""
    x, y = min(max(x, 0), width - 1), min(max(y, 0), height - 1)
    left, top = int(x), int(y)
    right, bottom = min(left + 1, width - 1), min(top + 1, height - 1)
    over = plane[top * width + left] * (1 - x + left) + plane[top * width + right] * (x - left)
    under = plane[bottom * width + left] * (1 - x + left) + plane[bottom * width + right] * (x - left)
    return over * (1 - y + top) + under * (y - top)


def rgb(data, frame):
    """The values from 0 to 255, not rounded, of a picture as ffmpeg writes it, by what ffprobe says of it."""
    width, height, format = frame["width"], frame["height"], frame["pix_fmt"]
    across, down = SUBSAMPLINGS[format]
    chroma_width, chroma_height = -(-width >> across), -(-height >> down)
    ends = [width * height, width * height + chroma_width * chroma_height]
    planes = [data[:ends[0]], data[ends[0]:ends[1]], data[ends[1]:]]
    kr, kb = MATRICES.get(frame.get("color_space"), BT601)
    right, below = LOCATIONS.get(frame.get("chroma_location"), LOCATIONS["left"])
    full = frame.get("color_range") == "pc" or format.startswith("yuvj")
    black, luma_scale, chroma_scale = (0, 255, 255) if full else (16, 219, 224)
    values = []
    for y in range(height):
        for x in range(width):
            luma = (planes[0][y * width + x] - black) / luma_scale
            place = (x - right) / 2 if across else x, (y - below) / 2 if down else y
            cb, cr = ((between(plane, chroma_width, chroma_height, *place) - 128) / chroma_scale
                      for plane in planes[1:])
            red, blue = luma + 2 * (1 - kr) * cr, luma + 2 * (1 - kb) * cb
            green = (luma - kr * red - kb * blue) / (1 - kr - kb)
            values += [min(max(value, 0), 1) * 255 for value in (red, green, blue)]
    return values
