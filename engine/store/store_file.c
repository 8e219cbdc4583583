#include "engine/store/store_file.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A type that SQLite's VFS treats as a journal: its first sync also syncs the directory. */
#define FILE_TYPE SQLITE_OPEN_SUPER_JOURNAL
/* SQLite masks the size of a call with 0x1ffff: 128 KiB at once would write nothing, "disk full".
 */
#define CHUNK_SIZE (64u << 10)
/* Beside a path while it is written. Of one length: what can be begun can be ended. */
#define FRESH ".new"
#define MARK  ".dir"
_Static_assert(sizeof MARK <= sizeof FRESH, "a directory is synced after the file is there");

/* xOpen wants memory of its own and a path followed by two NULs (URI parameters). */
struct file {
    sqlite3_vfs *vfs;
    sqlite3_file *handle;
    char path[STORE_PATH_SIZE + 2];
};

static void file_close(struct file *file)
{
    if (file->handle != NULL) {
        if (file->handle->pMethods != NULL) {
            (void)file->handle->pMethods->xClose(file->handle);
        }
        free(file->handle);
        file->handle = NULL;
    }
}

static int file_open(struct file *file, const char *path, int flags)
{
    *file = (struct file){.vfs = sqlite3_vfs_find(NULL)};
    errno = 0;
    assert(file->vfs != NULL);
    const size_t length = strlen(path);
    if (length >= STORE_PATH_SIZE) {
        return SQLITE_CANTOPEN;
    }
    memcpy(file->path, path, length);
    file->handle = calloc(1, (size_t)file->vfs->szOsFile);
    if (file->handle == NULL) {
        return SQLITE_NOMEM;
    }
    int flags_out = 0;
    const int code =
        file->vfs->xOpen(file->vfs, file->path, file->handle, flags | FILE_TYPE, &flags_out);
    if (code != SQLITE_OK) {
        free(file->handle);
        file->handle = NULL;
        return code;
    }
    if ((flags & SQLITE_OPEN_READWRITE) != 0 && (flags_out & SQLITE_OPEN_READWRITE) == 0) {
        file_close(file); /* the VFS fell back to reading */
        return SQLITE_READONLY;
    }
    return SQLITE_OK;
}

static int file_write(struct file *file, const uint8_t *bytes, size_t size, sqlite3_int64 offset)
{
    int code = SQLITE_OK;
    for (size_t at = 0; at < size && code == SQLITE_OK; at += CHUNK_SIZE) {
        const size_t rest = size - at;
        const int count = (int)(rest < CHUNK_SIZE ? rest : CHUNK_SIZE);
        code = file->handle->pMethods->xWrite(file->handle, bytes + at, count,
                                              offset + (sqlite3_int64)at);
    }
    return code;
}

static int file_sync(struct file *file)
{
    return file->handle->pMethods->xSync(file->handle, SQLITE_SYNC_NORMAL);
}

static enum status failed(const char *path, const char *what, int code,
                          char error[STORE_ERROR_SIZE])
{
    const int system = errno;
    enum status status = store_db_status(code);
    if ((code & 0xff) == SQLITE_CANTOPEN) {
        status = STATUS_NOT_FOUND;
        if (system == EACCES || system == EROFS || system == EPERM) {
            status = STATUS_READ_ONLY;
        } else if (system == ENOSPC || system == EDQUOT) {
            status = STATUS_DISK_FULL;
        }
    }
    store_db_say(error, "%.150s: cannot %s: %s", path, what, status_text(status));
    return status;
}

static int file_read(struct file *file, sqlite3_int64 offset, uint8_t *bytes, size_t size)
{
    int code = SQLITE_OK;
    for (size_t at = 0; at < size && code == SQLITE_OK; at += CHUNK_SIZE) {
        const size_t rest = size - at;
        const int count = (int)(rest < CHUNK_SIZE ? rest : CHUNK_SIZE);
        code = file->handle->pMethods->xRead(file->handle, bytes + at, count,
                                             offset + (sqlite3_int64)at);
    }
    return code;
}

