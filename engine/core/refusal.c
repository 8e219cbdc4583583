#include "engine/core/refusal.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

struct entry {
    struct refusal refusal;
    int64_t until_ms;
    uint32_t folded;
};

struct refusal_table {
    struct entry entries[REFUSAL_ENTRIES_MAX];
    uint32_t count;
};

enum status refusal_create(struct refusal_table **out)
{
    *out = calloc(1, sizeof **out);
    return *out == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

void refusal_destroy(struct refusal_table *table)
{
    free(table);
}

static bool same_actor(const struct actor *a, const struct actor *b)
{
    uint32_t i = 0;
    while (i < ACTOR_SIZE && a->id[i] == b->id[i] && a->id[i] != '\0') {
        i++;
    }
    return i == ACTOR_SIZE || a->id[i] == b->id[i];
}

static struct entry *find(struct refusal_table *table, const struct refusal *refusal)
{
    for (uint32_t i = 0; i < table->count; i++) {
        struct entry *entry = &table->entries[i];
        if (entry->refusal.command == refusal->command &&
            entry->refusal.reason == refusal->reason &&
            same_actor(&entry->refusal.actor, &refusal->actor)) {
            return entry;
        }
    }
    return NULL;
}

static void take_out(struct refusal_table *table, struct entry *entry)
{
    assert(table->count > 0);
    table->count--;
    *entry = table->entries[table->count];
}

uint32_t refusal_make_room(struct refusal_table *table, const struct refusal *refusal,
                           struct refusal *pushed_out)
{
    if (table->count < REFUSAL_ENTRIES_MAX || find(table, refusal) != NULL) {
        return 0;
    }
    struct entry *oldest = &table->entries[0];
    for (uint32_t i = 1; i < table->count; i++) {
        if (table->entries[i].until_ms < oldest->until_ms) {
            oldest = &table->entries[i];
        }
    }
    const uint32_t folded = oldest->folded;
    *pushed_out = oldest->refusal;
    take_out(table, oldest);
    return folded;
}

uint32_t refusal_admit(struct refusal_table *table, const struct refusal *refusal, int64_t at_ms)
{
    struct entry *entry = find(table, refusal);
    if (entry != NULL && at_ms < entry->until_ms) {
        entry->refusal = *refusal;
        entry->folded++;
        return 0;
    }
    if (entry == NULL) {
        assert(table->count < REFUSAL_ENTRIES_MAX);
        entry = &table->entries[table->count];
        table->count++;
        entry->folded = 0;
    }
    const uint32_t count = entry->folded + 1;
    *entry = (struct entry){.refusal = *refusal, .until_ms = at_ms + REFUSAL_WINDOW_MS};
    return count;
}

uint32_t refusal_take_due(struct refusal_table *table, int64_t at_ms, struct refusal *refusal)
{
    for (uint32_t i = 0; i < table->count; i++) {
        struct entry *entry = &table->entries[i];
        if (entry->folded > 0 && entry->until_ms <= at_ms) {
            const uint32_t folded = entry->folded;
            *refusal = entry->refusal;
            take_out(table, entry);
            return folded;
        }
    }
    return 0;
}

int64_t refusal_deadline_ms(const struct refusal_table *table)
{
    int64_t deadline_ms = INT64_MAX;
    for (uint32_t i = 0; i < table->count; i++) {
        const struct entry *entry = &table->entries[i];
        if (entry->folded > 0 && entry->until_ms < deadline_ms) {
            deadline_ms = entry->until_ms;
        }
    }
    return deadline_ms;
}
