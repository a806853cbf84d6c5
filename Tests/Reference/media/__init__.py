"""Tries the program on clips that are made on the spot, and holds every answer beside FFmpeg's.

    tools     how ffmpeg, ffprobe and the program under test are called
    recipe    what a clip is, and how one is made
    boxes     surgery on MP4 files, for what no muxer writes
    avi       AVI files as other programs write them
    clips     the clips, by kind
    oracle    what ffmpeg with one thread says of a file: the judge
    colors    R'G'B' of small pictures, computed here
    look      a clip being tried: its inputs, what the judge says of it, its verdicts
    trials    what is tried on each clip, and when it is right
    exports   the same for what leaves a stream: copies, encoded files, images
    table     what is printed
"""
