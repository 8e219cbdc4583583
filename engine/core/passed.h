#ifndef ENGINE_CORE_PASSED_H
#define ENGINE_CORE_PASSED_H

#include "engine/core/decide.h"

/* Why not the others: the nearest who were passed over by name, everybody by count. */

#define EXCLUDED_MAX 256u /* taken by other tiers, declined or recalled from this incident */

struct passed_rules {
    const struct incident *incident;
    enum tier tier;
    uint32_t kinds;
    uint32_t capabilities;
    enum reason left_over; /* of those who would fit but are not on the list of candidates */
    uint32_t excluded_count;
    struct {
        uint32_t unit_id;
        enum reason reason;
    } excluded[EXCLUDED_MAX]; /* free, of a right kind, and yet not asked */
};

void passed_exclude(const struct step *step, const struct decide_request *request,
                    struct passed_rules *rules);
void passed_list(const struct step *step, const struct passed_rules *rules,
                 struct decision_made *made);
void passed_count(const struct step *step, const struct passed_rules *rules,
                  struct decision_made *made);

#endif
