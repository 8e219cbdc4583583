#ifndef ENGINE_HOST_DISK_ROOM_H
#define ENGINE_HOST_DISK_ROOM_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the disk that `path` lies on has less than so many MB free for us. False where nobody can
 * say: then the writing says what is wrong. */
bool disk_room_is_below(const char *path, uint64_t megabytes);
/* Whether so many MB would be left there after so many bytes more; true where nobody can say. */
bool disk_room_takes(const char *path, uint64_t bytes, uint64_t megabytes);

#endif
