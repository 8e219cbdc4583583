#include "tests/support/turn_oracle.h"

#include <assert.h>
#include <readosm.h>
#include <stdlib.h>
#include <string.h>

#include "geo/import/geo_import_source.h"

#define MOTORS ((1u << GEO_PROFILE_CAR) | (1u << GEO_PROFILE_MOTORCYCLE))

struct point {
    int64_t id;
    struct geo_point at;
    uint8_t blocked;
};

struct line {
    int64_t id;
    size_t first, count; /* in refs */
};

struct rule {
    int64_t from, via, to;
    uint8_t profiles;
    bool only, u_turn;
};

/* The turn from one state into another is closed to these profiles. */
struct ban {
    uint32_t from, to;
    uint8_t profiles;
};

struct heap_item {
    uint64_t travel_ms;
    uint32_t state;
};

struct turn_oracle {
    const struct geo_map *map;
    struct geo_import_list points, lines, refs, rules, bans, heap;
    uint32_t *crossing;     /* by node: the lowest node of its crossing */
    uint8_t *blocked;       /* by crossing: a barrier where turns are restricted */
    bool *turning;          /* by crossing */
    uint32_t *first, *into; /* states that arrive at a crossing */
    uint64_t *travel_ms;    /* by state: from its end to the place */
    enum geo_profile profile;
    struct geo_place place;
};

/* ---- Reading ---- */

static const char *value_of(const readosm_tag *tags, int count, const char *key)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(tags[i].key, key) == 0) {
            return tags[i].value;
        }
    }
    return NULL;
}

static int on_node(const void *user, const readosm_node *node)
{
    struct turn_oracle *oracle = *(struct turn_oracle *const *)user;
    struct point *point = geo_import_list_add(&oracle->points);
    point->id = node->id;
    const bool good = geo_import_source_point(node->latitude, node->longitude, &point->at);
    assert(good);
    struct geo_import_tag tags[64];
    size_t count = 0;
    for (int i = 0; i < node->tag_count && count < 64; i++) {
        tags[count++] = (struct geo_import_tag){node->tags[i].key, node->tags[i].value};
    }
    point->blocked = geo_import_tags_blocked((struct geo_import_tags){tags, count});
    return READOSM_OK;
}

static int on_way(const void *user, const readosm_way *way)
{
    struct turn_oracle *oracle = *(struct turn_oracle *const *)user;
    if (value_of(way->tags, way->tag_count, "highway") == NULL) {
        return READOSM_OK;
    }
    struct line *line = geo_import_list_add(&oracle->lines);
    *line = (struct line){way->id, oracle->refs.count, (size_t)way->node_ref_count};
    for (int i = 0; i < way->node_ref_count; i++) {
        int64_t *ref = geo_import_list_add(&oracle->refs);
        *ref = way->node_refs[i];
    }
    return READOSM_OK;
}

/* The one member of this role; INT64_MIN: none, or several. */
static int64_t member_of(const readosm_relation *relation, int kind, const char *role)
{
    int64_t id = INT64_MIN;
    uint32_t count = 0;
    for (int i = 0; i < relation->member_count; i++) {
        const readosm_member *member = &relation->members[i];
        if (member->member_type == kind && member->role != NULL &&
            strcmp(member->role, role) == 0) {
            id = member->id;
            count++;
        }
    }
    return count == 1 ? id : INT64_MIN;
}

static int on_relation(const void *user, const readosm_relation *relation)
{
    struct turn_oracle *oracle = *(struct turn_oracle *const *)user;
    const char *type = value_of(relation->tags, relation->tag_count, "type");
    const char *kind = value_of(relation->tags, relation->tag_count, "restriction");
    const char *except = value_of(relation->tags, relation->tag_count, "except");
    if (type == NULL || strcmp(type, "restriction") != 0 || kind == NULL) {
        return READOSM_OK;
    }
    unsigned profiles = MOTORS;
    if (except != NULL && strstr(except, "motorcar") != NULL) {
        profiles &= ~(1u << GEO_PROFILE_CAR);
    }
    if (except != NULL && strstr(except, "motorcycle") != NULL) {
        profiles &= ~(1u << GEO_PROFILE_MOTORCYCLE);
    }
    const struct rule rule = {.from = member_of(relation, READOSM_MEMBER_WAY, "from"),
                              .via = member_of(relation, READOSM_MEMBER_NODE, "via"),
                              .to = member_of(relation, READOSM_MEMBER_WAY, "to"),
                              .profiles = (uint8_t)profiles,
                              .only = strncmp(kind, "only_", 5) == 0,
                              .u_turn = strcmp(kind, "no_u_turn") == 0};
    if (rule.from != INT64_MIN && rule.via != INT64_MIN && rule.to != INT64_MIN) {
        *(struct rule *)geo_import_list_add(&oracle->rules) = rule;
    }
    return READOSM_OK;
}

