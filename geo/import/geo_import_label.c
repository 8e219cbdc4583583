#include "geo/import/geo_import_label.h"

#include <assert.h>
#include <stdlib.h>

static int compare_numbers(const void *a, const void *b)
{
    const int32_t one = *(const int32_t *)a;
    const int32_t other = *(const int32_t *)b;
    return (one > other) - (one < other);
}

/* Where the ring's sides cross the line y + 1/2: between whole numbers, so never at a point. */
static bool cross(struct geo_import_label_ring ring, int32_t y, struct geo_import_list *crossings)
{
    for (uint32_t i = 1; i < ring.count; i++) {
        const struct geo_import_dot a = ring.dots[i - 1];
        const struct geo_import_dot b = ring.dots[i];
        if ((a.y > y) == (b.y > y)) {
            continue;
        }
        const double along = ((double)y + 0.5 - a.y) / ((double)b.y - a.y);
        const int32_t x = (int32_t)(a.x + along * ((double)b.x - a.x));
        if (geo_import_list_append(crossings, &x, 1) == NULL) {
            return false;
        }
    }
    return true;
}

/* Where rings cross one line, in order: from outside to inside and back. The longest stretch. */
static void take_longest(int32_t crossings[], size_t count, int32_t y, struct geo_import_dot *at,
                         int32_t *width)
{
    if (count > 0) {
        qsort(crossings, count, sizeof crossings[0], compare_numbers);
    }
    for (size_t i = 0; i + 1 < count; i += 2) {
        if (crossings[i + 1] - crossings[i] > *width) {
            *width = crossings[i + 1] - crossings[i];
            *at = (struct geo_import_dot){crossings[i] + *width / 2, y};
        }
    }
}

enum geo_status geo_import_label_place(const struct geo_import_label_ring rings[], size_t count,
                                       struct geo_import_dot *at, int32_t *width)
{
    assert(count > 0);
    int32_t north = INT32_MAX;
    int32_t south = INT32_MIN;
    for (uint32_t i = 0; i < rings[0].count; i++) {
        north = rings[0].dots[i].y < north ? rings[0].dots[i].y : north;
        south = rings[0].dots[i].y > south ? rings[0].dots[i].y : south;
    }
    struct geo_import_list crossings = GEO_IMPORT_LIST_OF(int32_t);
    bool good = true;
    *width = 0;
    for (int quarter = 1; quarter < 4 && good; quarter++) {
        const int32_t y = (int32_t)(north + ((int64_t)south - north) * quarter / 4);
        crossings.count = 0;
        for (size_t r = 0; r < count && good; r++) {
            good = cross(rings[r], y, &crossings);
        }
        take_longest(crossings.items, crossings.count, y, at, width);
    }
    geo_import_list_finish(&crossings);
    return good ? GEO_OK : GEO_NO_MEMORY;
}
