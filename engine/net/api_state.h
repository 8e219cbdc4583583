#ifndef ENGINE_NET_API_STATE_H
#define ENGINE_NET_API_STATE_H

#include "engine/net/api.h"
#include "engine/net/api_ticket.h"
#include "engine/net/fanout.h"
#include "engine/net/http_api.h"
#include "engine/net/session.h"
#include "proto/proto_text.h"

/* What the files of the api share; nobody outside engine/net includes it. */

#define API_MESSAGE_BYTES_MAX 65536u

struct api {
    struct api_config config;
    struct api_backend backend;
    struct net_server *server;
    struct api_counters counters;
    struct session_table sessions;
    struct api_tickets tickets;
    struct fanout fanout;
    struct http_api http;
    struct proto_buffer buffer; /* for the message at hand */
    struct proto_buffer texts;  /* for the event at hand */
    struct event *event;        /* decoded; too large for a stack */
    struct proto_message message;
    struct command command;
    int64_t sweep_ms; /* when sessions are looked after next */
};

/* ---- Short ways to the backend ---- */
int64_t api_now_ms(const struct api *api);
const struct engine *api_engine(const struct api *api);
const struct engine_config *api_engine_config(const struct api *api);

/* ---- Words to a client; they empty api->buffer ---- */

/* What stands in api->buffer. */
void api_send(struct api *api, uint64_t session_id);
void api_send_error(struct api *api, uint64_t session_id, bool has_id, int64_t id,
                    const struct proto_error *error);
void api_reply_buffer(struct api *api, uint64_t request_id, int status);
void api_reply_error(struct api *api, uint64_t request_id, const struct proto_error *error,
                     uint32_t retry_after_s);
void api_reply_method(struct api *api, uint64_t request_id, const char *methods);

#endif
