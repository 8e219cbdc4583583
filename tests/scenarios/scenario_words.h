#ifndef TESTS_SCENARIOS_SCENARIO_WORDS_H
#define TESTS_SCENARIOS_SCENARIO_WORDS_H

#include "tests/support/core_given.h"

/* What happened, in one sentence each; what is so now, in the same words. */

#define SENTENCE_SIZE 512u

void scenario_sentence(const struct world *world, const struct event *event,
                       char sentence[SENTENCE_SIZE]);

/* "I1 is dispatched", "C1 is on_scene", "I1 tier 5 is open", "alarm no_unit of I1 is open". */
bool scenario_is_so(const struct world *world, const char *sentence);

/* The code of a unit; "unit 7" when there is none. */
const char *scenario_unit(const struct world *world, uint32_t unit_id);

/* "plan CODE of circle N [for TYPE] [of priority P] names UNIT+UNIT in tier T | tells TEXT |
 * is withdrawn": put, or what is known of it changed. False: this is not understood. */
bool scenario_plan_put(struct world *world, const char *rest);

#endif
