#include "engine/store/count_file.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/store_bytes.h"
#include "engine/store/store_db.h"
#include "engine/store/store_file.h"

/* The file: magic and version, length of the row, records (place, count) of what is not 0 in the
 * order of the row, BLAKE2b over all before it. */
#define HEAD_SIZE   (8u + 4u)
#define RECORD_SIZE (4u + 2u)
#define HASH_SIZE   16u

static const uint8_t magic[8] = {'K', 'F', 'C', 'N', 'T', 0, 1, '\n'}; /* the 1 is the version */

enum status count_file_write(const char *path, const uint16_t counts[], uint32_t count,
                             char error[256])
{
    error[0] = '\0';
    uint8_t *bytes = malloc(HEAD_SIZE + (size_t)count * RECORD_SIZE + HASH_SIZE);
    if (bytes == NULL) {
        store_db_say(error, "%.150s: out of memory", path);
        return STATUS_NO_MEMORY;
    }
    memcpy(bytes, magic, sizeof magic);
    uint8_t *at = store_bytes_put(bytes + sizeof magic, count, 4);
    for (uint32_t i = 0; i < count; i++) {
        if (counts[i] != 0) {
            at = store_bytes_put(at, i, 4);
            at = store_bytes_put(at, counts[i], 2);
        }
    }
    const size_t size = (size_t)(at - bytes);
    (void)crypto_generichash(at, HASH_SIZE, bytes, size, NULL, 0);
    const struct store_piece piece = {bytes, size + HASH_SIZE};
    const enum status status = store_file_replace(path, &piece, 1, error);
    free(bytes);
    return status;
}

static bool is_whole(const uint8_t *bytes, size_t size, uint32_t count)
{
    uint8_t hash[HASH_SIZE];
    if (size < HEAD_SIZE + HASH_SIZE || (size - HEAD_SIZE - HASH_SIZE) % RECORD_SIZE != 0 ||
        memcmp(bytes, magic, sizeof magic) != 0) {
        return false;
    }
    (void)crypto_generichash(hash, sizeof hash, bytes, size - HASH_SIZE, NULL, 0);
    return memcmp(hash, bytes + size - HASH_SIZE, HASH_SIZE) == 0 &&
           store_bytes_get(bytes + sizeof magic, 4) == count;
}

enum status count_file_read(const char *path, uint16_t counts[], uint32_t count, char error[256])
{
    memset(counts, 0, count * sizeof counts[0]);
    error[0] = '\0';
    uint8_t *bytes = NULL;
    size_t size = 0;
    const size_t size_max = HEAD_SIZE + (size_t)count * RECORD_SIZE + HASH_SIZE;
    const enum status status = store_file_read(path, size_max, &bytes, &size, error);
    if (status != STATUS_OK) {
        return status;
    }
    bool good = is_whole(bytes, size, count);
    for (size_t at = HEAD_SIZE; good && at + HASH_SIZE < size; at += RECORD_SIZE) {
        const uint64_t place = store_bytes_get(bytes + at, 4);
        good = place < count;
        if (good) {
            counts[place] = (uint16_t)store_bytes_get(bytes + at + 4, 2);
        }
    }
    free(bytes);
    if (!good) {
        memset(counts, 0, count * sizeof counts[0]);
        store_db_say(error, "%.150s: damaged, or of another version", path);
        return STATUS_CORRUPT;
    }
    return STATUS_OK;
}
