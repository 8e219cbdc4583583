#ifndef ENGINE_CORE_COVERAGE_H
#define ENGINE_CORE_COVERAGE_H

#include "engine/core/step.h"

/* For every circle and tier: who could be there in time now, since when nobody could, whose leaving
 * would open a gap, and who could close one.
 *
 * By the rules of a decision: free units of the tier's kinds, travel time by road, the tier's
 * reach. Volatile, like the positions it is reckoned from: outside the digest, no event. Circles
 * are looked at in turn, a few at a time, each once a second while anything changes: an answer is
 * never older than COVERAGE_ROUND_MS and a moment. It explains and warns; it decides nothing but
 * one thing: a gap that lasts (config.gap_ms) becomes an alarm, an event like any other. */

#define COVERAGE_ROUND_MS 1000
#define COVERAGE_CLEAR_MS 15000 /* covered for so long, the alarm is cleared */

struct coverage;

MUST_CHECK enum status coverage_create(const struct engine *engine, struct coverage **out);
void coverage_destroy(struct coverage *coverage);
/* Nothing is known any more. */
void coverage_clear(struct engine *engine);

/* The circles whose turn it is. */
void coverage_refresh(const struct engine *engine, int64_t now_ms);
int64_t coverage_deadline_ms(const struct engine *engine);
uint64_t coverage_version(const struct engine *engine);

/* When a step is wanted for the alarms; INT64_MAX: never. */
int64_t coverage_alarm_ms(const struct engine *engine);
/* Something about them is other than it was: look at all with the next step. */
void coverage_alarms_changed(struct engine *engine);
/* Raise and clear what is due. */
void coverage_alarms_run(struct step *step);

bool coverage_view(const struct engine *engine, uint32_t circle, enum tier tier,
                   struct coverage_view *view);
uint32_t coverage_lost(const struct engine *engine, const uint32_t unit_ids[], uint32_t unit_count,
                       struct coverage_place lost[], uint32_t lost_max);
bool coverage_move(const struct engine *engine, struct coverage_place gap,
                   struct coverage_unit *move);

#endif
