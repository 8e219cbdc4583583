#include "engine/store/position_file.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/store_bytes.h"
#include "engine/store/store_db.h"
#include "engine/store/store_file.h"

/* The file: magic and version, epoch, count, records of 28 bytes, BLAKE2b over all before it. */
#define EPOCH_BYTES 32u
#define HEAD_SIZE   (8u + EPOCH_BYTES + 4u)
#define RECORD_SIZE (4u + 4u + 4u + 8u + 2u + 2u + 2u + 2u)
#define HASH_SIZE   16u
#define FILE_MAX    (HEAD_SIZE + POSITION_FILE_UNITS_MAX * RECORD_SIZE + HASH_SIZE)

static const uint8_t magic[8] = {'K', 'F', 'P', 'O', 'S', 0, 1, '\n'}; /* the 1 is the version */

static uint8_t *record_put(uint8_t *at, const struct position_record *record)
{
    at = store_bytes_put(at, record->unit_id, 4);
    at = store_bytes_put(at, (uint32_t)record->at.lat_e7, 4);
    at = store_bytes_put(at, (uint32_t)record->at.lon_e7, 4);
    at = store_bytes_put(at, (uint64_t)record->fix_ms, 8);
    at = store_bytes_put(at, record->heading_deg, 2);
    at = store_bytes_put(at, record->speed_kmh, 2);
    at = store_bytes_put(at, record->accuracy_m, 2);
    return store_bytes_put(at, 0, 2);
}

static struct position_record record_get(const uint8_t *at)
{
    return (struct position_record){
        .unit_id = (uint32_t)store_bytes_get(at, 4),
        .at = {(int32_t)(uint32_t)store_bytes_get(at + 4, 4),
               (int32_t)(uint32_t)store_bytes_get(at + 8, 4)},
        .fix_ms = (int64_t)store_bytes_get(at + 12, 8),
        .heading_deg = (uint16_t)store_bytes_get(at + 20, 2),
        .speed_kmh = (uint16_t)store_bytes_get(at + 22, 2),
        .accuracy_m = (uint16_t)store_bytes_get(at + 24, 2),
    };
}

enum status position_file_write(const char *path, const char *epoch,
                                const struct position_record records[], uint32_t count,
                                char error[256])
{
    assert(strlen(epoch) == EPOCH_BYTES);
    assert(count <= POSITION_FILE_UNITS_MAX);
    error[0] = '\0';
    const size_t size = HEAD_SIZE + (size_t)count * RECORD_SIZE;
    uint8_t *bytes = malloc(size + HASH_SIZE);
    if (bytes == NULL) {
        store_db_say(error, "%.150s: out of memory", path);
        return STATUS_NO_MEMORY;
    }
    memcpy(bytes, magic, sizeof magic);
    memcpy(bytes + sizeof magic, epoch, EPOCH_BYTES);
    uint8_t *at = store_bytes_put(bytes + sizeof magic + EPOCH_BYTES, count, 4);
    for (uint32_t i = 0; i < count; i++) {
        at = record_put(at, &records[i]);
    }
    assert((size_t)(at - bytes) == size);
    (void)crypto_generichash(at, HASH_SIZE, bytes, size, NULL, 0);
    const struct store_piece piece = {bytes, size + HASH_SIZE};
    const enum status status = store_file_replace(path, &piece, 1, error);
    free(bytes);
    return status;
}

/* Everything but the records themselves. */
static enum status head_check(const char *path, const char *epoch, const uint8_t *bytes,
                              size_t size, char error[256])
{
    if (size < HEAD_SIZE + HASH_SIZE || memcmp(bytes, magic, sizeof magic) != 0) {
        store_db_say(error, "%.150s: not a file of positions of this version", path);
        return STATUS_CORRUPT;
    }
    uint8_t hash[HASH_SIZE];
    (void)crypto_generichash(hash, sizeof hash, bytes, size - HASH_SIZE, NULL, 0);
    const uint64_t count = store_bytes_get(bytes + sizeof magic + EPOCH_BYTES, 4);
    if (memcmp(hash, bytes + size - HASH_SIZE, HASH_SIZE) != 0 ||
        size != HEAD_SIZE + count * RECORD_SIZE + HASH_SIZE) {
        store_db_say(error, "%.150s: damaged", path);
        return STATUS_CORRUPT;
    }
    if (memcmp(bytes + sizeof magic, epoch, EPOCH_BYTES) != 0) {
        store_db_say(error, "%.150s: positions of another journal", path);
        return STATUS_STALE;
    }
    return STATUS_OK;
}

enum status position_file_read(const char *path, const char *epoch,
                               struct position_record records[], uint32_t records_max,
                               uint32_t *count, char error[256])
{
    assert(strlen(epoch) == EPOCH_BYTES);
    *count = 0;
    error[0] = '\0';
    uint8_t *bytes = NULL;
    size_t size = 0;
    enum status status = store_file_read(path, FILE_MAX, &bytes, &size, error);
    if (status != STATUS_OK) {
        return status;
    }
    status = head_check(path, epoch, bytes, size, error);
    const uint32_t held = (uint32_t)((size - HEAD_SIZE - HASH_SIZE) / RECORD_SIZE);
    if (status == STATUS_OK && held > records_max) {
        store_db_say(error, "%.150s: %u positions, room for %u", path, held, records_max);
        status = STATUS_FULL;
    }
    for (uint32_t i = 0; status == STATUS_OK && i < held; i++) {
        records[i] = record_get(bytes + HEAD_SIZE + (size_t)i * RECORD_SIZE);
        if (!geo_point_valid(records[i].at)) {
            store_db_say(error, "%.150s: record %u is no place", path, i);
            status = STATUS_CORRUPT;
        }
    }
    *count = status == STATUS_OK ? held : 0;
    free(bytes);
    return status;
}
