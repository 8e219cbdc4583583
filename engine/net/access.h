#ifndef ENGINE_NET_ACCESS_H
#define ENGINE_NET_ACCESS_H

#include "engine/core/engine.h"

/* Who may do what. A table of roles and operations (docs/PROTOCOL.md, the "who" columns), and the
 * rules of scope: one acts only on, and hears only of, one's own districts. Pure. */

enum role { ROLE_DISPATCHER, ROLE_SUPERVISOR, ROLE_UNIT, ROLE_ADMINISTRATOR, ROLE_API, ROLE_COUNT };

/* Who a token stands for. */
struct identity {
    char name[ACTOR_SIZE];
    char display[NAME_SIZE];
    enum role role;
    uint64_t scope;   /* districts, SCOPE_CITY */
    uint32_t unit_id; /* of role unit, UNIT_NONE */
    int64_t expires_ms;
    uint64_t token_id; /* names the session in the token table: for logout */
};

enum access_op {
    /* commands, in the order of enum command_kind from report.create on */
    ACCESS_REPORT_CREATE,
    ACCESS_INCIDENT_RECOMMEND,
    ACCESS_INCIDENT_ORDER,
    ACCESS_INCIDENT_UPDATE,
    ACCESS_INCIDENT_NOTE,
    ACCESS_INCIDENT_CANCEL,
    ACCESS_INCIDENT_CLOSE,
    ACCESS_ASSIGNMENT_UPDATE,
    ACCESS_ASSIGNMENT_RECALL,
    ACCESS_UNIT_DUTY,
    ACCESS_ALARM_ACK,
    ACCESS_INCIDENT_WARN,
    ACCESS_NOTICE_UPDATE,
    ACCESS_UNIT_PANIC,
    ACCESS_PANIC_CLOSE,
    ACCESS_ASSIGNMENT_PAR,
    ACCESS_INCIDENT_HOLD,
    ACCESS_INCIDENT_RELEASE,
    ACCESS_INCIDENT_REOPEN,
    ACCESS_INCIDENT_MERGE,
    ACCESS_INCIDENT_CLAIM,
    ACCESS_INCIDENT_HAND_OVER,
    ACCESS_REPORT_LINK,
    ACCESS_REPORT_SPLIT,
    ACCESS_REPORT_ANSWER,
    ACCESS_ASSIGNMENT_REASSIGN,
    ACCESS_MILESTONE_CORRECT,
    ACCESS_ALARM_SHELVE,
    ACCESS_ASSIGNMENT_SUPPORT,
    ACCESS_INCIDENT_REFER,
    ACCESS_REFERRAL_UPDATE,
    ACCESS_CHECKPOINT_SIGN,
    ACCESS_INCIDENT_PHOTO, /* add one */
    ACCESS_COMMAND_COUNT,
    /* the session's own */
    ACCESS_POSITION = ACCESS_COMMAND_COUNT,
    ACCESS_STREAM_CITY,
    ACCESS_STREAM_ORDERS,
    ACCESS_STREAM_UNITS,
    /* routes */
    ACCESS_SELF, /* me, logout */
    ACCESS_METRICS,
    ACCESS_INCIDENTS,
    ACCESS_PHOTO,   /* see one */
    ACCESS_DRAWING, /* see one of a circle */
    ACCESS_ROSTER,  /* units, circles, districts, policy */
    ACCESS_CHECKPOINTS,
    ACCESS_RESPONSE_TIMES,
    ACCESS_MAP, /* map, streets, tiles */
    ACCESS_ISOCHRONE,
    ACCESS_ROUTE,   /* of a unit to its incident */
    ACCESS_TRAFFIC, /* closures and speeds */
    ACCESS_COVERAGE,
    ACCESS_RECEIPT,        /* of a gateway */
    ACCESS_ADMINISTRATION, /* roster import, users, devices, system */
    ACCESS_OP_COUNT
};

/* Who may see the incident and act on it. */
uint64_t access_incident_districts(const struct incident_view *incident);

bool access_role_may(enum role role, enum access_op op);

/* What an operation touches. A district is a bit; SCOPE_CITY concerns everybody. */
struct access_target {
    uint64_t districts; /* one of them must be in the scope */
    uint64_t units;     /* all of them must be: the units of an order */
    bool own;           /* of role unit: it is its own unit, assignment or incident */
};

/* What stands in the way, if anything. */
enum access_answer { ACCESS_GRANTED, ACCESS_ROLE, ACCESS_SCOPE, ACCESS_NOT_OWN };
enum access_answer access_check(const struct identity *identity, enum access_op op,
                                const struct access_target *target);

/* Gathers the target of a translated command from the live state. What does not exist stands in
 * nobody's way here: the core says that it does not exist. */
struct access_target access_command_target(const struct identity *identity,
                                           const struct command *command,
                                           const struct engine *engine);
enum access_op access_command_op(enum command_kind kind);

/* The scope bit of a district; DISTRICT_NONE is seen by city-wide scopes only. */
uint64_t access_district_bit(uint8_t district);
/* Whether a scope holds the district of a unit or incident. */
bool access_scope_holds(uint64_t scope, uint8_t district);

#endif
