/* boost::geometry's R-tree as a peer: planar metres around the first point, quadratic<16>. */
#include <boost/geometry.hpp>
#include <boost/geometry/geometries/point_xy.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "tests/bench/peer_points.h"

namespace {
namespace bg = boost::geometry;
using point = bg::model::d2::point_xy<float>;
using value = std::pair<point, uint32_t>;
using tree = bg::index::rtree<value, bg::index::quadratic<16>>;

struct index {
    geo_point origin;
    double cos_lat;
    std::vector<point> points;
    tree all;

    point flat(geo_point at) const
    {
        return point(float((at.lon_e7 - origin.lon_e7) * 0.0111195 * cos_lat),
                     float((at.lat_e7 - origin.lat_e7) * 0.0111195));
    }
};

void *create(const geo_point points[], uint32_t count)
{
    auto *made = new index;
    made->origin = points[0];
    made->cos_lat = std::cos(points[0].lat_e7 * 1.7453292519943295e-9);
    std::vector<value> values;
    for (uint32_t id = 0; id < count; id++) {
        made->points.push_back(made->flat(points[id]));
        values.emplace_back(made->points[id], id);
    }
    made->all = tree(values.begin(), values.end()); /* packed: the best start it can have */
    return made;
}

void move(void *of, uint32_t id, geo_point to)
{
    auto *made = static_cast<index *>(of);
    made->all.remove(value(made->points[id], id));
    made->points[id] = made->flat(to);
    made->all.insert(value(made->points[id], id));
}

uint32_t nearest(void *of, geo_point at, uint32_t ids[], uint32_t ids_max)
{
    const auto *made = static_cast<const index *>(of);
    uint32_t count = 0;
    const auto query = bg::index::nearest(made->flat(at), ids_max);
    for (auto hit = made->all.qbegin(query); hit != made->all.qend(); ++hit) {
        ids[count++] = hit->second;
    }
    return count;
}

void destroy(void *of)
{
    delete static_cast<index *>(of);
}

const peer_points peer = {"boost rtree", create, move, nearest, destroy};
} // namespace

const struct peer_points *peer_boost(void)
{
    return &peer;
}
