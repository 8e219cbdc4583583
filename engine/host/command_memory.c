#include "engine/host/command_memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SLOT_NONE UINT32_MAX

/* A ring of answers and chained buckets into it: forgetting the oldest unlinks one chain entry. */
struct command_memory {
    uint32_t commands_max;
    uint32_t count;
    uint32_t oldest;
    uint32_t bucket_mask;
    int64_t forgotten_ms; /* engine time of the newest answer forgotten, 0: none yet */
    uint32_t *buckets;
    uint32_t *next;
    struct command_answer *answers;
};

enum status command_memory_create(uint32_t commands_max, struct command_memory **out)
{
    assert(commands_max > 0);
    assert(commands_max <= 1u << 24);
    *out = NULL;
    struct command_memory *memory = calloc(1, sizeof *memory);
    if (memory == NULL) {
        return STATUS_NO_MEMORY;
    }
    uint32_t buckets = 1024;
    while (buckets < commands_max) {
        buckets *= 2;
    }
    memory->commands_max = commands_max;
    memory->bucket_mask = buckets - 1;
    memory->buckets = malloc(buckets * sizeof memory->buckets[0]);
    memory->next = malloc(commands_max * sizeof memory->next[0]);
    memory->answers = malloc(commands_max * sizeof memory->answers[0]);
    if (memory->buckets == NULL || memory->next == NULL || memory->answers == NULL) {
        command_memory_destroy(memory);
        return STATUS_NO_MEMORY;
    }
    memset(memory->buckets, 0xff, buckets * sizeof memory->buckets[0]);
    *out = memory;
    return STATUS_OK;
}

void command_memory_destroy(struct command_memory *memory)
{
    if (memory == NULL) {
        return;
    }
    free(memory->buckets);
    free(memory->next);
    free(memory->answers);
    free(memory);
}

static uint32_t bucket_of(const struct command_memory *memory, const uint8_t id[COMMAND_ID_SIZE])
{
    uint64_t low;
    uint64_t high;
    memcpy(&low, id, sizeof low);
    memcpy(&high, id + sizeof low, sizeof high);
    const uint64_t mixed = (low ^ (high * 0x9E3779B97F4A7C15u)) * 0xBF58476D1CE4E5B9u;
    return (uint32_t)(mixed >> 32) & memory->bucket_mask;
}

/* Milliseconds since 1970 of a UUIDv7, 0 for any other id. */
static int64_t uuid7_ms(const uint8_t id[COMMAND_ID_SIZE])
{
    if (id[6] >> 4 != 7 || id[8] >> 6 != 2) {
        return 0;
    }
    int64_t ms = 0;
    for (int i = 0; i < 6; i++) {
        ms = ms << 8 | id[i];
    }
    return ms;
}

struct command_answer *command_memory_find(const struct command_memory *memory,
                                           const uint8_t id[COMMAND_ID_SIZE])
{
    for (uint32_t slot = memory->buckets[bucket_of(memory, id)]; slot != SLOT_NONE;
         slot = memory->next[slot]) {
        if (memcmp(memory->answers[slot].id, id, COMMAND_ID_SIZE) == 0) {
            return &memory->answers[slot];
        }
    }
    return NULL;
}

static void forget_oldest(struct command_memory *memory)
{
    const uint32_t slot = memory->oldest;
    const uint8_t *id = memory->answers[slot].id;
    uint32_t *link = &memory->buckets[bucket_of(memory, id)];
    while (*link != slot) {
        assert(*link != SLOT_NONE);
        link = &memory->next[*link];
    }
    *link = memory->next[slot];
    memory->forgotten_ms = memory->answers[slot].at_ms;
    memory->oldest = (memory->oldest + 1) % memory->commands_max;
    memory->count--;
}

struct command_answer *command_memory_add(struct command_memory *memory,
                                          const struct command_answer *answer)
{
    assert(command_memory_find(memory, answer->id) == NULL);
    if (memory->count == memory->commands_max) {
        forget_oldest(memory);
    }
    const uint32_t slot = (memory->oldest + memory->count) % memory->commands_max;
    memory->answers[slot] = *answer;
    uint32_t *bucket = &memory->buckets[bucket_of(memory, answer->id)];
    memory->next[slot] = *bucket;
    *bucket = slot;
    memory->count++;
    return &memory->answers[slot];
}

void command_memory_forgot(struct command_memory *memory, int64_t at_ms)
{
    assert(memory->forgotten_ms <= at_ms);
    memory->forgotten_ms = at_ms;
}

bool command_memory_expired(const struct command_memory *memory, const uint8_t id[COMMAND_ID_SIZE])
{
    const int64_t ms = uuid7_ms(id);
    return ms != 0 && memory->forgotten_ms != 0 && ms <= memory->forgotten_ms;
}

uint32_t command_memory_count(const struct command_memory *memory)
{
    return memory->count;
}
