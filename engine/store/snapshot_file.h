#ifndef ENGINE_STORE_SNAPSHOT_FILE_H
#define ENGINE_STORE_SNAPSHOT_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/core/status.h"

/* Snapshots of the engine on the disk: the newest two, snapshot-0.kfs and snapshot-1.kfs. A new one
 * always replaces the older (or the broken) of the two, atomically; which is newer stands in the
 * header, together with checksums of header and content. */

#define SNAPSHOT_SLOTS    2u
#define SNAPSHOT_SIZE_MAX (1u << 30) /* 50,000 units and 100,000 incidents take some 200 MiB */

struct snapshot_info {
    uint64_t seq;
    uint64_t digest; /* of the engine at that seq */
    char epoch[33];
};

struct snapshot_file {
    struct snapshot_info info;
    uint8_t *bytes; /* free with snapshot_file_finish */
    size_t size;
    char path[1024];
};

MUST_CHECK enum status snapshot_file_write(const char *directory, const struct snapshot_info *info,
                                           const uint8_t *bytes, size_t size, char error[256]);

/* The newest valid snapshot of this epoch that is not newer than `seq_max`. STATUS_NOT_FOUND: there
 * is none. `skipped` says which were passed over and why, "" when none was. */
MUST_CHECK enum status snapshot_file_read(const char *directory, const char *epoch,
                                          uint64_t seq_max, struct snapshot_file *out,
                                          char skipped[256]);
void snapshot_file_finish(struct snapshot_file *file);

/* The same in a file of its own, which no later one replaces. */
MUST_CHECK enum status snapshot_file_write_to(const char *path, const struct snapshot_info *info,
                                              const uint8_t *bytes, size_t size, char error[256]);
/* STATUS_NOT_FOUND: there is none; CORRUPT: it is damaged, or of another epoch: `why` says so. */
MUST_CHECK enum status snapshot_file_read_from(const char *path, const char *epoch,
                                               struct snapshot_file *out, char why[256]);

#endif
