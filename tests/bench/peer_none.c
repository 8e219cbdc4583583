/* Stands in for the peers whose libraries were not there at build time. */
#include <stddef.h>

#include "tests/bench/peer_areas.h"
#include "tests/bench/peer_points.h"

#ifndef HAVE_PEER_BOOST
const struct peer_points *peer_boost(void)
{
    return NULL;
}

const struct peer_areas *peer_boost_areas(void)
{
    return NULL;
}
#endif

#ifndef HAVE_PEER_S2
const struct peer_points *peer_s2(void)
{
    return NULL;
}
#endif
