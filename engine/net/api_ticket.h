#ifndef ENGINE_NET_API_TICKET_H
#define ENGINE_NET_API_TICKET_H

#include "engine/core/status.h"
#include "engine/core/types.h"
#include "proto/proto_types.h"

/* Who waits for which answer. Bounded; a ticket's number is never used again. */

enum api_wait {
    API_WAIT_NONE,
    API_WAIT_MESSAGE,
    API_WAIT_REPORT,
    API_WAIT_COMMAND,
    API_WAIT_LOGIN,
    API_WAIT_POLICY
};

struct api_ticket {
    uint64_t number;
    enum api_wait wait;
    uint64_t peer;      /* session or request */
    int64_t message_id; /* the client's */
    enum proto_op op;
    uint32_t unit_id, alarm_id; /* for the answer */
};

#define API_TICKETS_MAX 16384u /* 64 bytes each: 1 MiB; a power of two */

struct api_tickets {
    struct api_ticket *slots;
    uint32_t *spare; /* free slots, a stack */
    uint32_t spare_count;
    uint64_t serial;
};

MUST_CHECK enum status api_ticket_init(struct api_tickets *tickets);
void api_ticket_finish(struct api_tickets *tickets);
/* Answers its number; 0: all are taken. */
uint64_t api_ticket_take(struct api_tickets *tickets, const struct api_ticket *ticket);
/* What the command was about, as soon as it is understood; UNIT_NONE, 0: no unit, no alarm. */
void api_ticket_about(struct api_tickets *tickets, uint64_t number, uint32_t unit_id,
                      uint32_t alarm_id);
/* False: no such ticket, or it was answered. */
bool api_ticket_give(struct api_tickets *tickets, uint64_t number, struct api_ticket *ticket);

#endif
