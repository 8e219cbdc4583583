#include "engine/store/snapshot_file.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/store_bytes.h"
#include "engine/store/store_db.h"
#include "engine/store/store_file.h"

#define VERSION       1u
#define EPOCH_BYTES   32u
#define DIRECTORY_MAX 900u /* its files' names must fit into STORE_PATH_SIZE */

/* The file: header of 128 bytes, then the engine's bytes. */
enum offset {
    AT_MAGIC = 0,
    AT_VERSION = 8,
    AT_ZERO = 12,
    AT_SEQ = 16,
    AT_DIGEST = 24,
    AT_SIZE = 32,
    AT_EPOCH = 40,
    AT_CONTENT_HASH = 72,
    AT_HEADER_HASH = 104, /* of all before it */
    HEADER_SIZE = 128
};
#define CONTENT_HASH_SIZE 32u
#define HEADER_HASH_SIZE  24u
_Static_assert(AT_EPOCH + EPOCH_BYTES == AT_CONTENT_HASH, "the epoch fits");
_Static_assert(AT_CONTENT_HASH + CONTENT_HASH_SIZE == AT_HEADER_HASH, "the hash fits");
_Static_assert(AT_HEADER_HASH + HEADER_HASH_SIZE == HEADER_SIZE, "the header's hash fits");

static const uint8_t magic[8] = {'K', 'F', 'S', 'N', 'A', 'P', 0, '\n'};

struct header {
    struct snapshot_info info;
    uint64_t size;
    uint8_t content_hash[CONTENT_HASH_SIZE];
};

static void slot_path(const char *directory, uint32_t slot, char path[STORE_PATH_SIZE])
{
    (void)snprintf(path, STORE_PATH_SIZE, "%.900s/snapshot-%u.kfs", directory, slot);
}

static void header_put(const struct header *header, uint8_t bytes[HEADER_SIZE])
{
    memset(bytes, 0, HEADER_SIZE);
    memcpy(bytes + AT_MAGIC, magic, sizeof magic);
    (void)store_bytes_put(bytes + AT_VERSION, VERSION, 4);
    (void)store_bytes_put(bytes + AT_SEQ, header->info.seq, 8);
    (void)store_bytes_put(bytes + AT_DIGEST, header->info.digest, 8);
    (void)store_bytes_put(bytes + AT_SIZE, header->size, 8);
    memcpy(bytes + AT_EPOCH, header->info.epoch, EPOCH_BYTES);
    memcpy(bytes + AT_CONTENT_HASH, header->content_hash, CONTENT_HASH_SIZE);
    (void)crypto_generichash(bytes + AT_HEADER_HASH, HEADER_HASH_SIZE, bytes, AT_HEADER_HASH, NULL,
                             0);
}

/* Answers what is wrong with it, NULL: nothing. */
static const char *header_get(const uint8_t bytes[HEADER_SIZE], struct header *header)
{
    uint8_t hash[HEADER_HASH_SIZE];
    (void)crypto_generichash(hash, sizeof hash, bytes, AT_HEADER_HASH, NULL, 0);
    if (memcmp(bytes + AT_MAGIC, magic, sizeof magic) != 0) {
        return "not a snapshot";
    }
    if (memcmp(bytes + AT_HEADER_HASH, hash, sizeof hash) != 0) {
        return "its header is damaged";
    }
    if (store_bytes_get(bytes + AT_VERSION, 4) != VERSION) {
        return "written by another version";
    }
    header->info.seq = store_bytes_get(bytes + AT_SEQ, 8);
    header->info.digest = store_bytes_get(bytes + AT_DIGEST, 8);
    header->size = store_bytes_get(bytes + AT_SIZE, 8);
    memcpy(header->info.epoch, bytes + AT_EPOCH, EPOCH_BYTES);
    header->info.epoch[EPOCH_BYTES] = '\0';
    memcpy(header->content_hash, bytes + AT_CONTENT_HASH, CONTENT_HASH_SIZE);
    return NULL;
}

static bool slot_header(const char *path, struct header *header, char why[STORE_ERROR_SIZE])
{
    uint8_t bytes[HEADER_SIZE];
    if (store_file_part(path, 0, bytes, sizeof bytes, why) != STATUS_OK) {
        return false;
    }
    const char *wrong = header_get(bytes, header);
    if (wrong != NULL) {
        store_db_say(why, "%.150s: %s", path, wrong);
    }
    return wrong == NULL;
}

/* The slot to give up: an empty or broken one, else one of another epoch, else the older. */
static uint32_t slot_choose(const char *directory, const char *epoch)
{
    uint32_t chosen = 0;
    uint64_t worth_least = UINT64_MAX;
    for (uint32_t slot = 0; slot < SNAPSHOT_SLOTS; slot++) {
        char path[STORE_PATH_SIZE];
        char why[STORE_ERROR_SIZE];
        struct header header;
        slot_path(directory, slot, path);
        uint64_t worth = 0;
        if (slot_header(path, &header, why)) {
            worth = strcmp(header.info.epoch, epoch) == 0 ? 2 + header.info.seq : 1;
        }
        if (worth < worth_least) {
            worth_least = worth;
            chosen = slot;
        }
    }
    return chosen;
}

