#include "engine/host/traffic.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/put_line.h"
#include "geo/geo_pick.h"

_Static_assert((int)PROTO_PROFILE_CAR == (int)GEO_PROFILE_CAR &&
                   (int)PROTO_PROFILE_MOTORCYCLE == (int)GEO_PROFILE_MOTORCYCLE &&
                   (int)PROTO_PROFILE_FOOT == (int)GEO_PROFILE_FOOT &&
                   (int)PROTO_PROFILE_COUNT == (int)GEO_PROFILE_EMERGENCY,
               "bits and numbers are the same; the wire does not name emergency cars");

#define DIRECTED_MAX (2u * GEO_PICK_EDGES_MAX)

struct entry {
    struct traffic_put put;
    uint32_t directed_count;
    uint32_t directed[DIRECTED_MAX]; /* edge * 2 + backward, ascending */
};

struct traffic {
    const struct geo_map *map;
    uint32_t count;
    struct entry *entries[TRAFFIC_MAX]; /* by code */
    struct geo_traffic_change changes[2u * DIRECTED_MAX * GEO_PROFILE_COUNT];
};

enum status traffic_create(const struct geo_map *map, struct traffic **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL) {
        return STATUS_NO_MEMORY;
    }
    (*out)->map = map;
    return STATUS_OK;
}

void traffic_destroy(struct traffic *traffic)
{
    for (uint32_t i = 0; traffic != NULL && i < traffic->count; i++) {
        free(traffic->entries[i]);
    }
    free(traffic);
}

static int compare_directed(const void *a, const void *b)
{
    const uint32_t one = *(const uint32_t *)a;
    const uint32_t other = *(const uint32_t *)b;
    return (one > other) - (one < other);
}

/* A road that is closed to cars is closed to emergency cars: it is dug up, flooded or full. */
static bool binds(uint32_t profiles, enum geo_profile profile)
{
    return (profiles >> (profile == GEO_PROFILE_EMERGENCY ? GEO_PROFILE_CAR : profile) & 1u) != 0;
}

static bool concerns(const struct entry *entry, uint32_t directed, enum geo_profile profile)
{
    return binds(entry->put.drawn.profiles, profile) &&
           bsearch(&directed, entry->directed, entry->directed_count, sizeof directed,
                   compare_directed) != NULL;
}

/* Centimetres at km/h: x 36 / speed, in ms, rounded up. */
static uint32_t speed_ms(uint32_t length_cm, uint32_t speed_kmh)
{
    const uint64_t travel_ms = ((uint64_t)length_cm * 36u + speed_kmh - 1u) / speed_kmh;
    return travel_ms == 0                 ? 1u
           : travel_ms < GEO_TRAVEL_NEVER ? (uint32_t)travel_ms
                                          : GEO_TRAVEL_NEVER - 1u;
}

/* All that is in force on one direction of an edge; 0: as in the map. */
static uint32_t time_of(const struct traffic *traffic, uint32_t directed, enum geo_profile profile)
{
    uint32_t slowest_ms = 0;
    for (uint32_t i = 0; i < traffic->count; i++) {
        const struct entry *entry = traffic->entries[i];
        if (!concerns(entry, directed, profile)) {
            continue;
        }
        if (entry->put.drawn.speed_kmh == 0) {
            return GEO_TRAVEL_NEVER;
        }
        const uint32_t travel_ms =
            speed_ms(traffic->map->edges[directed / 2u].length_cm, entry->put.drawn.speed_kmh);
        slowest_ms = travel_ms > slowest_ms ? travel_ms : slowest_ms;
    }
    return slowest_ms;
}

/* Reckon again what lies under the entry. */
static uint32_t reckon(struct traffic *traffic, const struct entry *entry, uint32_t count)
{
    for (uint32_t i = 0; entry != NULL && i < entry->directed_count; i++) {
        for (enum geo_profile profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
            traffic->changes[count++] = (struct geo_traffic_change){
                .edge = entry->directed[i] / 2u,
                .profile = profile,
                .backward = entry->directed[i] % 2u != 0,
                .travel_ms = time_of(traffic, entry->directed[i], profile)};
        }
    }
    return count;
}

static enum status pick(const struct traffic *traffic, struct entry *entry)
{
    const struct proto_traffic *drawn = &entry->put.drawn;
    struct geo_point line[PROTO_TRAFFIC_POINTS_MAX];
    static struct geo_pick picks[GEO_PICK_EDGES_MAX]; /* the loop's thread alone */
    uint32_t count = 0;
    for (uint32_t i = 0; i < drawn->point_count; i++) {
        line[i] = (struct geo_point){drawn->points[i].lat_e7, drawn->points[i].lon_e7};
    }
    enum geo_status status = GEO_NOT_FOUND;
    for (enum geo_profile profile = 0; profile < GEO_PROFILE_COUNT && status == GEO_NOT_FOUND;
         profile++) {
        if (binds(drawn->profiles, profile)) {
            status = geo_pick_line(traffic->map, profile, line, drawn->point_count, picks, &count);
        }
    }
    if (status != GEO_OK) {
        return status == GEO_NOT_FOUND ? STATUS_NOT_FOUND : STATUS_BAD_INPUT;
    }
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t backward = 0; backward < 2; backward++) {
            if (!drawn->along || picks[i].backward == (backward != 0)) {
                entry->directed[entry->directed_count++] = picks[i].edge * 2u + backward;
            }
        }
    }
    qsort(entry->directed, entry->directed_count, sizeof entry->directed[0], compare_directed);
    return STATUS_OK;
}

