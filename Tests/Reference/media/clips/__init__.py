"""The clips, by kind, and a fair sample of them."""

import random

from . import changes, damage, files, matrix, pictures, several, structure, times


def all_clips(seed):
    """Every clip, in the order of the table."""
    clips = []
    for kind in (matrix, structure, pictures, times, changes, files, several, damage):
        clips += kind.clips(seed)
    names = [clip.name for clip in clips]
    twice = {name for name in names if names.count(name) > 1}
    assert not twice, f"two clips are called {sorted(twice)}"
    return clips


def sample(clips, count, seed):
    """So many clips, from every group as many as its part of all, at least one of each."""
    order = list(range(len(clips)))
    random.Random(f"sample {seed}").shuffle(order)
    groups = {}
    for index in order:
        groups.setdefault(clips[index].group, []).append(index)
    # Each clip stands at its place within its group, so that any count takes all groups evenly.
    places = sorted(
        (place / len(group), name, index)
        for name, group in sorted(groups.items()) for place, index in enumerate(group)
    )
    return [clips[index] for index in sorted(index for _, _, index in places[:count])]
