#ifndef ENGINE_HOST_WHATIF_H
#define ENGINE_HOST_WHATIF_H

#include "engine/core/engine.h"

/* A period run again under another policy by the real core, beside what happened.
 *
 * What came from outside is taken from the journal as it was: reports, duty, corrections, closing,
 * where units were known to be. What follows is decided anew. A unit that is ordered to an incident
 * to which it was ordered then behaves as it did then; another one takes the median time of its
 * kind in the period to acknowledge and to turn out, and the travel time that the engine reckons,
 * times the median of taken by reckoned of its kind. So it answers "who would have been ordered,
 * and how many tiers would have been met", not "what would have happened". Dispatchers' own choices
 * and calls for help of units are not repeated: the engine orders by itself. Units of which the
 * record does not know where they were are not considered. */

#define WHATIF_EVENTS_MAX 4000000u /* of the period and the two hours after it */
#define WHATIF_AFTER_MS   7200000  /* incidents of the period are followed so much longer */
#define WHATIF_LISTED_MAX 200u

struct whatif_tier {
    uint32_t met, missed, no_unit, cancelled, open;
    uint32_t n;                     /* somebody came */
    int64_t p50_ms, p90_ms, max_ms; /* of the response, TIME_NEVER: n is 0 */
};
struct whatif_side {
    uint32_t incidents, orders;
    struct whatif_tier tiers[TIER_COUNT];
};
struct whatif_change { /* a verdict that came out differently */
    uint32_t incident_id;
    enum tier tier;
    enum tier_verdict then, now;
};
struct whatif_result {
    struct whatif_side then, now;
    uint32_t changed; /* verdicts; the first of them are listed */
    struct whatif_change changes[WHATIF_LISTED_MAX];
    uint32_t assumed, known; /* orders whose course is the median's, and the record's */
};

struct whatif;

/* `config`: with the other policy and the map; searching. `from`..`to`: of the reports. */
MUST_CHECK enum status whatif_create(const struct engine_config *config, int64_t from_ms,
                                     int64_t to_ms, struct whatif **out);
void whatif_destroy(struct whatif *whatif);

/* A journal_visit: all events in order. False: enough, or whatif_run() says what is wrong. */
bool whatif_visit(void *whatif, const struct event_record *record, const uint8_t *body);

/* When all were visited. STATUS_FULL: the period is too large; BAD_INPUT: districts changed within
 * it; DENIED: an event was erased; `error` says which. */
MUST_CHECK enum status whatif_run(struct whatif *whatif, struct whatif_result *result,
                                  char error[256]);

#endif
