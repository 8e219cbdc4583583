#include "engine/host/backup.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "engine/host/log.h"
#include "engine/host/photo_links.h"
#include "engine/host/photo_routes.h"
#include "proto/proto_json.h"

#define STEP_PAGES 64u

bool backup_start(struct daemon *daemon)
{
    if (worker_create(&daemon->loop, 1, WORKER_BACKGROUND, &daemon->backups) != STATUS_OK) {
        log_write(LOG_ERROR, "not enough memory or threads to start");
        return false;
    }
    return true;
}

void backup_stop(struct daemon *daemon)
{
    daemon->backup.stops = true;
    if (daemon->backups != NULL) {
        worker_stop(daemon->backups);
    }
}

/* On the writer thread, between commits. */
static enum status step(void *context, struct journal *journal, char error[256])
{
    struct backup_state *backup = context;
    if (!backup->started) {
        backup->started = true;
        return journal_backup_start(journal, backup->path, error);
    }
    const enum status status = journal_backup_step(journal, STEP_PAGES, &backup->whole, error);
    backup->seq = journal_seq(journal);
    return status;
}

static void reply(struct daemon *daemon, const struct backup_state *backup)
{
    struct proto_buffer buffer = {0};
    proto_json_begin(&buffer, '{');
    proto_member_text(&buffer, "path", backup->path);
    proto_member_int(&buffer, "seq", (int64_t)backup->seq);
    proto_json_end(&buffer, '}');
    api_reply_body(daemon->api, backup->request_id, 200, &buffer);
}

static void finish(struct backup_state *backup, enum status status, const char *error)
{
    struct daemon *daemon = backup->daemon;
    if (status == STATUS_OK) {
        log_write(LOG_INFO, "backup: %s is whole, with %u new photos", backup->path,
                  backup->photos_linked);
        reply(daemon, backup);
    } else {
        log_write(LOG_ERROR, "backup: %s", error);
        api_reply_problem(daemon->api, backup->request_id, "busy", error, NULL);
    }
    backup->running = false;
}

/* ---- The photos, after the journal: what it names is there. On a thread of their own. ---- */

static void run_photos(struct worker_job *job)
{
    struct backup_state *backup = (struct backup_state *)job;
    char from[CONFIG_PATH_SIZE + 32];
    char to[CONFIG_PATH_SIZE + 32];
    photo_routes_directory(backup->daemon, false, from, sizeof from);
    photo_routes_directory(backup->daemon, true, to, sizeof to);
    backup->photos_status =
        photo_links_all(from, to, &backup->stops, &backup->photos_linked, backup->error);
}

static void done_photos(struct worker_job *job)
{
    struct backup_state *backup = (struct backup_state *)job;
    finish(backup, backup->photos_status, backup->error);
}

static void stepped(void *context, enum status status, const char *error)
{
    struct backup_state *backup = context;
    struct daemon *daemon = backup->daemon;
    if (status == STATUS_OK && !backup->whole &&
        committer_run(daemon->committer, step, stepped, backup)) {
        return;
    }
    if (status != STATUS_OK || !backup->whole) {
        finish(backup, status == STATUS_OK ? STATUS_BUSY : status, error);
        return;
    }
    backup->photos = (struct worker_job){.run = run_photos, .done = done_photos};
    if (!worker_submit(daemon->backups, &backup->photos)) {
        finish(backup, STATUS_BUSY, "the engine stops");
    }
}

void backup_request(struct daemon *daemon, const struct net_request *request,
                    const struct identity *by)
{
    (void)by;
    struct backup_state *backup = &daemon->backup;
    char directory[CONFIG_PATH_SIZE + 16];
    snprintf(directory, sizeof directory, "%s/backups", daemon->config->data);
    if (backup->running) {
        api_reply_problem(daemon->api, request->id, "busy", "a backup is running", NULL);
        return;
    }
    if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
        api_reply_problem(daemon->api, request->id, "busy", uv_strerror(-errno), NULL);
        return;
    }
    *backup = (struct backup_state){.daemon = daemon, .request_id = request->id, .running = true};
    snprintf(backup->path, sizeof backup->path, "%s/journal-%lld.db", directory,
             (long long)daemon_now(daemon));
    if (!committer_run(daemon->committer, step, stepped, backup)) {
        backup->running = false;
        api_reply_problem(daemon->api, request->id, "busy", "the writer has another job; try again",
                          NULL);
    }
}
