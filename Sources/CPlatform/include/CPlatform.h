#ifndef CPLATFORM_H
#define CPLATFORM_H

#include <stddef.h>
#include <stdint.h>

/// Continues a CRC32C (Castagnoli, reflected, RFC 3720 B.4) over `count` bytes.
/// `crc` is the finished checksum of what came before, 0 for nothing.
/// Uses the processor's instruction where there is one.
uint32_t cplatform_crc32c(uint32_t crc, const void *bytes, size_t count);

/// Copies `count` bytes to where nothing of `bytes` lies, past the caches, and continues a CRC32C over them:
/// for what is written to a device next, and would only push out of the caches what others work on.
uint32_t cplatform_crc32c_copy(uint32_t crc, void *target, const void *bytes, size_t count);

/// The same by table, for processors without the instruction and as the reference in tests.
uint32_t cplatform_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

/// Whether `cplatform_crc32c` runs on the processor's instruction here.
int cplatform_crc32c_is_accelerated(void);

/// The checksum of A followed by B from the checksums of each and the length of B.
uint32_t cplatform_crc32c_combine(uint32_t a, uint32_t b, uint64_t b_count);

/// The flag of open(2) that bypasses the page cache.
int cplatform_open_direct_flag(void);

/// Renames a file unless the new name is taken (renameat2 with RENAME_NOREPLACE). Returns 0 or an errno.
int cplatform_rename(const char *from, const char *to);

/// Reserves space: fallocate(2) that extends the file. Returns 0 or an errno.
int cplatform_reserve(int descriptor, int64_t offset, int64_t count);

/// Begins to write a file's pages to the disk, and does not wait for them (sync_file_range). A hint: it promises
/// nothing, and its failure means nothing.
void cplatform_begin_writeback(int descriptor);

/// Takes the write lock of a whole file for this open file description (F_OFD_SETLK). Returns 0 or an errno.
int cplatform_lock(int descriptor);

/// Whether another open file description holds the write lock (F_OFD_GETLK): 1, 0, or a negated errno.
int cplatform_is_locked(int descriptor);

/// Begins to watch files (inotify_init1). Returns a descriptor, or a negated errno.
int cplatform_watch_open(void);

/// Watches a file for changes and for being closed by who wrote it, or a folder for being renamed or removed
/// (inotify_add_watch). Returns a number, the same one for the same file, or a negated errno.
int cplatform_watch_add(int descriptor, const char *path, int is_folder);

/// Watches no more (inotify_rm_watch). That a file is gone already is no failure.
void cplatform_watch_remove(int descriptor, int number);

/// The numbers of files that changed, at most `capacity`; -1 among them if the system has lost count. Returns how many
/// there are: 0 where nothing has happened.
size_t cplatform_watch_read(int descriptor, int *numbers, size_t capacity);

/// Whether a path is on a file system that others change behind the system's back: NFS, SMB, FUSE and their like
/// (statfs). What cannot be looked at is not.
int cplatform_is_remote(const char *path);

/// Bits of fraction of a `cplatform_ycbcr_rule`.
#define CPLATFORM_YCBCR_BITS 22

/// Where chroma lies among the two columns or rows of luma that it stands for.
enum {
    CPLATFORM_YCBCR_FIRST,
    CPLATFORM_YCBCR_MIDDLE,
    CPLATFORM_YCBCR_LAST,
};

/// How one Y'CbCr follows from another, in code values times 2^CPLATFORM_YCBCR_BITS:
/// result[i] = of_luma * Y (of the first alone) + of_cb[i] * (Cb - 128) + of_cr[i] * (Cr - 128) + constant[i].
/// No result, and no difference of two, reaches 2^31. A constant holds the half that rounds.
typedef struct {
    int32_t of_luma;
    int32_t of_cb[3], of_cr[3], constant[3];
    /// Where chroma lies in the source; CPLATFORM_YCBCR_LAST is for rows alone.
    int column, row;
} cplatform_ycbcr_rule;

/// Planes of Y', Cb and Cr, and the bytes from one of their rows to the next.
typedef struct {
    uint8_t *planes[3];
    size_t strides[3];
} cplatform_ycbcr_planes;

/// The numbers of scratch memory for `cplatform_ycbcr_convert`.
size_t cplatform_ycbcr_scratch_count(size_t width);

/// Converts pixels of 4:2:0, in whole pairs of columns and rows, with chroma moved to the middle of its four
/// pixels. `from` is only read.
void cplatform_ycbcr_convert(
    const cplatform_ycbcr_rule *rule, const cplatform_ycbcr_planes *from,
    const cplatform_ycbcr_planes *to, size_t width, size_t height, int32_t *scratch
);

#endif
