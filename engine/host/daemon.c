#include "engine/host/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/host/backup.h"
#include "engine/host/certificate.h"
#include "engine/host/daemon_parts.h"
#include "engine/host/drawing_routes.h"
#include "engine/host/fullness.h"
#include "engine/host/log.h"
#include "engine/host/past_keeper.h"
#include "engine/host/photo_routes.h"
#include "engine/host/traffic_routes.h"
#include "engine/store/position_file.h"
#include "engine/store/recovery.h"

#define POSITIONS_SAVE_MS 5000
#define MINUTE_MS         60000
#define FILES_MAX         4u /* positions, board, closures, drives: one of each at a time */
#define WAKE_MS_MAX       1000
#define EXIT_WORDS_STOP   3

int64_t daemon_now(struct daemon *daemon)
{
    if (!daemon->clock_is_read) {
        daemon->now_ms = clock_read(&daemon->clock);
        daemon->clock_is_read = true;
    }
    return daemon->now_ms;
}

/* ---- What the committer says ---- */

static void when_durable(void *context, struct batch *batch)
{
    struct daemon *daemon = context;
    dispatch_durable(daemon->dispatch, batch);
}

static void when_full(void *context, bool full)
{
    struct daemon *daemon = context;
    daemon->disk_full = full;
    dispatch_full(daemon->dispatch, full);
    log_write(full ? LOG_ERROR : LOG_WARNING, "%s",
              full ? "the disk is full: new commands are answered `busy` until there is room"
                   : "there is room on the disk again: commands are taken");
}

static void when_failed(void *context, const char *reason)
{
    struct daemon *daemon = context;
    log_write(LOG_ERROR, "the journal cannot be written (%s): stopping to recover from disk",
              reason);
    daemon->exit_status = EXIT_WORDS_STOP;
    daemon->failed = true;
    daemon_stop(daemon);
}

static void when_alarmed(void *context, const char *what)
{
    struct daemon *daemon = context;
    daemon->alarms++;
    log_write(LOG_ERROR, "%s", what);
}

/* ---- What dispatch says ---- */

static void publish(void *context, const struct event_list *events)
{
    struct daemon *daemon = context;
    api_published(daemon->api, events);
    if (daemon->gateway != NULL) {
        gateway_published(daemon->gateway, events);
    }
}

static void answer(void *context, uint64_t ticket, const struct api_answer *outcome)
{
    struct daemon *daemon = context;
    if (ticket >= ROUTE_TICKETS) {
        routes_answered(daemon, ticket, outcome);
    } else {
        api_answered(daemon->api, ticket, outcome);
    }
}

/* ---- The loop ---- */

