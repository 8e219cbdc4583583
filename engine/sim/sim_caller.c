#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sim/sim_world.h"

#define CLOSE_MIN_MS  15000
#define CLOSE_MORE_MS 45000u
#define CLOSE_RATE    25.0 /* reports a second; with as many closings a session's 50 are reached */
#define STREET_MAX    100u /* bytes; a longer name is left out, not cut */

static void send_text(struct sim_caller *caller, const char *text)
{
    sim_socket_send(caller->socket, text, strlen(text));
}

void sim_caller_opened(struct sim_caller *caller)
{
    char text[SIM_TEXT_SIZE];
    caller->authenticated = false;
    snprintf(text, sizeof text,
             "{\"id\":1,\"op\":\"auth\",\"token\":\"%s\",\"client\":\"simulate\"}", caller->token);
    send_text(caller, text);
}

void sim_caller_closed(struct sim_caller *caller)
{
    caller->authenticated = false;
}

/* ---- Reports ---- */

#define NOTES_EACH 2u

/* What happens, and how a caller tells it. */
static const struct happening {
    const char *type;
    const char *notes[NOTES_EACH];
} happenings[] = {{"public_order", {"路口有人争吵，请派人查看", "多人聚集，有推搡"}},
                  {"crime", {"有人翻墙进入小区", "shop alarm, door open"}},
                  {"traffic", {"两车追尾，无人受伤", "电动车与行人碰撞，有擦伤"}},
                  {"fire", {"店铺门口冒烟", "楼道里电动车起火"}},
                  {"medical", {"老人摔倒，意识清楚", "有人突然晕倒，有呼吸"}},
                  {"help", {"孩子走失约十分钟", "老人被困电梯"}},
                  {"dispute", {"噪音扰民，多次劝阻无效", "因停车位起争执"}},
                  {"other", {"路面井盖缺失", "树枝折断，挡住人行道"}}};

/* `type` NULL: any. NULL: nobody tells of such a type. */
static const struct happening *pick_happening(struct prng *prng, const char *type)
{
    const uint32_t count = sizeof happenings / sizeof happenings[0];
    if (type == NULL) {
        return &happenings[prng_below(prng, count)];
    }
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(happenings[i].type, type) == 0) {
            return &happenings[i];
        }
    }
    return NULL;
}

/* What a caller would say where he is: the street, if it has a name. */
static const char *street_of(const struct sim_world *world, struct geo_point at)
{
    const struct geo_map *map = &world->map_file.map;
    struct geo_place place;
    if (geo_map_snap(map, GEO_PROFILE_FOOT, at, &place) != GEO_OK) {
        return "";
    }
    const char *name = map->text + map->edges[place.edge].name;
    return strlen(name) <= STREET_MAX && strpbrk(name, "\"\\") == NULL ? name : "";
}

void sim_caller_report(struct sim_caller *caller, const char *type, struct geo_point at,
                       const char *note)
{
    struct sim_world *world = caller->world;
    for (uint32_t i = 0; i < SIM_OPEN_REPORTS_MAX; i++) {
        struct sim_open_report *open = &caller->open[i];
        if (open->id != 0) {
            continue;
        }
        caller->open_count++;
        char key[SIM_KEY_SIZE];
        sim_world_key(world, key);
        open->id = ++caller->next_id + 10;
        snprintf(open->text, sizeof open->text,
                 "{\"id\":%u,\"op\":\"report.create\",\"key\":\"%s\",\"type\":\"%s\",\"lat\":%.7f,"
                 "\"lon\":%.7f,\"channel\":\"phone\",\"caller\":\"模拟报警人\",\"note\":\"%s\","
                 "\"address\":\"%s\",\"merge\":%s}",
                 open->id, key, type, (double)at.lat_e7 / 1e7, (double)at.lon_e7 / 1e7, note,
                 street_of(world, at), world->options.load ? "false" : "true");
        open->sent_ms = sim_world_ms();
        open->number = sim_ledger_report_sent(world->ledger, sim_world_us());
        if (caller->authenticated) {
            send_text(caller, open->text);
        }
        return;
    }
}

