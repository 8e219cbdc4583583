#include "engine/sim/simulate.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "engine/host/clock.h"
#include "engine/sim/sim_world.h"

/* The fleet and the caller take turns: a report waits for nobody's drive. */
#define TICK_MS        2
#define SLICES         (1000 / (2 * TICK_MS)) /* everybody moves once a second, not all at once */
#define TICKS_AT_ONCE  SLICES                 /* made up for after a stall */
#define DRAIN_MS_MAX   60000
#define DEVICES_A_TIME 500u
#define FSYNC_SAMPLES  20000u
#define FSYNC_EVERY_US 20000
#define FSYNC_BYTES    4096u

/* ---- The bare disk, beside the run ---- */

struct disk_probe {
    pthread_t thread;
    char path[512];
    int64_t *samples_us;
    uint32_t count;
    _Atomic bool stop;
    bool runs;
};

static void *probe_disk(void *argument)
{
    struct disk_probe *probe = argument;
    const int fd = open(probe->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    static const char page[FSYNC_BYTES];
    while (fd >= 0 && !probe->stop && probe->count < FSYNC_SAMPLES) {
        const int64_t start_us = clock_mono_us();
        if (write(fd, page, sizeof page) != (ssize_t)sizeof page || fdatasync(fd) != 0) {
            break;
        }
        probe->samples_us[probe->count++] = clock_mono_us() - start_us;
        usleep(FSYNC_EVERY_US);
    }
    if (fd >= 0) {
        close(fd);
        unlink(probe->path);
    }
    return NULL;
}

static void start_probe(struct disk_probe *probe, const char *directory)
{
    snprintf(probe->path, sizeof probe->path, "%.480s/fsync-probe", directory);
    probe->samples_us = calloc(FSYNC_SAMPLES, sizeof probe->samples_us[0]);
    probe->runs =
        probe->samples_us != NULL && pthread_create(&probe->thread, NULL, probe_disk, probe) == 0;
}

static void stop_probe(struct disk_probe *probe)
{
    if (probe->runs) {
        probe->stop = true;
        pthread_join(probe->thread, NULL);
    }
}

/* ---- Before the run: logins ---- */

static json_t *must_ask(struct sim_world *world, const char *path, json_t *body, long expected)
{
    char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
    long status = 0;
    json_t *answer = sim_http_ask(world->http, path, text, NULL, &status);
    free(text);
    json_decref(body);
    if (status != expected && status != 200) {
        const char *detail = json_string_value(json_object_get(answer, "detail"));
        fprintf(stderr, "kuaifan simulate: %s answered %ld: %s\n", path, status,
                detail == NULL ? "no answer" : detail);
        json_decref(answer);
        return NULL;
    }
    return answer == NULL ? json_object() : answer;
}

static bool log_in_as(struct sim_world *world, json_t *body, char token[SIM_TOKEN_SIZE])
{
    json_t *answer = must_ask(world, "/v1/login", body, 200);
    const char *text = json_string_value(json_object_get(answer, "token"));
    if (text != NULL) {
        snprintf(token, SIM_TOKEN_SIZE, "%s", text);
    }
    json_decref(answer);
    return text != NULL;
}

static enum geo_profile profile_of(const char *kind)
{
    static const struct {
        const char *kind;
        enum geo_profile profile;
    } table[] = {{"motorcycle", GEO_PROFILE_MOTORCYCLE},
                 {"car", GEO_PROFILE_CAR},
                 {"station", GEO_PROFILE_CAR}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(kind, table[i].kind) == 0) {
            return table[i].profile;
        }
    }
    return GEO_PROFILE_FOOT;
}

static void make_unit(struct sim_world *world, const json_t *from)
{
    const char *code = json_string_value(json_object_get(from, "code"));
    const char *kind = json_string_value(json_object_get(from, "kind"));
    if (code == NULL || kind == NULL || world->unit_count == world->options.units_max) {
        return;
    }
    struct sim_unit *unit = &world->units[world->unit_count++];
    unit->world = world;
    unit->profile = profile_of(kind);
    unit->hands_off = world->options.leave != NULL && strcmp(code, world->options.leave) == 0;
    unit->is_post = strcmp(kind, "post") == 0;
    unit->fixed = unit->is_post || strcmp(kind, "station") == 0;
    snprintf(unit->code, sizeof unit->code, "%s", code);
    const json_t *lat = json_object_get(from, "lat");
    const json_t *lon = json_object_get(from, "lon");
    unit->home = json_is_number(lat) ? (struct geo_point){(int32_t)(json_number_value(lat) * 1e7),
                                                          (int32_t)(json_number_value(lon) * 1e7)}
                                     : sim_roads_random(world->roads, &world->prng);
    unit->on_road = sim_roads_place(world->roads, &unit->mover, unit->profile, unit->home);
    if (!unit->on_road) {
        unit->home = sim_roads_random(world->roads, &world->prng);
        unit->on_road = sim_roads_place(world->roads, &unit->mover, unit->profile, unit->home);
    }
}

