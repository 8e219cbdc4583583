#include "engine/net/roster_text.h"

#include <assert.h>
#include <string.h>

#include "engine/net/translate_view.h"
#include "geo/geo_ring.h"
#include "proto/proto_json.h"
#include "proto/proto_object.h"
#include "proto/proto_text.h"

#define NUMBER_SIZE 24u

/* "": none. */
static const char *district_code(const struct engine *engine, uint8_t district)
{
    return district < engine_district_count(engine) ? engine_district_code(engine, district) : "";
}

static const char *area_code(const struct engine *engine, uint32_t area)
{
    return area < engine_area_count(engine) ? engine_area(engine, area).code : "";
}

static const char *circle_code(const struct engine *engine, uint32_t circle)
{
    return circle < engine_circle_count(engine) ? engine_circle(engine, circle)->code : "";
}

/* ---- CSV: RFC 4180, UTF-8 with a byte order mark ---- */

struct sheet {
    struct proto_buffer *buffer;
    bool line_has_begun;
};

static void append(struct sheet *sheet, const char *text)
{
    proto_buffer_append(sheet->buffer, text, strlen(text));
}

static void separate(struct sheet *sheet)
{
    append(sheet, sheet->line_has_begun ? "," : "");
    sheet->line_has_begun = true;
}

static void put_text(struct sheet *sheet, const char *text)
{
    separate(sheet);
    if (text[0] == '\0') {
        return;
    }
    append(sheet, "\"");
    for (const char *at = text; *at != '\0'; at++) {
        proto_buffer_append(sheet->buffer, "\"", *at == '"' ? 1 : 0);
        proto_buffer_append(sheet->buffer, at, 1);
    }
    append(sheet, "\"");
}

/* 0: empty. */
static void put_count(struct sheet *sheet, uint32_t count)
{
    char text[NUMBER_SIZE];
    separate(sheet);
    if (count > 0) {
        struct proto_line line = proto_line_start(text, sizeof text);
        proto_line_int(&line, count);
        append(sheet, text);
    }
}

static void put_number(struct sheet *sheet, uint32_t number)
{
    char text[NUMBER_SIZE];
    struct proto_line line = proto_line_start(text, sizeof text);
    separate(sheet);
    proto_line_int(&line, number);
    append(sheet, text);
}

/* Empty both: all day. */
static void put_hour(struct sheet *sheet, const struct checkpoint_definition *checkpoint,
                     uint32_t minute)
{
    char text[PROTO_HOUR_SIZE] = "";
    if (checkpoint->from_min != checkpoint->to_min) {
        proto_hour_text(minute, text);
    }
    put_text(sheet, text);
}

static void put_place(struct sheet *sheet, bool has_place, struct geo_point at)
{
    assert(sheet->line_has_begun);
    if (has_place) { /* the comma before a number is the same as in a list */
        proto_json_e7(sheet->buffer, at.lat_e7);
        proto_json_e7(sheet->buffer, at.lon_e7);
    } else {
        put_text(sheet, "");
        put_text(sheet, "");
    }
}

static void put_capabilities(struct sheet *sheet, uint32_t capabilities)
{
    bool is_first = true;
    separate(sheet);
    for (uint32_t i = 0; i < PROTO_CAPABILITY_COUNT; i++) {
        if ((capabilities >> i & 1u) != 0) {
            append(sheet, is_first ? "" : "+");
            append(sheet, proto_name(PROTO_LIST_CAPABILITY, i));
            is_first = false;
        }
    }
}

static void end_line(struct sheet *sheet)
{
    append(sheet, "\r\n");
    sheet->line_has_begun = false;
}

static void rota_text(const struct circle_definition *circle, char text[PROTO_SHIFTS_SIZE])
{
    struct proto_shift shifts[PROTO_SHIFTS_MAX];
    translate_view_rota(circle, shifts);
    proto_shifts_text(shifts, circle->shift_count, text);
}

static void put_circles_sheet(struct sheet *sheet, const struct engine *engine)
{
    append(sheet, "code,name,lat,lon,radius_m,district,minimum\r\n");
    for (uint32_t i = 0; i < engine_circle_count(engine); i++) {
        const struct circle_definition *circle = engine_circle(engine, i);
        put_text(sheet, circle->code);
        put_text(sheet, circle->name);
        put_place(sheet, true, circle->at);
        put_count(sheet, circle->radius_m);
        put_text(sheet, district_code(engine, circle->district));
        char rota[PROTO_SHIFTS_SIZE];
        rota_text(circle, rota);
        put_text(sheet, rota);
        end_line(sheet);
    }
}

