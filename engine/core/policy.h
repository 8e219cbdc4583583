#ifndef ENGINE_CORE_POLICY_H
#define ENGINE_CORE_POLICY_H

#include "engine/core/limits.h"
#include "engine/core/status.h"
#include "engine/core/types.h"
#include "geo/geo_map.h"

/* What 1-3-5 means in this city: which kinds serve which tier, by when, how hard we make sure that
 * they heard, and how many go to what. Data, not code: docs/POLICY.md is the file it is read from.
 * Three presets ship because cities mean different things by it. */

struct tier_policy {
    uint32_t kinds;      /* bit per unit_kind */
    uint32_t target_ms;  /* on scene by then, from the clock start */
    uint32_t ack_ms;     /* allowance for acknowledging and turning out when reach is reckoned: */
    uint32_t turnout_ms; /* reach = target - ack - turnout of travel */
    uint32_t units;      /* how many are ordered unless the plan says otherwise */
    bool beyond_reach;   /* order the nearest even when nobody can be there in time */
    bool area_first;    /* whoever belongs to the place's beat or grid and can be there in time goes
                           before who is nearer */
    uint32_t resend_ms; /* ladder, counted from the order; 0 switches a step off */
    uint32_t additional_ms;
    uint32_t dispatcher_ms;
    uint32_t supervisor_ms;
    uint32_t second_channel_ms; /* not delivered by then: another channel, and the next unit */
};

#define PRIORITY_MAX 4u /* 1 is highest */

/* Volunteers are asked in waves, in addition to the units of the first tier that they serve. With
 * wave_units 0 they are a kind like any other. */
struct volunteer_policy {
    uint32_t types;      /* bit per incident_type that they are asked for */
    uint32_t wanted;     /* so many who accept are enough */
    uint32_t wave_units; /* asked at once, 0..TIER_UNITS_MAX */
    uint32_t waves_max;  /* 1..WAVES_MAX: never more than wave_units x waves_max are asked */
    uint32_t wave_ms;    /* the next wave, if the last did not bring enough by then */
};
#define WAVES_MAX 10u

/* How many units of which tier an incident gets, and what each of them must be able to do. A
 * capability that no unit of the tier's kinds carries in the roster is not asked for. */
struct plan {
    uint32_t units[TIER_COUNT]; /* 0..TIER_UNITS_MAX; 0: the tier is not asked */
    uint32_t capabilities[TIER_COUNT];
};

struct policy {
    char name[CODE_SIZE];
    enum clock_start clock_start;
    enum preempt preempt;
    struct tier_policy tiers[TIER_COUNT];
    uint32_t search_ms; /* nobody farther than this is ever ordered by the engine */
    uint32_t
        fix_age_ms[UNIT_KIND_COUNT]; /* older positions are not trusted; 0: never stale (fixed) */
    uint32_t undispatched_ms[PRIORITY_MAX]; /* pending longer than this: alarm; 0: none */
    uint32_t reopen_ms;                     /* an ended incident leaves the core after this */
    uint32_t merge_distance_m;              /* a report of the same type this near ... */
    uint32_t merge_ms; /* ... and this soon joins the open incident; 0: never */
    uint32_t priorities[INCIDENT_TYPE_COUNT]; /* when the reporter gave none */
    struct plan plans[INCIDENT_TYPE_COUNT][PRIORITY_MAX];
    uint32_t par_ms;         /* on scene, a unit says this often that all is well; 0: not asked */
    uint32_t par_answer_ms;  /* silence for so long after the question is an alarm */
    uint32_t panic_widen_ms; /* a call for help nobody in charge acknowledged goes to everybody */
    struct volunteer_policy volunteers;
    uint32_t receipt_ms;  /* a community centre signs for what it is sent; 0: not watched */
    uint32_t feedback_ms; /* ... and says what became of it, counted from the sending */
    uint32_t help_ms;     /* a neighbour answers a call for units */
};

/* "mutual-aid", "echelon", "place-class"; STATUS_NOT_FOUND for another name. */
MUST_CHECK enum status policy_preset(const char *name, struct policy *policy);

/* What holds where an older policy says nothing: half an hour, a day, two minutes. */
#define POLICY_RECEIPT_MS  1800000u
#define POLICY_FEEDBACK_MS 86400000u
#define POLICY_HELP_MS     120000u

/* Every plan as the tiers say: their `units`, no capability. */
void policy_plans_reset(struct policy *policy);

/* One row of a plan table: what it says of a tier holds for all its types and priorities. */
struct plan_rule {
    uint32_t types;      /* bit per incident_type */
    uint32_t priorities; /* bit 0 is priority 1 */
    enum tier tier;
    bool has_units, has_capabilities;
    uint32_t units, capabilities;
};
void policy_plans_rule(struct policy *policy, const struct plan_rule *rule);

struct plan policy_plan(const struct policy *policy, enum incident_type type, uint32_t priority);

/* Priority when the reporter gave none. */
uint32_t policy_priority(const struct policy *policy, enum incident_type type);

bool policy_asks_in_waves(const struct policy *policy);
/* Who is ordered to the tier: its kinds, but for volunteers where they are asked in waves. */
uint32_t policy_kinds(const struct policy *policy, enum tier tier);

/* Within the bounds that the rest of the core relies on. */
bool policy_valid(const struct policy *policy);

/* Fingerprint of all it says. */
uint64_t policy_digest(const struct policy *policy);

/* How a kind travels when its way is reckoned. `emergency_kinds`: a bit per kind. */
enum geo_profile policy_profile(uint32_t emergency_kinds, enum unit_kind kind);

/* Travel time that a tier leaves after acknowledging and turning out. */
uint32_t policy_reach_ms(const struct tier_policy *tier);

#endif
