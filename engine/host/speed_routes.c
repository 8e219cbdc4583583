#include "engine/host/speed_routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/calendar.h"
#include "engine/host/log.h"
#include "engine/host/traffic_routes.h"
#include "engine/store/store_file.h"

#define FILE_SIZE_MAX (64u << 10) /* 16 lines of at most 300 bytes */

void speed_routes_path(const struct daemon *daemon, char path[CONFIG_PATH_SIZE + 32])
{
    snprintf(path, CONFIG_PATH_SIZE + 32, "%s/speeds.txt", daemon->config->data);
}

void speed_routes_start(struct daemon *daemon)
{
    char path[CONFIG_PATH_SIZE + 32];
    char error[STORE_ERROR_SIZE] = "";
    uint8_t *bytes = NULL;
    size_t size = 0;
    struct traffic_part *part = &daemon->traffic;
    speeds_init(&part->speeds);
    part->pace = geo_pace_map();
    speed_routes_path(daemon, path);
    const enum status status = store_file_read(path, FILE_SIZE_MAX, &bytes, &size, error);
    if (status == STATUS_OK) {
        const uint32_t lost = speeds_read(&part->speeds, (const char *)bytes, size);
        if (lost > 0) {
            log_write(LOG_WARNING, "%u of the accepted speeds cannot be read: %s", lost, path);
        }
    } else if (status != STATUS_NOT_FOUND) {
        log_write(LOG_WARNING, "the accepted speeds are not in force: %s", error);
    }
    free(bytes);
}

/* The roads go by the accepted speeds of the hour. */
static void follow_hour(struct daemon *daemon, int64_t now_ms)
{
    struct traffic_part *part = &daemon->traffic;
    part->hour = calendar_hour(now_ms, &part->hour_ends_ms);
    const struct geo_pace pace = speeds_pace(&part->speeds, part->hour);
    if (memcmp(&pace, &part->pace, sizeof pace) == 0) {
        return;
    }
    if (roads_set_pace(daemon->roads, &pace) != STATUS_OK) {
        log_write(LOG_ERROR, "out of memory: the speeds of this hour do not count");
        return;
    }
    part->pace = pace;
    traffic_routes_follow(daemon);
}

void speed_routes_tick(struct daemon *daemon, int64_t now_ms)
{
    if (daemon->map != NULL && now_ms >= daemon->traffic.hour_ends_ms) {
        follow_hour(daemon, now_ms);
    }
}

/* Something was driven or accepted, or the map has such roads: a class of no roads says nothing. */
static bool is_shown(const struct daemon *daemon, uint32_t vehicle, uint32_t road)
{
    return daemon->learned.map_kmh[vehicle][road] > 0 ||
           daemon->traffic.speeds.rows[vehicle][road].by[0] != '\0';
}

void speed_routes_reply(struct daemon *daemon, uint64_t request_id)
{
    const struct learned_part *learned = &daemon->learned;
    struct proto_buffer buffer = {0};
    proto_json_begin(&buffer, '{');
    proto_member_text(&buffer, "time_zone", daemon->config->time_zone);
    proto_member_int(&buffer, "hour", daemon->traffic.hour);
    proto_member_int(&buffer, "samples_min", daemon->config->learn_samples_min);
    proto_member_int(&buffer, "traffic_version", engine_traffic_version(daemon->engine));
    proto_json_name(&buffer, "speeds");
    proto_json_begin(&buffer, '[');
    for (uint32_t i = 0; i < (uint32_t)PROTO_VEHICLE_COUNT * PROTO_ROAD_COUNT; i++) {
        const uint32_t vehicle = i / PROTO_ROAD_COUNT;
        const uint32_t road = i % PROTO_ROAD_COUNT;
        const struct speeds_row *row = &daemon->traffic.speeds.rows[vehicle][road];
        if (is_shown(daemon, vehicle, road)) {
            proto_encode_speed_row(&buffer, &row->speeds, learned->table.cells[vehicle][road],
                                   learned->map_kmh[vehicle][road], row->by, row->since_ms);
        }
    }
    proto_json_end(&buffer, ']');
    proto_json_end(&buffer, '}');
    api_reply_body(daemon->api, request_id, 200, &buffer);
}

/* "speeds.put car primary 100 100 ... 72": the whole row. */
static void make_audit(struct command *command, const char *actor,
                       const struct proto_speeds *speeds)
{
    *command = (struct command){.kind = COMMAND_AUDIT, .actor = {.source = SOURCE_API}};
    snprintf(command->actor.id, sizeof command->actor.id, "%s", actor);
    char *text = command->audit.text;
    size_t at =
        (size_t)snprintf(text, sizeof command->audit.text, "speeds.put %s %s",
                         proto_vehicle_name(speeds->vehicle), proto_road_name(speeds->road));
    for (uint32_t hour = 0; hour < PROTO_SPEED_HOURS; hour++) {
        at += (size_t)snprintf(text + at, sizeof command->audit.text - at, " %u",
                               speeds->percent[hour]);
    }
}
_Static_assert(sizeof((struct command *)0)->audit.text > 40u + PROTO_SPEED_HOURS * 4u,
               "an audit has room for a whole row");

static void put(struct daemon *daemon, const struct net_request *request, const struct identity *by)
{
    struct speeds_row row = {.since_ms = daemon_now(daemon)};
    struct proto_error error;
    struct command command;
    if (by->scope != SCOPE_CITY) {
        api_reply_problem(daemon->api, request->id, "forbidden",
                          "speeds count in the whole city; your scope is a part of it", NULL);
        return;
    }
    if (!proto_decode_speeds((const char *)request->body, request->body_size, &row.speeds,
                             &error)) {
        api_reply_problem(daemon->api, request->id, proto_code_text(error.code), error.detail,
                          error.pointer);
        return;
    }
    snprintf(row.by, sizeof row.by, "%s", by->name);
    make_audit(&command, by->name, &row.speeds);
    if (traffic_routes_audit(daemon, request->id, &command, true)) {
        speeds_set(&daemon->traffic.speeds, &row);
        follow_hour(daemon, row.since_ms);
        traffic_routes_save(daemon);
    }
}

void speed_routes_request(struct daemon *daemon, const struct net_request *request,
                          const struct identity *by)
{
    if (daemon->map == NULL) {
        api_reply_problem(daemon->api, request->id, "not_found", "the engine runs without a map",
                          NULL);
    } else if (strcmp(request->method, "PUT") == 0) {
        put(daemon, request, by);
    } else {
        speed_routes_reply(daemon, request->id);
    }
}