static void put_units_sheet(struct sheet *sheet, const struct engine *engine)
{
    append(sheet, "code,name,kind,lat,lon,circle,district,area,people,capabilities,synthetic\r\n");
    for (uint32_t i = 0; i < engine_unit_count(engine); i++) {
        struct unit_view view;
        (void)engine_unit(engine, i, &view);
        const struct unit_definition *unit = view.definition;
        put_text(sheet, unit->code);
        put_text(sheet, unit->name);
        put_text(sheet, types_name(TYPES_UNIT_KIND, unit->kind));
        put_place(sheet, unit->has_home, unit->home);
        put_text(sheet, circle_code(engine, unit->circle));
        put_text(sheet, district_code(engine, unit->district));
        put_text(sheet, area_code(engine, unit->area));
        put_count(sheet, unit->people);
        put_capabilities(sheet, unit->capabilities);
        put_count(sheet, unit->synthetic ? 1 : 0);
        end_line(sheet);
    }
}

static void put_centres_sheet(struct sheet *sheet, const struct engine *engine)
{
    append(sheet, "code,name,kind,lat,lon,district\r\n");
    for (uint32_t i = 0; i < engine_centre_count(engine); i++) {
        const struct centre_definition *centre = engine_centre(engine, i);
        put_text(sheet, centre->code);
        put_text(sheet, centre->name);
        put_text(sheet, types_name(TYPES_CENTRE_KIND, centre->kind));
        put_place(sheet, true, centre->at);
        put_text(sheet, district_code(engine, centre->district));
        end_line(sheet);
    }
}

static void put_checkpoints_sheet(struct sheet *sheet, const struct engine *engine)
{
    append(sheet, "code,name,lat,lon,radius_m,from,to,every_min,stay_s,circle,district\r\n");
    for (uint32_t i = 0; i < engine_checkpoint_count(engine); i++) {
        const struct checkpoint_definition *checkpoint = engine_checkpoint(engine, i).definition;
        if (checkpoint->stop_count > 0) {
            continue;
        }
        put_text(sheet, checkpoint->code);
        put_text(sheet, checkpoint->name);
        put_place(sheet, true, checkpoint->at);
        put_number(sheet, checkpoint->radius_m);
        put_hour(sheet, checkpoint, checkpoint->from_min);
        put_hour(sheet, checkpoint, checkpoint->to_min);
        put_number(sheet, checkpoint->every_min);
        put_number(sheet, checkpoint->stay_s);
        put_text(sheet, circle_code(engine, checkpoint->circle));
        put_text(sheet, district_code(engine, checkpoint->district));
        end_line(sheet);
    }
}

static void put_routes_sheet(struct sheet *sheet, const struct engine *engine)
{
    append(sheet, "code,name,stops,from,to,every_min,circle,district\r\n");
    for (uint32_t i = 0; i < engine_checkpoint_count(engine); i++) {
        const struct checkpoint_definition *route = engine_checkpoint(engine, i).definition;
        if (route->stop_count == 0) {
            continue;
        }
        put_text(sheet, route->code);
        put_text(sheet, route->name);
        separate(sheet);
        for (uint32_t k = 0; k < route->stop_count; k++) {
            append(sheet, k == 0 ? "" : "+");
            append(sheet, engine_checkpoint(engine, route->stops[k]).definition->code);
        }
        put_hour(sheet, route, route->from_min);
        put_hour(sheet, route, route->to_min);
        put_number(sheet, route->every_min);
        put_text(sheet, circle_code(engine, route->circle));
        put_text(sheet, district_code(engine, route->district));
        end_line(sheet);
    }
}

static void put_types(struct sheet *sheet, uint32_t types)
{
    bool is_first = true;
    separate(sheet);
    if (types == (1u << INCIDENT_TYPE_COUNT) - 1u) {
        return; /* all: left out */
    }
    for (uint32_t i = 0; i < INCIDENT_TYPE_COUNT; i++) {
        if ((types >> i & 1u) != 0) {
            append(sheet, is_first ? "" : "+");
            append(sheet, types_name(TYPES_INCIDENT_TYPE, i));
            is_first = false;
        }
    }
}