static int compare_points(const void *a, const void *b)
{
    const struct point *one = a;
    const struct point *other = b;
    return (one->id > other->id) - (one->id < other->id);
}

static void read_osm(struct turn_oracle *oracle, const char *path)
{
    const void *file = NULL;
    int code = readosm_open(path, &file);
    assert(code == READOSM_OK);
    code = readosm_parse(file, &oracle, on_node, on_way, on_relation);
    assert(code == READOSM_OK);
    (void)readosm_close(file);
    qsort(oracle->points.items, oracle->points.count, sizeof(struct point), compare_points);
}

static const struct point *point_of(const struct turn_oracle *oracle, int64_t id)
{
    const struct point key = {.id = id};
    return bsearch(&key, oracle->points.items, oracle->points.count, sizeof key, compare_points);
}

/* ---- Crossings and states ---- */

bool turn_oracle_is_turn(const struct geo_edge *edge)
{
    for (int p = 0; p < GEO_PROFILE_COUNT; p++) {
        if (edge->backward_ms[p] != GEO_TRAVEL_NEVER ||
            (edge->forward_ms[p] != 0 && edge->forward_ms[p] != GEO_TRAVEL_NEVER)) {
            return false;
        }
    }
    return edge->length_cm == 0;
}

/* State 2e is edge e forward, 2e + 1 backward. */
static const struct geo_edge *edge_of(const struct turn_oracle *oracle, uint32_t state)
{
    return &oracle->map->edges[state / 2];
}

static uint32_t time_of(const struct turn_oracle *oracle, uint32_t state, unsigned profile)
{
    const struct geo_edge *edge = edge_of(oracle, state);
    return state % 2 == 0 ? edge->forward_ms[profile] : edge->backward_ms[profile];
}

static uint32_t end_of(const struct turn_oracle *oracle, uint32_t state)
{
    return oracle->crossing[geo_edge_head(edge_of(oracle, state), state % 2 == 1)];
}

static uint32_t start_of(const struct turn_oracle *oracle, uint32_t state)
{
    return oracle->crossing[geo_edge_tail(edge_of(oracle, state), state % 2 == 1)];
}

static uint32_t root_of(const uint32_t crossing[], uint32_t node)
{
    while (crossing[node] != node) {
        node = crossing[node];
    }
    return node;
}

static void unite_crossings(struct turn_oracle *oracle)
{
    const struct geo_map *map = oracle->map;
    uint32_t *crossing = oracle->crossing;
    for (uint32_t n = 0; n < map->node_count; n++) {
        crossing[n] = n;
    }
    for (uint32_t i = 0; i < map->edge_count; i++) {
        if (turn_oracle_is_turn(&map->edges[i])) {
            const uint32_t a = root_of(crossing, map->edges[i].from);
            const uint32_t b = root_of(crossing, map->edges[i].to);
            crossing[a > b ? a : b] = a > b ? b : a;
        }
    }
    for (uint32_t n = 0; n < map->node_count; n++) {
        crossing[n] = root_of(crossing, n);
    }
}

static void index_states(struct turn_oracle *oracle)
{
    const struct geo_map *map = oracle->map;
    uint32_t *first = oracle->first;
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t s = 0; s < 2 * map->edge_count; s++) {
            if (turn_oracle_is_turn(edge_of(oracle, s))) {
                continue;
            }
            if (pass == 0) {
                first[end_of(oracle, s) + 2]++;
            } else {
                oracle->into[first[end_of(oracle, s) + 1]++] = s;
            }
        }
        for (uint32_t n = 2; pass == 0 && n < map->node_count + 2; n++) {
            first[n] += first[n - 1];
        }
    }
}

/* ---- From restrictions to bans ---- */