static bool make_units(struct sim_world *world)
{
    json_t *answer = must_ask(world, "/v1/units", NULL, 200);
    const json_t *list = json_object_get(answer, "units");
    world->units = calloc(json_array_size(list) + 1, sizeof world->units[0]);
    for (size_t i = 0; world->units != NULL && i < json_array_size(list); i++) {
        make_unit(world, json_array_get(list, i));
    }
    json_decref(answer);
    if (world->unit_count == 0) {
        fprintf(stderr, "kuaifan simulate: the roster has no units\n");
    }
    return world->unit_count > 0;
}

/* Fresh secrets for a slice of the fleet, and the logins they open. */
static bool make_devices(struct sim_world *world, uint32_t first, uint32_t count)
{
    json_t *codes = json_array();
    for (uint32_t i = first; i < first + count; i++) {
        json_array_append_new(codes, json_string(world->units[i].code));
    }
    json_t *answer = must_ask(world, "/v1/devices", json_pack("{s:o}", "units", codes), 200);
    const json_t *devices = json_object_get(answer, "devices");
    bool good = json_array_size(devices) == count;
    for (uint32_t i = 0; good && i < count; i++) {
        const char *secret =
            json_string_value(json_object_get(json_array_get(devices, i), "secret"));
        good =
            secret != NULL && log_in_as(world,
                                        json_pack("{s:s,s:s}", "unit", world->units[first + i].code,
                                                  "secret", secret),
                                        world->units[first + i].token);
    }
    json_decref(answer);
    return good;
}

static bool make_caller(struct sim_world *world)
{
    uint8_t random[12];
    char password[2 * sizeof random + 1];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) {
        return false;
    }
    for (size_t i = 0; i < sizeof random; i++) {
        snprintf(password + 2 * i, 3, "%02x", random[i]);
    }
    static const char name[] = "simulator";
    json_t *user = json_pack("{s:s,s:s,s:s,s:s,s:n,s:s}", "name", name, "display", "模拟 Simulator",
                             "role", "dispatcher", "scope", "city", "unit", "password", password);
    char *text = json_dumps(user, JSON_COMPACT);
    json_decref(user);
    long status = 0;
    json_decref(sim_http_ask(world->http, "/v1/users", text, NULL, &status));
    free(text);
    if (status != 201) { /* there from an earlier run: a new password */
        char path[64];
        snprintf(path, sizeof path, "/v1/users/%s/password", name);
        json_t *changed = must_ask(world, path, json_pack("{s:s}", "password", password), 200);
        if (changed == NULL) {
            return false;
        }
        json_decref(changed);
    }
    struct sim_caller *caller = &world->caller;
    caller->world = world;
    caller->open = calloc(SIM_OPEN_REPORTS_MAX, sizeof caller->open[0]);
    caller->closings = calloc(SIM_CLOSINGS_MAX, sizeof caller->closings[0]);
    return caller->open != NULL && caller->closings != NULL &&
           log_in_as(world, json_pack("{s:s,s:s}", "name", name, "password", password),
                     caller->token);
}

static bool log_in(struct sim_world *world)
{
    /* Before any thread is started. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    const char *password = getenv("KUAIFAN_PASSWORD");
    char token[SIM_TOKEN_SIZE];
    if (password == NULL) {
        fprintf(stderr, "kuaifan simulate: the password of %s is wanted in KUAIFAN_PASSWORD\n",
                world->options.admin);
        return false;
    }
    if (!log_in_as(world,
                   json_pack("{s:s,s:s}", "name", world->options.admin, "password", password),
                   token)) {
        return false;
    }
    sim_http_login(world->http, token);
    if (!make_units(world) || !make_caller(world)) {
        return false;
    }
    for (uint32_t first = 0; first < world->unit_count; first += DEVICES_A_TIME) {
        const uint32_t left = world->unit_count - first;
        if (!make_devices(world, first, left < DEVICES_A_TIME ? left : DEVICES_A_TIME)) {
            return false;
        }
    }
    sim_http_login(world->http, world->caller.token); /* the check at the end reads incidents */
    return true;
}

/* ---- The run ---- */

static struct sim_world *the_world; /* the caller's socket has no unit */

static void any_opened(struct sim_socket *socket, void *owner)
{
    (void)socket;
    if (owner == &the_world->caller) {
        sim_caller_opened(&the_world->caller);
    } else {
        sim_unit_opened(owner);
    }
}

static void any_closed(struct sim_socket *socket, void *owner, uint16_t code)
{
    (void)socket;
    if (code >= 4500) {
        fprintf(stderr, "kuaifan simulate: a session was ended with %u\n", code);
    }
    if (owner == &the_world->caller) {
        sim_caller_closed(&the_world->caller);
    } else {
        sim_unit_closed(owner);
    }
}

