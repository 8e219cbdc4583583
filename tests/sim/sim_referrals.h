#ifndef TESTS_SIM_SIM_REFERRALS_H
#define TESTS_SIM_SIM_REFERRALS_H

#include "tests/sim/sim.h"

/* What centres were asked and answered, as the world was told, and the rules for it: a part of
 * sim_record.h. */

struct sim_referral {
    uint32_t incident_id, centre, version;
    enum centre_kind kind;
    enum referral_state state;
    int64_t answer_by_ms, feedback_by_ms;
};

void sim_referrals_create(struct sim *sim);
void sim_referrals_destroy(struct sim *sim);

void sim_referrals_event(struct sim *sim, const struct event *event);
/* Fails if an answer is overdue and nobody was told; answers when the next one will be. */
int64_t sim_referrals_check(struct sim *sim, int64_t now_ms, int64_t slack_ms);

/* Those of an incident that have not ended; `kind` CENTRE_KIND_COUNT: any. */
uint32_t sim_referrals_of(const struct sim *sim, uint32_t incident_id, enum centre_kind kind);
/* Open ones by index. */
uint32_t sim_referrals_open_count(const struct sim *sim);
uint32_t sim_referrals_open(const struct sim *sim, uint32_t index);
const struct sim_referral *sim_referrals_get(const struct sim *sim, uint32_t referral_id);

#endif
