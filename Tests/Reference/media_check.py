#!/usr/bin/env python3
"""Tries the program on some hundred kinds of media, and holds every answer beside ffmpeg with one thread.

Clips are made on the spot, each a combination of a codec, a container and a property. On each the program ingests
pictures and packets, reads them by number and by time, copies, encodes and exports images. Prints a line for each
combination, what was refused and why, what is wrong with the command that shows it, and the totals; the exit status
is 1 if anything is wrong. The same seed makes the same clips.
"""

import argparse
import concurrent.futures
import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from media import clips, table, tools, trials  # noqa: E402
from media.look import WRONG, Look, Verdict  # noqa: E402
from media.recipe import Kitchen, NotMade  # noqa: E402


def tried(clip, program, encoders, scratch, options):
    """Makes a clip, tries everything on it, and removes it."""
    if clip.encoder and clip.encoder not in encoders:
        return trials.missing(clip)
    folder = scratch / clip.name.replace("/", "-")
    made, streams = folder / "made", folder / "out"
    made.mkdir(parents=True)
    streams.mkdir()
    try:
        inputs = clip.make(Kitchen(made, options.seed, clip.name))
        return trials.try_all(Look(clip, inputs, streams, program, options.seed))
    except NotMade as error:
        return [Verdict(clip.name, "make", WRONG, f"not made: {error}")]
    except Exception:  # A fault of this check must not pass for a sound program.
        return [Verdict(clip.name, "check", WRONG, traceback.format_exc())]
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, default=Path(".build/release/sprocket"), help="the program under test")
    parser.add_argument("--seed", type=int, default=1, help="decides where damage falls, and what is picked")
    parser.add_argument("--sample", type=int, metavar="N", help="only N combinations, of all kinds")
    parser.add_argument("--only", action="append", metavar="TEXT", help="only combinations whose name contains this")
    parser.add_argument("--list", action="store_true", help="name the combinations, and try nothing")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at the same time")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep clips and streams there")
    options = parser.parse_args()
    # Names of files need not be text.
    sys.stdout.reconfigure(errors="backslashreplace")
    chosen = clips.all_clips(options.seed)
    if options.only:
        chosen = [clip for clip in chosen if any(text in clip.name for text in options.only)]
    if options.sample:
        chosen = clips.sample(chosen, options.sample, options.seed)
    if options.list:
        print("\n".join(clip.name for clip in chosen))
        return 0
    if not options.program.exists():
        parser.error(f"there is no program at {options.program}")
    program, encoders = tools.Program(options.program.resolve()), tools.encoders()
    scratch = options.keep or Path(tempfile.mkdtemp(prefix="media-check-"))
    verdicts = []
    try:
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            results = pool.map(lambda clip: tried(clip, program, encoders, scratch, options), chosen)
            for clip, found in zip(chosen, results):
                print(table.line(clip, found), flush=True)
                verdicts += found
    finally:
        if not options.keep:
            shutil.rmtree(scratch, ignore_errors=True)
    print("\n".join(table.report(verdicts)))
    return 1 if any(verdict.verdict == WRONG for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
