/* Search by name: a binary search in the sorted keys, then the best of what starts so. */
#include <assert.h>
#include <string.h>

#include "geo/geo_map.h"
#include "geo/geo_text.h"

#define QUERY_SIZE 256u /* longer than any key; a longer query matches nothing */

/* How well a name fits what was typed, best first. */
enum fit { FIT_WHOLE, FIT_BEGINNING, FIT_INSIDE };

/* The best so far: by fit, then by name. */
struct best {
    uint32_t *names;
    uint8_t fits[GEO_NAMES_FOUND_MAX];
    uint32_t count, count_max;
};

/* -1, 0, 1: the key is before, among or behind those that start with the query. */
static int compare_start(const char *key, const char *query, size_t query_size)
{
    for (size_t i = 0; i < query_size; i++) {
        const unsigned char a = (unsigned char)key[i];
        const unsigned char b = (unsigned char)query[i];
        if (a != b) { /* the NUL of a shorter key differs, too */
            return a < b ? -1 : 1;
        }
    }
    return 0;
}

/* Of the sorted keys from `low` on the first that does not come before a place: the first that
 * starts with the query (BEGIN), that goes on behind it (LONGER), that no longer starts so (END).
 */
enum key_edge { BEGIN, LONGER, END };

static uint32_t first_key(const struct geo_map *map, uint32_t low, const char *query,
                          size_t query_size, enum key_edge edge)
{
    uint32_t high = map->name_key_count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const char *key = map->text + map->name_keys[middle].text;
        const int by = compare_start(key, query, query_size);
        const bool before =
            by < 0 || (by == 0 && (edge == END || (edge == LONGER && key[query_size] == '\0')));
        if (before) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool fits_better(uint8_t fit, uint32_t name, uint8_t other_fit, uint32_t other_name)
{
    return fit != other_fit ? fit < other_fit : name < other_name;
}

/* A name comes once for each of its keys that matches: the best fit stays. */
static void keep(struct best *best, uint32_t name, uint8_t fit)
{
    if (best->count == best->count_max &&
        !fits_better(fit, name, best->fits[best->count - 1], best->names[best->count - 1])) {
        return;
    }
    uint32_t slot = 0;
    while (slot < best->count && best->names[slot] != name) {
        slot++;
    }
    if (slot == best->count) {
        slot = best->count < best->count_max ? best->count++ : best->count - 1;
    } else if (best->fits[slot] <= fit) {
        return;
    }
    for (; slot > 0 && fits_better(fit, name, best->fits[slot - 1], best->names[slot - 1]);
         slot--) {
        best->fits[slot] = best->fits[slot - 1];
        best->names[slot] = best->names[slot - 1];
    }
    best->fits[slot] = fit;
    best->names[slot] = name;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): it is written through the best list */
uint32_t geo_map_find_name(const struct geo_map *map, const char *text, uint32_t names[],
                           uint32_t names_max)
{
    assert(map != NULL);
    assert(text != NULL);
    assert(names_max <= GEO_NAMES_FOUND_MAX);

    char query[QUERY_SIZE];
    if (strlen(text) >= sizeof query || names_max == 0) {
        return 0;
    }
    const size_t size = geo_text_squeeze(text, query, sizeof query, NULL);
    if (size == 0) {
        return 0;
    }
    /* The texts are looked at only here: one letter may begin half a million keys. */
    const uint32_t begin = first_key(map, 0, query, size, BEGIN);
    const uint32_t longer = first_key(map, begin, query, size, LONGER);
    const uint32_t end = first_key(map, longer, query, size, END);
    struct best best = {.names = names, .count_max = names_max};
    for (uint32_t i = begin; i < end; i++) {
        const uint32_t name = map->name_keys[i].name;
        const enum fit fit = (name & GEO_NAME_INSIDE) != 0 ? FIT_INSIDE
                             : i < longer                  ? FIT_WHOLE
                                                           : FIT_BEGINNING;
        keep(&best, name & ~GEO_NAME_INSIDE, (uint8_t)fit);
    }
    assert(best.count <= names_max);
    return best.count;
}

const char *geo_name_kind_text(enum geo_name_kind kind)
{
#define KIND_TEXT(name, text) text,
    static const char *const texts[] = {GEO_NAME_KIND_LIST(KIND_TEXT)};
#undef KIND_TEXT
    assert(kind < GEO_NAME_KIND_COUNT);
    return texts[kind];
}