static void put_priorities(struct sheet *sheet, uint32_t priorities)
{
    bool is_first = true;
    separate(sheet);
    if (priorities == (1u << PRIORITY_MAX) - 1u) {
        return;
    }
    for (uint32_t i = 0; i < PRIORITY_MAX; i++) {
        if ((priorities >> i & 1u) != 0) {
            const char digit[] = {(char)('1' + i), '\0'};
            append(sheet, is_first ? "" : "+");
            append(sheet, digit);
            is_first = false;
        }
    }
}

static void put_named(struct sheet *sheet, const struct engine *engine,
                      const struct circle_plan *plan, enum tier tier)
{
    separate(sheet);
    for (uint32_t i = 0; i < plan->unit_counts[tier]; i++) {
        struct unit_view view;
        (void)engine_unit(engine, plan->units[tier][i], &view);
        append(sheet, i == 0 ? "" : "+");
        append(sheet, view.definition->code);
    }
}

static void put_plans_sheet(struct sheet *sheet, const struct engine *engine)
{
    append(sheet, "code,circle,types,priorities,tier_1,tier_3,tier_5,words_zh,words_en\r\n");
    for (uint32_t i = 0; i < engine_plan_count(engine); i++) {
        uint32_t version = 0;
        const struct circle_plan *plan = engine_plan(engine, i, &version);
        put_text(sheet, plan->code);
        put_text(sheet, circle_code(engine, plan->circle));
        put_types(sheet, plan->types);
        put_priorities(sheet, plan->priorities);
        put_named(sheet, engine, plan, TIER_1);
        put_named(sheet, engine, plan, TIER_3);
        put_named(sheet, engine, plan, TIER_5);
        put_text(sheet, plan->words_zh);
        put_text(sheet, plan->words_en);
        end_line(sheet);
    }
}

void roster_text_csv(struct proto_buffer *buffer, const struct engine *engine,
                     enum proto_roster_kind kind)
{
    static void (*const put[PROTO_ROSTER_KIND_COUNT])(struct sheet * sheet,
                                                      const struct engine *engine) = {
        [PROTO_ROSTER_CIRCLES] = put_circles_sheet,
        [PROTO_ROSTER_UNITS] = put_units_sheet,
        [PROTO_ROSTER_CENTRES] = put_centres_sheet,
        [PROTO_ROSTER_CHECKPOINTS] = put_checkpoints_sheet,
        [PROTO_ROSTER_ROUTES] = put_routes_sheet,
        [PROTO_ROSTER_PLANS] = put_plans_sheet};
    struct sheet sheet = {.buffer = buffer};
    assert(kind < PROTO_ROSTER_KIND_COUNT);
    assert(put[kind] != NULL); /* districts have outlines */
    append(&sheet, "\xEF\xBB\xBF");
    put[kind](&sheet, engine);
}

/* What people wrote is never a formula where the sheet is opened. */
static void put_words(struct sheet *sheet, const char *text)
{
    char guarded[CREW_SIZE + 1];
    const bool is_formula = text[0] != '\0' && strchr("=+-@\t", text[0]) != NULL;
    assert(strlen(text) < CREW_SIZE);
    guarded[0] = '\'';
    memcpy(&guarded[1], text, strlen(text) + 1);
    put_text(sheet, is_formula ? guarded : text);
}

static void put_equipment(struct sheet *sheet, uint32_t equipment)
{
    bool is_first = true;
    separate(sheet);
    for (uint32_t i = 0; i < EQUIPMENT_COUNT; i++) {
        if ((equipment >> i & 1u) != 0) {
            append(sheet, is_first ? "" : "+");
            append(sheet, types_name(TYPES_EQUIPMENT, i));
            is_first = false;
        }
    }
}

void roster_text_duty(struct proto_buffer *buffer, const struct engine *engine)
{
    struct sheet sheet = {.buffer = buffer};
    append(&sheet, "\xEF\xBB\xBF"
                   "code,name,kind,duty,people,crew,equipment,device,circle,district,area\r\n");
    for (uint32_t i = 0; i < engine_unit_count(engine); i++) {
        struct unit_view view;
        (void)engine_unit(engine, i, &view);
        if (view.duty == DUTY_OFF) {
            continue;
        }
        put_words(&sheet, view.definition->code);
        put_words(&sheet, view.definition->name);
        put_text(&sheet, types_name(TYPES_UNIT_KIND, view.definition->kind));
        put_text(&sheet, types_name(TYPES_DUTY, view.duty));
        put_count(&sheet, view.people);
        put_words(&sheet, view.sign_on->crew);
        put_equipment(&sheet, view.sign_on->equipment);
        put_words(&sheet, view.sign_on->device);
        put_text(&sheet, circle_code(engine, view.definition->circle));
        put_text(&sheet, district_code(engine, view.definition->district));
        put_text(&sheet, area_code(engine, view.definition->area));
        end_line(&sheet);
    }
}

