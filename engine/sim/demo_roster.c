#include "engine/sim/demo_roster.h"

#include <assert.h>

#include "engine/core/prng.h"

#define DISTRICTS_A_SIDE 3u
#define PICK_TRIES       10000u
#define KIND_STEP        5u
#define HOME_TRIES       64u /* of so many crossings the one nearest to the circle */
#define CHECKPOINTS      8u
#define POST_SPREAD_E7   1500 /* about 17 m north or south: half a minute on foot is not far */

/* How many in a thousand are of a kind, and how they are called. */
struct kind_share {
    const char *kind;
    const char *name;
    const char *capabilities;
    uint32_t in_thousand;
    uint32_t people_min, people_more;
    char letter;
};

static const struct kind_share shares[] = {
    {"post", "示范岗点 Post", "first_aid", 340, 2, 4, 'P'},
    {"foot", "示范步巡 Foot patrol", "", 160, 2, 2, 'F'},
    {"motorcycle", "示范铁骑 Motorcycle", "armed+traffic", 160, 1, 2, 'M'},
    {"car", "示范巡车 Patrol car", "armed+first_aid+traffic", 180, 2, 2, 'C'},
    {"grid", "示范网格员 Grid worker", "", 80, 1, 1, 'G'},
    {"volunteer", "示范义警 Volunteer", "first_aid", 60, 1, 1, 'V'},
    {"station", "示范派出所 Station", "armed+first_aid+fire+traffic", 20, 6, 10, 'S'},
};
#define SHARE_COUNT (sizeof shares / sizeof shares[0])

/* A crossing that every profile can reach and leave. */
static struct geo_point pick_place(const struct geo_map *map, struct prng *prng)
{
    const uint8_t all = (1u << GEO_PROFILE_COUNT) - 1;
    for (uint32_t i = 0; i < PICK_TRIES; i++) {
        const struct geo_edge *edge = &map->edges[prng_below(prng, map->edge_count)];
        if (edge->component == all) {
            return map->nodes[edge->from];
        }
    }
    return map->nodes[0]; /* a map without roads for all: import refuses such a one */
}

static void put_place(FILE *file, struct geo_point at)
{
    fprintf(file, "%.7f,%.7f", (double)at.lat_e7 / 1e7, (double)at.lon_e7 / 1e7);
}