static void any_message(struct sim_socket *socket, void *owner, const char *bytes, size_t size,
                        bool binary)
{
    (void)socket;
    json_t *message = binary ? NULL : json_loadb(bytes, size, 0, NULL);
    if (message == NULL) {
        return;
    }
    if (owner == &the_world->caller) {
        sim_caller_message(&the_world->caller, message);
    } else {
        sim_unit_message(owner, message);
    }
    json_decref(message);
}

static void stop(struct sim_world *world)
{
    if (world->stopping) {
        return;
    }
    world->stopping = true;
    uv_close((uv_handle_t *)&world->tick, NULL);
    uv_close((uv_handle_t *)&world->terminate, NULL);
    uv_close((uv_handle_t *)&world->interrupt, NULL);
    uv_close((uv_handle_t *)&world->time_up, NULL);
    sim_socket_pool_stop(world->sockets);
}

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    stop(handle->data);
}

/* As if --seconds had passed: for tests that end when they have seen enough. */
static void on_time_up(uv_signal_t *handle, int number)
{
    struct sim_world *world = handle->data;
    (void)number;
    world->options.seconds = 1;
    world->started_ms = sim_world_ms() - 1000;
}

static bool quiet(const struct sim_world *world)
{
    for (uint32_t i = 0; i < world->unit_count; i++) {
        if (!sim_unit_quiet(&world->units[i])) {
            return false;
        }
    }
    return sim_caller_quiet(&world->caller);
}

static void tell_unfinished(const struct sim_world *world)
{
    uint32_t apart = 0;
    uint32_t working = 0;
    uint32_t waiting = 0;
    const char *example = "";
    for (uint32_t i = 0; i < world->unit_count; i++) {
        const struct sim_unit *unit = &world->units[i];
        apart += unit->authenticated ? 0 : 1;
        working += unit->assignment_id != 0 ? 1 : 0;
        waiting += !sim_unit_quiet(unit) && unit->assignment_id == 0 ? 1 : 0;
        example = sim_unit_quiet(unit) ? example : unit->code;
    }
    printf(
        "not everybody has finished within %d s: %u units without a session, %u with an order, %u "
        "with an unanswered command (e.g. %s); the caller %s\n",
        DRAIN_MS_MAX / 1000, apart, working, waiting, example,
        sim_caller_quiet(&world->caller) ? "has all his answers" : "waits for answers");
}

/* The time is up: no new reports; everybody finishes and every answer comes in. */
static void drain(struct sim_world *world, int64_t now_ms)
{
    if (!world->draining) {
        world->draining = true;
        world->drained_ms = now_ms + DRAIN_MS_MAX;
    }
    const bool is_quiet = quiet(world);
    if (!is_quiet && now_ms >= world->drained_ms) {
        tell_unfinished(world);
    }
    if (is_quiet || now_ms >= world->drained_ms) {
        stop(world);
    }
}

static void replay(struct sim_world *world, int64_t now_ms)
{
    const char *type;
    const char *note;
    struct geo_point at;
    const int64_t passed_ms =
        (int64_t)((double)(now_ms - world->started_ms) * world->options.speed);
    while (sim_replay_next(world->replay, passed_ms, &type, &at, &note)) {
        sim_caller_report(&world->caller, type, at, note);
    }
}

static void on_tick(uv_timer_t *timer)
{
    struct sim_world *world = timer->data;
    const int64_t now_ms = sim_world_ms();
    world->callers_turn = !world->callers_turn;
    if (world->callers_turn) {
        sim_caller_act(&world->caller, now_ms, now_ms - world->called_ms);
        world->called_ms = now_ms;
        return;
    }
    const uint32_t ticks = (uint32_t)((now_ms - world->ticked_ms) / ((int64_t)2 * TICK_MS));
    world->ticked_ms += (int64_t)ticks * 2 * TICK_MS; /* a late tick makes nobody slower */
    for (uint32_t k = 0; k < ticks && k < TICKS_AT_ONCE; k++) {
        const uint32_t slice = world->ticks++ % SLICES;
        for (uint32_t i = slice; i < world->unit_count; i += SLICES) {
            sim_unit_second(&world->units[i]);
        }
    }
    for (uint32_t i = 0; i < world->unit_count; i++) {
        sim_unit_act(&world->units[i], now_ms);
    }
    if (world->replay != NULL && !world->draining) {
        replay(world, now_ms);
    }
    const bool time_is_up =
        (world->options.seconds > 0 &&
         now_ms - world->started_ms >= (int64_t)world->options.seconds * 1000) ||
        (world->replay != NULL && sim_replay_done(world->replay));
    if (time_is_up) {
        drain(world, now_ms);
    }
}

