#ifndef ENGINE_HOST_GATEWAY_H
#define ENGINE_HOST_GATEWAY_H

#include "engine/core/engine.h"
#include "engine/host/gateway_client.h"

/* The second channel's outbox: orders that the live link did not deliver go to a gateway (SMS,
 * voice, push) by a signed webhook.
 *
 * It keeps nothing of its own: an order is owed while the journal says that it was to go out
 * (`second_channel`) and neither that the gateway has it nor what became of it. So a restart, or a
 * list that was full, is a look at the engine. Failed tries are repeated with a growing pause; when
 * they are used up, that is a receipt in the journal, and a dispatcher's. */
struct gateway;

struct gateway_config {
    const char *url, *ca_path, *secret; /* borrowed */
    const char *epoch;                  /* borrowed: keys differ from those of another journal */
    uint32_t timeout_ms, attempts_max;
    const struct engine *(*engine)(void *context);
    int64_t (*now_ms)(void *context);
    /* False: the queue is full; it is asked again. */
    bool (*receipt)(void *context, uint32_t assignment_id, enum receipt receipt);
    void *context;
};

MUST_CHECK enum status gateway_create(uv_loop_t *loop, const struct gateway_config *config,
                                      struct gateway **out);
void gateway_stop(struct gateway *gateway);
void gateway_destroy(struct gateway *gateway);

/* These events are on the disk. */
void gateway_published(struct gateway *gateway, const struct event_list *events);
/* Send what is due; call at gateway_deadline_ms(). */
void gateway_tick(struct gateway *gateway, int64_t now_ms);
int64_t gateway_deadline_ms(const struct gateway *gateway);

struct gateway_figures {
    uint64_t sent, taken, failed, given_up;
    uint32_t waiting;
};
struct gateway_figures gateway_figures(const struct gateway *gateway);

/* What is sent, into a fresh buffer of the caller's; false: no such order, or no memory. */
struct proto_buffer;
bool gateway_text(const struct engine *engine, uint32_t assignment_id, const char *key,
                  struct proto_buffer *buffer);

#endif