enum status snapshot_file_write(const char *directory, const struct snapshot_info *info,
                                const uint8_t *bytes, size_t size, char error[256])
{
    error[0] = '\0';
    if (strlen(directory) > DIRECTORY_MAX) {
        store_db_say(error, "%.150s: the path is too long", directory);
        return STATUS_FULL;
    }
    char path[STORE_PATH_SIZE];
    slot_path(directory, slot_choose(directory, info->epoch), path);
    return snapshot_file_write_to(path, info, bytes, size, error);
}

enum status snapshot_file_write_to(const char *path, const struct snapshot_info *info,
                                   const uint8_t *bytes, size_t size, char error[256])
{
    assert(strlen(info->epoch) == EPOCH_BYTES);
    assert(size <= SNAPSHOT_SIZE_MAX);
    struct header header = {.info = *info, .size = size};
    (void)crypto_generichash(header.content_hash, CONTENT_HASH_SIZE, bytes, size, NULL, 0);
    uint8_t head[HEADER_SIZE];
    header_put(&header, head);
    const struct store_piece pieces[] = {{head, sizeof head}, {bytes, size}};
    return store_file_replace(path, pieces, 2, error);
}

static void skip(char skipped[256], const char *why)
{
    const size_t length = strlen(skipped);
    (void)snprintf(skipped + length, 256 - length, "%s%s", length > 0 ? "; " : "", why);
}

/* Read a whole slot; false: `skipped` says why not. */
static bool slot_read(const char *path, struct snapshot_file *out, char skipped[256])
{
    char why[STORE_ERROR_SIZE];
    uint8_t *all = NULL;
    size_t size = 0;
    struct header header;
    if (store_file_read(path, SNAPSHOT_SIZE_MAX + HEADER_SIZE, &all, &size, why) != STATUS_OK) {
        skip(skipped, why);
        return false;
    }
    const char *wrong = size < HEADER_SIZE ? "shorter than its header" : header_get(all, &header);
    if (wrong == NULL && header.size != size - HEADER_SIZE) {
        wrong = "truncated";
    }
    if (wrong == NULL) {
        uint8_t hash[CONTENT_HASH_SIZE];
        (void)crypto_generichash(hash, sizeof hash, all + HEADER_SIZE, size - HEADER_SIZE, NULL, 0);
        wrong =
            memcmp(hash, header.content_hash, sizeof hash) == 0 ? NULL : "its content is damaged";
    }
    if (wrong != NULL) {
        free(all);
        store_db_say(why, "%.150s: %s", path, wrong);
        skip(skipped, why);
        return false;
    }
    memmove(all, all + HEADER_SIZE, size - HEADER_SIZE);
    *out = (struct snapshot_file){.info = header.info, .bytes = all, .size = size - HEADER_SIZE};
    memcpy(out->path, path, strlen(path) + 1);
    return true;
}

/* What the header alone rules out. */
static bool slot_fits(const char *path, const char *epoch, uint64_t seq_max, uint64_t *seq,
                      char skipped[256])
{
    char why[STORE_ERROR_SIZE];
    uint8_t byte = 0;
    struct header header;
    const enum status there = store_file_part(path, 0, &byte, 1, why);
    if (there == STATUS_NOT_FOUND) {
        return false; /* not written yet: nothing to report */
    }
    if (!slot_header(path, &header, why)) {
        skip(skipped, why);
        return false;
    }
    if (strcmp(header.info.epoch, epoch) != 0) {
        store_db_say(why, "%.150s: of another journal", path);
        skip(skipped, why);
        return false;
    }
    *seq = header.info.seq;
    return header.info.seq <= seq_max;
}

enum status snapshot_file_read(const char *directory, const char *epoch, uint64_t seq_max,
                               struct snapshot_file *out, char skipped[256])
{
    *out = (struct snapshot_file){0};
    skipped[0] = '\0';
    char path[SNAPSHOT_SLOTS][STORE_PATH_SIZE];
    uint64_t seq[SNAPSHOT_SLOTS] = {0};
    bool fits[SNAPSHOT_SLOTS];
    for (uint32_t slot = 0; slot < SNAPSHOT_SLOTS; slot++) {
        slot_path(directory, slot, path[slot]);
        fits[slot] = slot_fits(path[slot], epoch, seq_max, &seq[slot], skipped);
    }
    for (uint32_t tries = 0; tries < SNAPSHOT_SLOTS; tries++) {
        uint32_t newest = SNAPSHOT_SLOTS;
        for (uint32_t slot = 0; slot < SNAPSHOT_SLOTS; slot++) {
            if (fits[slot] && (newest == SNAPSHOT_SLOTS || seq[slot] > seq[newest])) {
                newest = slot;
            }
        }
        if (newest == SNAPSHOT_SLOTS) {
            break;
        }
        fits[newest] = false;
        if (slot_read(path[newest], out, skipped)) {
            return STATUS_OK;
        }
    }
    return STATUS_NOT_FOUND;
}

enum status snapshot_file_read_from(const char *path, const char *epoch, struct snapshot_file *out,
                                    char why[256])
{
    uint64_t seq = 0;
    *out = (struct snapshot_file){0};
    why[0] = '\0';
    if (slot_fits(path, epoch, UINT64_MAX, &seq, why) && slot_read(path, out, why)) {
        return STATUS_OK;
    }
    return why[0] == '\0' ? STATUS_NOT_FOUND : STATUS_CORRUPT;
}

void snapshot_file_finish(struct snapshot_file *file)
{
    free(file->bytes);
    *file = (struct snapshot_file){0};
}
