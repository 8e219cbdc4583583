/* S2PointIndex as a peer: a B-tree of points on the sphere. */
#include <s2/s2closest_point_query.h>
#include <s2/s2latlng.h>
#include <s2/s2point_index.h>
#include <vector>

#include "tests/bench/peer_points.h"

namespace {
struct index {
    std::vector<S2Point> points;
    S2PointIndex<uint32_t> all;
};

S2Point on_sphere(geo_point at)
{
    return S2LatLng::FromE7(at.lat_e7, at.lon_e7).ToPoint();
}

void *create(const geo_point points[], uint32_t count)
{
    auto *made = new index;
    for (uint32_t id = 0; id < count; id++) {
        made->points.push_back(on_sphere(points[id]));
        made->all.Add(made->points[id], id);
    }
    return made;
}

void move(void *of, uint32_t id, geo_point to)
{
    auto *made = static_cast<index *>(of);
    made->all.Remove(made->points[id], id);
    made->points[id] = on_sphere(to);
    made->all.Add(made->points[id], id);
}

uint32_t nearest(void *of, geo_point at, uint32_t ids[], uint32_t ids_max)
{
    auto *made = static_cast<index *>(of);
    S2ClosestPointQuery<uint32_t> query(&made->all);
    query.mutable_options()->set_max_results(int(ids_max));
    S2ClosestPointQuery<uint32_t>::PointTarget target(on_sphere(at));
    uint32_t count = 0;
    for (const auto &hit : query.FindClosestPoints(&target)) {
        ids[count++] = hit.data();
    }
    return count;
}

void destroy(void *of)
{
    delete static_cast<index *>(of);
}

const peer_points peer = {"S2PointIndex", create, move, nearest, destroy};
} // namespace

const struct peer_points *peer_s2(void)
{
    return &peer;
}
