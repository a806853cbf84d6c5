#include "CPlatform.h"

#include <string.h>

// One Y'CbCr is linear in another over the same R'G'B', and gray stays gray: chroma depends on chroma
// alone, and luma on luma and a correction that is linear in chroma. So all products with chroma are made
// at the resolution of chroma, and one plane, the correction, is stretched to that of luma.
//
// Everything is 32 bits with CPLATFORM_YCBCR_BITS of fraction, rounded once, at the end.

#define BITS CPLATFORM_YCBCR_BITS
#define MIDDLE 128
// Values in front of a row that can be read, as behind it.
#define MARGIN 16
#define RESULT_COUNT 3

#define INLINE static inline __attribute__((always_inline))

// What is made of one row of chroma: the correction of luma, then Cb and Cr.
typedef struct {
    int32_t *results[RESULT_COUNT];
} chroma_row;

// The value `1 / 2^shift` of the way from one to another.
INLINE int32_t between(int32_t from, int32_t to, int shift) {
    return from + ((to - from + (1 << shift >> 1)) >> shift);
}

INLINE uint8_t clipped(int32_t value) {
    value >>= BITS;
    value = value < 0 ? 0 : value;
    return (uint8_t)(value > 255 ? 255 : value);
}

// Repeats the ends of a row on both sides.
INLINE void extend(int32_t *row, size_t count) {
    row[-1] = row[0];
    row[count] = row[count - 1];
}

INLINE void multiply_row(
    const cplatform_ycbcr_rule *rule, const uint8_t *restrict cb, const uint8_t *restrict cr,
    size_t count, chroma_row row
) {
    for (int index = 0; index < RESULT_COUNT; index++) {
        int32_t *restrict result = row.results[index];
        int32_t of_cb = rule->of_cb[index], of_cr = rule->of_cr[index], constant = rule->constant[index];
        for (size_t i = 0; i < count; i++)
            result[i] = of_cb * (cb[i] - MIDDLE) + of_cr * (cr[i] - MIDDLE) + constant;
        extend(result, count);
    }
}

INLINE void blend_rows(
    const int32_t *from, const int32_t *to, int shift, size_t count, int32_t *restrict result
) {
    for (size_t i = 0; i < count; i++) result[i] = between(from[i], to[i], shift);
    extend(result, count);
}

// Cb or Cr in the middle of its four pixels: `to` is the same row, one to the right or not.
INLINE void store_chroma(
    const int32_t *from, const int32_t *to, size_t count, uint8_t *restrict result
) {
    for (size_t i = 0; i < count; i++) result[i] = clipped(between(from[i], to[i], 2));
}

// Luma in pairs, one for each correction. A pair is read and written as a little-endian word, so that
// nothing has to be interleaved.
INLINE void store_luma(
    const cplatform_ycbcr_rule *rule, const uint8_t *restrict luma, const int32_t *correction,
    int is_centered, size_t count, uint8_t *restrict result
) {
    int32_t of_luma = rule->of_luma;
    for (size_t i = 0; i < count; i++) {
        int32_t here = correction[i];
        int32_t left = is_centered ? between(here, correction[i - 1], 2) : here;
        int32_t right = between(here, correction[i + 1], is_centered ? 2 : 1);
        uint16_t pair;
        memcpy(&pair, luma + 2 * i, 2);
        uint16_t low = clipped((pair & 255) * of_luma + left);
        uint16_t high = clipped((pair >> 8) * of_luma + right);
        pair = (uint16_t)(low | high << 8);
        memcpy(result + 2 * i, &pair, 2);
    }
}

// The two rows of luma of a row of chroma, with the corrections of the row above, of this, and of that below.
INLINE void convert_luma_rows(
    const cplatform_ycbcr_rule *rule, const cplatform_ycbcr_planes *from,
    const cplatform_ycbcr_planes *to, size_t columns, size_t row, const int32_t *const corrections[3],
    int32_t *restrict blended
) {
    for (size_t part = 0; part < 2; part++) {
        const int32_t *correction = corrections[1];
        // The row in which chroma lies needs nothing of its neighbours.
        if (rule->row != (part == 0 ? CPLATFORM_YCBCR_FIRST : CPLATFORM_YCBCR_LAST)) {
            int shift = rule->row == CPLATFORM_YCBCR_MIDDLE ? 2 : 1;
            blend_rows(correction, corrections[2 * part], shift, columns, blended);
            correction = blended;
        }
        const uint8_t *luma = from->planes[0] + (2 * row + part) * from->strides[0];
        uint8_t *result = to->planes[0] + (2 * row + part) * to->strides[0];
        // Each case has a loop of its own.
        if (rule->column == CPLATFORM_YCBCR_MIDDLE)
            store_luma(rule, luma, correction, 1, columns, result);
        else
            store_luma(rule, luma, correction, 0, columns, result);
    }
}