static struct geo_point last_point(const struct turn_oracle *oracle, uint32_t state, bool leaving)
{
    const struct geo_map *map = oracle->map;
    const struct geo_edge *edge = edge_of(oracle, state);
    const bool at_from = (state % 2 == 0) == leaving; /* the crossing is at the edge's `from` */
    if (edge->shape_count == 0) {
        return map->nodes[at_from ? edge->to : edge->from];
    }
    return map->shape[edge->shape_first + (at_from ? 0u : edge->shape_count - 1u)];
}

static bool same(struct geo_point a, struct geo_point b)
{
    return a.lat_e7 == b.lat_e7 && a.lon_e7 == b.lon_e7;
}

/* Is the point next to `via` on the way? */
static bool beside(const struct turn_oracle *oracle, int64_t way, int64_t via, struct geo_point at)
{
    const struct line *lines = oracle->lines.items;
    const int64_t *refs = oracle->refs.items;
    for (size_t i = 0; i < oracle->lines.count; i++) {
        for (size_t k = 0; lines[i].id == way && k < lines[i].count; k++) {
            const int64_t *ref = &refs[lines[i].first + k];
            const bool before = k > 0 && *ref == via && same(point_of(oracle, ref[-1])->at, at);
            const bool after =
                k + 1 < lines[i].count && *ref == via && same(point_of(oracle, ref[1])->at, at);
            if (before || after) {
                return true;
            }
        }
    }
    return false;
}

/* States along the way that end at the crossing (or leave it): how many are open, and the last. */
static uint32_t states_of(const struct turn_oracle *oracle, const struct rule *rule,
                          uint32_t crossing, bool leaving, uint32_t *state)
{
    const int64_t way = leaving ? rule->to : rule->from;
    uint32_t count = 0;
    for (uint32_t i = oracle->first[crossing]; i < oracle->first[crossing + 1]; i++) {
        const uint32_t s = oracle->into[i] ^ (leaving ? 1u : 0u);
        bool open = false;
        for (unsigned p = 0; p < GEO_PROFILE_COUNT; p++) {
            open = open ||
                   ((rule->profiles >> p & 1u) != 0 && time_of(oracle, s, p) != GEO_TRAVEL_NEVER);
        }
        if (open && beside(oracle, way, rule->via, last_point(oracle, s, leaving))) {
            *state = s;
            count++;
        }
    }
    return count;
}

static void ban(struct turn_oracle *oracle, uint32_t from, uint32_t to, unsigned profiles)
{
    *(struct ban *)geo_import_list_add(&oracle->bans) =
        (struct ban){.from = from, .to = to, .profiles = (uint8_t)profiles};
}

static void ban_round(struct turn_oracle *oracle, const struct rule *rule, uint32_t crossing)
{
    for (uint32_t i = oracle->first[crossing]; i < oracle->first[crossing + 1]; i++) {
        const uint32_t s = oracle->into[i];
        if (beside(oracle, rule->from, rule->via, last_point(oracle, s, false))) {
            ban(oracle, s, s ^ 1u, rule->profiles);
        }
    }
}

/* Two only_ of one road allow both: what the one bans, the other must not have allowed. */
static bool allowed_elsewhere(const struct turn_oracle *oracle, const struct rule *rule,
                              uint32_t crossing, uint32_t from, uint32_t to, unsigned profile)
{
    const struct rule *rules = oracle->rules.items;
    for (size_t i = 0; i < oracle->rules.count; i++) {
        uint32_t other_from = UINT32_MAX;
        uint32_t other_to = UINT32_MAX;
        if (rules[i].only && rules[i].via == rule->via && (rules[i].profiles >> profile & 1u) &&
            states_of(oracle, &rules[i], crossing, false, &other_from) == 1 &&
            states_of(oracle, &rules[i], crossing, true, &other_to) == 1 && other_from == from &&
            other_to == to) {
            return true;
        }
    }
    return false;
}