static int read_all(struct file *file, size_t size_max, uint8_t **bytes, size_t *size)
{
    sqlite3_int64 length = 0;
    int code = file->handle->pMethods->xFileSize(file->handle, &length);
    if (code != SQLITE_OK) {
        return code;
    }
    if ((uint64_t)length > size_max) {
        return SQLITE_TOOBIG;
    }
    uint8_t *all = malloc((size_t)length + 1);
    if (all == NULL) {
        return SQLITE_NOMEM;
    }
    code = file_read(file, 0, all, (size_t)length);
    if (code != SQLITE_OK) {
        free(all);
        return code;
    }
    all[length] = 0; /* so that a text file is a string */
    *bytes = all;
    *size = (size_t)length;
    return SQLITE_OK;
}

enum status store_file_read(const char *path, size_t size_max, uint8_t **bytes, size_t *size,
                            char error[STORE_ERROR_SIZE])
{
    *bytes = NULL;
    *size = 0;
    struct file file;
    int code = file_open(&file, path, SQLITE_OPEN_READONLY);
    if (code == SQLITE_OK) {
        code = read_all(&file, size_max, bytes, size);
        file_close(&file);
    }
    if (code == SQLITE_TOOBIG) {
        store_db_say(error, "%.150s: larger than %zu bytes", path, size_max);
        return STATUS_FULL;
    }
    return code == SQLITE_OK ? STATUS_OK : failed(path, "read it", code, error);
}

enum status store_file_size(const char *path, uint64_t *size, char error[STORE_ERROR_SIZE])
{
    struct file file;
    sqlite3_int64 length = 0;
    int code = file_open(&file, path, SQLITE_OPEN_READONLY);
    if (code == SQLITE_OK) {
        code = file.handle->pMethods->xFileSize(file.handle, &length);
        file_close(&file);
    }
    if (code != SQLITE_OK) {
        return failed(path, "read its size", code, error);
    }
    *size = (uint64_t)length;
    return STATUS_OK;
}

enum status store_file_part(const char *path, uint64_t offset, uint8_t *bytes, size_t size,
                            char error[STORE_ERROR_SIZE])
{
    struct file file;
    int code = file_open(&file, path, SQLITE_OPEN_READONLY);
    if (code == SQLITE_OK) {
        code = file_read(&file, (sqlite3_int64)offset, bytes, size);
        file_close(&file);
    }
    if (code == SQLITE_IOERR_SHORT_READ) {
        const unsigned long long wanted = offset + size;
        store_db_say(error, "%.150s: shorter than %llu bytes", path, wanted);
        return STATUS_CORRUPT;
    }
    return code == SQLITE_OK ? STATUS_OK : failed(path, "read it", code, error);
}

static int write_new(const char *path, const struct store_piece pieces[], uint32_t count)
{
    struct file file;
    int code = file_open(&file, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (code != SQLITE_OK) {
        return code;
    }
    code = file.handle->pMethods->xTruncate(file.handle, 0);
    sqlite3_int64 offset = 0;
    for (uint32_t i = 0; i < count && code == SQLITE_OK; i++) {
        code = file_write(&file, pieces[i].bytes, pieces[i].size, offset);
        offset += (sqlite3_int64)pieces[i].size;
    }
    if (code == SQLITE_OK) {
        code = file_sync(&file);
    }
    file_close(&file);
    return code;
}

static int remove_path(const char *path)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    const int code = vfs->xDelete(vfs, path, 0);
    return code == SQLITE_IOERR_DELETE_NOENT ? SQLITE_OK : code;
}

/* Syncing a fresh file of a journal's type syncs its directory, and with it what was renamed. */
static int sync_directory(const char *path)
{
    char mark[STORE_PATH_SIZE];
    char error[STORE_ERROR_SIZE];
    if (store_file_longer(path, MARK, mark, error) != STATUS_OK) {
        return SQLITE_CANTOPEN;
    }
    const uint8_t byte = 0;
    const struct store_piece piece = {&byte, 1};
    int code = remove_path(mark);
    if (code == SQLITE_OK) {
        code = write_new(mark, &piece, 1);
    }
    const int removed = remove_path(mark);
    return code == SQLITE_OK ? removed : code;
}

enum status store_file_replace(const char *path, const struct store_piece pieces[], uint32_t count,
                               char error[STORE_ERROR_SIZE])
{
    char beside[STORE_PATH_SIZE];
    enum status status = store_file_longer(path, FRESH, beside, error);
    if (status != STATUS_OK) {
        return status;
    }
    const int code = write_new(beside, pieces, count);
    status = code == SQLITE_OK ? store_file_rename(beside, path, error)
                               : failed(beside, "write it", code, error);
    if (status != STATUS_OK) {
        (void)remove_path(beside);
    }
    return status;
}

