#ifndef CFFMPEG_DEMUXING_H
#define CFFMPEG_DEMUXING_H

#include <libavformat/avformat.h>

// What Swift cannot import of what demuxers need.

/// The packets that a stream's index knows by now, without those that have no bytes.
static inline int64_t cffmpeg_indexed_packets(AVStream *stream) {
    int64_t count = 0;
    int entries = avformat_index_get_entries_count(stream);
    for (int index = 0; index < entries; index++) {
        const AVIndexEntry *entry = avformat_index_get_entry(stream, index);
        if (entry && entry->size > 0) count++;
    }
    return count;
}

/// Whether the bytes of a packet are encrypted, as its demuxer says.
static inline int cffmpeg_is_encrypted(const AVPacket *packet) {
    return av_packet_get_side_data(packet, AV_PKT_DATA_ENCRYPTION_INFO, NULL) != NULL;
}

#endif