#define KEY_PLACES_IN_THOUSAND 900u
#define KEY_PLACE_SPREAD_E7    1500 /* about 17 m */
#define PICK_TRIES             100u
#define NAMED_TRIES            8u

static const struct sim_unit *pick_post(struct sim_world *world)
{
    for (uint32_t i = 0; i < PICK_TRIES; i++) {
        const struct sim_unit *unit = &world->units[prng_below(&world->prng, world->unit_count)];
        if (unit->is_post) {
            return unit;
        }
    }
    return NULL; /* few or none in this roster */
}

/* Most happens at key places, where the posts are: that is why they are there. */
static struct geo_point pick_place(struct sim_world *world)
{
    const bool at_key_place =
        !world->options.load && prng_chance(&world->prng, KEY_PLACES_IN_THOUSAND);
    const struct sim_unit *post = at_key_place ? pick_post(world) : NULL;
    if (post == NULL) {
        return sim_roads_random(world->roads, &world->prng);
    }
    return (struct geo_point){
        post->home.lat_e7 + (int32_t)prng_below(&world->prng, 2 * KEY_PLACE_SPREAD_E7) -
            KEY_PLACE_SPREAD_E7,
        post->home.lon_e7 + (int32_t)prng_below(&world->prng, 2 * KEY_PLACE_SPREAD_E7) -
            KEY_PLACE_SPREAD_E7};
}

/* People name the street they stand in: a place without one is passed over. */
static struct geo_point pick_named_place(struct sim_world *world)
{
    struct geo_point at = pick_place(world);
    for (uint32_t i = 0; i < NAMED_TRIES && !world->options.load && *street_of(world, at) == '\0';
         i++) {
        at = pick_place(world);
    }
    return at;
}

static void report_at_random(struct sim_caller *caller)
{
    struct prng *prng = &caller->world->prng;
    const char *type = caller->world->options.type;
    const struct happening *happening = pick_happening(prng, type);
    const char *note = happening == NULL ? "" : happening->notes[prng_below(prng, NOTES_EACH)];
    sim_caller_report(caller, happening == NULL ? type : happening->type,
                      pick_named_place(caller->world), note);
}

/* ---- Closing what is done, as a dispatcher would ---- */

static void owe_closing(struct sim_caller *caller, uint32_t incident_id)
{
    if (caller->world->options.rate > CLOSE_RATE) {
        return; /* nobody closes: the session would be closed for its haste instead */
    }
    for (uint32_t i = 0; i < SIM_CLOSINGS_MAX; i++) {
        if (caller->closings[i].incident_id == 0) {
            caller->closing_count++;
            caller->closings[i] =
                (struct sim_closing){.incident_id = incident_id,
                                     .at_ms = sim_world_ms() + CLOSE_MIN_MS +
                                              prng_below(&caller->world->prng, CLOSE_MORE_MS)};
            return;
        }
    }
}

static void close_incident(struct sim_caller *caller, uint32_t incident_id)
{
    char key[SIM_KEY_SIZE];
    char text[SIM_TEXT_SIZE];
    sim_world_key(caller->world, key);
    snprintf(text, sizeof text,
             "{\"id\":%u,\"op\":\"incident.close\",\"key\":\"%s\",\"incident\":%u,"
             "\"reason\":\"resolved\",\"note\":\"已处置完毕\"}",
             ++caller->next_id + 10, key, incident_id);
    send_text(caller, text);
}

