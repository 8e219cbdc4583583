/* GET /v1/roster/units.csv and the others: the roster as the file that POST /v1/roster reads. */
#include <string.h>

#include "engine/net/api_state.h"
#include "engine/net/http_api.h"
#include "engine/net/roster_text.h"

static const struct {
    const char *path;
    enum proto_roster_kind kind;
    bool csv;
} files[] = {
    {"/v1/roster/districts.geojson", PROTO_ROSTER_DISTRICTS, false},
    {"/v1/roster/areas.geojson", PROTO_ROSTER_AREAS, false},
    {"/v1/roster/circles.geojson", PROTO_ROSTER_CIRCLES, false},
    {"/v1/roster/circles.csv", PROTO_ROSTER_CIRCLES, true},
    {"/v1/roster/units.geojson", PROTO_ROSTER_UNITS, false},
    {"/v1/roster/units.csv", PROTO_ROSTER_UNITS, true},
    {"/v1/roster/centres.geojson", PROTO_ROSTER_CENTRES, false},
    {"/v1/roster/centres.csv", PROTO_ROSTER_CENTRES, true},
    {"/v1/roster/checkpoints.geojson", PROTO_ROSTER_CHECKPOINTS, false},
    {"/v1/roster/checkpoints.csv", PROTO_ROSTER_CHECKPOINTS, true},
    {"/v1/roster/routes.geojson", PROTO_ROSTER_ROUTES, false},
    {"/v1/roster/routes.csv", PROTO_ROSTER_ROUTES, true},
    {"/v1/roster/plans.geojson", PROTO_ROSTER_PLANS, false},
    {"/v1/roster/plans.csv", PROTO_ROSTER_PLANS, true},
};

void http_api_roster_get(struct api *api, const struct net_request *request,
                         const struct identity *identity)
{
    (void)identity; /* an administrator's: of the whole city */
    if (strcmp(request->path, "/v1/roster/duty.csv") == 0) {
        proto_buffer_clear(&api->buffer);
        roster_text_duty(&api->buffer, api_engine(api));
        http_api_reply_durable_as(api, request->id, "text/csv; charset=utf-8");
        return;
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (strcmp(request->path, files[i].path) != 0) {
            continue;
        }
        proto_buffer_clear(&api->buffer);
        if (files[i].csv) {
            roster_text_csv(&api->buffer, api_engine(api), files[i].kind);
        } else {
            roster_text_geojson(&api->buffer, api_engine(api), files[i].kind);
        }
        http_api_reply_durable_as(
            api, request->id, files[i].csv ? "text/csv; charset=utf-8" : "application/geo+json");
        return;
    }
    http_api_problem(
        api, request, PROTO_NOT_FOUND, NULL,
        "There are districts.geojson, areas.geojson, circles.geojson, circles.csv, "
        "units.geojson, units.csv, centres.geojson, centres.csv, checkpoints.geojson, "
        "checkpoints.csv, routes.geojson, routes.csv, plans.geojson, plans.csv and duty.csv");
}
