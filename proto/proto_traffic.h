#ifndef PROTO_PROTO_TRAFFIC_H
#define PROTO_PROTO_TRAFFIC_H

#include "proto/proto_buffer.h"
#include "proto/proto_error.h"

/* PUT /v1/traffic: a road that is closed or slow, named by a code, drawn as a line or a point. */

#define PROTO_TRAFFIC_POINTS_MAX 64u
#define PROTO_TRAFFIC_KMH_MAX    200

enum proto_profile {
    PROTO_PROFILE_CAR,
    PROTO_PROFILE_MOTORCYCLE,
    PROTO_PROFILE_FOOT,
    PROTO_PROFILE_COUNT
};
const char *proto_profile_name(enum proto_profile profile);

struct proto_traffic {
    char code[PROTO_CODE_SIZE];
    uint32_t point_count; /* 1..PROTO_TRAFFIC_POINTS_MAX; 1: the road beside the point */
    struct proto_place points[PROTO_TRAFFIC_POINTS_MAX];
    uint32_t speed_kmh;            /* 0: closed */
    bool along;                    /* false: both directions; else only the one it is drawn in */
    uint32_t profiles;             /* bits by enum proto_profile; default: car and motorcycle */
    int64_t until_ms;              /* PROTO_NEVER: until it is deleted */
    char note[PROTO_ADDRESS_SIZE]; /* "" */
};

PROTO_MUST_CHECK bool proto_decode_traffic(const char *text, size_t size,
                                           struct proto_traffic *traffic,
                                           struct proto_error *error);

/* What the body of a PUT has, as an object; `by`, `since_ms` and `edges` are added where `by` is
 * not NULL. */
void proto_encode_traffic(struct proto_buffer *buffer, const struct proto_traffic *traffic,
                          const char *by, int64_t since_ms, uint32_t edges);

#endif
