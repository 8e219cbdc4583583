#ifndef ENGINE_STORE_PHOTO_FILE_H
#define ENGINE_STORE_PHOTO_FILE_H

#include "engine/core/types.h"
#include "engine/store/store_file.h"

/* Photos, each a file named by the BLAKE2b-256 of its bytes in 64 hexadecimal digits, in one
 * directory. A name says what must be in the file, so a photo is written once, never changed, and
 * the journal needs to keep nothing but the name. */

#define PHOTO_FILE_BYTES_MAX ((size_t)64 << 20) /* more than any configuration takes */
#define PHOTO_FILE_NAME_SIZE (2u * PHOTO_HASH_SIZE + 1u)

/* What the bytes are by their first ones. False: neither JPEG, PNG nor WebP. */
bool photo_file_media(const uint8_t *bytes, size_t size, enum photo_media *media);

void photo_file_hash(const uint8_t *bytes, size_t size, uint8_t hash[PHOTO_HASH_SIZE]);
void photo_file_name(const uint8_t hash[PHOTO_HASH_SIZE], char name[PHOTO_FILE_NAME_SIZE]);
/* False: not 64 hexadecimal digits, small letters. */
bool photo_file_name_read(const char *name, uint8_t hash[PHOTO_HASH_SIZE]);

/* STATUS_FULL: too long. */
MUST_CHECK enum status photo_file_path(const char *directory, const uint8_t hash[PHOTO_HASH_SIZE],
                                       char path[STORE_PATH_SIZE], char error[STORE_ERROR_SIZE]);

/* Write the photo, whole and synced with its directory (which is there), before this answers; the
 * same one again replaces it by itself. STATUS_DISK_FULL and the other answers of
 * store_file_replace(). */
MUST_CHECK enum status photo_file_save(const char *directory, const uint8_t hash[PHOTO_HASH_SIZE],
                                       const uint8_t *bytes, size_t size,
                                       char error[STORE_ERROR_SIZE]);

/* The whole photo in memory of its own (free it). STATUS_NOT_FOUND: it is missing; STATUS_CORRUPT:
 * what lies there is not what its name says; STATUS_FULL: larger than `size_max`. */
MUST_CHECK enum status photo_file_read(const char *directory, const uint8_t hash[PHOTO_HASH_SIZE],
                                       size_t size_max, uint8_t **bytes, size_t *size,
                                       char error[STORE_ERROR_SIZE]);

#endif