void sim_caller_act(struct sim_caller *caller, int64_t now_ms, int64_t passed_ms)
{
    struct sim_world *world = caller->world;
    if (!world->draining) {
        caller->owed += world->options.rate * (double)passed_ms / 1000.0;
        while (caller->owed >= 1.0) {
            caller->owed -= 1.0;
            report_at_random(caller);
        }
    }
    uint32_t left = caller->authenticated ? caller->open_count : 0;
    for (uint32_t i = 0; left > 0; i++) {
        struct sim_open_report *open = &caller->open[i];
        left -= open->id != 0 ? 1 : 0;
        if (open->id != 0 && now_ms - open->sent_ms > SIM_RESEND_MS) {
            open->sent_ms = now_ms;
            send_text(caller, open->text);
        }
    }
    left = caller->authenticated ? caller->closing_count : 0;
    for (uint32_t i = 0; left > 0; i++) {
        struct sim_closing *closing = &caller->closings[i];
        left -= closing->incident_id != 0 ? 1 : 0;
        if (closing->incident_id != 0 && closing->at_ms <= now_ms) {
            close_incident(caller, closing->incident_id);
            closing->incident_id = 0;
            caller->closing_count--;
        }
    }
}

bool sim_caller_quiet(const struct sim_caller *caller)
{
    return caller->open_count == 0;
}

/* ---- Listening ---- */

static void answered(struct sim_caller *caller, uint32_t id, const json_t *message)
{
    if (id == 1) {
        caller->authenticated = json_is_true(json_object_get(message, "ok"));
        send_text(caller, "{\"id\":2,\"op\":\"sub\",\"stream\":\"city\"}");
        for (uint32_t i = 0; i < SIM_OPEN_REPORTS_MAX; i++) {
            if (caller->open[i].id != 0) {
                send_text(caller, caller->open[i].text);
            }
        }
        return;
    }
    for (uint32_t i = 0; i < SIM_OPEN_REPORTS_MAX; i++) {
        struct sim_open_report *open = &caller->open[i];
        if (open->id != id || id == 0) {
            continue;
        }
        const json_t *error = json_object_get(message, "error");
        if (error == NULL) {
            const json_t *answer = json_object_get(message, "res");
            sim_ledger_report_answered(
                caller->world->ledger, open->number,
                (uint32_t)json_integer_value(json_object_get(answer, "incident_id")),
                sim_world_us());
            open->id = 0;
            caller->open_count--;
        } else if (!json_is_true(json_object_get(error, "retry"))) {
            fprintf(stderr, "report refused: %s\n",
                    json_string_value(json_object_get(error, "detail")));
            sim_ledger_report_refused(caller->world->ledger, open->number);
            open->id = 0;
            caller->open_count--;
        }
        return;
    }
}

static void event_heard(struct sim_caller *caller, const json_t *event)
{
    const char *kind = json_string_value(json_object_get(event, "kind"));
    const char *state = json_string_value(json_object_get(event, "state"));
    if (kind != NULL && state != NULL && strcmp(kind, "incident.state") == 0 &&
        strcmp(state, "feedback_due") == 0) {
        owe_closing(caller, (uint32_t)json_integer_value(json_object_get(event, "incident_id")));
    }
}

void sim_caller_message(struct sim_caller *caller, const json_t *message)
{
    const char *kind = json_string_value(json_object_get(message, "t"));
    if (kind == NULL) {
        answered(caller, (uint32_t)json_integer_value(json_object_get(message, "id")), message);
        return;
    }
    const json_t *events = json_object_get(message, "events");
    for (size_t i = 0; i < json_array_size(events); i++) {
        event_heard(caller, json_array_get(events, i));
    }
    const json_t *incidents = json_object_get(message, "incidents");
    for (size_t i = 0; i < json_array_size(incidents); i++) {
        const json_t *incident = json_array_get(incidents, i);
        const char *state = json_string_value(json_object_get(incident, "state"));
        if (state != NULL && strcmp(state, "feedback_due") == 0) {
            owe_closing(caller,
                        (uint32_t)json_integer_value(json_object_get(incident, "incident_id")));
        }
    }
}
