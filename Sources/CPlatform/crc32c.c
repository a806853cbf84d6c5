#include "CPlatform.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif
#endif

// The reflected Castagnoli polynomial.
#define POLYNOMIAL 0x82F63B78u

// Polynomials over GF(2) modulo POLYNOMIAL are kept reflected: bit 31 is x^0.
static uint32_t multiply(uint32_t a, uint32_t b) {
    uint32_t product = 0;
    for (uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
        if (a & bit) product ^= b;
        b = (b & 1) ? (b >> 1) ^ POLYNOMIAL : b >> 1;
    }
    return product;
}

// x^(8 * count) modulo POLYNOMIAL.
static uint32_t shift_by_bytes(uint64_t count) {
    uint32_t result = 1u << 31;
    uint32_t power = 1u << 23;  // x^8
    while (count != 0) {
        if (count & 1) result = multiply(result, power);
        power = multiply(power, power);
        count >>= 1;
    }
    return result;
}

uint32_t cplatform_crc32c_combine(uint32_t a, uint32_t b, uint64_t b_count) {
    return multiply(shift_by_bytes(b_count), a) ^ b;
}

uint32_t cplatform_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
    static uint32_t table[256];
    static int ready;
    if (!__atomic_load_n(&ready, __ATOMIC_ACQUIRE)) {
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t entry = i;
            for (int bit = 0; bit < 8; bit++)
                entry = (entry & 1) ? (entry >> 1) ^ POLYNOMIAL : entry >> 1;
            // Two threads may fill the table at once; both store the same values.
            __atomic_store_n(&table[i], entry, __ATOMIC_RELAXED);
        }
        __atomic_store_n(&ready, 1, __ATOMIC_RELEASE);
    }
    const uint8_t *p = bytes;
    crc = ~crc;
    while (count-- != 0)
        crc = (crc >> 8) ^ __atomic_load_n(&table[(crc ^ *p++) & 0xFF], __ATOMIC_RELAXED);
    return ~crc;
}

#if defined(__x86_64__) || defined(__aarch64__)

#if defined(__x86_64__)
#define ACCELERATED __attribute__((target("sse4.2")))
#define STEP64(crc, word) ((uint32_t)_mm_crc32_u64((crc), (word)))
#define STEP8(crc, byte) _mm_crc32_u8((crc), (byte))
#else
#define ACCELERATED __attribute__((target("+crc")))
#define STEP64(crc, word) __crc32cd((crc), (word))
#define STEP8(crc, byte) __crc32cb((crc), (byte))
#endif

// Three lanes hide the latency of the instruction, which is three cycles for one a cycle.
#define LANE_COUNT 3
#define LANE_BYTE_COUNT 4096

static inline uint64_t load64(const uint8_t *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

ACCELERATED static uint32_t accelerated(uint32_t crc, const uint8_t *p, size_t count) {
    crc = ~crc;
    if (count >= LANE_COUNT * LANE_BYTE_COUNT) {
        // The two shifts depend on the lane length alone.
        static uint32_t shift_one, shift_two;
        uint32_t one = __atomic_load_n(&shift_one, __ATOMIC_RELAXED);
        uint32_t two = __atomic_load_n(&shift_two, __ATOMIC_RELAXED);
        if (one == 0 || two == 0) {
            one = shift_by_bytes(LANE_BYTE_COUNT);
            two = shift_by_bytes(2 * LANE_BYTE_COUNT);
            __atomic_store_n(&shift_one, one, __ATOMIC_RELAXED);
            __atomic_store_n(&shift_two, two, __ATOMIC_RELAXED);
        }
        while (count >= LANE_COUNT * LANE_BYTE_COUNT) {
            uint32_t a = crc, b = 0, c = 0;
            for (size_t i = 0; i < LANE_BYTE_COUNT; i += 8) {
                a = STEP64(a, load64(p + i));
                b = STEP64(b, load64(p + LANE_BYTE_COUNT + i));
                c = STEP64(c, load64(p + 2 * LANE_BYTE_COUNT + i));
            }
            crc = multiply(two, a) ^ multiply(one, b) ^ c;
            p += LANE_COUNT * LANE_BYTE_COUNT;
            count -= LANE_COUNT * LANE_BYTE_COUNT;
        }
    }
    for (; count >= 8; p += 8, count -= 8) crc = STEP64(crc, load64(p));
    for (; count != 0; p++, count--) crc = STEP8(crc, *p);
    return ~crc;
}

int cplatform_crc32c_is_accelerated(void) {
#if defined(__x86_64__)
    unsigned a, b, c = 0, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_2) != 0;
#elif defined(__linux__)
    return (getauxval(AT_HWCAP) & (1 << 7)) != 0;  // HWCAP_CRC32
#else
    return 1;  // Every Apple processor of this architecture has it.
#endif
}

