#ifndef CFFMPEG_SCALING_H
#define CFFMPEG_SCALING_H

#include <libswscale/swscale.h>
#include <libavutil/frame.h>

// libswscale's context, whose members are hidden before FFmpeg 7.1 and open from then on, and whose flags
// became an enumeration: Swift takes them for other types by version. Here they are the same.

typedef struct CFFmpegScaler CFFmpegScaler;

typedef enum {
    cffmpeg_scaling_nearest,
    cffmpeg_scaling_bilinear,
    cffmpeg_scaling_bicubic,
    cffmpeg_scaling_area,
    cffmpeg_scaling_lanczos,
} CFFmpegScaling;

/// A scaler that rounds exactly, and interpolates chroma to full resolution on the way to RGB; NULL for what
/// libswscale cannot convert.
static inline CFFmpegScaler *cffmpeg_make_scaler(
    int source_width, int source_height, enum AVPixelFormat source_format,
    int target_width, int target_height, enum AVPixelFormat target_format, CFFmpegScaling kind) {
    static const int flags[] = {SWS_POINT, SWS_BILINEAR, SWS_BICUBIC, SWS_AREA, SWS_LANCZOS};
    return (CFFmpegScaler *)sws_getContext(
        source_width, source_height, source_format, target_width, target_height, target_format,
        flags[kind] | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_BITEXACT,
        NULL, NULL, NULL);
}

static inline void cffmpeg_free_scaler(CFFmpegScaler *scaler) {
    sws_freeContext((struct SwsContext *)scaler);
}

static inline int cffmpeg_scale(CFFmpegScaler *scaler, AVFrame *target, const AVFrame *source) {
    return sws_scale_frame((struct SwsContext *)scaler, target, source);
}

/// Sets the matrices, and the ranges that are known: 1 for full, 0 for limited. libswscale chooses those
/// that are -1 by format.
static inline void cffmpeg_set_colors(
    CFFmpegScaler *scaler, int source_matrix, int source_range, int target_matrix, int target_range) {
    struct SwsContext *context = (struct SwsContext *)scaler;
    int *inverse, *table;
    int source_default = 0, target_default = 0;
    int brightness = 0, contrast = 1 << 16, saturation = 1 << 16;
    sws_getColorspaceDetails(
        context, &inverse, &source_default, &table, &target_default,
        &brightness, &contrast, &saturation);
    // It answers -1 where neither side has a matrix or a range to convert.
    sws_setColorspaceDetails(
        context,
        sws_getCoefficients(source_matrix), source_range < 0 ? source_default : source_range,
        sws_getCoefficients(target_matrix), target_range < 0 ? target_default : target_range,
        brightness, contrast, saturation);
}

#endif
