#ifndef ENGINE_HOST_PHOTO_LINKS_H
#define ENGINE_HOST_PHOTO_LINKS_H

#include <stdint.h>

#include "engine/core/status.h"

/* Directories of photos: made, and given to a backup. Not on the loop. */

#define PHOTO_LINKS_ERROR_SIZE 256u

/* There already is fine; a new one is on the disk when this answers. `error` is a sentence. */
MUST_CHECK enum status photo_links_make(const char *path, char error[PHOTO_LINKS_ERROR_SIZE]);

/* Give every photo of `from` a second name in `to` (made if it is not there): nothing is copied, so
 * it takes no room, and since photos are never changed it stays what it was. On another disk, where
 * a name cannot reach, it is copied. `added` counts those that `to` did not have. No `from`: there
 * is nothing to do. */
MUST_CHECK enum status photo_links_all(const char *from, const char *to, uint32_t *added,
                                       char error[PHOTO_LINKS_ERROR_SIZE]);

#endif