bool demo_roster_districts(const struct demo_roster *roster, FILE *file)
{
    static const char *const names[] = {"西南", "南",   "东南", "西",  "中",
                                        "东",   "西北", "北",   "东北"};
    const struct geo_map_header *box = roster->map->header;
    const double margin = 0.01;
    const double south = (double)box->south_e7 / 1e7 - margin;
    const double west = (double)box->west_e7 / 1e7 - margin;
    const double height = ((double)box->north_e7 / 1e7 + margin - south) / DISTRICTS_A_SIDE;
    const double width = ((double)box->east_e7 / 1e7 + margin - west) / DISTRICTS_A_SIDE;
    fprintf(file, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (uint32_t i = 0; i < DISTRICTS_A_SIDE * DISTRICTS_A_SIDE; i++) {
        const uint32_t row = i / DISTRICTS_A_SIDE;
        const double s = south + height * row;
        const double w = west + width * (i % DISTRICTS_A_SIDE);
        fprintf(file,
                "%s\n{\"type\":\"Feature\",\"properties\":{\"code\":\"D%u\",\"name\":\"示范%s区\"},"
                "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[%.7f,%.7f],[%.7f,%.7f],"
                "[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f]]]}}",
                i == 0 ? "" : ",", i + 1, names[i], w, s, w + width, s, w + width, s + height, w,
                s + height, w, s);
    }
    fprintf(file, "\n]}\n");
    return fflush(file) == 0;
}

/* The same for the circle's row and for the posts that belong to it. */
static struct geo_point circle_place(const struct demo_roster *roster, uint32_t index)
{
    struct prng prng = {.state = roster->seed + index};
    return pick_place(roster->map, &prng);
}

bool demo_roster_circles(const struct demo_roster *roster, FILE *file)
{
    struct prng prng = {.state = roster->seed};
    fprintf(file, "code,name,lat,lon,radius_m,district,synthetic\n");
    for (uint32_t i = 0; i < roster->circles; i++) {
        fprintf(file, "K%03u,示范快反圈 Circle %u,", i + 1, i + 1);
        put_place(file, circle_place(roster, i));
        fprintf(file, ",%u,,1\n", 400 + prng_below(&prng, 5) * 100);
    }
    return fflush(file) == 0;
}

static uint32_t checkpoint_count(const struct demo_roster *roster)
{
    return roster->circles < CHECKPOINTS ? roster->circles : CHECKPOINTS;
}

bool demo_roster_checkpoints(const struct demo_roster *roster, FILE *file)
{
    fprintf(file,
            "code,name,lat,lon,radius_m,from,to,every_min,stay_s,circle,district,synthetic\n");
    for (uint32_t i = 0; i < checkpoint_count(roster); i++) {
        fprintf(file, "B%03u,示范必到点 Checkpoint %u,", i + 1, i + 1);
        put_place(file, circle_place(roster, i));
        fprintf(file, ",80,,,60,20,K%03u,,1\n", i + 1);
    }
    return fflush(file) == 0;
}

bool demo_roster_routes(const struct demo_roster *roster, FILE *file)
{
    fprintf(file, "code,name,stops,from,to,every_min,circle,district,synthetic\n");
    const uint32_t stops = checkpoint_count(roster) < 4 ? checkpoint_count(roster) : 4;
    if (stops >= 2) {
        fprintf(file, "R001,示范巡线 Round,");
        for (uint32_t i = 0; i < stops; i++) {
            fprintf(file, "%sB%03u", i > 0 ? "+" : "", i + 1);
        }
        fprintf(file, ",,,0,,,1\n"); /* walked by whoever comes by; nobody has to */
    }
    return fflush(file) == 0;
}

/* A patrol sets out near its circle: spread by chance alone, half of the circles have nobody. */
static struct geo_point pick_home(const struct demo_roster *roster, struct geo_point center,
                                  struct prng *prng)
{
    struct geo_point home = pick_place(roster->map, prng);
    for (uint32_t i = 1; i < HOME_TRIES; i++) {
        const struct geo_point at = pick_place(roster->map, prng);
        if (geo_distance_m(at, center) < geo_distance_m(home, center)) {
            home = at;
        }
    }
    return home;
}

static const struct kind_share *pick_share(struct prng *prng)
{
    uint32_t ticket = prng_below(prng, 1000);
    for (size_t i = 0; i < SHARE_COUNT; i++) {
        if (ticket < shares[i].in_thousand) {
            return &shares[i];
        }
        ticket -= shares[i].in_thousand;
    }
    return &shares[0];
}

bool demo_roster_units(const struct demo_roster *roster, FILE *file)
{
    assert(roster->circles > 0);
    struct prng prng = {.state = roster->seed ^ 0x756e697473u};
    uint32_t numbers[SHARE_COUNT] = {0};
    fprintf(file, "code,name,kind,lat,lon,circle,district,people,capabilities,synthetic\n");
    for (uint32_t i = 0; i < roster->units; i++) {
        const struct kind_share *share = pick_share(&prng);
        const uint32_t number = ++numbers[share - shares];
        fprintf(file, "%c%03u,%s %c%03u,%s,", share->letter, number, share->name, share->letter,
                number, share->kind);
        /* In turn, each kind from another circle on: everyone has somebody. */
        const uint32_t turn = number - 1 + KIND_STEP * (uint32_t)(share - shares);
        const uint32_t circle = turn % roster->circles;
        const struct geo_point center = circle_place(roster, circle);
        struct geo_point home = center;
        if (share->letter != 'P') {
            home = pick_home(roster, center, &prng);
        } else { /* a post is at its circle's key place */
            home.lat_e7 += (int32_t)prng_below(&prng, 2 * POST_SPREAD_E7) - POST_SPREAD_E7;
            home.lon_e7 += (int32_t)prng_below(&prng, 2 * POST_SPREAD_E7) - POST_SPREAD_E7;
        }
        put_place(file, home);
        fprintf(file, ",K%03u,,%u,%s,1\n", circle + 1,
                share->people_min + prng_below(&prng, share->people_more), share->capabilities);
    }
    return fflush(file) == 0;
}
