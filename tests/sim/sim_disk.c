#include "tests/sim/sim_disk.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/prng.h"

#define FILES_MAX   8u
#define PATH_SIZE   512u
#define SECTOR_SIZE 512u

/* A change that is not synced yet: what was there before and what came. */
struct change {
    uint64_t offset;
    uint64_t size_before; /* of the file */
    uint32_t old_size, new_size;
    size_t bytes; /* into the arena: old, then new */
    bool cuts;    /* a truncation to `offset` */
};

struct file {
    char path[PATH_SIZE]; /* "": free */
    bool delete_on_close;
    uint8_t *bytes;
    uint64_t size, capacity;
    struct change *changes;
    uint32_t change_count, changes_max;
    uint8_t *arena;
    size_t arena_size, arena_max;
};

struct handle {
    sqlite3_file base;
    struct file *file;
};

static struct {
    struct file files[FILES_MAX];
    struct prng prng;
    enum sim_disk_trouble trouble;
    uint32_t trouble_after, death_after;
    bool will_die, is_dead;
    struct sim_disk_figures figures;
} disk;

static sqlite3_vfs *real;

static void *grown(void *bytes, size_t size)
{
    void *more = realloc(bytes, size);
    assert(more != NULL);
    return more;
}

static void clear(struct file *file)
{
    free(file->bytes);
    free(file->changes);
    free(file->arena);
    *file = (struct file){0};
}

static void resize(struct file *file, uint64_t size)
{
    if (size > file->capacity) {
        file->capacity = size > 2 * file->capacity ? size : 2 * file->capacity;
        file->bytes = grown(file->bytes, file->capacity);
    }
    if (size > file->size) {
        memset(file->bytes + file->size, 0, size - file->size);
    }
    file->size = size;
}

/* Remember what a change from `offset` on replaces; the new bytes are the caller's. */
static void remember(struct file *file, uint64_t offset, const uint8_t *bytes, uint32_t size,
                     bool cuts)
{
    if (file->change_count == file->changes_max) {
        file->changes_max = file->changes_max == 0 ? 64 : 2 * file->changes_max;
        file->changes = grown(file->changes, file->changes_max * sizeof file->changes[0]);
    }
    const uint64_t behind = file->size > offset ? file->size - offset : 0;
    const uint32_t old_size = (uint32_t)(cuts || behind < size ? behind : size);
    const size_t needed = file->arena_size + old_size + size;
    if (needed > file->arena_max) {
        file->arena_max = 2 * needed;
        file->arena = grown(file->arena, file->arena_max);
    }
    struct change *change = &file->changes[file->change_count++];
    *change = (struct change){.offset = offset,
                              .size_before = file->size,
                              .old_size = old_size,
                              .new_size = size,
                              .bytes = file->arena_size,
                              .cuts = cuts};
    if (old_size > 0) {
        memcpy(file->arena + change->bytes, file->bytes + offset, old_size);
    }
    if (size > 0) {
        memcpy(file->arena + change->bytes + old_size, bytes, size);
    }
    file->arena_size = needed;
}

static void put(struct file *file, uint64_t offset, const uint8_t *bytes, uint32_t size)
{
    if (offset + size > file->size) {
        resize(file, offset + size);
    }
    memcpy(file->bytes + offset, bytes, size);
}

static void forget_changes(struct file *file)
{
    file->change_count = 0;
    file->arena_size = 0;
}

/* SQLITE_OK: go on. Otherwise the operation fails; `*half`: its first half happens all the same. */
static int strike(bool is_write, bool *half)
{
    *half = false;
    if (disk.is_dead) {
        return SQLITE_IOERR;
    }
    if (disk.will_die && disk.death_after-- == 0) {
        disk.is_dead = true;
        disk.figures.deaths_inside++;
        *half = prng_chance(&disk.prng, 500);
        return SQLITE_IOERR;
    }
    if (disk.trouble == SIM_DISK_FULL) {
        disk.figures.full_answers += is_write ? 1 : 0;
        return is_write ? SQLITE_FULL : SQLITE_OK;
    }
    if (disk.trouble == SIM_DISK_WELL || disk.trouble_after-- > 0) {
        return SQLITE_OK;
    }
    *half = disk.trouble == SIM_DISK_SHORT_WRITE && is_write;
    disk.figures.short_writes += *half ? 1 : 0;
    disk.figures.io_errors += *half ? 0 : 1;
    disk.trouble = SIM_DISK_WELL;
    return is_write ? SQLITE_IOERR_WRITE : SQLITE_IOERR_FSYNC;
}

