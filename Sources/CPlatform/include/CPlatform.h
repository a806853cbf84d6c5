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

#endif
