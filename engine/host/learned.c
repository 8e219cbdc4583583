#include "engine/host/learned.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/host/calendar.h"
#include "engine/host/daemon_parts.h"
#include "engine/host/log.h"
#include "engine/store/count_file.h"
#include "engine/store/store_db.h"

_Static_assert((int)GEO_LEARN_CAR == (int)PROTO_VEHICLE_CAR &&
                   (int)GEO_LEARN_VEHICLE_COUNT == (int)PROTO_VEHICLE_COUNT &&
                   (int)GEO_LEARN_ORDER == (int)PROTO_DRIVE_ORDER &&
                   (int)GEO_LEARN_DRIVE_COUNT == (int)PROTO_DRIVE_NONE &&
                   GEO_LEARN_CLASS_COUNT == PROTO_ROAD_COUNT,
               "vehicles, drives and classes have the same numbers");

static void learned_path(const struct daemon *daemon, char path[CONFIG_PATH_SIZE + 32])
{
    snprintf(path, CONFIG_PATH_SIZE + 32, "%s/learned.kfc", daemon->config->data);
}

static uint32_t bounded(uint32_t percent)
{
    return percent < PROTO_SPEED_PERCENT_MIN   ? PROTO_SPEED_PERCENT_MIN
           : percent > PROTO_SPEED_PERCENT_MAX ? PROTO_SPEED_PERCENT_MAX
                                               : percent;
}

struct proto_speed_proposal learned_propose(const struct geo_learn *learn,
                                            enum geo_learn_vehicle vehicle, uint32_t road_class,
                                            uint32_t hour, uint32_t samples_min)
{
    struct geo_learn_cell cell = {vehicle, GEO_LEARN_ORDER, road_class, hour};
    const uint32_t orders = geo_learn_count(learn, &cell);
    cell.drive = GEO_LEARN_PATROL;
    const uint32_t patrols = geo_learn_count(learn, &cell);
    if (orders >= samples_min || orders >= patrols) {
        cell.drive = GEO_LEARN_ORDER;
    }
    const uint32_t n = cell.drive == GEO_LEARN_ORDER ? orders : patrols;
    if (n == 0) {
        return (struct proto_speed_proposal){.drive = PROTO_DRIVE_NONE};
    }
    return (struct proto_speed_proposal){
        .proposed = n < samples_min ? 0 : bounded(geo_learn_percent(learn, &cell, 500)),
        .drive = (enum proto_drive)cell.drive,
        .n = n,
        .low = geo_learn_percent(learn, &cell, 250),
        .high = geo_learn_percent(learn, &cell, 750)};
}

static void make_table(const struct daemon *daemon, struct learned_table *table)
{
    for (uint32_t i = 0; i < (uint32_t)PROTO_VEHICLE_COUNT * PROTO_ROAD_COUNT; i++) {
        const uint32_t vehicle = i / PROTO_ROAD_COUNT;
        const uint32_t road = i % PROTO_ROAD_COUNT;
        for (uint32_t hour = 0; hour < PROTO_SPEED_HOURS; hour++) {
            table->cells[vehicle][road][hour] =
                learned_propose(daemon->learned.state, (enum geo_learn_vehicle)vehicle, road, hour,
                                daemon->config->learn_samples_min);
        }
    }
}

bool learned_start(struct daemon *daemon)
{
    struct learned_part *part = &daemon->learned;
    if (daemon->map == NULL) {
        return true;
    }
    uint16_t *counts = malloc((size_t)GEO_LEARN_COUNTS * sizeof counts[0]);
    if (counts == NULL ||
        geo_learn_create(daemon->map, daemon->config->units_max, &part->state) != GEO_OK) {
        free(counts);
        log_write(LOG_ERROR, "not enough memory for what drives teach");
        return false;
    }
    char path[CONFIG_PATH_SIZE + 32];
    char error[STORE_ERROR_SIZE] = "";
    learned_path(daemon, path);
    const enum status status = count_file_read(path, counts, GEO_LEARN_COUNTS, error);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        log_write(LOG_WARNING, "what drives have taught is not used: %s", error);
    }
    geo_learn_put_counts(part->state, counts);
    free(counts);
    make_table(daemon, &part->table);
    for (uint32_t i = 0; i < (uint32_t)PROTO_VEHICLE_COUNT * PROTO_ROAD_COUNT; i++) {
        const uint32_t vehicle = i / PROTO_ROAD_COUNT;
        part->map_kmh[vehicle][i % PROTO_ROAD_COUNT] =
            geo_learn_map_kmh(daemon->map, (enum geo_learn_vehicle)vehicle, i % PROTO_ROAD_COUNT);
    }
    part->saved_ms = daemon_now(daemon);
    return true;
}