/* Where the code is, or belongs. */
static uint32_t slot_of(const struct traffic *traffic, const char *code, bool *found)
{
    uint32_t slot = 0;
    while (slot < traffic->count && strcmp(traffic->entries[slot]->put.drawn.code, code) < 0) {
        slot++;
    }
    *found = slot < traffic->count && strcmp(traffic->entries[slot]->put.drawn.code, code) == 0;
    return slot;
}

static void open_slot(struct traffic *traffic, uint32_t slot, struct entry *entry)
{
    memmove(&traffic->entries[slot + 1], &traffic->entries[slot],
            (traffic->count - slot) * sizeof(struct entry *));
    traffic->entries[slot] = entry;
    traffic->count++;
}

static void close_slot(struct traffic *traffic, uint32_t slot)
{
    traffic->count--;
    memmove(&traffic->entries[slot], &traffic->entries[slot + 1],
            (traffic->count - slot) * sizeof(struct entry *));
}

enum status traffic_check(const struct traffic *traffic, const struct traffic_put *put)
{
    static struct entry trial; /* the loop's thread alone */
    if (traffic->count == TRAFFIC_MAX && traffic_find(traffic, put->drawn.code) == NULL) {
        return STATUS_FULL;
    }
    trial = (struct entry){.put = *put};
    return pick(traffic, &trial);
}

enum status traffic_set(struct traffic *traffic, struct roads *roads, const struct traffic_put *put)
{
    bool replaces = false;
    const uint32_t slot = slot_of(traffic, put->drawn.code, &replaces);
    if (!replaces && traffic->count == TRAFFIC_MAX) {
        return STATUS_FULL;
    }
    struct entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL) {
        return STATUS_NO_MEMORY;
    }
    entry->put = *put;
    enum status status = pick(traffic, entry);
    if (status != STATUS_OK) {
        free(entry);
        return status;
    }
    struct entry *before = replaces ? traffic->entries[slot] : NULL;
    if (replaces) {
        traffic->entries[slot] = entry;
    } else {
        open_slot(traffic, slot, entry);
    }
    const uint32_t count = reckon(traffic, entry, reckon(traffic, before, 0));
    status = roads_apply(roads, traffic->changes, count);
    if (status != STATUS_OK && replaces) {
        traffic->entries[slot] = before;
    } else if (status != STATUS_OK) {
        close_slot(traffic, slot);
    }
    free(status == STATUS_OK ? before : entry);
    return status;
}

enum status traffic_remove(struct traffic *traffic, struct roads *roads, const char *code)
{
    bool found = false;
    const uint32_t slot = slot_of(traffic, code, &found);
    if (!found) {
        return STATUS_NOT_FOUND;
    }
    struct entry *entry = traffic->entries[slot];
    close_slot(traffic, slot);
    const enum status status = roads_apply(roads, traffic->changes, reckon(traffic, entry, 0));
    if (status != STATUS_OK) {
        open_slot(traffic, slot, entry);
        return status;
    }
    free(entry);
    return STATUS_OK;
}

uint32_t traffic_count(const struct traffic *traffic)
{
    return traffic->count;
}

const struct traffic_put *traffic_get(const struct traffic *traffic, uint32_t index,
                                      uint32_t *edges)
{
    assert(index < traffic->count);
    const struct entry *entry = traffic->entries[index];
    if (edges != NULL) {
        *edges = 0;
        for (uint32_t i = 0; i < entry->directed_count; i++) {
            *edges += i == 0 || entry->directed[i] / 2u != entry->directed[i - 1] / 2u;
        }
    }
    return &entry->put;
}

const struct traffic_put *traffic_find(const struct traffic *traffic, const char *code)
{
    bool found = false;
    const uint32_t slot = slot_of(traffic, code, &found);
    return found ? &traffic->entries[slot]->put : NULL;
}

const char *traffic_over(const struct traffic *traffic, int64_t now_ms)
{
    for (uint32_t i = 0; i < traffic->count; i++) {
        const int64_t until_ms = traffic->entries[i]->put.drawn.until_ms;
        if (until_ms != PROTO_NEVER && until_ms <= now_ms) {
            return traffic->entries[i]->put.drawn.code;
        }
    }
    return NULL;
}

/* ---- The file ---- */

void traffic_write(const struct traffic *traffic, struct proto_buffer *buffer)
{
    for (uint32_t i = 0; i < traffic->count; i++) {
        const struct traffic_put *put = &traffic->entries[i]->put;
        struct proto_buffer body = {0};
        proto_encode_traffic(&body, &put->drawn, NULL, 0, 0);
        put_line_write(buffer, put->by, put->since_ms, &body);
        proto_buffer_finish(&body);
    }
}

static bool read_line(struct traffic *traffic, struct roads *roads, const char *line, size_t size)
{
    struct traffic_put put = {.since_ms = 0};
    struct proto_error error;
    size_t body = 0;
    return put_line_read(line, size, put.by, &put.since_ms, &body) &&
           proto_decode_traffic(line + body, size - body, &put.drawn, &error) &&
           traffic_set(traffic, roads, &put) == STATUS_OK;
}

uint32_t traffic_read(struct traffic *traffic, struct roads *roads, const char *text, size_t size)
{
    uint32_t lost = 0;
    size_t at = 0;
    while (at < size) {
        const char *end = memchr(text + at, '\n', size - at);
        const size_t line_size = end == NULL ? size - at : (size_t)(end - (text + at));
        lost += !read_line(traffic, roads, text + at, line_size);
        at += line_size + 1;
    }
    return lost;
}
