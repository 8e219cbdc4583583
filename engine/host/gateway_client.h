#ifndef ENGINE_HOST_GATEWAY_CLIENT_H
#define ENGINE_HOST_GATEWAY_CLIENT_H

#include <uv.h>

#include "engine/core/status.h"
#include "engine/host/gateway_sign.h"

/* POSTs to the gateway of the second channel on a thread of its own (libcurl): names that do not
 * resolve, handshakes and slow answers hold up neither the loop nor one another. */
struct gateway_client;

#define GATEWAY_PARALLEL_MAX 16u /* requests on their way at once; the caller keeps to it */
#define GATEWAY_KEY_SIZE     64u

struct gateway_message {
    uint32_t assignment_id;
    char key[GATEWAY_KEY_SIZE];
    char signature[GATEWAY_SIGNATURE_SIZE];
    char *body; /* owned */
    size_t size;
    int status; /* of the answer; 0: there was none, and why: */
    char error[128];
    struct gateway_message *next; /* the client's */
};

struct gateway_client_config {
    const char *url, *ca_path; /* borrowed; ca_path "": the machine's own */
    uint32_t timeout_ms;
    /* On the loop: the answer, or that there was none. The message is freed afterwards. */
    void (*answered)(void *context, const struct gateway_message *message);
    void *context;
};

MUST_CHECK enum status gateway_client_create(uv_loop_t *loop,
                                             const struct gateway_client_config *config,
                                             struct gateway_client **out);
/* Takes the message over. */
void gateway_client_send(struct gateway_client *client, struct gateway_message *message);
/* On the loop; what is on its way is given up and never answered. Blocks for as long as a poll
 * takes to wake. */
void gateway_client_stop(struct gateway_client *client);
/* After the loop has closed its handles. */
void gateway_client_destroy(struct gateway_client *client);

#endif
