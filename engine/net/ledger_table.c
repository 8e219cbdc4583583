#include "engine/net/ledger_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SLOT_NONE UINT32_MAX

enum status ledger_table_init(struct ledger_table *table, uint32_t incidents_max)
{
    assert(incidents_max > 0);
    uint32_t size = 16;
    while (size < 2 * incidents_max) {
        size *= 2;
    }
    *table = (struct ledger_table){
        .incidents = calloc(incidents_max, sizeof *table->incidents),
        .incidents_max = incidents_max,
        .slots = malloc(size * sizeof *table->slots),
        .mask = size - 1,
    };
    if (table->incidents == NULL || table->slots == NULL) {
        ledger_table_finish(table);
        return STATUS_NO_MEMORY;
    }
    memset(table->slots, 0xff, size * sizeof *table->slots);
    return STATUS_OK;
}

void ledger_table_finish(struct ledger_table *table)
{
    free(table->incidents);
    free(table->slots);
    *table = (struct ledger_table){.incidents = NULL};
}

static uint32_t probe_start(const struct ledger_table *table, uint32_t incident_id)
{
    return (incident_id * UINT32_C(2654435769)) & table->mask;
}

/* Where it is, or where it would be. */
static uint32_t probe(const struct ledger_table *table, uint32_t incident_id)
{
    uint32_t at = probe_start(table, incident_id);
    while (table->slots[at] != SLOT_NONE &&
           table->incidents[table->slots[at]].incident_id != incident_id) {
        at = (at + 1) & table->mask;
    }
    return at;
}

struct ledger_incident *ledger_table_find(const struct ledger_table *table, uint32_t incident_id)
{
    const uint32_t slot = table->slots[probe(table, incident_id)];
    return slot == SLOT_NONE ? NULL : &table->incidents[slot];
}

struct ledger_incident *ledger_table_add(struct ledger_table *table, uint32_t incident_id)
{
    const uint32_t at = probe(table, incident_id);
    if (table->slots[at] == SLOT_NONE) {
        assert(table->count < table->incidents_max); /* the engine's own limit */
        table->slots[at] = table->count++;
    }
    struct ledger_incident *incident = &table->incidents[table->slots[at]];
    *incident = (struct ledger_incident){.incident_id = incident_id, .unit_first = UNIT_NONE};
    return incident;
}

/* Close the gap that a removed entry leaves (Knuth 6.4, algorithm R). */
static void close_gap(struct ledger_table *table, uint32_t gap)
{
    uint32_t at = gap;
    for (;;) {
        table->slots[gap] = SLOT_NONE;
        uint32_t start = 0;
        do {
            at = (at + 1) & table->mask;
            if (table->slots[at] == SLOT_NONE) {
                return;
            }
            start = probe_start(table, table->incidents[table->slots[at]].incident_id);
        } while (gap <= at ? (gap < start && start <= at) : (gap < start || start <= at));
        table->slots[gap] = table->slots[at];
        gap = at;
    }
}

void ledger_table_remove(struct ledger_table *table, uint32_t incident_id)
{
    const uint32_t at = probe(table, incident_id);
    const uint32_t slot = table->slots[at];
    if (slot == SLOT_NONE) {
        return;
    }
    close_gap(table, at);
    const uint32_t last = --table->count;
    if (slot != last) { /* the last one moves into the hole */
        table->slots[probe(table, table->incidents[last].incident_id)] = slot;
        table->incidents[slot] = table->incidents[last];
    }
}
