#ifndef PROTO_PROTO_POLICY_H
#define PROTO_PROTO_POLICY_H

#include "proto/proto_decode.h"
#include "proto/proto_json.h"

/* A policy as a file or a body (docs/POLICY.md): bytes to a struct and back. The plan table comes
 * in rows, the later one wins; it goes out as the rows that differ from what the tiers say.
 * Decoding what was encoded gives the same policy. */

#define PROTO_TIER_UNITS_MAX 8u
#define PROTO_PRIORITY_MAX   4u
#define PROTO_PLAN_ROWS_MAX  256u
#define PROTO_WAVES_MAX      10u

struct proto_tier_policy {
    uint32_t kinds; /* bits by enum proto_unit_kind */
    uint32_t target_ms, ack_ms, turnout_ms;
    uint32_t units;                                                  /* 0..PROTO_TIER_UNITS_MAX */
    bool beyond_reach, area_first;                                   /* false */
    uint32_t resend_ms, additional_ms, dispatcher_ms, supervisor_ms; /* 0: no such step */
    uint32_t second_channel_ms;                                      /* 0, the default: none */
};

struct proto_plan {
    uint32_t units[PROTO_TIER_COUNT];
    uint32_t capabilities[PROTO_TIER_COUNT]; /* bits by enum proto_capability */
};

/* wave_units 0: not asked in waves, and the others are 0. */
struct proto_volunteers {
    uint32_t types; /* bits by enum proto_incident_type */
    uint32_t wanted, wave_units, waves_max, wave_ms;
};

struct proto_policy {
    char name[PROTO_CODE_SIZE];
    enum proto_clock_start clock_start;
    enum proto_preempt preempt; /* PROTO_PREEMPT_NEVER */
    struct proto_tier_policy tiers[PROTO_TIER_COUNT];
    uint32_t search_ms;
    uint32_t fix_age_ms[PROTO_UNIT_KIND_COUNT];   /* 0: stands still */
    uint32_t undispatched_ms[PROTO_PRIORITY_MAX]; /* 0: no alarm */
    uint32_t reopen_ms;
    uint32_t merge_distance_m, merge_ms; /* 0: never */
    uint32_t par_answer_ms, panic_widen_ms;
    uint32_t receipt_ms, feedback_ms, help_ms; /* of centres; 0: not watched */
    uint32_t par_ms; /* at the scene: a personnel check this often; 0: never */
    struct proto_volunteers volunteers;
    uint32_t priorities[PROTO_INCIDENT_TYPE_COUNT];
    struct proto_plan plans[PROTO_INCIDENT_TYPE_COUNT][PROTO_PRIORITY_MAX];
};

/* The error names the place and says what is wrong there. */
PROTO_MUST_CHECK bool proto_decode_policy(const char *text, size_t size,
                                          struct proto_policy *policy, struct proto_error *error);

/* One JSON object. */
void proto_encode_policy(struct proto_buffer *buffer, const struct proto_policy *policy);

#endif