static void apply_rule(struct turn_oracle *oracle, const struct rule *rule)
{
    const struct point *via = point_of(oracle, rule->via);
    uint32_t from = 0;
    uint32_t to = 0;
    for (uint32_t n = 0; via != NULL && n < oracle->map->node_count; n++) {
        if (oracle->crossing[n] != n || !same(oracle->map->nodes[n], via->at)) {
            continue;
        }
        oracle->turning[n] = true;
        oracle->blocked[n] = via->blocked;
        if (rule->u_turn && rule->from == rule->to) {
            ban_round(oracle, rule, n);
        } else if (states_of(oracle, rule, n, false, &from) == 1 &&
                   states_of(oracle, rule, n, true, &to) == 1) {
            for (uint32_t i = oracle->first[n]; rule->only && i < oracle->first[n + 1]; i++) {
                const uint32_t s = oracle->into[i] ^ 1u;
                for (unsigned p = 0; p < GEO_PROFILE_COUNT; p++) {
                    if ((rule->profiles >> p & 1u) != 0 &&
                        !allowed_elsewhere(oracle, rule, n, from, s, p)) {
                        ban(oracle, from, s, 1u << p);
                    }
                }
            }
            if (!rule->only) {
                ban(oracle, from, to, rule->profiles);
            }
        }
    }
}

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    assert(memory != NULL);
    return memory;
}

struct turn_oracle *turn_oracle_create(const struct geo_map *map, const char *osm_path)
{
    struct turn_oracle *oracle = zeroed(1, sizeof *oracle);
    *oracle = (struct turn_oracle){.map = map,
                                   .points = GEO_IMPORT_LIST_OF(struct point),
                                   .lines = GEO_IMPORT_LIST_OF(struct line),
                                   .refs = GEO_IMPORT_LIST_OF(int64_t),
                                   .rules = GEO_IMPORT_LIST_OF(struct rule),
                                   .bans = GEO_IMPORT_LIST_OF(struct ban),
                                   .heap = GEO_IMPORT_LIST_OF(struct heap_item)};
    oracle->crossing = zeroed(map->node_count, sizeof *oracle->crossing);
    oracle->blocked = zeroed(map->node_count, sizeof *oracle->blocked);
    oracle->turning = zeroed(map->node_count, sizeof *oracle->turning);
    oracle->first = zeroed(map->node_count + 2u, sizeof *oracle->first);
    oracle->into = zeroed(2u * map->edge_count, sizeof *oracle->into);
    oracle->travel_ms = zeroed(2u * map->edge_count, sizeof *oracle->travel_ms);
    read_osm(oracle, osm_path);
    unite_crossings(oracle);
    index_states(oracle);
    const struct rule *rules = oracle->rules.items;
    for (size_t i = 0; i < oracle->rules.count; i++) {
        apply_rule(oracle, &rules[i]);
    }
    return oracle;
}

void turn_oracle_destroy(struct turn_oracle *oracle)
{
    if (oracle == NULL) {
        return;
    }
    geo_import_list_finish(&oracle->points);
    geo_import_list_finish(&oracle->lines);
    geo_import_list_finish(&oracle->refs);
    geo_import_list_finish(&oracle->rules);
    geo_import_list_finish(&oracle->bans);
    geo_import_list_finish(&oracle->heap);
    free(oracle->crossing);
    free(oracle->blocked);
    free(oracle->turning);
    free(oracle->first);
    free(oracle->into);
    free(oracle->travel_ms);
    free(oracle);
}

uint32_t turn_oracle_forbidden(const struct turn_oracle *oracle)
{
    return (uint32_t)oracle->bans.count;
}

/* ---- Searching ---- */

static bool may_turn(const struct turn_oracle *oracle, uint32_t from, uint32_t to)
{
    const uint32_t crossing = end_of(oracle, from);
    if (!oracle->turning[crossing]) {
        return true;
    }
    if (from != (to ^ 1u) && (oracle->blocked[crossing] >> oracle->profile & 1u) != 0) {
        return false;
    }
    const struct ban *bans = oracle->bans.items;
    for (size_t i = 0; i < oracle->bans.count; i++) {
        if (bans[i].from == from && bans[i].to == to &&
            (bans[i].profiles >> oracle->profile & 1u) != 0) {
            return false;
        }
    }
    return true;
}

static void put(struct turn_oracle *oracle, uint32_t state, uint64_t travel_ms)
{
    if (travel_ms >= oracle->travel_ms[state]) {
        return;
    }
    oracle->travel_ms[state] = travel_ms;
    (void)geo_import_list_add(&oracle->heap);
    struct heap_item *heap = oracle->heap.items;
    size_t slot = oracle->heap.count - 1;
    while (slot > 0 && heap[(slot - 1) / 2].travel_ms > travel_ms) {
        heap[slot] = heap[(slot - 1) / 2];
        slot = (slot - 1) / 2;
    }
    heap[slot] = (struct heap_item){travel_ms, state};
}

