#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/net/api_state.h"
#include "engine/net/http_api.h"
#include "engine/net/http_api_query.h"
#include "engine/net/translate.h"

/* The roads from which a place is reached in time, ring by ring, cut where the time runs out. */

#define RINGS_MAX   5u
#define MINUTES_MAX 30u
#define REACHES_MAX 262144u /* 12 bytes each: 3 MiB while it is reckoned */

struct question {
    struct geo_point at;
    enum geo_profile profile;
    uint32_t minutes[RINGS_MAX];
    uint32_t ring_count;
};

static const char *const profile_names[GEO_PROFILE_COUNT] = {"car", "motorcycle", "foot",
                                                             "emergency"};

static bool read_profile(const char *query, enum geo_profile *profile)
{
    char text[16];
    if (http_api_query_text(query, "profile", text, sizeof text) != HTTP_API_QUERY_OK) {
        return false;
    }
    for (unsigned i = 0; i < GEO_PROFILE_COUNT; i++) {
        if (strcmp(text, profile_names[i]) == 0) {
            *profile = (enum geo_profile)i;
            return true;
        }
    }
    return false;
}

static bool read_minutes(const char *query, struct question *question)
{
    char text[32] = "1,3,5";
    const enum http_api_query answer = http_api_query_text(query, "minutes", text, sizeof text);
    if (answer == HTTP_API_QUERY_BAD) {
        return false;
    }
    const char *at = answer == HTTP_API_QUERY_OK ? text : "1,3,5";
    uint32_t before = 0;
    do {
        at += *at == ',';
        uint32_t *minutes = &question->minutes[question->ring_count++];
        if (!http_api_query_digits(&at, MINUTES_MAX, minutes) || *minutes <= before) {
            return false;
        }
        before = *minutes;
    } while (*at == ',' && question->ring_count < RINGS_MAX);
    return *at == '\0';
}

static bool read_question(struct api *api, const struct net_request *request,
                          struct question *question)
{
    const char *complaint = NULL;
    if (http_api_query_e7(request->query, "lat", 90, &question->at.lat_e7) != HTTP_API_QUERY_OK) {
        complaint = "lat must be -90 to 90";
    } else if (http_api_query_e7(request->query, "lon", 180, &question->at.lon_e7) !=
               HTTP_API_QUERY_OK) {
        complaint = "lon must be -180 to 180";
    } else if (!read_profile(request->query, &question->profile)) {
        complaint = "profile must be car, motorcycle, foot or emergency";
    } else if (!read_minutes(request->query, question)) {
        complaint = "minutes must be 1 to 5 rising numbers from 1 to 30, as in 1,3,5";
    }
    if (complaint != NULL) {
        http_api_problem(api, request, PROTO_BAD_REQUEST, NULL, complaint);
    }
    return complaint == NULL;
}

/* What the question came to. */
struct answer {
    const struct geo_map *map;
    const struct geo_traffic *traffic;
    const struct question *question;
    const struct geo_reach *reaches;
    uint32_t reach_count;
    struct geo_place place; /* on its road */
};

/* ---- Cutting an edge ---- */

/* A stretch of an edge without the place inside: whoever stands on it leaves by one of its ends. */
struct stretch {
    const struct geo_edge *edge;
    double low, high;                 /* shares of the edge's length */
    uint32_t low_ms, high_ms;         /* from the ends to the place */
    uint32_t forward_ms, backward_ms; /* all along it */
};

/* Within the time: from the low end up to `low`, and from `high` to the high end; shares of it. */
struct cut {
    double low, high;
};

static double share(uint32_t end_ms, uint32_t along_ms, uint32_t limit_ms)
{
    if (end_ms > limit_ms || along_ms == GEO_TRAVEL_NEVER) {
        return 0.0; /* the end is too far itself, or there is no way to it along the edge */
    }
    const uint32_t left_ms = limit_ms - end_ms;
    return along_ms <= left_ms ? 1.0 : (double)left_ms / (double)along_ms;
}

static struct cut cut_stretch(const struct stretch *stretch, uint32_t limit_ms)
{
    struct cut cut = {.low = share(stretch->low_ms, stretch->backward_ms, limit_ms),
                      .high = 1.0 - share(stretch->high_ms, stretch->forward_ms, limit_ms)};
    if (cut.low >= cut.high) {
        cut = (struct cut){.low = 1.0, .high = 1.0};
    }
    return cut;
}