uint32_t cplatform_crc32c(uint32_t crc, const void *bytes, size_t count) {
    // 0: not asked yet, 1: by instruction, 2: by table.
    static int choice;
    int way = __atomic_load_n(&choice, __ATOMIC_RELAXED);
    if (way == 0) {
        way = cplatform_crc32c_is_accelerated() ? 1 : 2;
        __atomic_store_n(&choice, way, __ATOMIC_RELAXED);
    }
    return way == 1 ? accelerated(crc, bytes, count) : cplatform_crc32c_portable(crc, bytes, count);
}

#else

int cplatform_crc32c_is_accelerated(void) { return 0; }

uint32_t cplatform_crc32c(uint32_t crc, const void *bytes, size_t count) {
    return cplatform_crc32c_portable(crc, bytes, count);
}

#endif

#if defined(__x86_64__)

// What is summed stays in the innermost cache until it is copied.
#define COPY_BYTE_COUNT (LANE_COUNT * LANE_BYTE_COUNT)
// Less than that is not worth the fence.
#define STREAMED_BYTE_COUNT_MINIMUM 65536
#define CACHE_LINE_BYTE_COUNT 64
#define VECTOR_BYTE_COUNT sizeof(__m128i)

// Up to a cache line at a time, so that each goes to memory whole.
static void stream(uint8_t *restrict to, const uint8_t *restrict from, size_t count) {
    size_t head = -(uintptr_t)to % CACHE_LINE_BYTE_COUNT;
    if (head > count) head = count;
    memcpy(to, from, head);
    to += head, from += head, count -= head;
    for (; count >= VECTOR_BYTE_COUNT; count -= VECTOR_BYTE_COUNT) {
        _mm_stream_si128((__m128i *)to, _mm_loadu_si128((const __m128i *)from));
        to += VECTOR_BYTE_COUNT, from += VECTOR_BYTE_COUNT;
    }
    memcpy(to, from, count);
}

uint32_t cplatform_crc32c_copy(uint32_t crc, void *target, const void *bytes, size_t count) {
    if (count < STREAMED_BYTE_COUNT_MINIMUM) {
        memcpy(target, bytes, count);
        return cplatform_crc32c(crc, bytes, count);
    }
    for (size_t done = 0; done < count; done += COPY_BYTE_COUNT) {
        size_t part = count - done < COPY_BYTE_COUNT ? count - done : COPY_BYTE_COUNT;
        crc = cplatform_crc32c(crc, (const uint8_t *)bytes + done, part);
        stream((uint8_t *)target + done, (const uint8_t *)bytes + done, part);
    }
    // Such stores are not in order with others; what tells somebody of them comes after.
    _mm_sfence();
    return crc;
}

#else

uint32_t cplatform_crc32c_copy(uint32_t crc, void *target, const void *bytes, size_t count) {
    memcpy(target, bytes, count);
    return cplatform_crc32c(crc, bytes, count);
}

#endif
