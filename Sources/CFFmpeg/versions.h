#ifndef CFFMPEG_VERSIONS_H
#define CFFMPEG_VERSIONS_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

// What has another name from one version of FFmpeg to the next: 5.1 and all that follow it so far.
// Where a member is deprecated, the new way is taken as soon as there is one.

/// Profiles and levels that nobody states (FFmpeg 6.1: AV_ instead of FF_).
#ifdef AV_PROFILE_UNKNOWN
static const int cffmpeg_profile_unknown = AV_PROFILE_UNKNOWN;
static const int cffmpeg_level_unknown = AV_LEVEL_UNKNOWN;
#else
static const int cffmpeg_profile_unknown = FF_PROFILE_UNKNOWN;
static const int cffmpeg_level_unknown = FF_LEVEL_UNKNOWN;
#endif

/// How long a picture is shown (FFmpeg 6.0: `duration`).
static inline int64_t cffmpeg_duration(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_MAJOR >= 58
    return frame->duration;
#else
    return frame->pkt_duration;
#endif
}

static inline void cffmpeg_set_duration(AVFrame *frame, int64_t duration) {
#if LIBAVUTIL_VERSION_MAJOR >= 58
    frame->duration = duration;
#else
    frame->pkt_duration = duration;
#endif
}

// FFmpeg 6.1 has made flags of three members.
#ifdef AV_FRAME_FLAG_KEY
static inline void cffmpeg_set_flag(AVFrame *frame, int flag, int value) {
    frame->flags = value ? frame->flags | flag : frame->flags & ~flag;
}

static inline int cffmpeg_is_key(const AVFrame *frame) {
    return (frame->flags & AV_FRAME_FLAG_KEY) != 0;
}

static inline void cffmpeg_set_key(AVFrame *frame, int value) {
    cffmpeg_set_flag(frame, AV_FRAME_FLAG_KEY, value);
}

static inline int cffmpeg_is_interlaced(const AVFrame *frame) {
    return (frame->flags & AV_FRAME_FLAG_INTERLACED) != 0;
}

static inline void cffmpeg_set_interlaced(AVFrame *frame, int value) {
    cffmpeg_set_flag(frame, AV_FRAME_FLAG_INTERLACED, value);
}

static inline int cffmpeg_is_top_field_first(const AVFrame *frame) {
    return (frame->flags & AV_FRAME_FLAG_TOP_FIELD_FIRST) != 0;
}

static inline void cffmpeg_set_top_field_first(AVFrame *frame, int value) {
    cffmpeg_set_flag(frame, AV_FRAME_FLAG_TOP_FIELD_FIRST, value);
}
#else
static inline int cffmpeg_is_key(const AVFrame *frame) { return frame->key_frame != 0; }

static inline void cffmpeg_set_key(AVFrame *frame, int value) { frame->key_frame = value; }

static inline int cffmpeg_is_interlaced(const AVFrame *frame) {
    return frame->interlaced_frame != 0;
}

static inline void cffmpeg_set_interlaced(AVFrame *frame, int value) {
    frame->interlaced_frame = value;
}

static inline int cffmpeg_is_top_field_first(const AVFrame *frame) {
    return frame->top_field_first != 0;
}

static inline void cffmpeg_set_top_field_first(AVFrame *frame, int value) {
    frame->top_field_first = value;
}
#endif

/// A number that goes with a packet through the decoder to the picture that it begins. FFmpeg 6.0 copies
/// what is set for that; before, the place of the packet in its file, which it reads nowhere else.
static inline void cffmpeg_set_packet_number(AVPacket *packet, int64_t number) {
#ifdef AV_CODEC_FLAG_COPY_OPAQUE
    // NULL is no number.
    packet->opaque = (void *)(intptr_t)(number + 1);
#else
    packet->pos = number;
#endif
}

/// The number of the packet that a picture begins in; -1 for none.
static inline int64_t cffmpeg_packet_number(const AVFrame *frame) {
#ifdef AV_CODEC_FLAG_COPY_OPAQUE
    return (int64_t)(intptr_t)frame->opaque - 1;
#else
    return frame->pkt_pos;
#endif
}

/// Lets a decoder give the numbers of packets to pictures.
static inline void cffmpeg_keep_packet_numbers(AVCodecContext *context) {
#ifdef AV_CODEC_FLAG_COPY_OPAQUE
    context->flags |= AV_CODEC_FLAG_COPY_OPAQUE;
#else
    (void)context;
#endif
}

// Side data of a stream are those of its codec parameters since FFmpeg 6.1.
#define CFFMPEG_HAS_CODED_SIDE_DATA (LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100))

static inline int cffmpeg_side_data_count(const AVStream *stream) {
#if CFFMPEG_HAS_CODED_SIDE_DATA
    return stream->codecpar->nb_coded_side_data;
#else
    return stream->nb_side_data;
#endif
}

static inline const AVPacketSideData *cffmpeg_side_data(const AVStream *stream, int index) {
#if CFFMPEG_HAS_CODED_SIDE_DATA
    return stream->codecpar->coded_side_data + index;
#else
    return stream->side_data + index;
#endif
}

/// Room for side data of a stream, to be filled; NULL where there is no memory.
static inline uint8_t *cffmpeg_add_side_data(
    AVStream *stream, enum AVPacketSideDataType type, size_t size) {
#if CFFMPEG_HAS_CODED_SIDE_DATA
    AVPacketSideData *data = av_packet_side_data_new(
        &stream->codecpar->coded_side_data, &stream->codecpar->nb_coded_side_data, type, size, 0);
    return data ? data->data : NULL;
#else
    return av_stream_new_side_data(stream, type, size);
#endif
}

/// Whether a stream is a tile of a larger image (FFmpeg 7.0; before, such images are refused).
static inline int cffmpeg_is_tile(const AVFormatContext *context, int stream) {
#if LIBAVFORMAT_VERSION_MAJOR >= 61
    for (unsigned index = 0; index < context->nb_stream_groups; index++) {
        const AVStreamGroup *group = context->stream_groups[index];
        if (group->type != AV_STREAM_GROUP_PARAMS_TILE_GRID) continue;
        for (unsigned tile = 0; tile < group->nb_streams; tile++) {
            if (group->streams[tile]->index == stream) return 1;
        }
    }
#else
    (void)context;
    (void)stream;
#endif
    return 0;
}

/// The pixel formats that an encoder takes, ended by AV_PIX_FMT_NONE; NULL where it does not say.
/// FFmpeg 7.1 asks by a function.
static inline const enum AVPixelFormat *cffmpeg_pixel_formats(const AVCodec *codec) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
    const void *formats = NULL;
    int result = avcodec_get_supported_config(
        NULL, codec, AV_CODEC_CONFIG_PIX_FORMAT, 0, &formats, NULL);
    return result < 0 ? NULL : formats;
#else
    return codec->pix_fmts;
#endif
}

#endif
