#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

int cplatform_watch_open(void) {
    int descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    return descriptor >= 0 ? descriptor : -errno;
}

int cplatform_watch_add(int descriptor, const char *path, int is_folder) {
    // A folder's own mask would tell of every write to every file in it.
    uint32_t mask = IN_MOVE_SELF | IN_DELETE_SELF | (is_folder ? 0 : IN_MODIFY | IN_CLOSE_WRITE);
    int number = inotify_add_watch(descriptor, path, mask);
    return number >= 0 ? number : -errno;
}

void cplatform_watch_remove(int descriptor, int number) {
    (void)inotify_rm_watch(descriptor, number);
}

size_t cplatform_watch_read(int descriptor, int *numbers, size_t capacity) {
    // Files that are watched for themselves come without a name.
    struct inotify_event events[16];
    size_t most = sizeof events / sizeof *events;
    if (most > capacity) most = capacity;
    ssize_t count = read(descriptor, events, most * sizeof *events);
    size_t found = 0;
    for (ssize_t place = 0; place + (ssize_t)sizeof *events <= count;) {
        struct inotify_event event;
        memcpy(&event, (char *)events + place, sizeof event);
        numbers[found++] = event.mask & IN_Q_OVERFLOW ? -1 : event.wd;
        place += (ssize_t)(sizeof event + event.len);
    }
    return found;
}

int cplatform_is_remote(const char *path) {
    struct statfs status;
    if (statfs(path, &status) != 0) return 0;
    switch ((unsigned long)status.f_type & 0xFFFFFFFF) {
    case NFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case CODA_SUPER_MAGIC:
    case AFS_SUPER_MAGIC:
    case V9FS_MAGIC:
    case 0xFF534D42: // CIFS
    case 0xFE534D42: // SMB 2 and 3
    case 0x65735546: // FUSE
    case 0x00C36400: // Ceph
    case 0x01161970: // GFS2
    case 0x7461636F: // OCFS2
    case 0x0BD00BD0: // Lustre
        return 1;
    default: return 0;
    }
}
