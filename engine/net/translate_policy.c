#include "engine/net/translate_policy.h"

#include <assert.h>
#include <string.h>

_Static_assert((int)CLOCK_START_COUNT == (int)PROTO_CLOCK_START_COUNT, "one list on both sides");
_Static_assert((int)PREEMPT_COUNT == (int)PROTO_PREEMPT_COUNT, "one list on both sides");
_Static_assert(TIER_UNITS_MAX == PROTO_TIER_UNITS_MAX, "one limit on both sides");
_Static_assert(WAVES_MAX == PROTO_WAVES_MAX, "one limit on both sides");
_Static_assert(PRIORITY_MAX == PROTO_PRIORITY_MAX, "one limit on both sides");
_Static_assert(CODE_SIZE == PROTO_CODE_SIZE, "one limit on both sides");

/* Both structs hold the same members; a macro lists them once, for both ways. */
#define TIER_MEMBERS(X)                                                                            \
    X(kinds)                                                                                       \
    X(target_ms)                                                                                   \
    X(ack_ms)                                                                                      \
    X(turnout_ms)                                                                                  \
    X(units)                                                                                       \
    X(beyond_reach)                                                                                \
    X(area_first)                                                                                  \
    X(resend_ms) X(additional_ms) X(dispatcher_ms) X(supervisor_ms) X(second_channel_ms)
#define NUMBERS(X)                                                                                 \
    X(search_ms)                                                                                   \
    X(reopen_ms)                                                                                   \
    X(merge_ms)                                                                                    \
    X(merge_distance_m)                                                                            \
    X(par_ms) X(par_answer_ms) X(panic_widen_ms) X(receipt_ms) X(feedback_ms) X(help_ms)
#define VOLUNTEERS(X)                                                                              \
    X(volunteers.types)                                                                            \
    X(volunteers.wanted)                                                                           \
    X(volunteers.wave_units) X(volunteers.waves_max) X(volunteers.wave_ms)
#define ARRAYS(X)    X(name) X(fix_age_ms) X(undispatched_ms) X(priorities)
#define COPY(member) to->member = from->member;
#define COPY_ARRAY(member)                                                                         \
    _Static_assert(sizeof to->member == sizeof from->member, "one size on both sides");            \
    memcpy(to->member, from->member, sizeof to->member);

void translate_policy_from(const struct proto_policy *from, struct policy *to)
{
    *to = (struct policy){.clock_start = (enum clock_start)from->clock_start,
                          .preempt = (enum preempt)from->preempt};
    NUMBERS(COPY)
    VOLUNTEERS(COPY)
    ARRAYS(COPY_ARRAY)
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
#define COPY_TIER(member) to->tiers[tier].member = from->tiers[tier].member;
        TIER_MEMBERS(COPY_TIER)
    }
    for (uint32_t type = 0; type < INCIDENT_TYPE_COUNT; type++) {
        for (uint32_t i = 0; i < PRIORITY_MAX; i++) {
            COPY_ARRAY(plans[type][i].units)
            COPY_ARRAY(plans[type][i].capabilities)
        }
    }
    assert(policy_valid(to)); /* the decoder refused anything else */
}

void translate_policy_to(const struct policy *from, struct proto_policy *to)
{
    *to = (struct proto_policy){.clock_start = (enum proto_clock_start)from->clock_start,
                                .preempt = (enum proto_preempt)from->preempt};
    NUMBERS(COPY)
    VOLUNTEERS(COPY)
    ARRAYS(COPY_ARRAY)
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        TIER_MEMBERS(COPY_TIER)
    }
    for (uint32_t type = 0; type < INCIDENT_TYPE_COUNT; type++) {
        for (uint32_t i = 0; i < PRIORITY_MAX; i++) {
            COPY_ARRAY(plans[type][i].units)
            COPY_ARRAY(plans[type][i].capabilities)
        }
    }
}
