#include "engine/host/map_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

/* A copy, not a mapping of the file: who writes over the file of a running engine, or cuts it,
 * would end the engine by a signal at the next search. False: errno says why. */
static bool take_copy(struct map_file *file, int fd)
{
    uint8_t *bytes =
        mmap(NULL, file->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED) {
        return false;
    }
    file->bytes = bytes;
    size_t size = 0;
    while (size < file->size) {
        const ssize_t got = read(fd, bytes + size, file->size - size);
        if (got == 0) {
            errno = EIO; /* it has become shorter */
        }
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return false;
        }
        size += got > 0 ? (size_t)got : 0;
    }
    return mprotect(bytes, file->size, PROT_READ) == 0;
}

enum status map_file_open(struct map_file *file, const char *path, char error[512])
{
    *file = (struct map_file){0};
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat facts;
    if (fd < 0 || fstat(fd, &facts) != 0) {
        snprintf(error, 512, "map file %.300s: %s", path, uv_strerror(-errno));
        if (fd >= 0) {
            close(fd);
        }
        return STATUS_NOT_FOUND;
    }
    if (!S_ISREG(facts.st_mode) || facts.st_size == 0) {
        snprintf(error, 512, "map file %.300s: not a map file, or empty", path);
        close(fd);
        return STATUS_BAD_INPUT;
    }
    file->size = (size_t)facts.st_size;
    const bool is_taken = take_copy(file, fd);
    if (!is_taken) {
        snprintf(error, 512, "map file %.300s: %s", path, uv_strerror(-errno));
    }
    close(fd);
    if (!is_taken) {
        map_file_close(file);
        return STATUS_IO;
    }
    uint32_t section = 0;
    const enum geo_status status = geo_map_open(file->bytes, file->size, &file->map, &section);
    if (status != GEO_OK) {
        snprintf(error, 512, "map file %.300s: %s (section %u)", path, geo_status_text(status),
                 section);
        map_file_close(file);
        return STATUS_CORRUPT;
    }
    return STATUS_OK;
}

void map_file_close(struct map_file *file)
{
    if (file->bytes != NULL) {
        munmap(file->bytes, file->size);
    }
    *file = (struct map_file){0};
}
