#ifndef ENGINE_NET_TRANSLATE_EVENT_H
#define ENGINE_NET_TRANSLATE_EVENT_H

#include "engine/net/ledger.h"
#include "engine/net/translate_view.h"
#include "proto/proto_event.h"

/* What happened, as an audience may hear it. */

/* Where the parts of a translated event lie; it must live as long as the event. */
struct translate_event_space {
    union {
        struct proto_unit unit;
        struct proto_circle circle;
        struct proto_centre centre;
        struct proto_checkpoint checkpoint;
        struct proto_referral referral;
        struct proto_report report;
        struct proto_incident incident;
        struct proto_decision decision;
        struct proto_assignment assignment;
        struct proto_alarm alarm;
        struct proto_notice notice;
    };
    struct proto_order order;
};

/* For a city audience. Texts are borrowed from the event and the engine. */
void translate_event_fill(const struct engine *engine, const struct event *event,
                          enum translate_mask mask, struct translate_event_space *space,
                          struct proto_event *to);
/* Whether a masked audience gets other words than the full one. */
bool translate_event_differs(enum event_kind kind, enum translate_mask mask);

/* For the addressed unit: with its order where that is new or has changed. */
void translate_event_for_unit(const struct engine *engine, const struct ledger *ledger,
                              const struct event *event, uint32_t unit_id,
                              struct translate_event_space *space, struct proto_event *to);

/* The unit's active order as published. False: it has none. */
bool translate_event_order(const struct engine *engine, const struct ledger *ledger,
                           uint32_t unit_id, struct proto_order *order);

/* What the unit has not acknowledged, as published: `i` from 0 to LEDGER_NOTICES_MAX - 1, that of
 * its order first. False: there is none at this place. */
bool translate_event_notice(const struct engine *engine, const struct ledger *ledger,
                            uint32_t unit_id, uint32_t i, struct proto_notice *notice);

#endif
