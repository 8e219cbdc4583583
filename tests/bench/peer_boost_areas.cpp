/* boost::geometry as a peer: a packed R-tree of the areas' boxes, covered_by() for the rest. */
#include <boost/geometry.hpp>
#include <boost/geometry/geometries/box.hpp>
#include <boost/geometry/geometries/point_xy.hpp>
#include <boost/geometry/geometries/polygon.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <algorithm>
#include <utility>
#include <vector>

#include "tests/bench/peer_areas.h"

namespace {
namespace bg = boost::geometry;
using point = bg::model::d2::point_xy<double>;
using polygon = bg::model::polygon<point>;
using box = bg::model::box<point>;
using value = std::pair<box, uint32_t>;
using tree = bg::index::rtree<value, bg::index::rstar<16>>;

struct index {
    std::vector<polygon> areas;
    tree boxes;
};

void *create(const geo_point points[], uint32_t areas, uint32_t sides)
{
    auto *made = new index;
    std::vector<value> values;
    for (uint32_t id = 0; id < areas; id++) {
        polygon area;
        for (uint32_t i = 0; i < sides; i++) {
            const geo_point &corner = points[id * sides + i];
            bg::append(area, point(corner.lon_e7, corner.lat_e7));
        }
        bg::correct(area);
        values.emplace_back(bg::return_envelope<box>(area), id);
        made->areas.push_back(area);
    }
    made->boxes = tree(values.begin(), values.end());
    return made;
}

uint32_t find(const void *of, geo_point at, uint32_t ids[], uint32_t ids_max)
{
    const auto *made = static_cast<const index *>(of);
    const point place(at.lon_e7, at.lat_e7);
    uint32_t count = 0;
    const auto query = bg::index::intersects(place);
    for (auto hit = made->boxes.qbegin(query); hit != made->boxes.qend() && count < ids_max; ++hit) {
        if (bg::covered_by(place, made->areas[hit->second])) {
            ids[count++] = hit->second;
        }
    }
    std::sort(ids, ids + count);
    return count;
}

void destroy(void *of)
{
    delete static_cast<index *>(of);
}

const peer_areas peer = {"boost rtree", create, find, destroy};
} // namespace

const struct peer_areas *peer_boost_areas(void)
{
    return &peer;
}