static int64_t min_ms(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void begin_wake_up(uv_check_t *check)
{
    struct daemon *daemon = check->data;
    daemon->woken_us = clock_mono_us();
}

/* The longest time in which the loop heard nobody: what an order may have had to wait. */
static void measure_wake_up(struct daemon *daemon)
{
    const int64_t busy_us = daemon->woken_us == 0 ? 0 : clock_mono_us() - daemon->woken_us;
    if (busy_us > daemon->busy_us_max) {
        daemon->busy_us_max = (uint32_t)min_ms(busy_us, UINT32_MAX);
    }
}

/* When it wants to be looked at again. */
static int64_t tick_gateway(struct daemon *daemon, int64_t now_ms)
{
    if (daemon->gateway == NULL) {
        return INT64_MAX;
    }
    if (gateway_deadline_ms(daemon->gateway) <= now_ms) {
        gateway_tick(daemon->gateway, now_ms);
    }
    return gateway_deadline_ms(daemon->gateway);
}

/* Summer time begins and ends while the engine runs. */
static void follow_zone(struct daemon *daemon, int64_t now_ms)
{
    if (daemon->zone_minute != now_ms / 60000) {
        daemon->zone_minute = now_ms / 60000;
        engine_observe_zone(daemon->engine, calendar_ahead_ms(now_ms));
    }
}

/* End of a wake-up, before the loop waits again. */
static void end_wake_up(uv_prepare_t *prepare)
{
    struct daemon *daemon = prepare->data;
    const int64_t now_ms = daemon_now(daemon);
    if (daemon->stopping) {
        daemon_stop_step(daemon);
        daemon->clock_is_read = false;
        return;
    }
    follow_zone(daemon, now_ms);
    dispatch_tick(daemon->dispatch, now_ms);
    traffic_routes_tick(daemon, now_ms);
    if (api_deadline_ms(daemon->api) <= now_ms) {
        api_tick(daemon->api, now_ms);
    }
    const int64_t gateway_ms = tick_gateway(daemon, now_ms);
    dispatch_flush(daemon->dispatch);
    engine_coverage_refresh(daemon->engine, now_ms);
    history_worker_catch_up(daemon->history, daemon->committer,
                            dispatch_durable_seq(daemon->dispatch), now_ms);
    const int64_t due_ms =
        min_ms(min_ms(engine_deadline_ms(daemon->engine), api_deadline_ms(daemon->api)),
               min_ms(min_ms(gateway_ms, engine_coverage_deadline_ms(daemon->engine)),
                      now_ms + WAKE_MS_MAX));
    const uint64_t wait_ms = due_ms > now_ms ? (uint64_t)(due_ms - now_ms) : 1;
    uv_update_time(&daemon->loop);
    uv_timer_start(&daemon->wake, daemon_woken, wait_ms, 0);
    daemon->clock_is_read = false;
    measure_wake_up(daemon);
}

void daemon_woken(uv_timer_t *timer)
{
    (void)timer; /* waking is all: end_wake_up does the work */
}

/* Said when it begins, when it has doubled since, and when it is over. */
static void watch_clock(struct daemon *daemon)
{
    const int64_t gap_ms = daemon->clock.wall_gap_ms;
    const int64_t away_ms = gap_ms < 0 ? -gap_ms : gap_ms;
    if (daemon->clock.stepped && away_ms / 2 >= daemon->clock_said_ms) {
        daemon->clock_said_ms = away_ms;
        log_write(LOG_WARNING,
                  "the wall clock is %lld ms away from the engine's; it is followed by half a "
                  "millisecond a second",
                  (long long)gap_ms);
    } else if (!daemon->clock.stepped && daemon->clock_said_ms != 0) {
        daemon->clock_said_ms = 0;
        log_write(LOG_WARNING, "the wall clock and the engine's are less than a second apart");
    }
}

static void save_positions(uv_timer_t *timer)
{
    struct daemon *daemon = timer->data;
    watch_clock(daemon);
    positions_save(daemon);
    learned_look(daemon);
}

static void each_minute(uv_timer_t *timer)
{
    struct daemon *daemon = timer->data;
    board_file_write(daemon);
    certificate_look(daemon, clock_wall_ms());
    identities_forget_expired(daemon->identities);
    fullness_look(daemon);
    past_keeper_look(daemon);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct daemon *daemon = handle->data;
    log_write(LOG_INFO, "%s: stopping", number == SIGTERM ? "SIGTERM" : "SIGINT");
    daemon_stop(daemon);
}

/* ---- Start ---- */

static bool make_directory(const char *path)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        log_write(LOG_ERROR, "directory %s: %s", path, uv_strerror(-errno));
        return false;
    }
    return true;
}

static bool open_map(struct daemon *daemon)
{
    const struct config *config = daemon->config;
    if (config->map[0] == '\0') {
        log_write(LOG_WARNING, "no map: travel times are straight lines, and every ETA says so");
        return true;
    }
    char error[512];
    if (map_file_open(&daemon->map_file, config->map, error) != STATUS_OK) {
        log_write(LOG_ERROR, "%s", error);
        return false;
    }
    daemon->map = &daemon->map_file.map;
    return true;
}

