#ifndef ENGINE_NET_LEDGER_TABLE_H
#define ENGINE_NET_LEDGER_TABLE_H

#include "engine/net/ledger.h"

/* Incidents by id: in slots without gaps, found by linear probing, at most half full. A pointer
 * holds until the next add or remove. */
struct ledger_table {
    struct ledger_incident *incidents;
    uint32_t incidents_max, count;
    uint32_t *slots; /* by probe */
    uint32_t mask;
};

MUST_CHECK enum status ledger_table_init(struct ledger_table *table, uint32_t incidents_max);
void ledger_table_finish(struct ledger_table *table);
/* NULL: not there. */
struct ledger_incident *ledger_table_find(const struct ledger_table *table, uint32_t incident_id);
/* Blank, also if it was there. */
struct ledger_incident *ledger_table_add(struct ledger_table *table, uint32_t incident_id);
void ledger_table_remove(struct ledger_table *table, uint32_t incident_id);

#endif
