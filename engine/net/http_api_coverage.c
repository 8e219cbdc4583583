/* GET /v1/coverage: which circles could be reached in time now, which not and since when, who could
 * close a gap, and what would be missing without certain units. */
#include <string.h>

#include "engine/net/api_state.h"
#include "engine/net/http_api.h"
#include "engine/net/http_api_query.h"

#define WITHOUT_MAX  (COVERAGE_UNITS_MAX - 1u) /* units taken away in thought at once */
#define WITHOUT_SIZE (WITHOUT_MAX * (CODE_SIZE + 1u))
#define MOVES_MAX    16u  /* gaps for which a move is looked for: a search of the city each */
#define LOST_MAX     256u /* more would be a city without units */

static const char *tier_name(enum tier tier)
{
    return types_name(TYPES_TIER, (uint32_t)tier);
}

static void write_unit(struct api *api, const struct coverage_unit *unit)
{
    struct unit_view view;
    const bool is_there = engine_unit(api_engine(api), unit->unit_id, &view);
    proto_json_begin(&api->buffer, '{');
    proto_member_text(&api->buffer, "unit", is_there ? view.definition->code : "");
    proto_member_int(&api->buffer, "travel_ms", unit->travel_ms);
    proto_member_bool(&api->buffer, "estimated", unit->estimated);
    proto_json_end(&api->buffer, '}');
}

static void write_tier(struct api *api, enum tier tier, const struct coverage_view *view)
{
    struct proto_buffer *buffer = &api->buffer;
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "tier", tier_name(tier));
    proto_member_int(buffer, "reach_ms", view->reach_ms);
    proto_member_time(buffer, "gap_since_ms", view->gap_since_ms);
    proto_json_name(buffer, "units");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < view->count; i++) {
        write_unit(api, &view->units[i]);
    }
    proto_json_end(buffer, ']');
    proto_json_end(buffer, '}');
}

static bool in_scope(const struct api *api, const struct identity *identity, uint32_t circle)
{
    return access_scope_holds(identity->scope, engine_circle(api_engine(api), circle)->district);
}

static void write_circles(struct api *api, const struct identity *identity)
{
    const struct engine *engine = api_engine(api);
    proto_json_name(&api->buffer, "circles");
    proto_json_begin(&api->buffer, '[');
    for (uint32_t circle = 0; circle < engine_circle_count(engine); circle++) {
        if (!in_scope(api, identity, circle)) {
            continue;
        }
        proto_json_begin(&api->buffer, '{');
        proto_member_text(&api->buffer, "circle", engine_circle(engine, circle)->code);
        proto_json_name(&api->buffer, "tiers");
        proto_json_begin(&api->buffer, '[');
        for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
            struct coverage_view view;
            if (engine_coverage(engine, circle, (enum tier)tier, &view)) {
                write_tier(api, (enum tier)tier, &view);
            }
        }
        proto_json_end(&api->buffer, ']');
        proto_json_end(&api->buffer, '}');
    }
    proto_json_end(&api->buffer, ']');
}

static void begin_place(struct api *api, struct coverage_place place)
{
    proto_json_begin(&api->buffer, '{');
    proto_member_text(&api->buffer, "circle", engine_circle(api_engine(api), place.circle)->code);
    proto_member_text(&api->buffer, "tier", tier_name(place.tier));
}

static void write_gap(struct api *api, struct coverage_place place, int64_t since_ms,
                      bool with_move)
{
    struct coverage_unit move;
    begin_place(api, place);
    proto_member_int(&api->buffer, "since_ms", since_ms);
    if (with_move && engine_coverage_move(api_engine(api), place, &move)) {
        proto_json_name(&api->buffer, "move");
        write_unit(api, &move);
    } else {
        proto_member_null(&api->buffer, "move");
    }
    proto_json_end(&api->buffer, '}');
}

static void write_gaps(struct api *api, const struct identity *identity)
{
    const struct engine *engine = api_engine(api);
    uint32_t count = 0;
    proto_json_name(&api->buffer, "gaps");
    proto_json_begin(&api->buffer, '[');
    for (uint32_t i = 0; i < engine_circle_count(engine) * TIER_COUNT; i++) {
        const struct coverage_place place = {i / TIER_COUNT, (enum tier)(i % TIER_COUNT)};
        struct coverage_view view;
        if (in_scope(api, identity, place.circle) &&
            engine_coverage(engine, place.circle, place.tier, &view) &&
            view.gap_since_ms != TIME_NEVER) {
            write_gap(api, place, view.gap_since_ms, count < MOVES_MAX);
            count++;
        }
    }
    proto_json_end(&api->buffer, ']');
}

static void write_lost(struct api *api, const struct identity *identity, const uint32_t unit_ids[],
                       uint32_t unit_count)
{
    struct coverage_place lost[LOST_MAX];
    const uint32_t count =
        engine_coverage_lost(api_engine(api), unit_ids, unit_count, lost, LOST_MAX);
    proto_json_name(&api->buffer, "lost");
    proto_json_begin(&api->buffer, '[');
    for (uint32_t i = 0; i < count; i++) {
        if (in_scope(api, identity, lost[i].circle)) {
            begin_place(api, lost[i]);
            proto_json_end(&api->buffer, '}');
        }
    }
    proto_json_end(&api->buffer, ']');
}

/* "P12,P13" as ids; NULL, or why not. Units out of scope are as unknown as any other. */
static const char *read_units(const struct api *api, const struct identity *identity, char *codes,
                              uint32_t unit_ids[WITHOUT_MAX], uint32_t *count)
{
    char *code = codes;
    while (code != NULL) {
        char *comma = strchr(code, ',');
        if (comma != NULL) {
            *comma = '\0';
        }
        struct unit_view view;
        const uint32_t unit_id = engine_unit_find(api_engine(api), code);
        if (unit_id == UNIT_NONE || !engine_unit(api_engine(api), unit_id, &view) ||
            !access_scope_holds(identity->scope, view.definition->district)) {
            return "without: there is no such unit";
        }
        if (*count == WITHOUT_MAX) {
            return "without: at most 7 units";
        }
        unit_ids[(*count)++] = unit_id;
        code = comma == NULL ? NULL : comma + 1;
    }
    return NULL;
}

void http_api_coverage_get(struct api *api, const struct net_request *request,
                           const struct identity *identity)
{
    char codes[WITHOUT_SIZE];
    uint32_t unit_ids[WITHOUT_MAX];
    uint32_t unit_count = 0;
    const enum http_api_query without =
        http_api_query_text(request->query, "without", codes, sizeof codes);
    const char *refusal =
        without == HTTP_API_QUERY_BAD  ? "without: up to 7 codes of units, with commas between"
        : without == HTTP_API_QUERY_OK ? read_units(api, identity, codes, unit_ids, &unit_count)
                                       : NULL;
    if (refusal != NULL) {
        http_api_problem(api, request, PROTO_BAD_REQUEST, NULL, refusal);
        return;
    }
    proto_buffer_clear(&api->buffer);
    proto_json_begin(&api->buffer, '{');
    proto_json_name(&api->buffer, "coverage");
    proto_json_begin(&api->buffer, '{');
    write_circles(api, identity);
    write_gaps(api, identity);
    write_lost(api, identity, unit_ids, unit_count);
    proto_json_end(&api->buffer, '}');
    proto_json_end(&api->buffer, '}');
    http_api_reply_durable(api, request->id);
}