struct look_job {
    struct worker_job job; /* first */
    struct daemon *daemon;
    bool saves;
    struct learned_table table;
    uint32_t count;
    struct geo_learn_fix fixes[];
};

static void save(const struct daemon *daemon)
{
    char path[CONFIG_PATH_SIZE + 32];
    char error[STORE_ERROR_SIZE] = "";
    learned_path(daemon, path);
    if (count_file_write(path, geo_learn_counts(daemon->learned.state), GEO_LEARN_COUNTS, error) !=
        STATUS_OK) {
        log_write(LOG_WARNING, "what drives have taught is not saved: %s", error);
    }
}

/* On the thread, which alone touches the counts until it is done. */
static void run_look(struct worker_job *base)
{
    struct look_job *look = (struct look_job *)base;
    for (uint32_t i = 0; i < look->count; i++) {
        geo_learn_see(look->daemon->learned.state, &look->fixes[i]);
    }
    make_table(look->daemon, &look->table);
    if (look->saves) {
        save(look->daemon);
    }
}

static void done_look(struct worker_job *base)
{
    struct look_job *look = (struct look_job *)base;
    look->daemon->learned.table = look->table;
    look->daemon->learned.working = false;
    free(look);
}

static enum geo_learn_drive drive_of(const struct unit_view *view)
{
    return view->status == UNIT_STATUS_EN_ROUTE    ? GEO_LEARN_ORDER
           : view->status == UNIT_STATUS_AVAILABLE ? GEO_LEARN_PATROL
                                                   : GEO_LEARN_DRIVE_COUNT;
}

static void gather(struct daemon *daemon, struct look_job *look, uint32_t units, int64_t now_ms)
{
    int64_t ends_ms;
    const uint32_t hour = calendar_hour(now_ms, &ends_ms);
    for (uint32_t id = 0; id < units; id++) {
        struct geo_learn_fix *fix = &look->fixes[look->count];
        struct unit_view view;
        if (engine_unit(daemon->engine, id, &view) &&
            engine_unit_place(daemon->engine, id, &fix->place, &fix->profile)) {
            fix->unit_id = id;
            fix->drive = drive_of(&view);
            fix->fix_ms = view.fix_ms;
            fix->hour = hour;
            look->count++;
        }
    }
}

void learned_look(struct daemon *daemon)
{
    struct learned_part *part = &daemon->learned;
    const uint32_t units = engine_unit_count(daemon->engine);
    if (part->state == NULL || part->working) {
        return;
    }
    struct look_job *look = malloc(sizeof *look + units * sizeof look->fixes[0]);
    if (look == NULL) {
        return; /* the next look sees the next fixes */
    }
    const int64_t now_ms = daemon_now(daemon);
    look->job = (struct worker_job){.run = run_look, .done = done_look};
    look->daemon = daemon;
    look->count = 0;
    look->saves = now_ms - part->saved_ms >= LEARNED_SAVE_MS;
    gather(daemon, look, units, now_ms);
    part->working = worker_submit(daemon->files, &look->job);
    if (!part->working) {
        free(look);
    } else if (look->saves) {
        part->saved_ms = now_ms;
    }
}

void learned_save_last(struct daemon *daemon)
{
    if (daemon->learned.state != NULL) {
        save(daemon);
    }
}
