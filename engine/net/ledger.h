#ifndef ENGINE_NET_LEDGER_H
#define ENGINE_NET_LEDGER_H

#include "engine/net/access.h"

/* What has been published so far: where incidents lie and what units were told. The live engine
 * runs ahead of the disk, so who may hear an event, and what an order says, is decided on this. */
struct ledger;

struct ledger_incident {
    uint32_t incident_id;
    uint32_t unit_first; /* walk with ledger_unit.next, UNIT_NONE */
    uint8_t district;
    bool for_all; /* of every district */
    bool drill;
    enum incident_type type;
    uint32_t priority;
    struct geo_point at;
    int64_t received_ms;
    uint32_t plan_version;          /* of its circle's, 0: none */
    uint32_t target_ms[TIER_COUNT]; /* 0: the tier is not asked */
    int64_t warned_ms;              /* TIME_NEVER: no warning */
    enum warn_level warning_level;
    char address[ADDRESS_SIZE];
    char warning[NOTE_SIZE];
};

/* Orders called off that the unit has not acknowledged; of more than these the oldest is not told
 * again after a reconnect (its ladder goes on). */
#define LEDGER_CALLED_OFF_MAX 2u
#define LEDGER_NOTICES_MAX    (1u + LEDGER_CALLED_OFF_MAX)
struct ledger_called_off {
    uint32_t assignment_id, incident_id; /* 0: free */
    struct notice notice;
};

struct ledger_unit {
    struct assignment_view active; /* assignment_id 0: none */
    uint32_t next;                 /* on the same incident */
    enum duty duty;
    int64_t status_ms;
    uint8_t district;
    bool is_volunteer;
    enum panic_state panic;
    struct ledger_called_off called_off[LEDGER_CALLED_OFF_MAX]; /* newest first */
};

/* Sized by the config's limits; filled from the engine, all of which must be durable. */
MUST_CHECK enum status ledger_create(const struct engine_config *config,
                                     const struct engine *engine, struct ledger **out);
void ledger_destroy(struct ledger *ledger);

/* Whom an event concerns. */
struct ledger_audience {
    uint64_t scope;        /* districts that may hear it; 0: nobody by a stream */
    bool moves;            /* something changed its district: scoped audiences begin anew */
    bool reveals;          /* a volunteer has acknowledged: now it may see all of its order */
    const uint32_t *units; /* addressed; valid until the next apply */
    uint32_t unit_count;
};
struct ledger_audience ledger_apply(struct ledger *ledger, const struct event *event);

/* After an event that replaced districts: the engine has given everything its new one. */
void ledger_refresh_districts(struct ledger *ledger, const struct engine *engine);

/* NULL: not known, or archived. */
const struct ledger_incident *ledger_incident(const struct ledger *ledger, uint32_t incident_id);
const struct ledger_unit *ledger_unit(const struct ledger *ledger, uint32_t unit_id);
enum unit_status ledger_unit_status(const struct ledger_unit *unit);
/* A volunteer that has not acknowledged sees a rounded place and no texts. */
bool ledger_unit_is_masked(const struct ledger_unit *unit);

#endif
