#include <signal.h>

#include "engine/host/backup.h"
#include "engine/host/daemon_parts.h"
#include "engine/host/drawing_routes.h"
#include "engine/host/log.h"
#include "engine/host/past_keeper.h"
#include "engine/host/traffic_routes.h"

#define CLOSE_GOING_DOWN 4001

void daemon_stop(struct daemon *daemon)
{
    if (daemon->stopping) {
        return;
    }
    daemon->stopping = true;
    if (daemon->server != NULL) {
        net_server_stop(daemon->server, CLOSE_GOING_DOWN, "the engine goes down; come back");
    }
    if (!daemon->has_handles) {
        daemon_stop_step(daemon); /* never started: nothing is on its way */
    }
}

static void close_handles(struct daemon *daemon)
{
    if (!daemon->has_handles) {
        return;
    }
    uv_close((uv_handle_t *)&daemon->prepare, NULL);
    uv_close((uv_handle_t *)&daemon->check, NULL);
    uv_close((uv_handle_t *)&daemon->wake, NULL);
    uv_close((uv_handle_t *)&daemon->positions, NULL);
    uv_close((uv_handle_t *)&daemon->minute, NULL);
    uv_close((uv_handle_t *)&daemon->terminate, NULL);
    uv_close((uv_handle_t *)&daemon->interrupt, NULL);
    signal(SIGTERM, SIG_IGN); /* the end is near: a second one would only spoil the exit status */
    signal(SIGINT, SIG_IGN);
}

/* Called at the end of each wake-up while stopping: until the last batch is on the disk. */
void daemon_stop_step(struct daemon *daemon)
{
    if (daemon->stopped) {
        return;
    }
    if (daemon->dispatch != NULL && !daemon->failed && daemon->committer != NULL) {
        dispatch_flush(daemon->dispatch);
        if (!daemon->disk_full && !dispatch_quiet(daemon->dispatch)) {
            return; /* the committer wakes the loop when it is done */
        }
    }
    daemon->stopped = true;
    if (daemon->files != NULL) {
        worker_stop(daemon->files);
    }
    roads_stop(daemon->roads);
    if (daemon->engine != NULL && daemon->committer != NULL) {
        positions_save_last(daemon);
        board_file_write_last(daemon);
        traffic_routes_save_last(daemon);
        learned_save_last(daemon);
    }
    if (daemon->photos != NULL) {
        worker_stop(daemon->photos);
    }
    backup_stop(daemon);
    past_keeper_stop(daemon);
    if (daemon->committer != NULL) {
        committer_stop(daemon->committer);
    } else {
        journal_close(daemon->journal);
        engine_destroy(daemon->shadow);
    }
    gateway_stop(daemon->gateway);
    history_worker_stop(daemon->history);
    identities_stop(daemon->identities);
    close_handles(daemon);
}

void daemon_stop_finish(struct daemon *daemon)
{
    if (daemon->server != NULL) {
        net_server_finish(daemon->server);
    }
    while (uv_loop_close(&daemon->loop) == UV_EBUSY) {
        uv_run(&daemon->loop, UV_RUN_NOWAIT);
    }
    api_destroy(daemon->api);
    dispatch_destroy(daemon->dispatch);
    committer_destroy(daemon->committer);
    command_memory_destroy(daemon->memory);
    gateway_destroy(daemon->gateway);
    history_worker_destroy(daemon->history);
    identities_destroy(daemon->identities);
    worker_destroy(daemon->files);
    worker_destroy(daemon->photos);
    worker_destroy(daemon->backups);
    worker_destroy(daemon->past.worker);
    drawing_routes_finish(daemon);
    engine_destroy(daemon->engine);
    traffic_destroy(daemon->traffic.state);
    geo_learn_destroy(daemon->learned.state);
    roads_destroy(daemon->roads);
    map_file_close(&daemon->map_file);
    if (daemon->exit_status == 0) {
        log_write(LOG_INFO, "stopped");
    }
}