static bool start(struct sim_world *world)
{
    static const struct sim_socket_events events = {
        .opened = any_opened, .message = any_message, .closed = any_closed};
    world->sockets =
        sim_socket_pool_create(&world->loop, world->options.url, world->options.ca_path, &events);
    if (world->sockets == NULL) {
        fprintf(stderr, "kuaifan simulate: no WebSocket client for %s\n", world->options.url);
        return false;
    }
    the_world = world;
    for (uint32_t i = 0; i < world->unit_count; i++) {
        world->units[i].socket = sim_socket_create(world->sockets, &world->units[i], i / 4);
    }
    world->caller.socket = sim_socket_create(world->sockets, &world->caller, 1);
    uv_timer_init(&world->loop, &world->tick);
    uv_signal_init(&world->loop, &world->terminate);
    uv_signal_init(&world->loop, &world->interrupt);
    uv_signal_init(&world->loop, &world->time_up);
    world->tick.data = world;
    world->terminate.data = world;
    world->interrupt.data = world;
    world->time_up.data = world;
    world->ticked_ms = sim_world_ms();
    world->called_ms = world->ticked_ms;
    uv_timer_start(&world->tick, on_tick, TICK_MS, TICK_MS);
    uv_signal_start(&world->terminate, on_signal, SIGTERM);
    uv_signal_start(&world->interrupt, on_signal, SIGINT);
    uv_signal_start(&world->time_up, on_time_up, SIGUSR1);
    const int64_t gather_ms = world->unit_count / 4 + 3000; /* everybody is in by then */
    world->started_ms = sim_world_ms() + gather_ms;
    world->caller.owed = -world->options.rate * (double)gather_ms / 1000.0;
    return true;
}

static void finish(struct sim_world *world)
{
    sim_socket_pool_destroy(world->sockets);
    for (uint32_t i = 0; i < world->unit_count; i++) {
        sim_roads_finish(&world->units[i].mover);
    }
    free(world->units);
    free(world->caller.open);
    free(world->caller.closings);
    sim_replay_close(world->replay);
    sim_ledger_destroy(world->ledger);
    sim_http_destroy(world->http);
    sim_roads_destroy(world->roads);
    map_file_close(&world->map_file);
    uv_loop_close(&world->loop);
}

static bool prepare(struct sim_world *world)
{
    char error[512] = "";
    world->prng.state = world->options.seed;
    if (map_file_open(&world->map_file, world->options.map_path, error) != STATUS_OK) {
        fprintf(stderr, "kuaifan simulate: %s\n", error);
        return false;
    }
    if (world->options.replay_path != NULL) {
        world->replay = sim_replay_open(world->options.replay_path, &world->map_file.map, error);
        if (world->replay == NULL) {
            fprintf(stderr, "kuaifan simulate: %s\n", error);
            return false;
        }
    }
    world->roads = sim_roads_create(&world->map_file.map);
    world->http = sim_http_create(world->options.url, world->options.ca_path);
    world->ledger = sim_ledger_create();
    if (world->roads == NULL || world->http == NULL || world->ledger == NULL) {
        fprintf(stderr, "kuaifan simulate: out of memory\n");
        return false;
    }
    return log_in(world) && start(world);
}

static bool report_run(struct sim_world *world, struct disk_probe *probe)
{
    const struct sim_ledger_totals totals = sim_ledger_totals(world->ledger);
    printf("seed %llu: %u units, %u reports, %u orders, %llu positions sent\n",
           (unsigned long long)world->options.seed, world->unit_count, totals.reports,
           totals.orders, (unsigned long long)world->positions_sent);
    sim_ledger_print(world->ledger, probe->samples_us, probe->count);
    return !world->options.check ||
           sim_ledger_check(world->ledger, world->http, world->options.orders_each);
}

int simulate_main(int argc, char *argv[])
{
    static struct sim_world world = {
        .options = {.admin = "admin", .rate = 0.1, .units_max = 50000, .seed = 1, .speed = 60}};
    if (argc == 1 && strcmp(argv[0], "--help") == 0) {
        sim_options_usage(stdout);
        return 0;
    }
    if (!sim_options_read(argc, argv, &world.options)) {
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (uv_loop_init(&world.loop) != 0 || !prepare(&world)) {
        return 1;
    }
    static struct disk_probe probe;
    if (world.options.disk_path != NULL) {
        start_probe(&probe, world.options.disk_path);
    }
    printf("%u units set out (seed %llu)\n", world.unit_count,
           (unsigned long long)world.options.seed);
    uv_run(&world.loop, UV_RUN_DEFAULT);
    stop_probe(&probe);
    const bool good = report_run(&world, &probe);
    free(probe.samples_us);
    finish(&world);
    return good ? 0 : 1;
}
