#ifndef CPLATFORM_H
#define CPLATFORM_H

#include <stddef.h>
#include <stdint.h>

/// Continues a CRC32C (Castagnoli, reflected, RFC 3720 B.4) over `count` bytes.
/// `crc` is the finished checksum of what came before, 0 for nothing.
/// Uses the processor's instruction where there is one.
uint32_t cplatform_crc32c(uint32_t crc, const void *bytes, size_t count);

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

/// Takes the write lock of a whole file for this open file description (F_OFD_SETLK). Returns 0 or an errno.
int cplatform_lock(int descriptor);

/// Whether another open file description holds the write lock (F_OFD_GETLK): 1, 0, or a negated errno.
int cplatform_is_locked(int descriptor);

#endif
