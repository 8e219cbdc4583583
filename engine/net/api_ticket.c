#include "engine/net/api_ticket.h"

#include <assert.h>
#include <stdlib.h>

_Static_assert((API_TICKETS_MAX & (API_TICKETS_MAX - 1)) == 0, "a slot is the low bits");

enum status api_ticket_init(struct api_tickets *tickets)
{
    *tickets = (struct api_tickets){.slots = calloc(API_TICKETS_MAX, sizeof *tickets->slots),
                                    .spare = calloc(API_TICKETS_MAX, sizeof *tickets->spare)};
    if (tickets->slots == NULL || tickets->spare == NULL) {
        api_ticket_finish(tickets);
        return STATUS_NO_MEMORY;
    }
    while (tickets->spare_count < API_TICKETS_MAX) {
        tickets->spare[tickets->spare_count] = API_TICKETS_MAX - 1 - tickets->spare_count;
        tickets->spare_count++;
    }
    return STATUS_OK;
}

void api_ticket_finish(struct api_tickets *tickets)
{
    free(tickets->slots);
    free(tickets->spare);
    *tickets = (struct api_tickets){.slots = NULL};
}

uint64_t api_ticket_take(struct api_tickets *tickets, const struct api_ticket *ticket)
{
    assert(ticket->wait != API_WAIT_NONE);
    if (tickets->spare_count == 0) {
        return 0;
    }
    const uint32_t slot = tickets->spare[--tickets->spare_count];
    const uint64_t number = ++tickets->serial * API_TICKETS_MAX + slot;
    tickets->slots[slot] = *ticket;
    tickets->slots[slot].number = number;
    return number;
}

void api_ticket_about(struct api_tickets *tickets, uint64_t number, uint32_t unit_id,
                      uint32_t alarm_id)
{
    struct api_ticket *ticket = &tickets->slots[number % API_TICKETS_MAX];
    assert(ticket->number == number);
    ticket->unit_id = unit_id;
    ticket->alarm_id = alarm_id;
}

bool api_ticket_give(struct api_tickets *tickets, uint64_t number, struct api_ticket *ticket)
{
    const uint32_t slot = (uint32_t)(number % API_TICKETS_MAX);
    if (number == 0 || tickets->slots[slot].number != number) {
        return false;
    }
    *ticket = tickets->slots[slot];
    tickets->slots[slot] = (struct api_ticket){.wait = API_WAIT_NONE};
    tickets->spare[tickets->spare_count++] = slot;
    assert(tickets->spare_count <= API_TICKETS_MAX);
    return true;
}
