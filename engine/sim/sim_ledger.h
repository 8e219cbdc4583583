#ifndef ENGINE_SIM_SIM_LEDGER_H
#define ENGINE_SIM_SIM_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/sim/sim_http.h"

/* What the clients themselves saw and were told: the reports that were acknowledged, the orders
 * that arrived, the acknowledgements that were confirmed. At the end it is held against the
 * engine's record: none missing, none double, none from nowhere. */
struct sim_ledger;

struct sim_ledger *sim_ledger_create(void);
void sim_ledger_destroy(struct sim_ledger *ledger);

/* A report goes out; answers its number. */
uint32_t sim_ledger_report_sent(struct sim_ledger *ledger, int64_t at_us);
void sim_ledger_report_answered(struct sim_ledger *ledger, uint32_t number, uint32_t incident_id,
                                int64_t at_us);
void sim_ledger_report_refused(struct sim_ledger *ledger, uint32_t number);

/* An `assignment.sent` arrived at its unit. Again after a reconnect is not an event: only events
 * count. */
void sim_ledger_order_seen(struct sim_ledger *ledger, uint32_t assignment_id, uint32_t incident_id,
                           int64_t at_us);
/* A snapshot shows an order: seen now, if never before. */
void sim_ledger_order_shown(struct sim_ledger *ledger, uint32_t assignment_id, uint32_t incident_id,
                            int64_t at_us);
/* The engine confirmed this state of an assignment. */
void sim_ledger_confirmed(struct sim_ledger *ledger, uint32_t assignment_id, const char *state);

struct sim_ledger_totals {
    uint32_t reports, answered, refused, orders, doubled;
};
struct sim_ledger_totals sim_ledger_totals(const struct sim_ledger *ledger);

/* Ask the engine for every acknowledged report and compare. `orders_each` 0: any number. Prints the
 * figures; false: something is missing, double or made up, each named in a line. */
bool sim_ledger_check(struct sim_ledger *ledger, struct sim_http *http, uint32_t orders_each);

/* "report sent -> order at the unit's socket" and the rest, as p50/p99 lines. `fsync_us` (sorted
 * here): the bare disk of the same run. */
void sim_ledger_print(struct sim_ledger *ledger, int64_t fsync_us[], uint32_t fsync_count);

#endif
