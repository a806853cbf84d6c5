"""File systems for a while."""

import contextlib
import ctypes
import os
import shutil
import subprocess

from .harness import Failure, Skip

_CLONE_NEWNS = 0x20000
_MS_PRIVATE_ALL = 0x40000 | 0x4000


def keep_mounts_private():
    """Lets everything that is mounted from here on go with this process, however it ends."""
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0 and libc.unshare(_CLONE_NEWNS) == 0:
        libc.mount(b"none", b"/", None, _MS_PRIVATE_ALL, None)


def require_root(*programs):
    """Raises `Skip` where file systems cannot be made and mounted."""
    if os.geteuid() != 0:
        raise Skip("only root mounts file systems")
    for program in ("mount", "umount", *programs):
        if not shutil.which(program):
            raise Skip(f"there is no {program}")


def require_loop(folder):
    """Raises `Skip` where a file cannot be a disk."""
    require_root("mkfs.ext4", "losetup")
    image = folder / "probe"
    make_ext4(image, 8)
    try:
        with mounted(image, folder / "probed"):
            pass
    except Failure as error:
        raise Skip(f"no file can be mounted as a disk here: {error}")


def command(*words):
    """Runs a program that must succeed."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise Failure(f"{' '.join(map(str, words))} failed: {said}")
    return done.stdout


def make_ext4(image, mebibytes):
    """Makes an ext4 in a file."""
    with open(image, "wb") as file:
        file.truncate(mebibytes << 20)
    command("mkfs.ext4", "-q", "-F", "-E", "nodiscard,lazy_itable_init=0", "-m", "0", image)


@contextlib.contextmanager
def mounted(source, target, kind="ext4", options="loop"):
    """Mounts for the duration of a block."""
    target.mkdir(parents=True, exist_ok=True)
    command("mount", "-t", kind, "-o", options, source, target)
    try:
        yield target
    finally:
        if subprocess.run(["umount", target], capture_output=True).returncode != 0:
            # Somebody is still in there; it goes when they do.
            subprocess.run(["umount", "-l", target], capture_output=True)