/* ---- GeoJSON: RFC 7946, a feature a line ---- */

static void put_position(struct proto_buffer *buffer, struct geo_point at)
{
    proto_json_begin(buffer, '[');
    proto_json_e7(buffer, at.lon_e7);
    proto_json_e7(buffer, at.lat_e7);
    proto_json_end(buffer, ']');
}

static void put_given(struct proto_buffer *buffer, const char *name, const char *text)
{
    if (text[0] != '\0') {
        proto_member_text(buffer, name, text);
    }
}

static void begin_nameless_feature(struct proto_buffer *buffer, const char *code)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "type", "Feature");
    proto_json_name(buffer, "properties");
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "code", code);
}

static void begin_feature(struct proto_buffer *buffer, const char *code, const char *name)
{
    begin_nameless_feature(buffer, code);
    proto_member_text(buffer, "name", name);
}

static void end_point_feature(struct proto_buffer *buffer, bool has_place, struct geo_point at)
{
    proto_json_end(buffer, '}');
    if (has_place) {
        proto_json_name(buffer, "geometry");
        proto_json_begin(buffer, '{');
        proto_member_text(buffer, "type", "Point");
        proto_json_name(buffer, "coordinates");
        put_position(buffer, at);
        proto_json_end(buffer, '}');
    } else {
        proto_member_null(buffer, "geometry");
    }
    proto_buffer_append(buffer, "\n", 1);
    proto_json_end(buffer, '}');
}

static void put_circle(struct proto_buffer *buffer, const struct engine *engine, uint32_t index)
{
    const struct circle_definition *circle = engine_circle(engine, index);
    begin_feature(buffer, circle->code, circle->name);
    proto_member_int(buffer, "radius_m", circle->radius_m);
    put_given(buffer, "district", district_code(engine, circle->district));
    char rota[PROTO_SHIFTS_SIZE];
    rota_text(circle, rota);
    put_given(buffer, "minimum", rota);
    end_point_feature(buffer, true, circle->at);
}

static void put_unit(struct proto_buffer *buffer, const struct engine *engine, uint32_t index)
{
    struct unit_view view;
    (void)engine_unit(engine, index, &view);
    const struct unit_definition *unit = view.definition;
    begin_feature(buffer, unit->code, unit->name);
    proto_member_text(buffer, "kind", types_name(TYPES_UNIT_KIND, unit->kind));
    put_given(buffer, "circle", circle_code(engine, unit->circle));
    put_given(buffer, "district", district_code(engine, unit->district));
    put_given(buffer, "area", area_code(engine, unit->area));
    if (unit->people > 0) {
        proto_member_int(buffer, "people", unit->people);
    }
    proto_member_capabilities(buffer, unit->capabilities);
    if (unit->synthetic) {
        proto_member_bool(buffer, "synthetic", true);
    }
    end_point_feature(buffer, unit->has_home, unit->home);
}

static void put_centre(struct proto_buffer *buffer, const struct engine *engine, uint32_t index)
{
    const struct centre_definition *centre = engine_centre(engine, index);
    begin_feature(buffer, centre->code, centre->name);
    proto_member_text(buffer, "kind", types_name(TYPES_CENTRE_KIND, centre->kind));
    put_given(buffer, "district", district_code(engine, centre->district));
    end_point_feature(buffer, true, centre->at);
}

static void put_due(struct proto_buffer *buffer, const struct engine *engine,
                    const struct checkpoint_definition *checkpoint)
{
    if (checkpoint->from_min != checkpoint->to_min) {
        char from[PROTO_HOUR_SIZE];
        char to[PROTO_HOUR_SIZE];
        proto_hour_text(checkpoint->from_min, from);
        proto_hour_text(checkpoint->to_min, to);
        proto_member_text(buffer, "from", from);
        proto_member_text(buffer, "to", to);
    }
    proto_member_int(buffer, "every_min", checkpoint->every_min);
    put_given(buffer, "circle", circle_code(engine, checkpoint->circle));
    put_given(buffer, "district", district_code(engine, checkpoint->district));
}

