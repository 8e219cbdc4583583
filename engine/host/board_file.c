/* The board on the disk, once a minute: DATA/board.html and DATA/board.txt, each replaced as a
 * whole, readable by the engine's user only (they name callers). */
#include <stdio.h>
#include <stdlib.h>

#include "engine/host/board.h"
#include "engine/host/daemon_parts.h"
#include "engine/host/log.h"
#include "engine/store/store_file.h"

struct board_job {
    struct worker_job job; /* first */
    struct daemon *daemon;
    struct proto_buffer texts[2]; /* by enum board_format */
};

static void free_job(struct board_job *job)
{
    proto_buffer_finish(&job->texts[BOARD_TEXT]);
    proto_buffer_finish(&job->texts[BOARD_HTML]);
    free(job);
}

static void run_job(struct worker_job *base)
{
    static const char *const names[] = {[BOARD_TEXT] = "board.txt", [BOARD_HTML] = "board.html"};
    const struct board_job *job = (const struct board_job *)base;
    for (uint32_t i = 0; i < 2; i++) {
        char path[CONFIG_PATH_SIZE + 32];
        char error[256] = "";
        snprintf(path, sizeof path, "%s/%s", job->daemon->config->data, names[i]);
        const struct store_piece piece = {(const uint8_t *)job->texts[i].bytes, job->texts[i].size};
        if (store_file_replace(path, &piece, 1, error) != STATUS_OK) {
            log_write(LOG_WARNING, "the board is not written: %s", error);
        }
    }
}

static void done_job(struct worker_job *base)
{
    struct board_job *job = (struct board_job *)base;
    job->daemon->board_writing = false;
    free_job(job);
}

/* NULL: no memory, the next minute tries again. */
static struct board_job *gather(struct daemon *daemon)
{
    struct board_job *job = calloc(1, sizeof *job);
    if (job == NULL) {
        return NULL;
    }
    const struct board_heading heading = {.at_ms = daemon_now(daemon),
                                          .time_zone = daemon->config->time_zone,
                                          .epoch = daemon->epoch};
    job->job = (struct worker_job){.run = run_job, .done = done_job};
    job->daemon = daemon;
    for (uint32_t i = 0; i < 2; i++) {
        if (board_write(daemon->engine, &heading, (enum board_format)i, &job->texts[i]) !=
            STATUS_OK) {
            log_write(LOG_WARNING, "the board is not written: not enough memory");
            free_job(job);
            return NULL;
        }
    }
    return job;
}

void board_file_write(struct daemon *daemon)
{
    struct board_job *job = daemon->board_writing ? NULL : gather(daemon);
    if (job == NULL) {
        return;
    }
    daemon->board_writing = worker_submit(daemon->files, &job->job);
    if (!daemon->board_writing) {
        free_job(job);
    }
}

void board_file_write_last(struct daemon *daemon)
{
    struct board_job *job = gather(daemon);
    if (job != NULL) {
        run_job(&job->job);
        free_job(job);
    }
}
