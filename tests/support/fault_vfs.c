#include "tests/support/fault_vfs.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <string.h>

static struct {
    uint32_t operations, nth;
    int code, system;
    bool forever, torn;
    uint32_t seen, failed;
} plan;

static sqlite3_vfs *real;

struct fault_file {
    sqlite3_file base;
    sqlite3_file *real; /* right behind this one */
};

void fault_vfs_arm(uint32_t operations, uint32_t nth, int code, bool forever, bool torn)
{
    assert(nth > 0);
    plan.operations = operations;
    plan.nth = nth;
    plan.code = code;
    plan.system = 0;
    plan.forever = forever;
    plan.torn = torn;
    plan.seen = 0;
    plan.failed = 0;
}

void fault_vfs_disarm(void)
{
    plan.operations = 0;
}

void fault_vfs_errno(int system)
{
    plan.system = system;
}

uint32_t fault_vfs_seen(void)
{
    return plan.seen;
}

uint32_t fault_vfs_failed(void)
{
    return plan.failed;
}

static int strike(enum fault_operation operation)
{
    if ((plan.operations & (uint32_t)operation) == 0) {
        return SQLITE_OK;
    }
    plan.seen++;
    if (plan.seen == plan.nth || (plan.forever && plan.seen > plan.nth)) {
        plan.failed++;
        errno = plan.system == 0 ? errno : plan.system;
        return plan.code;
    }
    return SQLITE_OK;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct fault_file *)(void *)file)->real;
}

static int fault_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int fault_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset)
{
    const int code = strike(FAULT_READ);
    return code != SQLITE_OK ? code
                             : real_of(file)->pMethods->xRead(real_of(file), bytes, size, offset);
}

static int fault_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
    const int code = strike(FAULT_WRITE);
    if (code != SQLITE_OK && plan.torn && size > 1) {
        (void)real_of(file)->pMethods->xWrite(real_of(file), bytes, size / 2, offset);
    }
    return code != SQLITE_OK ? code
                             : real_of(file)->pMethods->xWrite(real_of(file), bytes, size, offset);
}

static int fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    const int code = strike(FAULT_TRUNCATE);
    return code != SQLITE_OK ? code : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int fault_sync(sqlite3_file *file, int flags)
{
    const int code = strike(FAULT_SYNC);
    return code != SQLITE_OK ? code : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int fault_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int fault_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int fault_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int fault_reserved(sqlite3_file *file, int *out)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}

static int fault_control(sqlite3_file *file, int operation, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int fault_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int fault_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int fault_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), region, size, extend, out);
}

static int fault_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void fault_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int fault_shm_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods methods = {.iVersion = 2,
                                           .xClose = fault_close,
                                           .xRead = fault_read,
                                           .xWrite = fault_write,
                                           .xTruncate = fault_truncate,
                                           .xSync = fault_sync,
                                           .xFileSize = fault_size,
                                           .xLock = fault_lock,
                                           .xUnlock = fault_unlock,
                                           .xCheckReservedLock = fault_reserved,
                                           .xFileControl = fault_control,
                                           .xSectorSize = fault_sector,
                                           .xDeviceCharacteristics = fault_characteristics,
                                           .xShmMap = fault_shm_map,
                                           .xShmLock = fault_shm_lock,
                                           .xShmBarrier = fault_shm_barrier,
                                           .xShmUnmap = fault_shm_unmap};

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    (void)vfs;
    struct fault_file *fault = (struct fault_file *)(void *)file;
    fault->base.pMethods = NULL;
    fault->real = (sqlite3_file *)(void *)(fault + 1);
    int code = strike(FAULT_OPEN);
    if (code == SQLITE_OK) {
        code = real->xOpen(real, name, fault->real, flags, out);
    }
    if (code == SQLITE_OK) {
        fault->base.pMethods = &methods;
    }
    return code;
}

static int fault_delete(sqlite3_vfs *vfs, const char *name, int sync_directory)
{
    (void)vfs;
    const int code = strike(FAULT_DELETE);
    return code != SQLITE_OK ? code : real->xDelete(real, name, sync_directory);
}

void fault_vfs_install(void)
{
    static sqlite3_vfs vfs;
    if (real != NULL) {
        return;
    }
    real = sqlite3_vfs_find(NULL);
    assert(real != NULL);
    vfs = *real; /* what is not wrapped goes straight to the real one, which ignores its argument */
    vfs.pNext = NULL;
    vfs.zName = "fault";
    vfs.szOsFile = (int)sizeof(struct fault_file) + real->szOsFile;
    vfs.xOpen = fault_open;
    vfs.xDelete = fault_delete;
    const int code = sqlite3_vfs_register(&vfs, 1);
    assert(code == SQLITE_OK);
}
