#ifndef ENGINE_NET_HTTP_API_H
#define ENGINE_NET_HTTP_API_H

#include "engine/net/access.h"
#include "engine/net/api_ticket.h"
#include "engine/net/net_server.h"
#include "geo/geo_nearest.h"
#include "proto/proto_decode.h"
#include "proto/proto_error.h"

/* The routes of docs/PROTOCOL.md section 4 that need only the live state; the rest is the host's.
 */

#define HTTP_API_HELD_MAX   64u   /* answers that wait for the disk */
#define HTTP_API_HELD_MS    3000  /* and for so long: a disk that takes longer is full */
#define HTTP_API_RATES_MAX  1024u /* tokens whose requests are counted; a power of two */
#define HTTP_API_RATE_PER_S 100
#define HTTP_API_BURST      400 /* a map's tiles come at once */
#define HTTP_API_BODY_MAX   65536u

struct http_api_held {
    uint64_t request_id, seq; /* request_id 0: free */
    int64_t since_ms;
    const char *content_type;
    char *body;
    size_t size;
};

struct http_api_rate {
    uint64_t token_id;
    int64_t allowance_ms;
};

struct http_api {
    struct http_api_held held[HTTP_API_HELD_MAX];
    uint32_t held_count;
    struct http_api_rate rates[HTTP_API_RATES_MAX];
    struct geo_search *search; /* made for the first isochrone or route */
};

struct api;
void http_api_finish(struct api *api);
void http_api_request(struct api *api, const struct net_request *request);
/* How much of a body is kept; SIZE_MAX: what the server's limits say. */
size_t http_api_body_max(struct api *api, const struct net_request *request);
/* What was held for the disk and is now on it. */
void http_api_published(struct api *api);
/* What the disk has kept waiting for too long is answered `busy`. */
void http_api_sweep(struct api *api, int64_t now_ms);
/* Answer with api->buffer as soon as everything up to now is on the disk. */
void http_api_reply_durable(struct api *api, uint64_t request_id);
/* The same of a type other than JSON; the text is a constant. */
void http_api_reply_durable_as(struct api *api, uint64_t request_id, const char *content_type);
void http_api_problem(struct api *api, const struct net_request *request, enum proto_code code,
                      const char *pointer, const char *detail);

/* The workspace of questions about roads is there; false: no memory. */
bool http_api_search_ready(struct api *api, const struct geo_map *map);

/* http_api_read.c: the roster. */
/* A long answer counts as so many requests of the token's rate. False: too many, answered. */
bool http_api_charge(struct api *api, const struct net_request *request,
                     const struct identity *identity, uint32_t requests);
void http_api_read_units(struct api *api, const struct net_request *request,
                         const struct identity *identity);
void http_api_read_centres(struct api *api, const struct net_request *request,
                           const struct identity *identity);
void http_api_read_checkpoints(struct api *api, const struct net_request *request,
                               const struct identity *identity);
void http_api_staffing_get(struct api *api, const struct net_request *request,
                           const struct identity *identity);
void http_api_read_plans(struct api *api, const struct net_request *request,
                         const struct identity *identity);
void http_api_read_circles(struct api *api, const struct net_request *request,
                           const struct identity *identity);
void http_api_read_areas(struct api *api, const struct net_request *request,
                         const struct identity *identity);
void http_api_read_districts(struct api *api, const struct net_request *request,
                             const struct identity *identity);

/* Queue a command; who asked hears of it as `wait` says, or at once why not. */
void http_api_submit(struct api *api, uint64_t request_id, const struct identity *identity,
                     const struct proto_command *command, enum api_wait wait);

struct api_answer;

/* False: the request has been answered. */
/* Whether the body is of this media type (in small letters here), whatever its case there. */
bool http_api_body_is(const struct net_request *request, const char *type);
bool http_api_body_is_json(struct api *api, const struct net_request *request);

/* http_api_policy.c: GET, and PUT of an administrator. */
void http_api_policy(struct api *api, const struct net_request *request,
                     const struct identity *identity);
void http_api_policy_answered(struct api *api, uint64_t request_id,
                              const struct api_answer *answer);

/* http_api_map.c */
void http_api_map_get(struct api *api, const struct net_request *request,
                      const struct identity *identity);
void http_api_map_streets(struct api *api, const struct net_request *request,
                          const struct identity *identity);
void http_api_map_tile(struct api *api, const struct net_request *request,
                       const struct identity *identity);

/* http_api_roster.c */
void http_api_roster_get(struct api *api, const struct net_request *request,
                         const struct identity *identity);

/* http_api_route.c */
void http_api_route_get(struct api *api, const struct net_request *request,
                        const struct identity *identity);
/* http_api_coverage.c */
void http_api_coverage_get(struct api *api, const struct net_request *request,
                           const struct identity *identity);

/* http_api_isochrone.c */
void http_api_isochrone_get(struct api *api, const struct net_request *request,
                            const struct identity *identity);

#endif
