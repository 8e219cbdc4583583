#include "engine/net/session.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum status session_table_init(struct session_table *table, uint32_t sessions_max,
                               uint32_t units_max)
{
    assert(sessions_max > 0);
    uint32_t buckets = 16;
    while (buckets < sessions_max) {
        buckets *= 2;
    }
    *table = (struct session_table){
        .slots = calloc(sessions_max, sizeof *table->slots),
        .slots_max = sessions_max,
        .buckets = malloc(buckets * sizeof *table->buckets),
        .bucket_mask = buckets - 1,
        .spare = calloc(sessions_max, sizeof *table->spare),
        .unit_first = malloc(units_max * sizeof *table->unit_first),
        .units_max = units_max,
    };
    if (table->slots == NULL || table->buckets == NULL || table->spare == NULL ||
        table->unit_first == NULL) {
        session_table_finish(table);
        return STATUS_NO_MEMORY;
    }
    memset(table->buckets, 0xff, buckets * sizeof *table->buckets);
    memset(table->unit_first, 0xff, units_max * sizeof *table->unit_first);
    return STATUS_OK;
}

void session_table_finish(struct session_table *table)
{
    free(table->slots);
    free(table->buckets);
    free(table->spare);
    free(table->unit_first);
    *table = (struct session_table){.slots = NULL};
}

static uint32_t *bucket_of(const struct session_table *table, uint64_t id)
{
    return &table->buckets[(uint32_t)((id * UINT64_C(0x9e3779b97f4a7c15)) >> 32) &
                           table->bucket_mask];
}

static uint32_t slot_of(const struct session_table *table, const struct session *session)
{
    return (uint32_t)(session - table->slots);
}

struct session *session_find(const struct session_table *table, uint64_t id)
{
    uint32_t slot = *bucket_of(table, id);
    while (slot != SESSION_NONE && table->slots[slot].id != id) {
        slot = table->slots[slot].bucket_next;
    }
    return slot == SESSION_NONE ? NULL : &table->slots[slot];
}

struct session *session_add(struct session_table *table, uint64_t id, int64_t now_ms)
{
    assert(session_find(table, id) == NULL);
    uint32_t slot = table->used_max;
    if (table->spare_count > 0) {
        slot = table->spare[--table->spare_count];
    } else if (table->used_max < table->slots_max) {
        table->used_max++;
    } else {
        return NULL;
    }
    struct session *session = &table->slots[slot];
    uint32_t *bucket = bucket_of(table, id);
    *session = (struct session){
        .id = id,
        .phase = SESSION_GREETED,
        .identity = {.unit_id = UNIT_NONE},
        .opened_ms = now_ms,
        .allowance_ms = now_ms,
        .bucket_next = *bucket,
        .unit_next = SESSION_NONE,
    };
    *bucket = slot;
    return session;
}

void session_remove(struct session_table *table, struct session *session)
{
    assert(session->phase != SESSION_FREE);
    assert(session->snapshot == NULL);
    const uint32_t slot = slot_of(table, session);
    uint32_t *link = bucket_of(table, session->id);
    while (*link != slot) {
        assert(*link != SESSION_NONE);
        link = &table->slots[*link].bucket_next;
    }
    *link = session->bucket_next;
    *session = (struct session){.phase = SESSION_FREE, .unit_next = SESSION_NONE};
    table->spare[table->spare_count++] = slot;
}

void session_unit_link(struct session_table *table, struct session *session)
{
    assert(session->identity.unit_id < table->units_max);
    uint32_t *first = &table->unit_first[session->identity.unit_id];
    session->unit_next = *first;
    *first = slot_of(table, session);
}

void session_unit_unlink(struct session_table *table, struct session *session)
{
    if (session->identity.unit_id >= table->units_max) {
        return;
    }
    const uint32_t slot = slot_of(table, session);
    uint32_t *link = &table->unit_first[session->identity.unit_id];
    while (*link != SESSION_NONE && *link != slot) {
        link = &table->slots[*link].unit_next;
    }
    if (*link == slot) {
        *link = session->unit_next; /* kept: somebody may be walking over it */
    }
}

struct session *session_unit_walk(const struct session_table *table, uint32_t unit_id,
                                  const struct session *before)
{
    if (unit_id >= table->units_max) {
        return NULL;
    }
    const uint32_t slot = before == NULL ? table->unit_first[unit_id] : before->unit_next;
    return slot == SESSION_NONE ? NULL : &table->slots[slot];
}

struct session *session_unit_surplus(const struct session_table *table, uint32_t unit_id)
{
    struct session *session = NULL;
    struct session *last = NULL;
    uint32_t count = 0;
    while ((session = session_unit_walk(table, unit_id, session)) != NULL) {
        last = session;
        count++;
    }
    return count > SESSION_UNIT_MAX ? last : NULL;
}

/* allowance_ms runs ahead of the clock by 1/rate a message, at most by the burst. In microseconds
 * it would be exact for any rate; 1000 / 50 is exact in milliseconds. */
bool session_allow(struct session *session, int64_t now_ms)
{
    _Static_assert(1000 % SESSION_RATE_PER_S == 0, "a message costs whole milliseconds");
    const int64_t cost_ms = 1000 / SESSION_RATE_PER_S;
    if (session->allowance_ms < now_ms) {
        session->allowance_ms = now_ms;
    }
    if (session->allowance_ms + cost_ms > now_ms + SESSION_BURST * cost_ms) {
        return false;
    }
    session->allowance_ms += cost_ms;
    return true;
}
