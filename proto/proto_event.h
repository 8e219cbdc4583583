#ifndef PROTO_PROTO_EVENT_H
#define PROTO_PROTO_EVENT_H

#include "proto/proto_object.h"

/* Every event a client may see (docs/PROTOCOL.md section 7), struct to JSON. An event is encoded
 * once for an audience and then copied into frames (proto_frame.h). Texts are borrowed for the
 * call. */
struct proto_event {
    enum proto_event_kind kind; /* says which member of the union is read */
    uint64_t seq;
    int64_t at_ms;
    const char *actor;
    enum proto_source source;
    union {
        struct {
            uint32_t index;
            struct proto_district district;
        } district;
        struct {
            uint32_t index;
            struct proto_area area;
        } area;
        const struct proto_circle *circle;
        const struct proto_centre *centre;
        const struct proto_checkpoint *checkpoint; /* only its definition is written */
        const struct proto_unit *unit;             /* only its definition is written */
        const struct proto_report *report;         /* report.received */
        const struct proto_incident *incident;     /* incident.opened */
        struct {
            const char *code, *circle;
            uint32_t version;
        } plan; /* plan.put: who needs its words asks for them */
        const struct proto_decision *decision;
        struct {
            const struct proto_assignment *assignment;
            const struct proto_order *order; /* in a unit's stream, else NULL: no such member */
            uint32_t generation;             /* of the incident, from now on */
        } sent;
        struct {
            uint32_t assignment_id, incident_id;
            const char *unit;
            enum proto_tier tier;
            enum proto_assignment_state state;
            enum proto_reason reason;
            int64_t device_ms; /* PROTO_NEVER */
            bool late, skipped;
            bool has_place; /* false: lat and lon are null */
            struct proto_place at;
            uint32_t fix_age_ms; /* PROTO_NONE */
            uint32_t version;
            uint32_t other_id; /* where a unit went that was taken away; 0: null */
            const char *note;
        } updated; /* assignment.updated */
        struct {
            uint32_t assignment_id, incident_id;
            const char *unit;
            enum proto_tier tier;
            enum proto_ladder_step step;
            uint32_t version;
        } step;
        struct {
            uint32_t incident_id, generation;
            enum proto_incident_type type;
            uint32_t priority;
            struct proto_place at;
            const char *address;             /* NULL: masked */
            const char *district, *circle;   /* NULL */
            const char *beat, *grid;         /* NULL */
            const char *plan;                /* code; NULL */
            uint32_t plan_version;           /* 0: none holds */
            const struct proto_order *order; /* in a unit's stream, else NULL: no such member */
        } changed;                           /* incident.updated */
        struct {
            uint32_t incident_id;
            enum proto_incident_state state;
            enum proto_reason reason;
            const char *note;
        } state; /* incident.state */
        struct {
            uint32_t incident_id;
            const char *note;
        } noted;
        struct {
            uint32_t incident_id;
            enum proto_tier tier;
            enum proto_tier_verdict verdict;
            const char *unit;    /* NULL */
            int64_t clock_ms;    /* PROTO_NEVER */
            uint32_t elapsed_ms; /* PROTO_NONE */
            uint32_t target_ms;
            bool drill;
        } verdict;
        struct {
            const char *unit;
            enum proto_duty duty;
            enum proto_reason reason;
            uint32_t people;
            const char *crew, *device; /* NULL: none, or masked */
            uint32_t equipment;
        } duty;
        const struct proto_alarm *alarm; /* alarm.raised */
        struct {
            uint32_t alarm_id, incident_id; /* incident_id 0: null */
        } alarm_end;                        /* alarm.acked, alarm.cleared, alarm.returned */
        struct {
            uint32_t alarm_id, incident_id; /* incident_id 0: null */
            int64_t until_ms;
            enum proto_reason reason;
            const char *note;
        } shelved;
        struct {
            uint32_t incident_id;
            enum proto_warn_level level;
            const char *text;
        } warned;                          /* incident.warned */
        const struct proto_notice *notice; /* notice.sent */
        struct {
            uint32_t assignment_id, incident_id;
            const char *unit;
            uint32_t number;
            enum proto_notice_state state;
            int64_t device_ms; /* PROTO_NEVER */
        } noticed;             /* notice.updated */
        struct {
            uint32_t assignment_id, incident_id;
            const char *unit;
            enum proto_tier tier;
            uint32_t number;
            enum proto_ladder_step step;
        } notice_step;
        struct {
            const char *unit;
            uint32_t incident_id;
            enum proto_panic_place place;
            uint32_t in_charge;
            int64_t device_ms; /* PROTO_NEVER */
        } panic;               /* unit.panic */
        struct {
            const char *unit;
            uint32_t incident_id;
            enum proto_reason reason;
            const char *note;
        } panic_end; /* panic.widened: unit and incident; panic.closed */
        struct {
            uint32_t assignment_id, incident_id;
            const char *unit;
            int64_t device_ms; /* PROTO_NEVER */
        } par;
        struct {
            uint32_t incident_id;
        } archived;
        struct {
            const char *command; /* "incident.order" */
            enum proto_reason reason;
            uint32_t incident_id, assignment_id; /* 0 */
            const char *unit;                    /* NULL */
            uint32_t count;
            const char *by; /* who was first; NULL */
            int64_t by_ms;  /* PROTO_NEVER */
        } refused;
        struct {
            const char *checkpoint, *unit;
            enum proto_visit visit;
            int64_t arrived_ms;
            uint32_t stayed_ms;
            uint32_t distance_m, fix_age_ms; /* PROTO_NONE */
            int64_t device_ms;               /* PROTO_NEVER */
        } visited;                           /* checkpoint.visited */
        struct {
            const char *checkpoint;
            int64_t due_ms, visited_ms; /* PROTO_NEVER: never yet */
            uint32_t missed;
        } overdue; /* checkpoint.overdue */
        struct {
            uint32_t incident_id, assignment_id; /* assignment_id 0: null */
            const char *unit;                    /* NULL: no unit took it */
            const uint8_t *hash;                 /* PROTO_PHOTO_HASH_SIZE bytes */
            uint32_t size;                       /* of the file in bytes */
            enum proto_photo_media media;
            int64_t device_ms; /* PROTO_NEVER */
        } photo;               /* photo.added */
        const char *audit;
        struct {
            uint32_t version;
            const char *name;
            enum proto_clock_start clock_start;
        } policy;
        struct {
            uint32_t incident_id;
            enum proto_reason reason;
            int64_t review_ms;
            const char *note;
        } held;
        struct {
            uint32_t incident_id;
            const char *note;
        } released;
        struct {
            uint32_t incident_id, generation;
            enum proto_incident_state state;
            enum proto_reason reason;
            const char *note;
        } reopened;
        struct {
            uint32_t incident_id, into_id, report_count;
            const char *note;
        } merged;
        struct {
            uint32_t incident_id;
            const char *owner, *from; /* NULL: nobody */
            const char *note;
        } owned;
        struct {
            uint32_t report_id, from_id, incident_id;
            bool opens;
        } linked;
        struct {
            uint32_t report_id, incident_id;
            const char *note;
        } answered;
        struct {
            const struct proto_referral *referral;
            uint32_t generation; /* of the incident, from now on */
            const char *note;
        } referred; /* referral.sent */
        struct {
            uint32_t referral_id, incident_id;
            const char *centre; /* code */
            enum proto_referral_state state;
            uint32_t version, generation;
            enum proto_reason reason;
            const char *units; /* NULL */
            const char *note;
        } referral; /* referral.updated */
        struct {
            uint32_t assignment_id, incident_id; /* incident_id 0: null, it ended long ago */
            const char *unit;                    /* NULL */
            enum proto_assignment_state milestone;
            int64_t was_ms; /* PROTO_NEVER */
            int64_t corrected_ms;
            const char *note;
        } corrected;
    };
};

void proto_encode_event(struct proto_buffer *buffer, const struct proto_event *event);

#endif
