#include <stdio.h>
#include <stdlib.h>

#include "engine/net/api_state.h"
#include "engine/net/http_api.h"
#include "engine/net/http_api_query.h"
#include "geo/geo_route.h"

/* The way of one unit to one incident, to be drawn: from where it was last seen, by the roads of
 * now. */

#define POINTS_MAX (GEO_ROUTE_EDGES_MAX) /* of one piece of road: its shape has at most 65,535 */

struct question {
    uint32_t unit_id;
    struct unit_view unit;
    struct incident_view incident;
};

static bool refuse(struct api *api, const struct net_request *request, enum proto_code code,
                   const char *detail)
{
    http_api_problem(api, request, code, NULL, detail);
    return false;
}

/* A unit is shown the way of its own order; a volunteer when it has said that it goes, since before
 * it does not know the place. */
static bool is_own_order(const struct engine *engine, const struct identity *identity,
                         const struct question *question, uint32_t incident_id)
{
    struct assignment_view assignment;
    return question->unit_id == identity->unit_id &&
           engine_assignment(engine, question->unit.assignment_id, &assignment) &&
           assignment.incident_id == incident_id &&
           (question->unit.definition->kind != UNIT_VOLUNTEER ||
            assignment.state >= ASSIGNMENT_ACKNOWLEDGED);
}

static bool read_question(struct api *api, const struct net_request *request,
                          const struct identity *identity, struct question *question)
{
    const struct engine *engine = api_engine(api);
    char code[CODE_SIZE];
    uint32_t incident_id = 0;
    if (http_api_query_text(request->query, "unit", code, sizeof code) != HTTP_API_QUERY_OK ||
        http_api_query_number(request->query, "incident", 1, UINT32_MAX, &incident_id) !=
            HTTP_API_QUERY_OK) {
        return refuse(api, request, PROTO_BAD_REQUEST,
                      "unit must be a unit's code and incident an incident's number");
    }
    question->unit_id = engine_unit_find(engine, code);
    const bool is_known =
        question->unit_id != UNIT_NONE && engine_unit(engine, question->unit_id, &question->unit);
    const bool is_unit = identity->role == ROLE_UNIT;
    if (is_unit && (!is_known || !is_own_order(engine, identity, question, incident_id))) {
        return refuse(api, request, PROTO_FORBIDDEN,
                      "a unit is shown the way to the incident it is ordered to");
    }
    if (!is_known ||
        (!is_unit && !access_scope_holds(identity->scope, question->unit.definition->district))) {
        return refuse(api, request, PROTO_UNKNOWN_UNIT, "no unit in your scope has this code");
    }
    if (!engine_incident(engine, incident_id, &question->incident) ||
        (!is_unit && !access_scope_holds(identity->scope, question->incident.district))) {
        return refuse(api, request, PROTO_UNKNOWN_INCIDENT,
                      "no open incident in your scope has this number");
    }
    if (!question->unit.has_fix) {
        return refuse(api, request, PROTO_NOT_FOUND, "nobody knows where the unit is");
    }
    return true;
}

static void write_line(struct proto_buffer *buffer, const struct geo_map *map,
                       const struct geo_route *route, struct geo_point points[])
{
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < route->edge_count; i++) {
        const uint32_t count = geo_route_points(map, route, i, points, POINTS_MAX);
        const uint32_t written = count < POINTS_MAX ? count : POINTS_MAX;
        for (uint32_t k = i == 0 ? 0 : 1; k < written; k++) { /* pieces share their ends */
            proto_json_begin(buffer, '[');
            proto_json_e7(buffer, points[k].lon_e7);
            proto_json_e7(buffer, points[k].lat_e7);
            proto_json_end(buffer, ']');
        }
    }
    proto_json_end(buffer, ']');
}

static void write_answer(struct api *api, const struct question *question,
                         const struct geo_route *route, struct geo_point points[])
{
    static const char *const profile_names[GEO_PROFILE_COUNT] = {"car", "motorcycle", "foot",
                                                                 "emergency"};
    struct proto_buffer *buffer = &api->buffer;
    const struct geo_map *map = api_engine_config(api)->map;
    uint64_t length_cm = 0;
    for (uint32_t i = 0; i < route->edge_count; i++) {
        length_cm += geo_route_length_cm(map, route, i);
    }
    char map_id[17];
    (void)snprintf(map_id, sizeof map_id, "%016llx", (unsigned long long)map->header->map_id);
    proto_buffer_clear(buffer);
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "type", "Feature");
    proto_json_name(buffer, "properties");
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "unit", question->unit.definition->code);
    proto_member_int(buffer, "incident_id", question->incident.incident_id);
    proto_member_text(buffer, "profile",
                      profile_names[policy_profile(api_engine_config(api)->emergency_kinds,
                                                   question->unit.definition->kind)]);
    proto_member_int(buffer, "travel_ms", route->travel_ms);
    proto_member_int(buffer, "distance_m", (int64_t)((length_cm + 50u) / 100u));
    proto_member_text(buffer, "map_id", map_id);
    proto_member_int(buffer, "traffic_version", engine_traffic_version(api_engine(api)));
    proto_json_end(buffer, '}');
    proto_json_name(buffer, "geometry");
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "type", "LineString");
    proto_json_name(buffer, "coordinates");
    write_line(buffer, map, route, points);
    proto_json_end(buffer, '}');
    proto_json_end(buffer, '}');
}

static void find_and_answer(struct api *api, const struct net_request *request,
                            const struct question *question,
                            uint32_t *directed, /* NOLINT(readability-non-const-parameter) */
                            struct geo_point points[])
{
    struct geo_route route = {.directed = directed};
    geo_search_follow(api->http.search, engine_roads(api_engine(api)));
    const enum geo_status status = geo_route_find(
        api->http.search, api_engine_config(api)->map,
        policy_profile(api_engine_config(api)->emergency_kinds, question->unit.definition->kind),
        question->unit.at, question->incident.at, &route);
    if (status == GEO_BUSY) {
        (void)refuse(api, request, PROTO_BUSY, "the roads are being weighed anew; ask again");
    } else if (status == GEO_NOT_FOUND) {
        (void)refuse(api, request, PROTO_NOT_FOUND, "there is no way by road");
    } else if (status != GEO_OK) {
        (void)refuse(api, request, PROTO_CAPACITY, "the way has more than 65,536 pieces");
    } else {
        write_answer(api, question, &route, points);
        http_api_reply_durable(api, request->id);
    }
}

void http_api_route_get(struct api *api, const struct net_request *request,
                        const struct identity *identity)
{
    struct question question;
    const struct geo_map *map = api_engine_config(api)->map;
    if (!read_question(api, request, identity, &question)) {
        return;
    }
    if (map == NULL) {
        http_api_problem(api, request, PROTO_NOT_FOUND, NULL, "The engine runs without a map");
        return;
    }
    uint32_t *directed = malloc(GEO_ROUTE_EDGES_MAX * sizeof *directed);
    struct geo_point *points = malloc(POINTS_MAX * sizeof *points);
    if (directed == NULL || points == NULL || !http_api_search_ready(api, map)) {
        http_api_problem(api, request, PROTO_BUSY, NULL, "Not enough memory now");
    } else {
        find_and_answer(api, request, &question, directed, points);
    }
    free(directed);
    free(points);
}
