#ifndef ENGINE_HOST_PHOTO_LINKS_H
#define ENGINE_HOST_PHOTO_LINKS_H

#include <stdatomic.h>
#include <stdint.h>

#include "engine/core/status.h"

/* Directories of photos: made, and given to a backup, however many there are: not on the loop. */

#define PHOTO_LINKS_ERROR_SIZE 256u

/* There already is fine; a new one is on the disk when this answers. `error` is a sentence. */
MUST_CHECK enum status photo_links_make(const char *path, char error[PHOTO_LINKS_ERROR_SIZE]);

/* Give every photo of `from` a second name in `to` (made if it is not there): that takes no room.
 * Where a name cannot be given (another disk, a file system without links) it is copied, but not
 * one that was altered, which the log names. What has its name in `to` is left as it is. `added`
 * counts those that `to` did not have. No `from`: there is nothing to do. STATUS_BUSY: `stops`
 * became true before it was done. */
MUST_CHECK enum status photo_links_all(const char *from, const char *to, const atomic_bool *stops,
                                       uint32_t *added, char error[PHOTO_LINKS_ERROR_SIZE]);

#endif
