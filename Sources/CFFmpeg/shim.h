#ifndef CFFMPEG_SHIM_H
#define CFFMPEG_SHIM_H

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavcodec/codec_desc.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/sha.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// What Swift cannot import: macros, and members that are reached by pointer arithmetic.

static inline int cffmpeg_error_from_errno(int number) { return AVERROR(number); }
static inline int cffmpeg_error_end_of_file(void) { return AVERROR_EOF; }
static inline int cffmpeg_error_exit(void) { return AVERROR_EXIT; }
static inline int cffmpeg_error_invalid_data(void) { return AVERROR_INVALIDDATA; }
static inline int cffmpeg_error_bug(void) { return AVERROR_BUG; }
static inline int cffmpeg_error_unknown(void) { return AVERROR_UNKNOWN; }
static inline int cffmpeg_error_not_supported(void) { return AVERROR_PATCHWELCOME; }
static inline int cffmpeg_error_decoder_not_found(void) { return AVERROR_DECODER_NOT_FOUND; }
static inline int cffmpeg_error_encoder_not_found(void) { return AVERROR_ENCODER_NOT_FOUND; }
static inline int cffmpeg_error_demuxer_not_found(void) { return AVERROR_DEMUXER_NOT_FOUND; }
static inline int cffmpeg_error_muxer_not_found(void) { return AVERROR_MUXER_NOT_FOUND; }
static inline int cffmpeg_error_protocol_not_found(void) { return AVERROR_PROTOCOL_NOT_FOUND; }
static inline int cffmpeg_error_stream_not_found(void) { return AVERROR_STREAM_NOT_FOUND; }
static inline int cffmpeg_error_option_not_found(void) { return AVERROR_OPTION_NOT_FOUND; }

/// A code of this package's own, in the style of AVERROR_EOF.
static inline int cffmpeg_error_too_many_pixels(void) { return FFERRTAG('M', 'P', 'I', 'X'); }

static inline int64_t cffmpeg_no_timestamp(void) { return AV_NOPTS_VALUE; }
static inline AVRational cffmpeg_microseconds(void) { return AV_TIME_BASE_Q; }
static inline int cffmpeg_seek_size(void) { return AVSEEK_SIZE; }

static inline AVStream *cffmpeg_stream(const AVFormatContext *context, int index) {
    return context->streams[index];
}

/// A bit field, which Swift does not import everywhere.
static inline int cffmpeg_index_flags(const AVIndexEntry *entry) { return entry->flags; }

static inline uint8_t *cffmpeg_plane(const AVFrame *frame, int index) {
    return frame->data[index];
}

static inline int cffmpeg_line_size(const AVFrame *frame, int index) {
    return frame->linesize[index];
}

/// Sets an option of the codec itself and of all codecs alike.
static inline void *cffmpeg_private_options(AVCodecContext *context) {
    return context->priv_data;
}

static inline int cffmpeg_is_hardware(const AVPixFmtDescriptor *description) {
    return (description->flags & AV_PIX_FMT_FLAG_HWACCEL) != 0;
}

static inline int cffmpeg_is_float(const AVPixFmtDescriptor *description) {
    return (description->flags & AV_PIX_FMT_FLAG_FLOAT) != 0;
}

static inline int cffmpeg_has_palette(const AVPixFmtDescriptor *description) {
    return (description->flags & AV_PIX_FMT_FLAG_PAL) != 0;
}

static inline int cffmpeg_depth(const AVPixFmtDescriptor *description) {
    int depth = 0;
    for (int index = 0; index < description->nb_components; index++)
        if (description->comp[index].depth > depth) depth = description->comp[index].depth;
    return depth;
}

static inline AVComponentDescriptor cffmpeg_component(
    const AVPixFmtDescriptor *description, int index) {
    return description->comp[index];
}

/// The name of who logs, or NULL.
static inline const char *cffmpeg_log_component(void *context) {
    const AVClass *kind = context ? *(const AVClass **)context : NULL;
    return kind ? kind->item_name(context) : NULL;
}

/// The `opaque` of the codec context that logs, or in whose name something logs; NULL for all others.
/// Decoding threads log through copies of the context, which have the same one.
static inline void *cffmpeg_codec_opaque(void *context) {
    for (int depth = 0; context && depth < 4; depth++) {
        const AVClass *kind = *(const AVClass **)context;
        if (!kind) return NULL;
        if (kind == avcodec_get_class()) return ((AVCodecContext *)context)->opaque;
        if (!kind->parent_log_context_offset) return NULL;
        context = *(void **)((uint8_t *)context + kind->parent_log_context_offset);
    }
    return NULL;
}

/// Writes the text of a line, and leaves the arguments as they are for who comes next.
static inline void cffmpeg_format(char *text, int size, const char *format, va_list list) {
    va_list copy;
    va_copy(copy, list);
    vsnprintf(text, size, format, copy);
    va_end(copy);
}

#endif