static void put_checkpoint(struct proto_buffer *buffer, const struct engine *engine, uint32_t index)
{
    const struct checkpoint_definition *checkpoint = engine_checkpoint(engine, index).definition;
    if (checkpoint->stop_count > 0) {
        return;
    }
    begin_feature(buffer, checkpoint->code, checkpoint->name);
    proto_member_int(buffer, "radius_m", checkpoint->radius_m);
    proto_member_int(buffer, "stay_s", checkpoint->stay_s);
    put_due(buffer, engine, checkpoint);
    end_point_feature(buffer, true, checkpoint->at);
}

static void put_route(struct proto_buffer *buffer, const struct engine *engine, uint32_t index)
{
    const struct checkpoint_definition *route = engine_checkpoint(engine, index).definition;
    if (route->stop_count == 0) {
        return;
    }
    begin_feature(buffer, route->code, route->name);
    proto_json_name(buffer, "stops");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < route->stop_count; i++) {
        proto_json_text(buffer, engine_checkpoint(engine, route->stops[i]).definition->code);
    }
    proto_json_end(buffer, ']');
    put_due(buffer, engine, route);
    end_point_feature(buffer, false, (struct geo_point){0});
}

static void begin_list(struct proto_buffer *buffer, const char *name)
{
    proto_json_name(buffer, name);
    proto_json_begin(buffer, '[');
}

static void put_plan(struct proto_buffer *buffer, const struct engine *engine, uint32_t index)
{
    static const char *const tiers[TIER_COUNT] = {"tier_1", "tier_3", "tier_5"};
    uint32_t version = 0;
    const struct circle_plan *plan = engine_plan(engine, index, &version);
    begin_nameless_feature(buffer, plan->code);
    proto_member_text(buffer, "circle", circle_code(engine, plan->circle));
    begin_list(buffer, "types");
    for (uint32_t i = 0; i < INCIDENT_TYPE_COUNT; i++) {
        if ((plan->types >> i & 1u) != 0) {
            proto_json_text(buffer, types_name(TYPES_INCIDENT_TYPE, i));
        }
    }
    proto_json_end(buffer, ']');
    begin_list(buffer, "priorities");
    for (uint32_t i = 0; i < PRIORITY_MAX; i++) {
        if ((plan->priorities >> i & 1u) != 0) {
            proto_json_int(buffer, i + 1);
        }
    }
    proto_json_end(buffer, ']');
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        begin_list(buffer, tiers[tier]);
        for (uint32_t i = 0; i < plan->unit_counts[tier]; i++) {
            struct unit_view view;
            (void)engine_unit(engine, plan->units[tier][i], &view);
            proto_json_text(buffer, view.definition->code);
        }
        proto_json_end(buffer, ']');
    }
    put_given(buffer, "words_zh", plan->words_zh);
    put_given(buffer, "words_en", plan->words_en);
    end_point_feature(buffer, false, (struct geo_point){0});
}

/* Which rings are outlines, and which are holes in which: the engine counts rings, even or odd. */
struct nesting {
    uint32_t count;
    const struct geo_point *points[PROTO_ROSTER_RINGS_MAX];
    uint32_t sizes[PROTO_ROSTER_RINGS_MAX];
    uint32_t depths[PROTO_ROSTER_RINGS_MAX]; /* in so many others */
    bool placed[PROTO_ROSTER_RINGS_MAX];
};

static void find_nesting(struct nesting *nesting, const struct district_outline *outline)
{
    const struct geo_point *points = outline->points;
    *nesting = (struct nesting){.count = outline->ring_count};
    for (uint32_t i = 0; i < nesting->count; i++) {
        nesting->points[i] = points;
        nesting->sizes[i] = outline->ring_sizes[i];
        points += outline->ring_sizes[i];
    }
    for (uint32_t i = 0; i < nesting->count; i++) {
        for (uint32_t j = 0; j < nesting->count; j++) {
            if (i != j && geo_ring_holds(nesting->points[j], nesting->sizes[j], nesting->points[i],
                                         nesting->sizes[i])) {
                nesting->depths[i]++;
            }
        }
    }
}