enum status store_file_rename(const char *from, const char *to, char error[STORE_ERROR_SIZE])
{
    if (rename(from, to) != 0) {
        return failed(to, "rename a new file to it", SQLITE_IOERR, error);
    }
    return store_file_sync_directory(to, error);
}

enum status store_file_sync_directory(const char *path, char error[STORE_ERROR_SIZE])
{
    const int code = sync_directory(path);
    return code == SQLITE_OK ? STATUS_OK : failed(path, "sync its directory", code, error);
}

enum status store_file_append(const char *path, const uint8_t *bytes, size_t size,
                              char error[STORE_ERROR_SIZE])
{
    struct file file;
    int code = file_open(&file, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (code == SQLITE_OK) {
        sqlite3_int64 end = 0;
        code = file.handle->pMethods->xFileSize(file.handle, &end);
        if (code == SQLITE_OK) {
            code = file_write(&file, bytes, size, end);
        }
        if (code == SQLITE_OK) {
            code = file_sync(&file);
        }
        file_close(&file);
    }
    return code == SQLITE_OK ? STATUS_OK : failed(path, "append to it", code, error);
}

static int secret_write(int descriptor, const uint8_t *bytes, size_t size)
{
    FILE *stream = fdopen(descriptor, "wb");
    if (stream == NULL) {
        return SQLITE_IOERR;
    }
    const size_t written = fwrite(bytes, 1, size, stream);
    const int closed = fclose(stream);
    return written == size && closed == 0 ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

enum status store_file_secret(const char *path, const uint8_t *bytes, size_t size,
                              char error[STORE_ERROR_SIZE])
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    int there = 0;
    int code = vfs->xAccess(vfs, path, SQLITE_ACCESS_EXISTS, &there);
    if (code == SQLITE_OK && there != 0) {
        store_db_say(error, "%.150s: is there already", path);
        return STATUS_BUSY;
    }
    char beside[STORE_PATH_SIZE];
    if (store_file_longer(path, ".XXXXXX", beside, error) != STATUS_OK) {
        return STATUS_FULL;
    }
    const int descriptor = mkstemp(beside); /* mode 0600 from its first moment */
    if (descriptor < 0) {
        return failed(path, "create it", SQLITE_CANTOPEN, error);
    }
    code = secret_write(descriptor, bytes, size);
    struct file file;
    if (code == SQLITE_OK) {
        code = file_open(&file, beside, SQLITE_OPEN_READWRITE);
    }
    if (code == SQLITE_OK) {
        code = file_sync(&file);
        file_close(&file);
    }
    if (code == SQLITE_OK && rename(beside, path) != 0) {
        code = SQLITE_IOERR;
    }
    if (code == SQLITE_OK) {
        code = sync_directory(path);
    }
    if (code != SQLITE_OK) {
        const enum status status = failed(path, "write it", code, error);
        (void)remove_path(beside);
        return status;
    }
    return STATUS_OK;
}

enum status store_file_remove(const char *path, char error[STORE_ERROR_SIZE])
{
    errno = 0;
    const int code = remove_path(path);
    return code == SQLITE_OK ? STATUS_OK : failed(path, "remove it", code, error);
}

enum status store_file_longer(const char *path, const char *more, char out[STORE_PATH_SIZE],
                              char error[STORE_ERROR_SIZE])
{
    const size_t length = strlen(path);
    const size_t more_length = strlen(more);
    if (length + more_length >= STORE_PATH_SIZE) {
        store_db_say(error, "%.150s: the path is too long", path);
        return STATUS_FULL;
    }
    memcpy(out, path, length + 1);
    memcpy(out + length, more, more_length + 1);
    return STATUS_OK;
}

enum status store_file_beside(const char *path, const char *name, char out[STORE_PATH_SIZE])
{
    const char *slash = strrchr(path, '/');
    const size_t head = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    const size_t tail = strlen(name);
    if (head + tail >= STORE_PATH_SIZE) {
        return STATUS_FULL;
    }
    memcpy(out, path, head);
    memcpy(out + head, name, tail);
    out[head + tail] = '\0';
    return STATUS_OK;
}
