#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/host/board.h"
#include "engine/host/calendar.h"
#include "engine/host/config.h"
#include "engine/host/past.h"
#include "engine/store/history_reader.h"
#include "engine/store/journal.h"

extern char **environ;

struct options {
    const char *config, *at, *path;
    enum board_format format;
};

static bool read_options(int argc, char *argv[], struct options *options)
{
    for (int i = 0; i < argc; i++) {
        const bool has_value = i + 1 < argc;
        if (strcmp(argv[i], "--config") == 0 && has_value) {
            options->config = argv[++i];
        } else if (strcmp(argv[i], "--at") == 0 && has_value) {
            options->at = argv[++i];
        } else if (strcmp(argv[i], "--html") == 0) {
            options->format = BOARD_HTML;
        } else if (argv[i][0] != '-' && options->path == NULL) {
            options->path = argv[i];
        } else {
            return false;
        }
    }
    return options->at != NULL && options->path != NULL;
}

/* From a history.db, of a running engine too, or from a journal that nobody has open. */
static enum status replay(const char *path, struct past *past, char epoch[33], char error[256])
{
    struct history_reader *reader = NULL;
    enum status status = history_reader_open(path, &reader, error);
    if (status == STATUS_OK) {
        snprintf(epoch, 33, "history.db");
        status = history_reader_events(reader, 0, past_visit, past, error);
        history_reader_close(reader);
    } else if (status == STATUS_CORRUPT) { /* not a history: a journal? */
        status = journal_file_read(path, epoch, past_visit, past, error);
    }
    return status == STATUS_OK ? past_status(past, error) : status;
}

static int print_board(const struct past *past, const struct board_heading *heading,
                       enum board_format format)
{
    struct proto_buffer out = {0};
    const enum status status = board_write(past_engine(past), heading, format, &out);
    if (status == STATUS_OK) {
        fwrite(out.bytes, 1, out.size, stdout);
    } else {
        fprintf(stderr, "kuaifan replay: %s\n", status_text(status));
    }
    proto_buffer_finish(&out);
    return status == STATUS_OK ? 0 : 1;
}

int cli_replay(int argc, char *argv[])
{
    struct options options = {.format = BOARD_TEXT};
    if (!read_options(argc, argv, &options)) {
        fprintf(
            stderr,
            "usage: kuaifan replay --at TIME [--html] [--config FILE] BACKUP.db|HISTORY.db\n"
            "TIME: 2026-11-29T08:26:29 in the city's zone, or milliseconds since 1970.\n"
            "A journal that nobody has open, or the history.db of an engine, running or not.\n");
        return 2;
    }
    static struct config config;
    char error[512] = "";
    if (config_load(&config, options.config, environ, 0, NULL, error) != STATUS_OK) {
        fprintf(stderr, "kuaifan replay: %s\n", error);
        return 2;
    }
    struct board_heading heading = {.time_zone = config.time_zone, .is_past = true};
    if (!calendar_use(config.time_zone) || !calendar_moment(options.at, &heading.at_ms)) {
        fprintf(stderr, "kuaifan replay: \"%s\" is no time%s\n", options.at,
                calendar_is_known() ? "" : ": this machine has no data of the city's time zone");
        return 2;
    }
    char epoch[33] = "";
    struct past *past = NULL;
    const struct engine_config engine_config = config_engine(&config, NULL);
    enum status status = past_create(&engine_config, heading.at_ms, &past);
    if (status == STATUS_OK) {
        status = replay(options.path, past, epoch, error);
    }
    heading.epoch = epoch;
    int exit_status = 1;
    if (status != STATUS_OK) {
        fprintf(stderr, "kuaifan replay: %s\n", error[0] == '\0' ? status_text(status) : error);
    } else if (past_count(past) == 0) {
        fprintf(stderr, "kuaifan replay: the record begins after that time\n");
    } else {
        heading.known_ms = past_event(past)->at_ms;
        exit_status = print_board(past, &heading, options.format);
    }
    past_destroy(past);
    return exit_status;
}
