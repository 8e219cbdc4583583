#include "engine/host/photo_links.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

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

static enum status sync_directory(const char *path, char error[PHOTO_LINKS_ERROR_SIZE])
{
    const int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return failed(path, "open it", errno, error);
    }
    const int code = fsync(descriptor);
    const int system = errno;
    close(descriptor);
    return code == 0 ? STATUS_OK : failed(path, "sync it", system, error);
}

/* A name that is made in its parent is on the disk before anything is put into it. */
enum status photo_links_make(const char *path, char error[PHOTO_LINKS_ERROR_SIZE])
{
    char parent[STORE_PATH_SIZE];
    if (mkdir(path, 0700) != 0) {
        return errno == EEXIST ? STATUS_OK : failed(path, "make it", errno, error);
    }
    if (store_file_beside(path, ".", parent) != STATUS_OK) {
        snprintf(error, PHOTO_LINKS_ERROR_SIZE, "%.150s: the path is too long", path);
        return STATUS_FULL;
    }
    return sync_directory(parent, error);
}

static enum status path_of(const char *directory, const char *name, char path[STORE_PATH_SIZE],
                           char error[PHOTO_LINKS_ERROR_SIZE])
{
    const int length = snprintf(path, STORE_PATH_SIZE, "%s/%s", directory, name);
    if (length < 0 || (size_t)length >= STORE_PATH_SIZE) {
        snprintf(error, PHOTO_LINKS_ERROR_SIZE, "%.150s: the path is too long", directory);
        return STATUS_FULL;
    }
    return STATUS_OK;
}

/* Backups on a disk of their own: a name cannot reach over, so the bytes go. */
static enum status copy_one(const char *from, const char *to, const uint8_t hash[PHOTO_HASH_SIZE],
                            uint32_t *added, char error[PHOTO_LINKS_ERROR_SIZE])
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    enum status status = photo_file_read(from, hash, PHOTO_FILE_BYTES_MAX, &bytes, &size, error);
    if (status == STATUS_OK) {
        status = photo_file_save(to, hash, bytes, size, error);
    }
    free(bytes);
    *added += status == STATUS_OK ? 1 : 0;
    return status;
}

static enum status add_one(const char *from, const char *to, const uint8_t hash[PHOTO_HASH_SIZE],
                           uint32_t *added, char error[PHOTO_LINKS_ERROR_SIZE])
{
    char name[PHOTO_FILE_NAME_SIZE];
    char source[STORE_PATH_SIZE];
    char target[STORE_PATH_SIZE];
    photo_file_name(hash, name);
    enum status status = path_of(from, name, source, error);
    if (status == STATUS_OK) {
        status = path_of(to, name, target, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (link(source, target) == 0) {
        *added += 1;
        return STATUS_OK;
    }
    const int why = errno;
    if (why == EXDEV && access(target, F_OK) != 0) {
        return copy_one(from, to, hash, added, error);
    }
    return why == EEXIST || why == EXDEV ? STATUS_OK
                                         : failed(target, "link a photo to it", why, error);
}

enum status photo_links_all(const char *from, const char *to, uint32_t *added,
                            char error[PHOTO_LINKS_ERROR_SIZE])
{
    *added = 0;
    DIR *directory = opendir(from);
    if (directory == NULL) {
        return errno == ENOENT ? STATUS_OK : failed(from, "open it", errno, error);
    }
    enum status status = photo_links_make(to, error);
    while (status == STATUS_OK) {
        uint8_t hash[PHOTO_HASH_SIZE];
        errno = 0;
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): the directory is this call's own */
        const struct dirent *entry = readdir(directory);
        if (entry == NULL) {
            status = errno == 0 ? STATUS_OK : failed(from, "list it", errno, error);
            break;
        }
        if (photo_file_name_read(entry->d_name, hash)) { /* not what is being written */
            status = add_one(from, to, hash, added, error);
        }
    }
    closedir(directory);
    return status == STATUS_OK ? sync_directory(to, error) : status;
}
