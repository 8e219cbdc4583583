#ifndef PROTO_PROTO_ANSWER_H
#define PROTO_PROTO_ANSWER_H

#include "proto/proto_error.h"
#include "proto/proto_object.h"
#include "proto/proto_roster.h"

/* Bodies of HTTP answers (docs/PROTOCOL.md section 4) but those of commands (proto_frame.h). */

void proto_encode_login_answer(struct proto_buffer *buffer, const char *token, int64_t expires_ms,
                               const struct proto_user *user);
void proto_encode_me(struct proto_buffer *buffer, const struct proto_user *user,
                     int64_t expires_ms);
/* {"user":User}: POST /v1/setup and POST /v1/users. */
void proto_encode_user_answer(struct proto_buffer *buffer, const struct proto_user *user);

/* {"name":[…],"seq"}: GET /v1/units, /v1/circles, /v1/districts, /v1/users. Begin, items with
 * proto_encode_*, end. `seq` 0: no such member. */
void proto_frame_page_begin(struct proto_buffer *buffer, const char *name);
void proto_frame_page_end(struct proto_buffer *buffer, uint64_t seq);
/* GET /v1/incidents: begun with name "incidents"; next_id 0: null. */
void proto_frame_page_end_next(struct proto_buffer *buffer, uint32_t next_id, uint64_t seq);

struct proto_map {
    const char *id, *name, *attribution;
    struct proto_place south_west, north_east;
    bool has_roads;
};
void proto_encode_map_answer(struct proto_buffer *buffer, const struct proto_map *map);

/* {"added","updated","seq"}: POST /v1/roster that was taken. */
void proto_encode_roster_answer(struct proto_buffer *buffer, uint32_t added, uint32_t updated,
                                uint64_t seq);
/* The 422 problem of one that was not, with its errors by line. */
void proto_encode_roster_problem(struct proto_buffer *buffer, const struct proto_roster *roster);

/* {"unit","secret"}: an item of the page "devices". */
void proto_encode_device(struct proto_buffer *buffer, const char *unit, const char *secret);
/* {"name","kind","lat","lon"}: an item of the page "streets". */
void proto_encode_street(struct proto_buffer *buffer, const char *name, const char *kind,
                         struct proto_place at);

#endif