static uint32_t part_of(uint32_t travel_ms, double part)
{
    return travel_ms == GEO_TRAVEL_NEVER ? GEO_TRAVEL_NEVER : (uint32_t)((double)travel_ms * part);
}

/* The edge as one stretch, or as two with the place between them. Answers how many. */
static uint32_t stretches_of(const struct answer *answer, const struct geo_reach *reach,
                             struct stretch out[2])
{
    const struct geo_map *map = answer->map;
    const struct geo_edge *edge = &map->edges[reach->edge];
    const struct geo_place *place = &answer->place;
    const enum geo_profile profile = answer->question->profile;
    const struct stretch whole = {
        .edge = edge,
        .low = 0.0,
        .high = 1.0,
        .low_ms = reach->from_ms,
        .high_ms = reach->to_ms,
        .forward_ms = geo_traffic_end_ms(answer->traffic, map, profile, reach->edge, false),
        .backward_ms = geo_traffic_end_ms(answer->traffic, map, profile, reach->edge, true)};
    out[0] = whole;
    if (reach->edge != place->edge) {
        return 1;
    }
    const double at = (double)place->fraction_e6 / 1e6;
    const uint32_t access_ms = geo_access_ms(place->distance_cm);
    out[0].high = at;
    out[0].high_ms = access_ms;
    out[0].forward_ms = part_of(whole.forward_ms, at);
    out[0].backward_ms = part_of(whole.backward_ms, at);
    out[1] = whole;
    out[1].low = at;
    out[1].low_ms = access_ms;
    out[1].forward_ms = part_of(whole.forward_ms, 1.0 - at);
    out[1].backward_ms = part_of(whole.backward_ms, 1.0 - at);
    return 2;
}

static struct geo_point edge_point(const struct geo_map *map, const struct geo_edge *edge,
                                   uint32_t i)
{
    if (i == 0) {
        return map->nodes[edge->from];
    }
    return i <= edge->shape_count ? map->shape[edge->shape_first + i - 1] : map->nodes[edge->to];
}

static void write_point(struct proto_buffer *buffer, struct geo_point at)
{
    proto_json_begin(buffer, '[');
    proto_json_e7(buffer, at.lon_e7);
    proto_json_e7(buffer, at.lat_e7);
    proto_json_end(buffer, ']');
}

static struct geo_point between(struct geo_point a, struct geo_point b, double share_of_b)
{
    const double lat = (double)a.lat_e7 + share_of_b * ((double)b.lat_e7 - (double)a.lat_e7);
    const double lon = (double)a.lon_e7 + share_of_b * ((double)b.lon_e7 - (double)a.lon_e7);
    return (struct geo_point){.lat_e7 = (int32_t)lat, .lon_e7 = (int32_t)lon};
}

/* The part between two shares of the stretch, as one line. */
static void write_piece(struct proto_buffer *buffer, const struct geo_map *map,
                        const struct stretch *stretch, double from, double upto)
{
    const struct geo_edge *edge = stretch->edge;
    const double low = stretch->low + from * (stretch->high - stretch->low);
    const double high = stretch->low + upto * (stretch->high - stretch->low);
    if (high - low <= 1e-6) {
        return;
    }
    const uint32_t last = edge->shape_count + 1u;
    double total_cm = 0.0;
    for (uint32_t i = 0; i < last; i++) {
        total_cm += (double)geo_distance_cm(edge_point(map, edge, i), edge_point(map, edge, i + 1));
    }
    double walked_cm = 0.0;
    bool begun = false;
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < last; i++) {
        const struct geo_point a = edge_point(map, edge, i);
        const struct geo_point b = edge_point(map, edge, i + 1);
        const double step_cm = (double)geo_distance_cm(a, b);
        const double begin = low * total_cm - walked_cm;
        const double end = high * total_cm - walked_cm;
        walked_cm += step_cm;
        if (begin >= step_cm && i + 1 < last) {
            continue;
        }
        if (!begun) {
            write_point(buffer,
                        begin <= 0.0 || step_cm <= 0.0 ? a : between(a, b, begin / step_cm));
            begun = true;
        }
        if (end <= step_cm) {
            write_point(buffer, step_cm <= 0.0 ? b : between(a, b, end / step_cm));
            break;
        }
        write_point(buffer, b);
    }
    proto_json_end(buffer, ']');
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* ---- The answer ---- */

