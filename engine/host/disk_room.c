#include "engine/host/disk_room.h"

#include <sys/statvfs.h>

bool disk_room_is_below(const char *path, uint64_t megabytes)
{
    struct statvfs disk;
    if (statvfs(path, &disk) != 0) {
        return false;
    }
    return ((uint64_t)disk.f_bavail * disk.f_frsize >> 20) < megabytes;
}
