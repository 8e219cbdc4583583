#include "tests/sim/sim_referrals.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim_record.h"

struct sim_referrals {
    struct sim_referral *items; /* by id, from 1 */
    uint32_t count, max;
    uint32_t open[SIM_REFERRALS_OPEN_MAX];
    uint32_t open_count;
};

void sim_referrals_create(struct sim *sim)
{
    sim->referrals = calloc(1, sizeof *sim->referrals);
    assert(sim->referrals != NULL);
    sim->referrals->count = 1;
}

void sim_referrals_destroy(struct sim *sim)
{
    free(sim->referrals->items);
    free(sim->referrals);
    sim->referrals = NULL;
}

static bool is_ended(enum referral_state state)
{
    return state == REFERRAL_FEEDBACK || state == REFERRAL_RETURNED || state == REFERRAL_REFUSED ||
           state == REFERRAL_GIVEN_BACK || state == REFERRAL_WITHDRAWN;
}

static void on_sent(struct sim *sim, const struct event *event)
{
    struct sim_referrals *referrals = sim->referrals;
    const uint32_t id = event->referred.referral_id;
    if (id != referrals->count) {
        sim_fail(sim, "referral %u after %u of them", id, referrals->count - 1);
    }
    if (event->referred.kind == CENTRE_COMMUNITY &&
        sim_referrals_of(sim, event->referred.incident_id, CENTRE_COMMUNITY) != 0) {
        sim_fail(sim, "incident %u is given to two community centres", event->referred.incident_id);
    }
    if (referrals->max <= id) {
        referrals->max = referrals->max == 0 ? 256 : 2 * referrals->max;
        referrals->items = realloc(referrals->items, referrals->max * sizeof referrals->items[0]);
        assert(referrals->items != NULL);
    }
    referrals->count++;
    referrals->items[id] = (struct sim_referral){.incident_id = event->referred.incident_id,
                                                 .centre = event->referred.centre,
                                                 .version = 1,
                                                 .kind = event->referred.kind,
                                                 .state = REFERRAL_SENT,
                                                 .answer_by_ms = event->referred.answer_by_ms,
                                                 .feedback_by_ms = event->referred.feedback_by_ms};
    assert(referrals->open_count < SIM_REFERRALS_OPEN_MAX);
    referrals->open[referrals->open_count++] = id;
    sim->figures.referrals++;
}

static void on_updated(struct sim *sim, const struct event *event)
{
    struct sim_referrals *referrals = sim->referrals;
    const uint32_t id = event->referral.referral_id;
    if (id == 0 || id >= referrals->count) {
        sim_fail(sim, "an event speaks of referral %u, which there is not", id);
        return;
    }
    struct sim_referral *referral = &referrals->items[id];
    if (is_ended(referral->state) || event->referral.version != referral->version + 1 ||
        event->referral.incident_id != referral->incident_id) {
        sim_fail(sim, "referral %u goes from %s (%u) to %s (%u)", id,
                 types_name(TYPES_REFERRAL_STATE, referral->state), referral->version,
                 types_name(TYPES_REFERRAL_STATE, event->referral.state), event->referral.version);
    }
    referral->state = event->referral.state;
    referral->version = event->referral.version;
    for (uint32_t i = 0; is_ended(referral->state) && i < referrals->open_count; i++) {
        if (referrals->open[i] == id) {
            referrals->open[i] = referrals->open[--referrals->open_count];
        }
    }
}

void sim_referrals_event(struct sim *sim, const struct event *event)
{
    if (event->kind == EVENT_REFERRAL_SENT) {
        on_sent(sim, event);
    } else {
        assert(event->kind == EVENT_REFERRAL_UPDATED);
        on_updated(sim, event);
    }
}

/* By when, and which alarm says that it did not come. */
static int64_t check_one(struct sim *sim, uint32_t id, int64_t by_ms, enum alarm_kind kind,
                         int64_t late_ms)
{
    const struct sim_referral *referral = &sim->referrals->items[id];
    const uint32_t alarms = sim_record_incident(sim, referral->incident_id)->late_alarms;
    if (by_ms == TIME_NEVER || (alarms >> (kind - ALARM_RECEIPT_LATE) & 1u) != 0) {
        return INT64_MAX;
    }
    if (late_ms > by_ms) {
        sim_fail(sim, "referral %u of incident %u: no %s for %lld ms too long", id,
                 referral->incident_id, types_name(TYPES_ALARM_KIND, kind),
                 (long long)(late_ms - by_ms));
    }
    return by_ms;
}

int64_t sim_referrals_check(struct sim *sim, int64_t now_ms, int64_t slack_ms)
{
    int64_t next_ms = INT64_MAX;
    for (uint32_t i = 0; i < sim->referrals->open_count; i++) {
        const uint32_t id = sim->referrals->open[i];
        const struct sim_referral *referral = &sim->referrals->items[id];
        const bool is_community = referral->kind == CENTRE_COMMUNITY;
        if (referral->state == REFERRAL_SENT) {
            const int64_t due_ms =
                check_one(sim, id, referral->answer_by_ms,
                          is_community ? ALARM_RECEIPT_LATE : ALARM_HELP_LATE, now_ms - slack_ms);
            next_ms = due_ms < next_ms ? due_ms : next_ms;
        }
        if (is_community) {
            const int64_t due_ms = check_one(sim, id, referral->feedback_by_ms, ALARM_FEEDBACK_LATE,
                                             now_ms - slack_ms);
            next_ms = due_ms < next_ms ? due_ms : next_ms;
        }
    }
    return next_ms;
}

uint32_t sim_referrals_of(const struct sim *sim, uint32_t incident_id, enum centre_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < sim->referrals->open_count; i++) {
        const struct sim_referral *referral = &sim->referrals->items[sim->referrals->open[i]];
        count += referral->incident_id == incident_id &&
                         (kind == CENTRE_KIND_COUNT || referral->kind == kind)
                     ? 1
                     : 0;
    }
    return count;
}

uint32_t sim_referrals_open_count(const struct sim *sim)
{
    return sim->referrals->open_count;
}

uint32_t sim_referrals_open(const struct sim *sim, uint32_t index)
{
    assert(index < sim->referrals->open_count);
    return sim->referrals->open[index];
}

const struct sim_referral *sim_referrals_get(const struct sim *sim, uint32_t referral_id)
{
    assert(referral_id > 0);
    assert(referral_id < sim->referrals->count);
    return &sim->referrals->items[referral_id];
}
