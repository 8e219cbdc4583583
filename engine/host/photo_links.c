#include "engine/host/photo_links.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "engine/host/log.h"
#include "engine/store/photo_file.h"

_Static_assert(PHOTO_LINKS_ERROR_SIZE >= STORE_ERROR_SIZE, "what the store says fits");

static enum status failed(const char *path, const char *what, int system,
                          char error[PHOTO_LINKS_ERROR_SIZE])
{
    snprintf(error, PHOTO_LINKS_ERROR_SIZE, "%.150s: cannot %s: %s", path, what,
             uv_strerror(-system));
    return system == ENOSPC || system == EDQUOT                     ? STATUS_DISK_FULL
           : system == EACCES || system == EROFS || system == EPERM ? STATUS_READ_ONLY
           : system == ENOENT                                       ? STATUS_NOT_FOUND
                                                                    : STATUS_IO;
}

/* A name that is made in its parent is on the disk before anything is put into it. */
enum status photo_links_make(const char *path, char error[PHOTO_LINKS_ERROR_SIZE])
{
    if (mkdir(path, 0700) != 0) {
        return errno == EEXIST ? STATUS_OK : failed(path, "make it", errno, error);
    }
    return store_file_sync_directory(path, error);
}

/* Another disk, or a file system without them; then the bytes go. */
static bool is_no_place_for_links(int system)
{
    return system == EXDEV || system == EPERM || system == EMLINK || system == EOPNOTSUPP ||
           system == ENOSYS;
}

static enum status copy_one(const char *from, const char *to, const uint8_t hash[PHOTO_HASH_SIZE],
                            char error[PHOTO_LINKS_ERROR_SIZE])
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    enum status status = photo_file_read(from, hash, PHOTO_FILE_BYTES_MAX, &bytes, &size, error);
    if (status == STATUS_OK) {
        status = photo_file_save(to, hash, bytes, size, error);
    }
    free(bytes);
    return status;
}

static enum status add_one(const char *from, const char *to, const uint8_t hash[PHOTO_HASH_SIZE],
                           uint32_t *added, char error[PHOTO_LINKS_ERROR_SIZE])
{
    char source[STORE_PATH_SIZE];
    char target[STORE_PATH_SIZE];
    enum status status = photo_file_path(from, hash, source, error);
    if (status == STATUS_OK) {
        status = photo_file_path(to, hash, target, error);
    }
    if (status != STATUS_OK || access(target, F_OK) == 0) {
        return status;
    }
    if (link(source, target) != 0) {
        status = is_no_place_for_links(errno) ? copy_one(from, to, hash, error)
                                              : failed(target, "link a photo to it", errno, error);
    }
    *added += status == STATUS_OK ? 1 : 0;
    return status;
}

/* STATUS_NOT_FOUND: there is no further one. */
static enum status next_photo(DIR *directory, const char *from, uint8_t hash[PHOTO_HASH_SIZE],
                              char error[PHOTO_LINKS_ERROR_SIZE])
{
    for (;;) {
        errno = 0;
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): the directory is the caller's own */
        const struct dirent *entry = readdir(directory);
        if (entry == NULL) {
            return errno == 0 ? STATUS_NOT_FOUND : failed(from, "list it", errno, error);
        }
        if (photo_file_name_read(entry->d_name, hash)) { /* not what is being written */
            return STATUS_OK;
        }
    }
}

enum status photo_links_all(const char *from, const char *to, const atomic_bool *stops,
                            uint32_t *added, char error[PHOTO_LINKS_ERROR_SIZE])
{
    char within[STORE_PATH_SIZE];
    *added = 0;
    const int length = snprintf(within, sizeof within, "%s/x", to);
    if (length < 0 || (size_t)length >= sizeof within) {
        snprintf(error, PHOTO_LINKS_ERROR_SIZE, "%.150s: the path is too long", to);
        return STATUS_FULL;
    }
    DIR *directory = opendir(from);
    if (directory == NULL) {
        return errno == ENOENT ? STATUS_OK : failed(from, "open it", errno, error);
    }
    uint8_t hash[PHOTO_HASH_SIZE];
    enum status status = photo_links_make(to, error);
    enum status next = STATUS_OK;
    while (status == STATUS_OK && (next = next_photo(directory, from, hash, error)) == STATUS_OK) {
        if (*stops) {
            snprintf(error, PHOTO_LINKS_ERROR_SIZE, "the engine stops");
            status = STATUS_BUSY;
        } else {
            status = add_one(from, to, hash, added, error);
        }
        if (status == STATUS_CORRUPT) { /* the others are to be in the backup all the same */
            log_write(LOG_ERROR, "a photo is not in the backup: %s", error);
            status = STATUS_OK;
        }
    }
    closedir(directory);
    if (status == STATUS_OK && next != STATUS_NOT_FOUND) {
        status = next;
    }
    return status == STATUS_OK ? store_file_sync_directory(within, error) : status;
}
