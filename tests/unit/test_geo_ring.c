/* geo_ring: a point and a ring, a ring in a ring. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "geo/geo_ring.h"

static const struct geo_point outer[] = {{0, 0}, {0, 100}, {100, 100}, {100, 0}};

Test(geo_ring, a_point_is_inside_on_the_line_or_outside)
{
    cr_expect(eq(int, geo_ring_place(outer, 4, (struct geo_point){50, 50}), GEO_RING_INSIDE));
    cr_expect(eq(int, geo_ring_place(outer, 4, (struct geo_point){0, 50}), GEO_RING_ON));
    cr_expect(eq(int, geo_ring_place(outer, 4, (struct geo_point){100, 100}), GEO_RING_ON));
    cr_expect(eq(int, geo_ring_place(outer, 4, (struct geo_point){101, 50}), GEO_RING_OUTSIDE));
    cr_expect(eq(int, geo_ring_place(outer, 4, (struct geo_point){50, -1}), GEO_RING_OUTSIDE));
}

Test(geo_ring, a_ring_that_touches_the_line_is_judged_by_a_corner_that_does_not)
{
    const struct geo_point inner[] = {{0, 0}, {0, 50}, {50, 50}};
    const struct geo_point beside[] = {{100, 0}, {100, 100}, {150, 50}};
    cr_expect(geo_ring_holds(outer, 4, inner, 3));
    cr_expect(not(geo_ring_holds(outer, 4, beside, 3)));
    cr_expect(not(geo_ring_holds(inner, 3, outer, 4)));
    cr_expect(not(geo_ring_holds(outer, 4, outer, 4))); /* the same one is not inside itself */
}
