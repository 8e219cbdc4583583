#include "geo/import/geo_import_area.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/import/geo_import_ring.h"

struct builder {
    struct geo_import_source *source;
    struct geo_import_rings outers, inners;
    struct geo_import_list homes; /* size_t: of each inner ring the outer one, or NO_HOME */
};

#define NO_HOME SIZE_MAX

static bool is_inner(struct geo_import_member member)
{
    return strcmp(member.role, "inner") == 0;
}

/* Does the relation cut anything? */
static bool has_inner(struct geo_import_members members)
{
    for (size_t i = 0; i < members.count; i++) {
        if (members.items[i].kind == GEO_IMPORT_MEMBER_WAY && is_inner(members.items[i])) {
            return true;
        }
    }
    return false;
}

static enum geo_status add_members(struct geo_import_source *source, struct geo_import_area *area,
                                   struct geo_import_members members)
{
    area->member_first = source->area_members.count;
    for (size_t i = 0; i < members.count; i++) {
        if (members.items[i].kind != GEO_IMPORT_MEMBER_WAY) {
            continue;
        }
        const struct geo_import_area_member member = {.way_id = members.items[i].id,
                                                      .is_inner = is_inner(members.items[i])};
        if (geo_import_list_append(&source->area_members, &member, 1) == NULL) {
            return GEO_NO_MEMORY;
        }
    }
    area->member_count = source->area_members.count - area->member_first;
    return geo_import_list_append(&source->areas, area, 1) != NULL ? GEO_OK : GEO_NO_MEMORY;
}

/* Does the relation say nothing of what it is? */
static bool is_bare(struct geo_import_tags tags)
{
    static const char *const keys[] = {"type", "source", "created_by", "note", "fixme"};
    size_t silent = 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        silent += geo_import_tags_value(tags, keys[i]) != NULL;
    }
    return silent == tags.count;
}

enum geo_status geo_import_area_add(struct geo_import_source *source,
                                    struct geo_import_members members, struct geo_import_tags tags)
{
    struct geo_import_area area = {.draw = geo_import_draw_of(tags, true)};
    if (geo_import_tags_value(tags, "highway") != NULL) {
        source->report->counts[GEO_IMPORT_MULTIPOLYGONS_ROADS]++;
        return GEO_OK;
    }
    area.is_bare = is_bare(tags) && has_inner(members);
    area.is_poi =
        geo_import_tags_value(tags, "name") != NULL && geo_import_poi_kind(tags, &area.poi.kind);
    enum geo_status status = GEO_OK;
    if (area.is_poi) {
        status = geo_import_source_names(source, tags, &area.poi);
    }
    if (status == GEO_OK && geo_import_draw_is_named(area.draw)) {
        status =
            geo_import_text_add(&source->text, geo_import_tags_value(tags, "name"), &area.name);
    }
    if (status != GEO_OK || (area.draw.layer == NULL && !area.is_poi && !area.is_bare)) {
        return status;
    }
    return add_members(source, &area, members);
}

static int compare_ways(const void *a, const void *b)
{
    const struct geo_import_known_way *one = a;
    const struct geo_import_known_way *other = b;
    if (one->id != other->id) {
        return one->id < other->id ? -1 : 1;
    }
    return (one->order > other->order) - (one->order < other->order);
}

