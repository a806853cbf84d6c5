"""Codecs in containers: each pair that people have, plain."""

from ..recipe import encoded, pattern

# Where a muxer wants more than a name: the file, and what is said to ffmpeg.
CONTAINERS = {
    "frag": ("clip.mp4", "-movflags frag_keyframe+empty_moov+default_base_moof"),
    "cmaf": ("clip.mp4", "-movflags cmaf+frag_keyframe+empty_moov+delay_moov"),
    "faststart": ("clip.mp4", "-movflags faststart"),
    "ismv": ("clip.ismv", "-f ismv"),
    "m2ts": ("clip.m2ts", "-f mpegts -mpegts_m2ts_mode 1"),
    "ivf": ("clip.ivf", "-f ivf"),
    "asf": ("clip.asf", "-f asf"),
    "obu": ("clip.obu", "-f obu"),
    # By this ending ffmpeg takes both for a kind of MP4, as Apple names it.
    "m4v": ("clip.m4v", "-f m4v"),
    "ipod": ("clip.m4v", "-f ipod"),
    "psp": ("clip.psp.mp4", "-f psp"),
}

# Containers that hold no times of pictures, or only a rate.
UNTIMED = {"h264", "hevc", "m4v", "m2v", "m1v", "obu", "drc", "h263", "mjpeg", "avi", "mjpg", "vob", "mpg"}

X264 = "-c:v libx264 -preset veryfast -g 12 -bf 2"
X265 = "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=none:frame-threads=1:keyint=12:bframes=2"
VP8 = "-c:v libvpx -deadline realtime -cpu-used 8 -g 12 -b:v 300k"
VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12 -b:v 300k"
AV1 = "-c:v libaom-av1 -cpu-used 8 -usage realtime -g 12 -b:v 300k"
RGB = "-pix_fmt rgb24"

