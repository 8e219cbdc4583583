#ifndef TESTS_SUPPORT_FAULT_VFS_H
#define TESTS_SUPPORT_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

/* A disk that fails on demand: a VFS for SQLite over the real one. The n-th of the armed operations
 * fails, and with `forever` every one after it too. One process, one thread. */

enum fault_operation {
    FAULT_WRITE = 1,
    FAULT_SYNC = 2,
    FAULT_TRUNCATE = 4,
    FAULT_OPEN = 8,
    FAULT_READ = 16,
    FAULT_DELETE = 32
};

/* Become the default VFS. */
void fault_vfs_install(void);

/* The n-th (from 1) operation of `operations` fails with `code` of SQLite; a failing write may
 * leave its first half on the disk (`torn`). */
void fault_vfs_arm(uint32_t operations, uint32_t nth, int code, bool forever, bool torn);
void fault_vfs_disarm(void);
/* ... and leaves this in errno, like a call of the system that failed. Arming takes it back. */
void fault_vfs_errno(int system);

/* Armed operations seen, and how many of them failed, since it was armed. */
uint32_t fault_vfs_seen(void);
uint32_t fault_vfs_failed(void);

#endif
