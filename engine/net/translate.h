#ifndef ENGINE_NET_TRANSLATE_H
#define ENGINE_NET_TRANSLATE_H

#include "engine/net/access.h"
#include "proto/proto_decode.h"

/* Between the wire's words and the engine's: codes become ids and back. The lists of both have one
 * order (a test compares them), so an enum is a cast. Pure. */

#define TRANSLATE_CITY_M      50000u   /* places farther from the map than this are refused */
#define TRANSLATE_AHEAD_MS    60000    /* how far a client's clock may be ahead of ours */
#define TRANSLATE_RECEIVED_MS 86400000 /* how long ago a report may have been received */

#define TRANSLATE_HOLD_MS   86400000 /* how long an incident may be held at a time */
#define TRANSLATE_SHELVE_MS 900000   /* and an alarm be shelved */

/* Fill kind, actor, id and body; at_ms is the host's. False: `error` says what names nothing or
 * lies outside. `key` of the command must be set. */
bool translate_command(const struct proto_command *from, const struct identity *identity,
                       const struct engine_config *config, const struct engine *engine,
                       int64_t now_ms, struct command *command, struct proto_error *error);

struct actor translate_actor(const struct identity *identity, const struct engine *engine);

/* Decide what proto could not: exchanged coordinates are that only if they would lie in the city.
 */
void translate_error(const struct engine_config *config, struct proto_error *error);

bool translate_in_city(const struct engine_config *config, struct geo_point at);
/* Outside, but inside with latitude and longitude exchanged. */
bool translate_is_swapped(const struct engine_config *config, struct geo_point at);

/* Why the core refused, as the wire says it. */
enum proto_code translate_refusal(enum reason reason);
const char *translate_refusal_detail(enum reason reason);

struct geo_point translate_point(struct proto_place place);

/* A place as its source sends it, to what the engine keeps. */
struct geo_point translate_source(struct proto_place place, enum proto_crs crs);
struct proto_place translate_place(struct geo_point point);

#endif