/* ---- What SQLite calls ---- */

static struct file *file_of(sqlite3_file *file)
{
    return ((struct handle *)(void *)file)->file;
}

static int disk_close(sqlite3_file *file)
{
    struct file *closed = file_of(file);
    if (closed->delete_on_close) {
        clear(closed);
    }
    return SQLITE_OK;
}

static int disk_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset)
{
    const struct file *from = file_of(file);
    const uint64_t behind = from->size > (uint64_t)offset ? from->size - (uint64_t)offset : 0;
    const size_t there = behind < (uint64_t)size ? (size_t)behind : (size_t)size;
    if (there > 0) {
        memcpy(bytes, from->bytes + offset, there);
    }
    memset((uint8_t *)bytes + there, 0, (size_t)size - there);
    return there == (size_t)size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int disk_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
    bool half;
    const int code = strike(true, &half);
    const uint32_t written = code == SQLITE_OK ? (uint32_t)size : half ? (uint32_t)size / 2 : 0;
    if (written > 0) {
        remember(file_of(file), (uint64_t)offset, bytes, written, false);
        put(file_of(file), (uint64_t)offset, bytes, written);
        disk.figures.writes++;
    }
    return code;
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    bool half;
    const int code = strike(false, &half);
    if (code == SQLITE_OK) {
        remember(file_of(file), (uint64_t)size, NULL, 0, true);
        resize(file_of(file), (uint64_t)size);
    }
    return code;
}

static int disk_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    bool half;
    const int code = strike(false, &half);
    if (code == SQLITE_OK) {
        forget_changes(file_of(file));
        disk.figures.syncs++;
    }
    return code;
}

static int disk_size(sqlite3_file *file, sqlite3_int64 *size)
{
    *size = (sqlite3_int64)file_of(file)->size;
    return SQLITE_OK;
}

static int disk_lock(sqlite3_file *file, int level)
{
    (void)file;
    (void)level;
    return SQLITE_OK;
}

static int disk_reserved(sqlite3_file *file, int *out)
{
    (void)file;
    *out = 0;
    return SQLITE_OK;
}

static int disk_control(sqlite3_file *file, int operation, void *argument)
{
    (void)file;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int disk_sector(sqlite3_file *file)
{
    (void)file;
    return (int)SECTOR_SIZE;
}

static int disk_characteristics(sqlite3_file *file)
{
    (void)file;
    return 0; /* nothing is promised: no atomic write, no safe append */
}

static const sqlite3_io_methods methods = {.iVersion =
                                               1, /* no shared memory: EXCLUSIVE needs none */
                                           .xClose = disk_close,
                                           .xRead = disk_read,
                                           .xWrite = disk_write,
                                           .xTruncate = disk_truncate,
                                           .xSync = disk_sync,
                                           .xFileSize = disk_size,
                                           .xLock = disk_lock,
                                           .xUnlock = disk_lock,
                                           .xCheckReservedLock = disk_reserved,
                                           .xFileControl = disk_control,
                                           .xSectorSize = disk_sector,
                                           .xDeviceCharacteristics = disk_characteristics};

static struct file *find(const char *path)
{
    for (uint32_t i = 0; i < FILES_MAX; i++) {
        if (disk.files[i].path[0] != '\0' && strcmp(disk.files[i].path, path) == 0) {
            return &disk.files[i];
        }
    }
    return NULL;
}

/* The journal and what SQLite keeps beside it; keys, heads and snapshots are real files. */
static bool is_journal(const char *name)
{
    return name == NULL || strstr(name, "/journal.db") != NULL;
}

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    (void)vfs;
    if (!is_journal(name)) {
        return real->xOpen(real, name, file, flags, out);
    }
    struct handle *handle = (struct handle *)(void *)file;
    *handle = (struct handle){0};
    struct file *opened = name == NULL ? NULL : find(name);
    if (opened == NULL && (flags & SQLITE_OPEN_CREATE) == 0) {
        return SQLITE_CANTOPEN;
    }
    for (uint32_t i = 0; opened == NULL && i < FILES_MAX; i++) {
        if (disk.files[i].path[0] == '\0') {
            opened = &disk.files[i];
            (void)snprintf(opened->path, sizeof opened->path, "%s", name == NULL ? "?" : name);
        }
    }
    assert(opened != NULL);
    opened->delete_on_close = name == NULL || (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    handle->file = opened;
    handle->base.pMethods = &methods;
    if (out != NULL) {
        *out = flags;
    }
    return SQLITE_OK;
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int sync_directory)
{
    (void)vfs;
    if (!is_journal(name)) {
        return real->xDelete(real, name, sync_directory);
    }
    bool half;
    const int code = strike(false, &half);
    struct file *file = find(name);
    if (code == SQLITE_OK && file != NULL) {
        clear(file);
    }
    return code == SQLITE_OK && file == NULL ? SQLITE_IOERR_DELETE_NOENT : code;
}

static int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    (void)vfs;
    if (!is_journal(name)) {
        return real->xAccess(real, name, flags, out);
    }
    const struct file *file = find(name);
    *out = file != NULL && file->size > 0 ? 1 : 0;
    return SQLITE_OK;
}

