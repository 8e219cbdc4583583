#ifndef ENGINE_HOST_TRAFFIC_H
#define ENGINE_HOST_TRAFFIC_H

#include "engine/core/status.h"
#include "engine/host/roads.h"
#include "engine/net/access.h"
#include "proto/proto.h"

/* The closures and speeds in force, by code: what was drawn, which edges it means on this map, and
 * what every edge takes by all of them together: closed if one closes it, else the slowest. */

#define TRAFFIC_MAX 256u /* in force at once */

struct traffic;

struct traffic_put {
    struct proto_traffic drawn;
    char by[ACTOR_SIZE];
    int64_t since_ms;
};

MUST_CHECK enum status traffic_create(const struct geo_map *map, struct traffic **out);
void traffic_destroy(struct traffic *traffic);

/* Add, or replace the one of the same code. STATUS_NOT_FOUND: no road of these profiles is beside
 * the line; STATUS_BAD_INPUT: the line is too long, or means too many roads; STATUS_FULL:
 * TRAFFIC_MAX. Then nothing has changed. */
MUST_CHECK enum status traffic_set(struct traffic *traffic, struct roads *roads,
                                   const struct traffic_put *put);

/* What traffic_set() would say but for memory; nothing changes. */
MUST_CHECK enum status traffic_check(const struct traffic *traffic, const struct traffic_put *put);

/* STATUS_NOT_FOUND: no such code. */
MUST_CHECK enum status traffic_remove(struct traffic *traffic, struct roads *roads,
                                      const char *code);

uint32_t traffic_count(const struct traffic *traffic);
/* In the order of their codes; `edges` may be NULL. */
const struct traffic_put *traffic_get(const struct traffic *traffic, uint32_t index,
                                      uint32_t *edges);
const struct traffic_put *traffic_find(const struct traffic *traffic, const char *code);

/* The code of one that is over at now_ms; NULL: none. */
const char *traffic_over(const struct traffic *traffic, int64_t now_ms);

/* As a small text file, one a line: `by`, `since_ms` and the body of the PUT. Reading puts what can
 * be put on this map and answers how many lines could not. */
void traffic_write(const struct traffic *traffic, struct proto_buffer *buffer);
uint32_t traffic_read(struct traffic *traffic, struct roads *roads, const char *text, size_t size);

#endif