// A row of Cb or Cr, moved to the middle.
INLINE void convert_chroma_row(
    const cplatform_ycbcr_rule *rule, const int32_t *const values[3], size_t columns,
    int32_t *restrict blended, uint8_t *result
) {
    const int32_t *moved = values[1];
    if (rule->row != CPLATFORM_YCBCR_MIDDLE) {
        blend_rows(moved, values[rule->row == CPLATFORM_YCBCR_FIRST ? 2 : 0], 2, columns, blended);
        moved = blended;
    }
    store_chroma(moved, moved + (rule->column == CPLATFORM_YCBCR_FIRST ? 1 : 0), columns, result);
}

INLINE void convert(
    const cplatform_ycbcr_rule *rule, const cplatform_ycbcr_planes *from,
    const cplatform_ycbcr_planes *to, size_t width, size_t height, int32_t *scratch
) {
    size_t columns = width / 2, rows = height / 2;
    size_t length = columns + 2 * MARGIN;
    // The results of the row above, this one, and the one below; they take turns.
    chroma_row ring[3];
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < RESULT_COUNT; j++)
            ring[i].results[j] = scratch + (i * RESULT_COUNT + j) * length + MARGIN;
    int32_t *blended = scratch + 3 * RESULT_COUNT * length + MARGIN;
    for (size_t next = 0; next <= rows; next++) {
        if (next < rows)
            multiply_row(
                rule, from->planes[1] + next * from->strides[1],
                from->planes[2] + next * from->strides[2], columns, ring[next % 3]
            );
        if (next == 0) continue;
        size_t row = next - 1;
        const int32_t *values[RESULT_COUNT][3];
        for (int index = 0; index < RESULT_COUNT; index++) {
            values[index][0] = ring[row > 0 ? (row - 1) % 3 : 0].results[index];
            values[index][1] = ring[row % 3].results[index];
            values[index][2] = ring[(next < rows ? next : row) % 3].results[index];
        }
        convert_luma_rows(rule, from, to, columns, row, values[0], blended);
        for (int plane = 1; plane < 3; plane++)
            convert_chroma_row(
                rule, values[plane], columns, blended,
                to->planes[plane] + row * to->strides[plane]
            );
    }
}

size_t cplatform_ycbcr_scratch_count(size_t width) {
    return (3 * RESULT_COUNT + 1) * (width / 2 + 2 * MARGIN);
}

#if defined(__x86_64__)

// The same loops for each width of vectors that processors have.
#define CONVERT_FOR(name, features, bits) \
    __attribute__((target(features), min_vector_width(bits))) static void convert_##name( \
        const cplatform_ycbcr_rule *rule, const cplatform_ycbcr_planes *from, \
        const cplatform_ycbcr_planes *to, size_t width, size_t height, int32_t *scratch \
    ) { \
        convert(rule, from, to, width, height, scratch); \
    }

CONVERT_FOR(avx2, "avx2", 256)
CONVERT_FOR(avx512, "avx512f,avx512bw,avx512vl", 512)

void cplatform_ycbcr_convert(
    const cplatform_ycbcr_rule *rule, const cplatform_ycbcr_planes *from,
    const cplatform_ycbcr_planes *to, size_t width, size_t height, int32_t *scratch
) {
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        convert_avx512(rule, from, to, width, height, scratch);
    else if (__builtin_cpu_supports("avx2"))
        convert_avx2(rule, from, to, width, height, scratch);
    else
        convert(rule, from, to, width, height, scratch);
}

#else

void cplatform_ycbcr_convert(
    const cplatform_ycbcr_rule *rule, const cplatform_ycbcr_planes *from,
    const cplatform_ycbcr_planes *to, size_t width, size_t height, int32_t *scratch
) {
    convert(rule, from, to, width, height, scratch);
}

#endif
