#include "engine/host/past_marks.h"

#include <stdio.h>

#include "engine/host/disk_room.h"
#include "engine/store/recovery.h"
#include "engine/store/store_file.h"

static void path_of(const struct past_marks *marks, uint64_t number, char path[STORE_PATH_SIZE])
{
    const unsigned long long seq = number * marks->every;
    snprintf(path, STORE_PATH_SIZE, "%.900s/past-%llu.kfs", marks->directory, seq);
}

static enum status newest_of(const struct past_marks *marks, struct history_reader *reader,
                             uint64_t *number, char error[256])
{
    uint64_t seq = 0;
    const enum status status = history_reader_seq(reader, &seq);
    *number = seq / marks->every;
    if (status != STATUS_OK) {
        snprintf(error, 256, "the record cannot be read");
    }
    return status;
}

static bool take_time(void *context, const struct event_record *record, const uint8_t *body)
{
    int64_t *at_ms = context;
    (void)body;
    *at_ms = record->at_ms;
    return false;
}

/* The newest mark up to this number that the engine takes. None: `number` is 0. */
static enum status begin_up_to(const struct past_marks *marks, uint64_t *number, struct past *past)
{
    enum status status = STATUS_CORRUPT;
    while (*number > 0 && status != STATUS_OK) {
        char path[STORE_PATH_SIZE];
        char why[256];
        struct snapshot_file file;
        path_of(marks, *number, path);
        status = snapshot_file_read_from(path, marks->epoch, &file, why);
        if (status == STATUS_OK) {
            status = past_begin(past, &file, why);
        }
        snapshot_file_finish(&file);
        if (status == STATUS_NO_MEMORY) {
            return status;
        }
        *number -= status == STATUS_OK ? 0 : 1;
    }
    return STATUS_OK;
}

enum status past_marks_begin(const struct past_marks *marks, struct history_reader *reader,
                             int64_t at_ms, struct past *past, char error[256])
{
    if (marks->directory[0] == '\0') {
        return STATUS_OK;
    }
    uint64_t number = 0;
    enum status status = newest_of(marks, reader, &number, error);
    int64_t mark_ms = INT64_MAX;
    while (status == STATUS_OK && number > 0) {
        status =
            history_reader_events(reader, number * marks->every - 1, take_time, &mark_ms, error);
        if (mark_ms <= at_ms) {
            break;
        }
        number--;
    }
    return status == STATUS_OK ? begin_up_to(marks, &number, past) : status;
}

/* ---- Making them ---- */

struct making {
    struct past *past;
    const atomic_bool *stops;
    uint64_t until_seq;
};

static bool take_event(void *context, const struct event_record *record, const uint8_t *body)
{
    struct making *making = context;
    return record->seq <= making->until_seq && !*making->stops &&
           past_visit(making->past, record, body);
}

static enum status write_mark(const struct past_marks *marks, const struct engine *engine,
                              const char *path, char error[256])
{
    struct snapshot_file taken;
    enum status status = recovery_take(engine, marks->epoch, &taken, error);
    if (status == STATUS_OK &&
        !disk_room_takes(marks->directory, taken.size, 2ull * marks->disk_guard_mb)) {
        snprintf(error, 256, "%zu bytes would leave less free disk than twice disk_guard_mb",
                 taken.size);
        status = STATUS_DISK_FULL;
    }
    if (status == STATUS_OK) {
        status = snapshot_file_write_to(path, &taken.info, taken.bytes, taken.size, error);
    }
    snapshot_file_finish(&taken);
    return status;
}

static bool is_there(const struct past_marks *marks, uint64_t number)
{
    char path[STORE_PATH_SIZE];
    char why[256];
    uint8_t byte = 0;
    path_of(marks, number, path);
    return store_file_part(path, 0, &byte, 1, why) == STATUS_OK;
}

enum status past_marks_make(const struct past_marks *marks, struct history_reader *reader,
                            const struct engine_config *config, const atomic_bool *stops,
                            uint64_t *seq, char error[256])
{
    uint64_t newest = 0;
    uint64_t wanted = 1;
    error[0] = '\0';
    enum status status = newest_of(marks, reader, &newest, error);
    while (status == STATUS_OK && wanted <= newest && is_there(marks, wanted)) {
        wanted++;
    }
    if (status != STATUS_OK || wanted > newest) {
        return status == STATUS_OK ? STATUS_NOT_FOUND : status;
    }
    struct making making = {.stops = stops, .until_seq = wanted * marks->every};
    status = past_create(config, INT64_MAX, &making.past);
    if (status != STATUS_OK) {
        snprintf(error, 256, "not enough memory for an engine of the past");
        return status;
    }
    uint64_t before = wanted - 1;
    status = begin_up_to(marks, &before, making.past);
    if (status == STATUS_OK) {
        status = history_reader_events(reader, engine_seq(past_engine(making.past)), take_event,
                                       &making, error);
    }
    if (status == STATUS_OK) {
        status = past_status(making.past, error);
    }
    if (status == STATUS_OK && engine_seq(past_engine(making.past)) < making.until_seq) {
        status = STATUS_BUSY;
    }
    if (status == STATUS_OK) {
        char path[STORE_PATH_SIZE];
        path_of(marks, wanted, path);
        status = write_mark(marks, past_engine(making.past), path, error);
    }
    *seq = making.until_seq;
    past_destroy(making.past);
    return status;
}

enum status past_marks_sweep(const struct past_marks *marks, struct history_reader *reader,
                             const struct engine_config *config, uint32_t *removed, char error[256])
{
    uint64_t number = 0;
    struct past *past = NULL;
    *removed = 0;
    enum status status = newest_of(marks, reader, &number, error);
    if (status == STATUS_OK) {
        status = past_create(config, INT64_MAX, &past);
    }
    while (is_there(marks, number + 1)) { /* of a longer record than this one */
        number++;
    }
    uint64_t good = number;
    if (status == STATUS_OK) {
        status = begin_up_to(marks, &good, past);
    }
    past_destroy(past);
    for (; status == STATUS_OK && number > good; number--) {
        if (is_there(marks, number)) {
            char path[STORE_PATH_SIZE];
            path_of(marks, number, path);
            status = store_file_remove(path, error);
            *removed += status == STATUS_OK ? 1 : 0;
        }
    }
    return status;
}