static bool is_hole_of(const struct nesting *nesting, uint32_t hole, uint32_t outline)
{
    return nesting->depths[hole] == nesting->depths[outline] + 1 &&
           geo_ring_holds(nesting->points[outline], nesting->sizes[outline], nesting->points[hole],
                          nesting->sizes[hole]);
}

static void put_ring(struct proto_buffer *buffer, struct nesting *nesting, uint32_t ring)
{
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < nesting->sizes[ring]; i++) {
        put_position(buffer, nesting->points[ring][i]);
    }
    put_position(buffer, nesting->points[ring][0]);
    proto_json_end(buffer, ']');
    nesting->placed[ring] = true;
}

/* An outline and its holes. */
static void put_polygon(struct proto_buffer *buffer, struct nesting *nesting, uint32_t outline)
{
    proto_json_begin(buffer, '[');
    put_ring(buffer, nesting, outline);
    for (uint32_t i = 0; i < nesting->count; i++) {
        if (!nesting->placed[i] && is_hole_of(nesting, i, outline)) {
            put_ring(buffer, nesting, i);
        }
    }
    proto_json_end(buffer, ']');
}

static void put_outline(struct proto_buffer *buffer, const struct district_outline *outline)
{
    struct nesting nesting;
    find_nesting(&nesting, outline);
    proto_json_end(buffer, '}');
    proto_json_name(buffer, "geometry");
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "type", "MultiPolygon");
    proto_json_name(buffer, "coordinates");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < nesting.count; i++) {
        if (nesting.depths[i] % 2 == 0) {
            put_polygon(buffer, &nesting, i);
        }
    }
    for (uint32_t i = 0; i < nesting.count; i++) { /* of rings that cross: no one's hole */
        if (!nesting.placed[i]) {
            put_polygon(buffer, &nesting, i);
        }
    }
    proto_json_end(buffer, ']');
    proto_json_end(buffer, '}');
    proto_buffer_append(buffer, "\n", 1);
    proto_json_end(buffer, '}');
}

static void put_district(struct proto_buffer *buffer, const struct engine *engine, uint32_t index)
{
    const struct district_outline outline = engine_district_outline(engine, index);
    begin_feature(buffer, engine_district_code(engine, index), engine_district_name(engine, index));
    put_outline(buffer, &outline);
}

static void put_area(struct proto_buffer *buffer, const struct engine *engine, uint32_t index)
{
    const struct area_view area = engine_area(engine, index);
    begin_feature(buffer, area.code, area.name);
    proto_member_text(buffer, "kind", types_name(TYPES_AREA_KIND, area.kind));
    put_outline(buffer, &area.outline);
}

void roster_text_geojson(struct proto_buffer *buffer, const struct engine *engine,
                         enum proto_roster_kind kind)
{
    static void (*const put[])(struct proto_buffer * buffer, const struct engine *engine,
                               uint32_t index) = {
        [PROTO_ROSTER_DISTRICTS] = put_district, [PROTO_ROSTER_AREAS] = put_area,
        [PROTO_ROSTER_CIRCLES] = put_circle,     [PROTO_ROSTER_UNITS] = put_unit,
        [PROTO_ROSTER_CENTRES] = put_centre,     [PROTO_ROSTER_CHECKPOINTS] = put_checkpoint,
        [PROTO_ROSTER_ROUTES] = put_route,       [PROTO_ROSTER_PLANS] = put_plan};
    assert(kind < PROTO_ROSTER_KIND_COUNT);
    const uint32_t counts[] = {[PROTO_ROSTER_DISTRICTS] = engine_district_count(engine),
                               [PROTO_ROSTER_AREAS] = engine_area_count(engine),
                               [PROTO_ROSTER_CIRCLES] = engine_circle_count(engine),
                               [PROTO_ROSTER_UNITS] = engine_unit_count(engine),
                               [PROTO_ROSTER_CENTRES] = engine_centre_count(engine),
                               [PROTO_ROSTER_CHECKPOINTS] = engine_checkpoint_count(engine),
                               [PROTO_ROSTER_ROUTES] = engine_checkpoint_count(engine),
                               [PROTO_ROSTER_PLANS] = engine_plan_count(engine)};
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "type", "FeatureCollection");
    proto_json_name(buffer, "features");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < counts[kind]; i++) {
        put[kind](buffer, engine, i);
    }
    proto_json_end(buffer, ']');
    proto_json_end(buffer, '}');
}
