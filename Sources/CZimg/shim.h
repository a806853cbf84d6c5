#ifndef CZIMG_SHIM_H
#define CZIMG_SHIM_H

#include <zimg.h>

// What Swift cannot import: a macro with arguments, and arrays in structures.

static inline unsigned czimg_version(void) { return ZIMG_API_VERSION; }

static inline void czimg_set_source(
    zimg_image_buffer_const *buffer, int plane, const void *address, ptrdiff_t stride) {
    buffer->version = ZIMG_API_VERSION;
    buffer->plane[plane].data = address;
    buffer->plane[plane].stride = stride;
    buffer->plane[plane].mask = ZIMG_BUFFER_MAX;
}

static inline void czimg_set_target(zimg_image_buffer *buffer, int plane, void *address, ptrdiff_t stride) {
    buffer->version = ZIMG_API_VERSION;
    buffer->plane[plane].data = address;
    buffer->plane[plane].stride = stride;
    buffer->plane[plane].mask = ZIMG_BUFFER_MAX;
}

#endif