static void write_stretch(struct proto_buffer *buffer, const struct answer *answer, uint32_t ring,
                          const struct stretch *stretch)
{
    const uint32_t *minutes = answer->question->minutes;
    const struct cut cut = cut_stretch(stretch, minutes[ring] * 60000u);
    struct cut before = {.low = 0.0, .high = 1.0}; /* what the ring before left over */
    if (ring > 0) {
        before = cut_stretch(stretch, minutes[ring - 1] * 60000u);
    }
    if (cut.low >= cut.high) {
        write_piece(buffer, answer->map, stretch, before.low, before.high);
    } else {
        write_piece(buffer, answer->map, stretch, before.low, smaller(cut.low, before.high));
        write_piece(buffer, answer->map, stretch, larger(cut.high, before.low), before.high);
    }
}

static void write_ring(struct proto_buffer *buffer, const struct answer *answer, uint32_t ring)
{
    struct stretch stretches[2];
    for (uint32_t i = 0; i < answer->reach_count; i++) {
        const struct geo_reach *reach = &answer->reaches[i];
        const uint32_t count = stretches_of(answer, reach, stretches);
        for (uint32_t k = 0; k < count; k++) {
            write_stretch(buffer, answer, ring, &stretches[k]);
        }
    }
}

static void write_answer(struct proto_buffer *buffer, const struct answer *answer)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "type", "FeatureCollection");
    proto_json_name(buffer, "features");
    proto_json_begin(buffer, '[');
    for (uint32_t ring = 0; ring < answer->question->ring_count; ring++) {
        proto_json_begin(buffer, '{');
        proto_member_text(buffer, "type", "Feature");
        proto_json_name(buffer, "properties");
        proto_json_begin(buffer, '{');
        proto_member_int(buffer, "minutes", answer->question->minutes[ring]);
        proto_json_end(buffer, '}');
        proto_json_name(buffer, "geometry");
        proto_json_begin(buffer, '{');
        proto_member_text(buffer, "type", "MultiLineString");
        proto_json_name(buffer, "coordinates");
        proto_json_begin(buffer, '[');
        write_ring(buffer, answer, ring);
        proto_json_end(buffer, ']');
        proto_json_end(buffer, '}');
        proto_json_end(buffer, '}');
    }
    proto_json_end(buffer, ']');
    proto_json_end(buffer, '}');
}

void http_api_isochrone_get(struct api *api, const struct net_request *request,
                            const struct identity *identity)
{
    struct question question = {.ring_count = 0};
    const struct geo_map *map = api_engine_config(api)->map;
    (void)identity;
    if (!read_question(api, request, &question)) {
        return;
    }
    if (map == NULL) {
        http_api_problem(api, request, PROTO_NOT_FOUND, NULL, "The engine runs without a map");
        return;
    }
    if (!translate_in_city(api_engine_config(api), question.at)) {
        http_api_problem(api, request, PROTO_OUTSIDE_CITY, NULL,
                         "The place is more than 50 km from the map");
        return;
    }
    struct geo_reach *reaches = malloc(REACHES_MAX * sizeof *reaches);
    if (reaches == NULL || !http_api_search_ready(api, map)) {
        free(reaches);
        http_api_problem(api, request, PROTO_BUSY, NULL, "Not enough memory now");
        return;
    }
    geo_search_follow(api->http.search, engine_roads(api_engine(api)));
    struct answer answer = {.map = map,
                            .traffic = engine_roads(api_engine(api))->traffic,
                            .question = &question,
                            .reaches = reaches};
    if (geo_map_snap(map, question.profile, question.at, &answer.place) == GEO_OK) {
        answer.reach_count =
            geo_isochrone(api->http.search, map, question.profile, answer.place,
                          question.minutes[question.ring_count - 1] * 60000u, reaches, REACHES_MAX);
    }
    proto_buffer_clear(&api->buffer);
    write_answer(&api->buffer, &answer);
    free(reaches);
    if (answer.reach_count == REACHES_MAX) { /* a cut-off picture would be a wrong one */
        http_api_problem(api, request, PROTO_CAPACITY, NULL,
                         "Too many roads; ask for fewer minutes");
        return;
    }
    api_reply_buffer(api, request->id, 200);
}
