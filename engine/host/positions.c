#include <stdio.h>
#include <stdlib.h>

#include "engine/host/daemon_parts.h"
#include "engine/host/log.h"
#include "engine/store/position_file.h"

static void positions_path(const struct daemon *daemon, char path[CONFIG_PATH_SIZE + 32])
{
    snprintf(path, CONFIG_PATH_SIZE + 32, "%s/positions.kfp", daemon->config->data);
}

bool positions_load(struct daemon *daemon)
{
    char path[CONFIG_PATH_SIZE + 32];
    char error[256] = "";
    positions_path(daemon, path);
    const uint32_t records_max = daemon->config->units_max;
    struct position_record *records = malloc(records_max * sizeof records[0]);
    if (records == NULL) {
        log_write(LOG_ERROR, "out of memory");
        return false;
    }
    uint32_t count = 0;
    const enum status status =
        position_file_read(path, daemon->epoch, records, records_max, &count, error);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        log_write(LOG_WARNING, "the last positions are not used: %s", error);
    }
    const int64_t now_ms = daemon_now(daemon);
    for (uint32_t i = 0; status == STATUS_OK && i < count; i++) {
        const struct observation observation = {.unit_id = records[i].unit_id,
                                                .at = records[i].at,
                                                .at_ms = now_ms,
                                                .fix_ms = records[i].fix_ms,
                                                .heading_deg = records[i].heading_deg,
                                                .speed_kmh = records[i].speed_kmh,
                                                .accuracy_m = records[i].accuracy_m};
        if (engine_observe(daemon->engine, &observation) != STATUS_OK) {
            log_write(LOG_DEBUG, "position of unit %u is not used", records[i].unit_id);
        }
    }
    free(records);
    return true;
}

struct save_job {
    struct worker_job job; /* first */
    struct daemon *daemon;
    uint32_t count;
    struct position_record records[];
};

/* A copy of every last fix; NULL: no memory, the next save tries again. */
static struct save_job *gather(struct daemon *daemon)
{
    const uint32_t units = engine_unit_count(daemon->engine);
    struct save_job *save = malloc(sizeof *save + units * sizeof save->records[0]);
    if (save == NULL) {
        return NULL;
    }
    save->daemon = daemon;
    save->count = 0;
    for (uint32_t id = 0; id < units; id++) {
        struct unit_view view;
        if (engine_unit(daemon->engine, id, &view) && view.has_fix) {
            save->records[save->count++] = (struct position_record){.unit_id = id,
                                                                    .at = view.at,
                                                                    .fix_ms = view.fix_ms,
                                                                    .heading_deg = view.heading_deg,
                                                                    .speed_kmh = view.speed_kmh,
                                                                    .accuracy_m = view.accuracy_m};
        }
    }
    return save;
}

static void run_save(struct worker_job *base)
{
    const struct save_job *save = (const struct save_job *)base;
    char path[CONFIG_PATH_SIZE + 32];
    char error[256] = "";
    positions_path(save->daemon, path);
    if (position_file_write(path, save->daemon->epoch, save->records, save->count, error) !=
        STATUS_OK) {
        log_write(LOG_WARNING, "positions are not saved: %s", error);
    }
}

static void done_save(struct worker_job *base)
{
    struct save_job *save = (struct save_job *)base;
    save->daemon->positions_saving = false;
    free(save);
}

void positions_save(struct daemon *daemon)
{
    if (daemon->positions_saving) {
        return; /* the disk is slower than we are: the next save has newer fixes */
    }
    struct save_job *save = gather(daemon);
    if (save == NULL) {
        return;
    }
    save->job = (struct worker_job){.run = run_save, .done = done_save};
    daemon->positions_saving = worker_submit(daemon->files, &save->job);
    if (!daemon->positions_saving) {
        free(save);
    }
}

void positions_save_last(struct daemon *daemon)
{
    struct save_job *save = gather(daemon);
    if (save != NULL) {
        run_save(&save->job);
        free(save);
    }
}
