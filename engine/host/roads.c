#include "engine/host/roads.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/worker.h"

/* What one roads_apply() or roads_set_pace() was given, on its way to the thread. */
struct step {
    struct step *next;
    bool paces;
    struct geo_pace pace; /* of roads_set_pace() */
    uint32_t count;
    struct geo_traffic_change changes[];
};

struct roads {
    struct geo_cch *cch;
    struct geo_traffic *traffic; /* the loop's */
    struct geo_traffic *behind;  /* the thread's */
    struct geo_metric *sets[2][GEO_PROFILE_COUNT];
    uint32_t published; /* the set that is asked; the other one is the thread's while it works */
    struct step *first, *last;

    struct worker *worker;
    struct worker_job job;
    struct step *working; /* what the thread follows now */
    bool busy, stopping;
    roads_swapped *swapped;
    void *context;
};

static struct roads *roads_of(struct worker_job *job)
{
    return (struct roads *)(void *)((char *)job - offsetof(struct roads, job));
}

static void follow(struct roads *roads, uint32_t set)
{
    for (size_t profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        geo_metric_follow(roads->sets[set][profile], roads->behind);
    }
}

static bool create_all(struct roads *roads, const struct geo_map *map)
{
    if (geo_cch_create(map, &roads->cch) != GEO_OK ||
        geo_traffic_create(map, &roads->traffic) != GEO_OK ||
        geo_traffic_create(map, &roads->behind) != GEO_OK) {
        return false;
    }
    for (uint32_t set = 0; set < 2; set++) {
        for (enum geo_profile profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
            if (geo_metric_create(roads->cch, profile, &roads->sets[set][profile]) != GEO_OK) {
                return false;
            }
        }
    }
    return true;
}

enum status roads_create(uv_loop_t *loop, const struct geo_map *map, roads_swapped *swapped,
                         void *context, struct roads **out)
{
    assert(map != NULL);
    *out = NULL;
    struct roads *roads = calloc(1, sizeof *roads);
    if (roads == NULL) {
        return STATUS_NO_MEMORY;
    }
    roads->swapped = swapped;
    roads->context = context;
    if (!create_all(roads, map) ||
        worker_create(loop, 1, WORKER_SOMEBODY_WAITS, &roads->worker) != STATUS_OK) {
        roads_destroy(roads);
        return STATUS_NO_MEMORY;
    }
    follow(roads, 0);
    *out = roads;
    return STATUS_OK;
}

static void free_steps(struct step *step)
{
    while (step != NULL) {
        struct step *next = step->next;
        free(step);
        step = next;
    }
}

/* The loop's traffic and the thread's take the same steps. */
static void take_step(struct geo_traffic *traffic, const struct step *step)
{
    if (step->paces) {
        geo_traffic_set_pace(traffic, &step->pace);
    } else {
        geo_traffic_apply(traffic, step->changes, step->count);
    }
}

/* On the thread. */
static void run(struct worker_job *job)
{
    struct roads *roads = roads_of(job);
    for (const struct step *step = roads->working; step != NULL; step = step->next) {
        take_step(roads->behind, step);
    }
    follow(roads, 1u - roads->published);
}

static void start(struct roads *roads);

static void done(struct worker_job *job)
{
    struct roads *roads = roads_of(job);
    free_steps(roads->working);
    roads->working = NULL;
    roads->busy = false;
    roads->published = 1u - roads->published;
    if (!roads->stopping) {
        roads->swapped(roads->context);
        start(roads);
    }
}

static void start(struct roads *roads)
{
    if (roads->busy || roads->first == NULL) {
        return;
    }
    roads->working = roads->first;
    roads->first = NULL;
    roads->last = NULL;
    roads->job = (struct worker_job){.run = run, .done = done};
    roads->busy = worker_submit(roads->worker, &roads->job);
    assert(roads->busy); /* one job at a time has room */
}

static void add_step(struct roads *roads, struct step *step)
{
    assert(!roads->stopping);
    take_step(roads->traffic, step);
    *(roads->last == NULL ? &roads->first : &roads->last->next) = step;
    roads->last = step;
    start(roads);
}

enum status roads_apply(struct roads *roads, const struct geo_traffic_change changes[],
                        uint32_t count)
{
    const size_t size = count * sizeof changes[0];
    struct step *step = malloc(sizeof *step + size);
    if (step == NULL) {
        return STATUS_NO_MEMORY;
    }
    step->next = NULL;
    step->paces = false;
    step->count = count;
    if (count > 0) {
        memcpy(step->changes, changes, size);
    }
    add_step(roads, step);
    return STATUS_OK;
}

enum status roads_set_pace(struct roads *roads, const struct geo_pace *pace)
{
    struct step *step = calloc(1, sizeof *step);
    if (step == NULL) {
        return STATUS_NO_MEMORY;
    }
    step->paces = true;
    step->pace = *pace;
    add_step(roads, step);
    return STATUS_OK;
}

struct geo_roads roads_now(const struct roads *roads)
{
    struct geo_roads now = {.traffic = roads->traffic};
    for (size_t profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        now.metrics[profile] = roads->sets[roads->published][profile];
    }
    return now;
}

bool roads_settled(const struct roads *roads)
{
    return !roads->busy;
}

void roads_stop(struct roads *roads)
{
    if (roads == NULL) {
        return;
    }
    roads->stopping = true;
    worker_stop(roads->worker);
}

void roads_destroy(struct roads *roads)
{
    if (roads == NULL) {
        return;
    }
    if (roads->worker != NULL) {
        worker_destroy(roads->worker);
    }
    free_steps(roads->first);
    free_steps(roads->working);
    for (uint32_t set = 0; set < 2; set++) {
        for (size_t profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
            geo_metric_destroy(roads->sets[set][profile]);
        }
    }
    geo_traffic_destroy(roads->behind);
    geo_traffic_destroy(roads->traffic);
    geo_cch_destroy(roads->cch);
    free(roads);
}
