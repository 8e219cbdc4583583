#include "engine/host/backup.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/host/disk_room.h"
#include "engine/host/log.h"
#include "engine/host/photo_links.h"
#include "engine/host/photo_routes.h"
#include "proto/proto_json.h"

#define STEP_PAGES 64u

static void directory_of(const struct daemon *daemon, char directory[CONFIG_PATH_SIZE + 16])
{
    snprintf(directory, CONFIG_PATH_SIZE + 16, "%s/backups", daemon->config->data);
}

/* What a crash in the middle of a backup left: as large as the journal, and nobody's. */
static void sweep_parts(const struct daemon *daemon)
{
    char path[CONFIG_PATH_SIZE + 16 + NAME_MAX + 2];
    char directory[CONFIG_PATH_SIZE + 16];
    directory_of(daemon, directory);
    DIR *listed = opendir(directory);
    if (listed == NULL) {
        return; /* there has been none */
    }
    const struct dirent *entry;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): the directory is our own */
    while ((entry = readdir(listed)) != NULL) {
        const bool is_ours = strncmp(entry->d_name, "journal-", 8) == 0 ||
                             strncmp(entry->d_name, "identity-", 9) == 0;
        if (!is_ours || strstr(entry->d_name, ".db.part") == NULL) {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        log_write(LOG_WARNING, "%s, part of a backup that was cut short, is %s", path,
                  unlink(path) == 0 ? "removed" : "left: it cannot be removed");
    }
    closedir(listed);
}

bool backup_start(struct daemon *daemon)
{
    sweep_parts(daemon);
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

/* ---- The photos, last: what the journal names is there. On a thread of their own. ---- */

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

/* ---- The logins, on their own thread ---- */

static void people_copied(void *context, enum status status, const char *error)
{
    struct backup_state *backup = context;
    struct daemon *daemon = backup->daemon;
    if (status != STATUS_OK) {
        finish(backup, status, error);
        return;
    }
    backup->photos = (struct worker_job){.run = run_photos, .done = done_photos};
    if (!worker_submit(daemon->backups, &backup->photos)) {
        finish(backup, STATUS_BUSY, "the engine stops");
    }
}

/* ---- The journal first ---- */

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
    if (!identities_backup(daemon->identities, backup->people_path, people_copied, backup)) {
        finish(backup, STATUS_BUSY, "too many logins at once; ask again");
    }
}

/* A copy that fills the disk would stop dispatch for the sake of a backup. */
static bool has_room(const struct daemon *daemon, const char *directory)
{
    static const char *const names[] = {"journal.db", "journal.db-wal", "identity.db"};
    uint64_t bytes = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[CONFIG_PATH_SIZE + 32];
        struct stat file;
        snprintf(path, sizeof path, "%s/%s", daemon->config->data, names[i]);
        bytes += stat(path, &file) == 0 ? (uint64_t)file.st_size : 0;
    }
    return disk_room_takes(directory, bytes, daemon->config->disk_guard_mb);
}

void backup_request(struct daemon *daemon, const struct net_request *request,
                    const struct identity *by)
{
    (void)by;
    struct backup_state *backup = &daemon->backup;
    char directory[CONFIG_PATH_SIZE + 16];
    directory_of(daemon, directory);
    if (backup->running) {
        api_reply_problem(daemon->api, request->id, "busy", "a backup is running", NULL);
        return;
    }
    if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
        api_reply_problem(daemon->api, request->id, "busy", uv_strerror(-errno), NULL);
        return;
    }
    if (!has_room(daemon, directory)) {
        log_write(LOG_ERROR, "no backup: a copy would leave less than %u MB free on the disk",
                  daemon->config->disk_guard_mb);
        api_reply_problem(daemon->api, request->id, "busy",
                          "a copy would leave less free disk than disk_guard_mb; take older "
                          "backups away first",
                          NULL);
        return;
    }
    *backup = (struct backup_state){.daemon = daemon, .request_id = request->id, .running = true};
    snprintf(backup->path, sizeof backup->path, "%s/journal-%lld.db", directory,
             (long long)daemon_now(daemon));
    snprintf(backup->people_path, sizeof backup->people_path, "%s/identity-%lld.db", directory,
             (long long)daemon_now(daemon));
    if (!committer_run(daemon->committer, step, stepped, backup)) {
        backup->running = false;
        api_reply_problem(daemon->api, request->id, "busy", "the writer has another job; try again",
                          NULL);
    }
}