/* The live engine and its shadow, each from the newest snapshot and the rest of the journal. */
static bool recover_engines(struct daemon *daemon, struct recovery_report *report)
{
    char error[256] = "";
    struct engine_config shadow = daemon->engine_config;
    shadow.searches = false;
    if (recovery_run(daemon->journal, daemon->snapshots, &daemon->engine_config, &daemon->engine,
                     report, error) != STATUS_OK ||
        recovery_run(daemon->journal, daemon->snapshots, &shadow, &daemon->shadow, report, error) !=
            STATUS_OK) {
        log_write(LOG_ERROR, "recovery: %s", error);
        return false;
    }
    return true;
}

static bool recover(struct daemon *daemon)
{
    char path[CONFIG_PATH_SIZE + 32];
    char key[CONFIG_PATH_SIZE + 32];
    char error[256] = "";
    snprintf(path, sizeof path, "%s/journal.db", daemon->config->data);
    snprintf(key, sizeof key, "%s/journal.key", daemon->config->data);
    snprintf(daemon->snapshots, sizeof daemon->snapshots, "%s/snapshots", daemon->config->data);
    const struct journal_config journal_config = {
        .path = path, .key_path = key, .commands_keep = daemon->config->commands_keep};
    if (!make_directory(daemon->config->data) || !make_directory(daemon->snapshots)) {
        return false;
    }
    if (journal_open(&journal_config, &daemon->journal, error) != STATUS_OK) {
        log_write(LOG_ERROR, "%s", error);
        return false;
    }
    daemon->engine_config = config_engine(daemon->config, daemon->map);
    daemon->engine_config.second_channel = daemon->config->gateway_url[0] != '\0';
    const int64_t start_us = clock_mono_us();
    struct recovery_report report = {0};
    if (!recover_engines(daemon, &report)) {
        return false;
    }
    daemon->snapshot_seq = report.snapshot_seq;
    if (report.skipped[0] != '\0') {
        log_write(LOG_WARNING, "snapshot passed over: %s", report.skipped);
    }
    log_write(LOG_INFO, "recovered to seq %llu: snapshot %llu and %llu events in %lld ms",
              (unsigned long long)journal_seq(daemon->journal),
              (unsigned long long)report.snapshot_seq, (unsigned long long)report.replayed,
              (long long)(clock_mono_us() - start_us) / 1000);
    snprintf(daemon->epoch, sizeof daemon->epoch, "%s", journal_epoch(daemon->journal));
    clock_init(&daemon->clock, journal_at_ms(daemon->journal));
    return true;
}

static bool remember_commands(struct daemon *daemon)
{
    const uint32_t keep = daemon->config->commands_keep;
    struct command_answer *answers = malloc(keep * sizeof answers[0]);
    uint32_t count = 0;
    char error[256] = "the answers cannot be read";
    bool good = answers != NULL && command_memory_create(keep, &daemon->memory) == STATUS_OK &&
                journal_answers(daemon->journal, answers, keep, &count) == STATUS_OK;
    if (good && count == keep) { /* as many as fit: there were others before them */
        command_memory_forgot(daemon->memory, answers[count - 1].at_ms);
    }
    for (uint32_t i = count; good && i-- > 0;) {
        command_memory_add(daemon->memory, &answers[i]); /* oldest first */
    }
    free(answers);
    if (!good) {
        log_write(LOG_ERROR, "command memory: %s", error);
    }
    return good;
}