# Each codec with the line that encodes it, the containers it is tried in, and its source if a special one.
CODECS = {
    "h264": (X264, "mp4 frag cmaf faststart mov mkv ts m2ts avi flv nut 3gp h264 ismv f4v mxf", None),
    "hevc": (X265, "mp4 frag mov mkv ts m2ts nut hevc", None),
    "vp8": (VP8, "webm mkv nut ivf avi", None),
    "vp9": (VP9, "webm mkv mp4 frag nut ivf", None),
    "av1": (AV1, "mp4 webm mkv ivf obu frag", None),
    "svtav1": ("-c:v libsvtav1 -preset 12 -g 12", "mp4 mkv ivf", None),
    "mpeg1": ("-c:v mpeg1video -g 12 -bf 2 -qscale:v 4", "mpg mkv avi ts m1v nut", None),
    "mpeg2": ("-c:v mpeg2video -g 12 -bf 2 -qscale:v 4", "mpg vob ts m2ts mkv avi mov mp4 mxf m2v nut", None),
    "mpeg4": ("-c:v mpeg4 -g 12 -bf 2 -qscale:v 4", "mp4 mov avi mkv ts nut 3gp ipod m4v", None),
    "xvid": ("-c:v libxvid -g 12 -qscale:v 4", "mp4 avi mkv", None),
    "msmpeg4v3": ("-c:v msmpeg4 -g 12 -qscale:v 4", "avi asf mkv", None),
    "msmpeg4v2": ("-c:v msmpeg4v2 -g 12 -qscale:v 4", "avi asf mkv", None),
    "wmv1": ("-c:v wmv1 -g 12 -qscale:v 4", "wmv avi mkv", None),
    "wmv2": ("-c:v wmv2 -g 12 -qscale:v 4", "wmv avi mkv", None),
    "h263": ("-c:v h263 -g 12 -qscale:v 4", "3gp avi h263 mov", pattern("176x144")),
    "h263p": ("-c:v h263p -g 12 -qscale:v 4", "avi mkv", None),
    "h261": ("-c:v h261 -g 12 -qscale:v 4", "avi mkv h261", pattern("176x144")),
    "flv1": ("-c:v flv -g 12 -qscale:v 4", "flv avi mkv", None),
    "flashsv": ("-c:v flashsv -g 12", "flv", None),
    "flashsv2": ("-c:v flashsv2 -g 12", "flv", None),
    "rv20": ("-c:v rv20 -g 12 -qscale:v 4", "rm", None),
    "theora": ("-c:v libtheora -g 12 -qscale:v 6", "ogv mkv", None),
    "svq1": ("-c:v svq1 -g 12", "mov", None),
    "cinepak": ("-c:v cinepak -g 12 -max_strips 1", "avi mov", pattern("64x48", seconds=0.4)),
    "msvideo1": ("-c:v msvideo1", "avi", None),
    "rpza": ("-c:v rpza", "mov", pattern("128x96")),  # Of 160x120 FFmpeg's encoder crashes.
    "smc": ("-c:v smc", "mov", None),
    "qtrle": ("-c:v qtrle", "mov", None),
    "prores": ("-c:v prores_ks", "mov mkv", None),
    "dnxhr": ("-c:v dnxhd -profile:v dnxhr_lb -pix_fmt yuv422p", "mov mxf mkv", pattern("256x144")),
    "dv": ("-c:v dvvideo -pix_fmt yuv420p", "dv avi mov mkv mxf", pattern("720x576", seconds=0.2)),
    "mjpeg": ("-c:v mjpeg -qscale:v 4 -pix_fmt yuvj420p", "avi mov mkv mp4 mjpeg nut", None),
    "ljpeg": ("-c:v ljpeg -pix_fmt yuvj420p", "avi mkv", None),
    "jpegls": ("-c:v jpegls -pix_fmt rgb24", "avi mkv", None),
    "jpeg2000": ("-c:v jpeg2000", "mov mkv mp4 mxf", None),
    "png": ("-c:v png " + RGB, "mov mkv avi nut", None),
    "ffv1": ("-c:v ffv1 -level 3 -g 12", "mkv avi nut mov", None),
    "huffyuv": ("-c:v huffyuv -pix_fmt yuv422p", "avi mkv", None),
    "ffvhuff": ("-c:v ffvhuff", "avi mkv", None),
    "utvideo": ("-c:v utvideo -pix_fmt gbrp", "avi mkv", None),
    "magicyuv": ("-c:v magicyuv", "avi mkv", None),
    "zlib": ("-c:v zlib", "avi", None),
    "zmbv": ("-c:v zmbv -g 12", "avi mkv", None),
    "asv1": ("-c:v asv1", "avi", None),
    "snow": ("-c:v snow -g 12 -strict -2", "avi nut", None),
    "cfhd": ("-c:v cfhd -pix_fmt yuv422p10le", "mov avi mkv", None),
    "vc2": ("-c:v vc2 -strict -1", "mov mkv drc", None),
    "hap": ("-c:v hap", "mov", None),
    "v210": ("-c:v v210 -pix_fmt yuv422p10le", "mov avi mkv", None),
    "r210": ("-c:v r210 -pix_fmt gbrp10le", "mov", None),
    "rawvideo": ("-c:v rawvideo", "avi mkv nut", None),
    "rawrgb": ("-c:v rawvideo -pix_fmt rgb24", "avi mov nut", None),
    "rawuyvy": ("-c:v rawvideo -pix_fmt uyvy422", "avi mov", None),
    "y4m": ("-pix_fmt yuv420p", "y4m", None),
}


def clips(seed):
    made = []
    for codec, (arguments, containers, source) in CODECS.items():
        for container in containers.split():
            file, more = CONTAINERS.get(container, (f"clip.{container}", ""))
            made.append(encoded(
                f"{codec}/{container}/plain", file, f"{arguments} {more}", source,
                timed=container not in UNTIMED, tags=("matrix",),
                # FFmpeg's H.261 encoder marks no keyframe, of which its decoder warns.
                tolerated=codec == "h261",
            ))
    return made