void sim_disk_install(void)
{
    static sqlite3_vfs vfs;
    if (real != NULL) {
        return;
    }
    real = sqlite3_vfs_find(NULL);
    assert(real != NULL);
    vfs = *real; /* paths, clock and chance stay the system's; it ignores its own argument */
    vfs.pNext = NULL;
    vfs.zName = "memory disk";
    _Static_assert(sizeof(struct handle) <= 64, "either kind of file fits");
    vfs.szOsFile = (int)sizeof(struct handle) + real->szOsFile;
    vfs.xOpen = disk_open;
    vfs.xDelete = disk_delete;
    vfs.xAccess = disk_access;
    const int code = sqlite3_vfs_register(&vfs, 1);
    assert(code == SQLITE_OK);
}

void sim_disk_format(uint64_t seed)
{
    for (uint32_t i = 0; i < FILES_MAX; i++) {
        clear(&disk.files[i]);
    }
    disk.prng.state = seed;
    disk.trouble = SIM_DISK_WELL;
    disk.will_die = false;
    disk.is_dead = false;
    disk.figures = (struct sim_disk_figures){0};
}

void sim_disk_trouble(enum sim_disk_trouble trouble, uint32_t after)
{
    disk.trouble = trouble;
    disk.trouble_after = after;
}

void sim_disk_die(uint32_t after)
{
    disk.will_die = true;
    disk.death_after = after;
}

void sim_disk_halt(void)
{
    disk.is_dead = true;
}

bool sim_disk_is_dead(void)
{
    return disk.is_dead;
}

static void take_back(struct file *file)
{
    for (uint32_t i = file->change_count; i-- > 0;) {
        const struct change *change = &file->changes[i];
        resize(file, change->size_before);
        if (change->old_size > 0) {
            memcpy(file->bytes + change->offset, file->arena + change->bytes, change->old_size);
        }
    }
}

/* Each unsynced write for itself: kept, lost, or kept up to some sector. */
static void cut_power(struct file *file)
{
    take_back(file);
    for (uint32_t i = 0; i < file->change_count; i++) {
        const struct change *change = &file->changes[i];
        const uint8_t *bytes = file->arena + change->bytes + change->old_size;
        const uint32_t fate = prng_below(&disk.prng, 4);
        if (fate == 0) {
            disk.figures.writes_lost++;
        } else if (change->cuts) {
            resize(file, change->offset < file->size ? change->offset : file->size);
        } else if (fate == 1 && change->new_size > SECTOR_SIZE) {
            disk.figures.writes_torn++;
            const uint32_t sectors = prng_below(&disk.prng, change->new_size / SECTOR_SIZE);
            put(file, change->offset, bytes, sectors * SECTOR_SIZE);
        } else {
            put(file, change->offset, bytes, change->new_size);
        }
    }
    forget_changes(file);
}

void sim_disk_revive(bool power_was_cut)
{
    disk.figures.cuts += power_was_cut ? 1 : 0;
    for (uint32_t i = 0; i < FILES_MAX; i++) {
        if (disk.files[i].path[0] != '\0' && power_was_cut) {
            cut_power(&disk.files[i]);
        }
    }
    disk.will_die = false;
    disk.is_dead = false;
}

struct sim_disk_figures sim_disk_figures(void)
{
    struct sim_disk_figures figures = disk.figures;
    for (uint32_t i = 0; i < FILES_MAX; i++) {
        figures.bytes += disk.files[i].size;
    }
    return figures;
}