static struct heap_item take(struct turn_oracle *oracle)
{
    struct heap_item *heap = oracle->heap.items;
    const struct heap_item top = heap[0];
    const struct heap_item last = heap[--oracle->heap.count];
    const size_t count = oracle->heap.count;
    size_t slot = 0;
    for (size_t child = 1; child < count; child = 2 * slot + 1) {
        child += child + 1 < count && heap[child + 1].travel_ms < heap[child].travel_ms;
        if (heap[child].travel_ms >= last.travel_ms) {
            break;
        }
        heap[slot] = heap[child];
        slot = child;
    }
    heap[slot] = last;
    return top;
}

/* Everyone who can go on with `state` is at the place `travel_ms` after reaching its start. */
static void lead_back(struct turn_oracle *oracle, uint32_t state, uint64_t travel_ms)
{
    const uint32_t crossing = start_of(oracle, state);
    for (uint32_t i = oracle->first[crossing]; i < oracle->first[crossing + 1]; i++) {
        const uint32_t before = oracle->into[i];
        if (time_of(oracle, before, oracle->profile) != GEO_TRAVEL_NEVER &&
            may_turn(oracle, before, state)) {
            put(oracle, before, travel_ms);
        }
    }
}

static uint64_t part_ms(uint32_t travel_ms, uint32_t fraction_e6)
{
    return (uint64_t)travel_ms * fraction_e6 / 1000000u;
}

void turn_oracle_run(struct turn_oracle *oracle, enum geo_profile profile, struct geo_place place)
{
    for (uint32_t s = 0; s < 2 * oracle->map->edge_count; s++) {
        oracle->travel_ms[s] = TURN_ORACLE_NEVER;
    }
    oracle->profile = profile;
    oracle->place = place;
    oracle->heap.count = 0;
    const uint32_t forward_ms = time_of(oracle, 2 * place.edge, profile);
    const uint32_t backward_ms = time_of(oracle, 2 * place.edge + 1, profile);
    if (forward_ms != GEO_TRAVEL_NEVER) {
        lead_back(oracle, 2 * place.edge, part_ms(forward_ms, place.fraction_e6));
    }
    if (backward_ms != GEO_TRAVEL_NEVER) {
        lead_back(oracle, 2 * place.edge + 1,
                  backward_ms - part_ms(backward_ms, place.fraction_e6));
    }
    while (oracle->heap.count > 0) {
        const struct heap_item item = take(oracle);
        if (item.travel_ms == oracle->travel_ms[item.state]) {
            lead_back(oracle, item.state, item.travel_ms + time_of(oracle, item.state, profile));
        }
    }
}

uint64_t turn_oracle_end_ms(const struct turn_oracle *oracle, uint32_t edge, bool backward)
{
    return oracle->travel_ms[2 * edge + (backward ? 1u : 0u)];
}

uint64_t turn_oracle_road_ms(const struct turn_oracle *oracle, struct geo_place from)
{
    uint64_t best_ms = TURN_ORACLE_NEVER;
    for (uint32_t backward = 0; backward < 2; backward++) {
        const uint32_t state = 2 * from.edge + backward;
        const uint32_t whole_ms = time_of(oracle, state, oracle->profile);
        if (whole_ms == GEO_TRAVEL_NEVER) {
            continue;
        }
        const uint64_t here_ms = part_ms(whole_ms, from.fraction_e6);
        const uint64_t left_ms = backward ? here_ms : whole_ms - here_ms;
        if (oracle->travel_ms[state] != TURN_ORACLE_NEVER &&
            left_ms + oracle->travel_ms[state] < best_ms) {
            best_ms = left_ms + oracle->travel_ms[state];
        }
        const uint64_t there_ms = part_ms(whole_ms, oracle->place.fraction_e6);
        const bool ahead = backward ? there_ms <= here_ms : here_ms <= there_ms;
        const bool straight = from.edge == oracle->place.edge &&
                              (backward ? oracle->place.fraction_e6 <= from.fraction_e6
                                        : from.fraction_e6 <= oracle->place.fraction_e6);
        if (straight && ahead) {
            const uint64_t along_ms = backward ? here_ms - there_ms : there_ms - here_ms;
            best_ms = along_ms < best_ms ? along_ms : best_ms;
        }
    }
    return best_ms;
}