/* NULL: the extract does not hold it. */
static struct geo_import_known_way *find_way(const struct geo_import_source *source, int64_t id)
{
    struct geo_import_known_way *ways = source->ways.items;
    size_t low = 0;
    size_t high = source->ways.count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (ways[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < source->ways.count && ways[low].id == id ? &ways[low] : NULL;
}

enum geo_status geo_import_area_want(struct geo_import_source *source)
{
    if (source->ways.count > 0) {
        qsort(source->ways.items, source->ways.count, sizeof(struct geo_import_known_way),
              compare_ways);
    }
    const struct geo_import_area_member *members = source->area_members.items;
    for (size_t i = 0; i < source->area_members.count; i++) {
        struct geo_import_known_way *way = find_way(source, members[i].way_id);
        if (way == NULL || !way->is_spare) {
            continue;
        }
        const int64_t *ids = (const int64_t *)source->spare_ids.items + way->ref_first;
        way->ref_first = source->ids.count;
        way->is_spare = false;
        if (geo_import_list_append(&source->ids, ids, way->ref_count) == NULL) {
            return GEO_NO_MEMORY;
        }
    }
    geo_import_list_finish(&source->spare_ids);
    return GEO_OK;
}

/* The rings of one side of an area. Members that the extract does not hold are gaps. */
static enum geo_status make_rings(struct builder *builder, const struct geo_import_area *area,
                                  bool inner, struct geo_import_rings *rings)
{
    struct geo_import_source *source = builder->source;
    const struct geo_import_area_member *members = source->area_members.items;
    const uint32_t *refs = source->refs.items;
    geo_import_ring_clear(rings);
    for (size_t i = 0; i < area->member_count; i++) {
        const struct geo_import_area_member *member = &members[area->member_first + i];
        const struct geo_import_known_way *way = find_way(source, member->way_id);
        if (member->is_inner != inner || way == NULL) {
            continue;
        }
        const enum geo_status status =
            geo_import_ring_add(rings, refs + way->ref_first, way->ref_count);
        if (status != GEO_OK) {
            return status;
        }
    }
    return geo_import_ring_close(rings, source->nodes.items);
}

/* Tags on the outer way instead of the relation, as until 2017: what that way draws, with holes.
 * The ways' own pictures go, or they would fill the holes. */
static void take_over(struct builder *builder, struct geo_import_area *area)
{
    struct geo_import_source *source = builder->source;
    const struct geo_import_area_member *members = source->area_members.items;
    struct geo_import_shape *shapes = source->shapes.items;
    for (size_t i = 0; i < area->member_count; i++) {
        const struct geo_import_area_member *member = &members[area->member_first + i];
        const struct geo_import_known_way *way = find_way(source, member->way_id);
        if (member->is_inner || way == NULL || way->shape == GEO_IMPORT_NO_SHAPE) {
            continue;
        }
        struct geo_import_shape *shape = &shapes[way->shape];
        if (area->is_bare && area->draw.layer == NULL && shape->draw.is_area) {
            area->draw = shape->draw;
            area->name = shape->name;
        }
        if (area->draw.layer != NULL && shape->draw.layer != NULL && shape->draw.is_area &&
            strcmp(area->draw.layer, shape->draw.layer) == 0 &&
            strcmp(area->draw.kind, shape->draw.kind) == 0) {
            shape->draw.layer = NULL;
            source->report->counts[GEO_IMPORT_AREAS_KEPT]--;
        }
    }
}

/* The smallest outer ring around an inner one, or NO_HOME. */
static size_t home_of(const struct builder *builder, size_t inner)
{
    const struct geo_import_node *nodes = builder->source->nodes.items;
    size_t home = NO_HOME;
    double area = 0.0;
    for (size_t outer = 0; outer < builder->outers.rings.count; outer++) {
        if (!geo_import_ring_holds(&builder->outers, nodes, outer, &builder->inners, inner)) {
            continue;
        }
        const double size = geo_import_ring_area(&builder->outers, nodes, outer);
        if (home == NO_HOME || size < area) {
            home = outer;
            area = size;
        }
    }
    return home;
}

static enum geo_status find_homes(struct builder *builder)
{
    builder->homes.count = 0;
    for (size_t inner = 0; inner < builder->inners.rings.count; inner++) {
        const size_t home = home_of(builder, inner);
        builder->source->report->counts[GEO_IMPORT_HOLES_STRAY] += home == NO_HOME;
        if (geo_import_list_append(&builder->homes, &home, 1) == NULL) {
            return GEO_NO_MEMORY;
        }
    }
    return GEO_OK;
}

/* The ring's points onto source->refs, the first one again at the end, and a shape of them. */
static enum geo_status put_ring(struct builder *builder, const struct geo_import_area *area,
                                const struct geo_import_rings *rings, size_t index)
{
    struct geo_import_source *source = builder->source;
    const struct geo_import_ring *ring = (const struct geo_import_ring *)rings->rings.items + index;
    const uint32_t *nodes = (const uint32_t *)rings->nodes.items + ring->node_first;
    const struct geo_import_shape shape = {.ref_first = source->refs.count,
                                           .ref_count = ring->node_count + 1,
                                           .name = area->name,
                                           .draw = area->draw,
                                           .is_hole = rings == &builder->inners};
    if (geo_import_list_append(&source->refs, nodes, ring->node_count) == NULL ||
        geo_import_list_append(&source->refs, nodes, 1) == NULL ||
        (area->draw.layer != NULL && geo_import_list_append(&source->shapes, &shape, 1) == NULL)) {
        return GEO_NO_MEMORY;
    }
    return GEO_OK;
}

/* An outer ring and its holes. */
static enum geo_status put_outer(struct builder *builder, const struct geo_import_area *area,
                                 size_t outer)
{
    const size_t *homes = builder->homes.items;
    enum geo_status status = put_ring(builder, area, &builder->outers, outer);
    for (size_t inner = 0; inner < builder->inners.rings.count && status == GEO_OK; inner++) {
        if (homes[inner] == outer) {
            status = put_ring(builder, area, &builder->inners, inner);
        }
    }
    return status;
}

static enum geo_status put_rings(struct builder *builder, const struct geo_import_area *area)
{
    enum geo_status status = GEO_OK;
    for (size_t outer = 0; outer < builder->outers.rings.count && status == GEO_OK; outer++) {
        status = put_outer(builder, area, outer);
    }
    return status;
}

static enum geo_status put_area(struct builder *builder, struct geo_import_area *area)
{
    struct geo_import_source *source = builder->source;
    area->poi.ref_first = source->refs.count;
    enum geo_status status = put_rings(builder, area);
    area->poi.ref_count = (uint32_t)(source->refs.count - area->poi.ref_first);
    if (status == GEO_OK && area->is_poi &&
        geo_import_list_append(&source->pois, &area->poi, 1) == NULL) {
        status = GEO_NO_MEMORY;
    }
    return status;
}

static enum geo_status build_area(struct builder *builder, struct geo_import_area *area)
{
    uint64_t *counts = builder->source->report->counts;
    take_over(builder, area);
    if (area->draw.layer == NULL && !area->is_poi) {
        return GEO_OK; /* the border of something that the map does not show */
    }
    enum geo_status status = make_rings(builder, area, false, &builder->outers);
    if (status == GEO_OK) {
        status = make_rings(builder, area, true, &builder->inners);
    }
    if (status != GEO_OK) {
        return status;
    }
    if (builder->outers.rings.count == 0) {
        counts[GEO_IMPORT_MULTIPOLYGONS_INCOMPLETE]++;
        return GEO_OK;
    }
    counts[GEO_IMPORT_MULTIPOLYGONS_KEPT]++;
    counts[GEO_IMPORT_RINGS_BRIDGED] +=
        builder->outers.bridged_count + builder->inners.bridged_count;
    counts[GEO_IMPORT_RINGS_INCOMPLETE] +=
        builder->outers.dropped_count + builder->inners.dropped_count;
    status = find_homes(builder);
    return status == GEO_OK ? put_area(builder, area) : status;
}

static void drop_taken_shapes(struct geo_import_list *list)
{
    struct geo_import_shape *shapes = list->items;
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (shapes[i].draw.layer != NULL) {
            shapes[kept++] = shapes[i];
        }
    }
    list->count = kept;
}

enum geo_status geo_import_area_build(struct geo_import_source *source)
{
    struct builder builder = {.source = source, .homes = GEO_IMPORT_LIST_OF(size_t)};
    geo_import_ring_init(&builder.outers);
    geo_import_ring_init(&builder.inners);
    enum geo_status status = GEO_OK;
    for (size_t i = 0; i < source->areas.count && status == GEO_OK; i++) {
        status = build_area(&builder, (struct geo_import_area *)source->areas.items + i);
    }
    drop_taken_shapes(&source->shapes);
    geo_import_ring_finish(&builder.outers);
    geo_import_ring_finish(&builder.inners);
    geo_import_list_finish(&builder.homes);
    return status;
}
