#include "engine/host/disk_room.h"

#include <sys/statvfs.h>

bool disk_room_takes(const char *path, uint64_t bytes, uint64_t megabytes)
{
    struct statvfs disk;
    if (statvfs(path, &disk) != 0) {
        return true;
    }
    const uint64_t free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    return free_bytes >= bytes && (free_bytes - bytes) >> 20 >= megabytes;
}

bool disk_room_is_below(const char *path, uint64_t megabytes)
{
    return !disk_room_takes(path, 0, megabytes);
}
