#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int cplatform_open_direct_flag(void) { return O_DIRECT; }

int cplatform_rename(const char *from, const char *to) {
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return errno;
    // The file system has no such flag: a link is never made over another name.
    if (link(from, to) != 0) return errno;
    return unlink(from) == 0 ? 0 : errno;
}

int cplatform_reserve(int descriptor, int64_t offset, int64_t count) {
    int status;
    do {
        status = fallocate(descriptor, 0, offset, count);
    } while (status != 0 && errno == EINTR);
    return status == 0 ? 0 : errno;
}

void cplatform_begin_writeback(int descriptor) {
    (void)sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
}

int cplatform_lock(int descriptor) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(descriptor, F_OFD_SETLK, &lock) == 0 ? 0 : errno;
}

int cplatform_is_locked(int descriptor) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(descriptor, F_OFD_GETLK, &lock) != 0) return -errno;
    return lock.l_type != F_UNLCK;
}