static bool start_dispatch(struct daemon *daemon)
{
    static const struct committer_events events = {
        .durable = when_durable, .full = when_full, .failed = when_failed, .alarm = when_alarmed};
    const struct dispatch_config dispatch_config = {.engine = daemon->engine,
                                                    .memory = daemon->memory,
                                                    .durable_seq = journal_seq(daemon->journal),
                                                    .published = publish,
                                                    .answered = answer,
                                                    .context = daemon};
    const struct committer_config committer_config = {
        .journal = daemon->journal,
        .shadow = daemon->shadow,
        .snapshot_directory = daemon->snapshots,
        .snapshot_seq = daemon->snapshot_seq,
        .snapshot_events = daemon->config->snapshot_events,
        .snapshot_ms = (int64_t)daemon->config->snapshot_minutes * 60000,
        .committed = history_worker_committed,
        .committed_context = daemon->history};
    if (dispatch_create(&dispatch_config, &daemon->dispatch) != STATUS_OK ||
        committer_create(&daemon->loop, &committer_config, &events, daemon, &daemon->committer) !=
            STATUS_OK) {
        log_write(LOG_ERROR, "not enough memory or threads to start");
        return false;
    }
    daemon->journal = NULL; /* the writer's from now on */
    daemon->shadow = NULL;
    dispatch_attach(daemon->dispatch, daemon->committer);
    return true;
}

static bool start_files(struct daemon *daemon)
{
    if (worker_create(&daemon->loop, FILES_MAX, WORKER_BACKGROUND, &daemon->files) != STATUS_OK) {
        log_write(LOG_ERROR, "not enough memory or threads to start");
        return false;
    }
    return true;
}

static bool start_timers(struct daemon *daemon)
{
    uv_prepare_init(&daemon->loop, &daemon->prepare);
    uv_check_init(&daemon->loop, &daemon->check);
    uv_timer_init(&daemon->loop, &daemon->wake);
    uv_timer_init(&daemon->loop, &daemon->positions);
    uv_timer_init(&daemon->loop, &daemon->minute);
    uv_signal_init(&daemon->loop, &daemon->terminate);
    uv_signal_init(&daemon->loop, &daemon->interrupt);
    daemon->prepare.data = daemon;
    daemon->check.data = daemon;
    daemon->wake.data = daemon;
    daemon->positions.data = daemon;
    daemon->minute.data = daemon;
    daemon->terminate.data = daemon;
    daemon->interrupt.data = daemon;
    daemon->has_handles = true;
    return uv_prepare_start(&daemon->prepare, end_wake_up) == 0 &&
           uv_check_start(&daemon->check, begin_wake_up) == 0 &&
           uv_timer_start(&daemon->positions, save_positions, POSITIONS_SAVE_MS,
                          POSITIONS_SAVE_MS) == 0 &&
           uv_timer_start(&daemon->minute, each_minute, 0, MINUTE_MS) == 0 &&
           uv_signal_start(&daemon->terminate, on_signal, SIGTERM) == 0 &&
           uv_signal_start(&daemon->interrupt, on_signal, SIGINT) == 0;
}

static bool start(struct daemon *daemon)
{
    signal(SIGPIPE, SIG_IGN);
    if (!open_map(daemon) || !recover(daemon) || !remember_commands(daemon) ||
        !positions_load(daemon) || !start_files(daemon) || !photo_routes_start(daemon) ||
        !backup_start(daemon) || !drawing_routes_start(daemon) || !traffic_routes_start(daemon) ||
        !learned_start(daemon) || !past_keeper_start(daemon) || !daemon_start_people(daemon) ||
        !start_dispatch(daemon) || !daemon_start_listen(daemon) || !start_timers(daemon)) {
        return false;
    }
    engine_started(daemon->engine, daemon_now(daemon));
    if (!daemon_gateway_start(daemon)) {
        return false;
    }
    daemon_start_policy(daemon);
    daemon_start_greet(daemon);
    return true;
}

int daemon_run(const struct config *config)
{
    struct daemon *daemon = calloc(1, sizeof *daemon);
    if (daemon == NULL || uv_loop_init(&daemon->loop) != 0) {
        free(daemon);
        log_write(LOG_ERROR, "out of memory");
        return 1;
    }
    daemon->config = config;
    if (!start(daemon)) {
        daemon->exit_status = 1;
        daemon_stop(daemon);
    }
    uv_run(&daemon->loop, UV_RUN_DEFAULT);
    daemon_stop_finish(daemon);
    const int exit_status = daemon->exit_status;
    free(daemon);
    return exit_status;
}
