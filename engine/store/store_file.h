#ifndef ENGINE_STORE_STORE_FILE_H
#define ENGINE_STORE_STORE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/core/status.h"
#include "engine/store/store_db.h"

/* Small files, written so that a power cut leaves the old one or the new one. They go through
 * SQLite's VFS, like the databases: one place that knows how to reach the disk, and one place where
 * the tests make it fail. */

#define STORE_PATH_SIZE 1024u

/* The whole file in memory of its own (free it). STATUS_NOT_FOUND; STATUS_FULL: larger than
 * `size_max`. */
MUST_CHECK enum status store_file_read(const char *path, size_t size_max, uint8_t **bytes,
                                       size_t *size, char error[STORE_ERROR_SIZE]);

/* How many bytes it has. STATUS_NOT_FOUND. */
MUST_CHECK enum status store_file_size(const char *path, uint64_t *size,
                                       char error[STORE_ERROR_SIZE]);

/* `size` bytes from `offset` on; STATUS_CORRUPT: the file is shorter. */
MUST_CHECK enum status store_file_part(const char *path, uint64_t offset, uint8_t *bytes,
                                       size_t size, char error[STORE_ERROR_SIZE]);

/* Replace atomically with the pieces, one after the other: written beside, synced, renamed,
 * directory synced. */
struct store_piece {
    const uint8_t *bytes;
    size_t size;
};
MUST_CHECK enum status store_file_replace(const char *path, const struct store_piece pieces[],
                                          uint32_t count, char error[STORE_ERROR_SIZE]);

/* Append and sync; makes the file if it is not there. */
MUST_CHECK enum status store_file_append(const char *path, const uint8_t *bytes, size_t size,
                                         char error[STORE_ERROR_SIZE]);

/* Create a file only its owner can read (mode 0600). STATUS_BUSY: it is there already. */
MUST_CHECK enum status store_file_secret(const char *path, const uint8_t *bytes, size_t size,
                                         char error[STORE_ERROR_SIZE]);

/* Rename durably: the directory is synced. */
MUST_CHECK enum status store_file_rename(const char *from, const char *to,
                                         char error[STORE_ERROR_SIZE]);

/* What was made in the directory of `path` is on the disk. */
MUST_CHECK enum status store_file_sync_directory(const char *path, char error[STORE_ERROR_SIZE]);

/* Remove; a file that is not there is fine. */
MUST_CHECK enum status store_file_remove(const char *path, char error[STORE_ERROR_SIZE]);

/* `path` with `more` at its end. STATUS_FULL: too long. */
MUST_CHECK enum status store_file_longer(const char *path, const char *more,
                                         char out[STORE_PATH_SIZE], char error[STORE_ERROR_SIZE]);

/* `name` in the directory of `path`. STATUS_FULL: too long. */
MUST_CHECK enum status store_file_beside(const char *path, const char *name,
                                         char out[STORE_PATH_SIZE]);

#endif
