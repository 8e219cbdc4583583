#include <assert.h>
#include <inttypes.h>
#include <readosm.h>
#include <stdio.h>
#include <stdlib.h>

#include "geo/import/geo_import_read.h"

/* What the callbacks share. libreadosm hands it through as const, hence the second struct. */
struct state {
    struct geo_import_source *source;
    struct geo_import_list tags;    /* struct geo_import_tag */
    struct geo_import_list ids;     /* int64_t */
    struct geo_import_list members; /* struct geo_import_member */
    enum geo_status status;
    const char *last_kind; /* the element read last, to say where a file breaks */
    int64_t last_id;
    uint64_t elements;
};

struct handle {
    struct state *state;
};

#define PROGRESS_STEP 65536u

static void seen(struct state *state, const char *kind, int64_t id)
{
    state->last_kind = kind;
    state->last_id = id;
    if (++state->elements % PROGRESS_STEP == 0) {
        geo_import_report_say(state->source->options, "read", state->elements, 0);
    }
}

static bool copy_tags(struct state *state, const readosm_tag *from, int count,
                      struct geo_import_tags *tags)
{
    state->tags.count = 0;
    for (int i = 0; i < count; i++) {
        if (from[i].key == NULL || from[i].value == NULL) {
            continue;
        }
        struct geo_import_tag *tag = geo_import_list_add(&state->tags);
        if (tag == NULL) {
            state->status = GEO_NO_MEMORY;
            return false;
        }
        *tag = (struct geo_import_tag){.key = from[i].key, .value = from[i].value};
    }
    *tags = (struct geo_import_tags){.items = state->tags.items, .count = state->tags.count};
    return true;
}

static int answer(const struct state *state)
{
    return state->status == GEO_OK ? READOSM_OK : READOSM_ABORT;
}

static int on_node(const void *user, const readosm_node *node)
{
    const struct handle *handle = user;
    struct state *state = handle->state;
    struct geo_import_source *source = state->source;
    seen(state, "node", node->id);
    source->report->counts[GEO_IMPORT_NODES_READ]++;
    struct geo_point at;
    if (!geo_import_source_point(node->latitude, node->longitude, &at)) {
        state->status = geo_import_report_fail(
            source->report, GEO_BAD_INPUT,
            "%s: node %" PRId64 ": latitude %.7f, longitude %.7f is no place on Earth (missing, or "
            "swapped?)",
            source->options->input_path, (int64_t)node->id, node->latitude, node->longitude);
        return READOSM_ABORT;
    }
    struct geo_import_tags tags;
    if (copy_tags(state, node->tags, node->tag_count, &tags)) {
        state->status = geo_import_source_node(source, node->id, at, tags);
    }
    return answer(state);
}

static int on_way(const void *user, const readosm_way *way)
{
    const struct handle *handle = user;
    struct state *state = handle->state;
    seen(state, "way", way->id);
    state->source->report->counts[GEO_IMPORT_WAYS_READ]++;
    struct geo_import_tags tags;
    state->ids.count = 0;
    int64_t *ids = geo_import_list_append(
        &state->ids, NULL, way->node_ref_count < 0 ? 0 : (size_t)way->node_ref_count);
    if (ids == NULL) {
        state->status = GEO_NO_MEMORY;
    } else if (copy_tags(state, way->tags, way->tag_count, &tags)) {
        for (size_t i = 0; i < state->ids.count; i++) {
            ids[i] = way->node_refs[i];
        }
        const struct geo_import_way found = {.id = way->id, .ids = ids, .count = state->ids.count};
        state->status = geo_import_source_way(state->source, found, tags);
    }
    return answer(state);
}

static bool copy_members(struct state *state, const readosm_relation *relation)
{
    state->members.count = 0;
    for (int i = 0; i < relation->member_count; i++) {
        const readosm_member *from = &relation->members[i];
        struct geo_import_member *member = geo_import_list_add(&state->members);
        if (member == NULL) {
            state->status = GEO_NO_MEMORY;
            return false;
        }
        *member = (struct geo_import_member){
            .kind = from->member_type == READOSM_MEMBER_NODE  ? GEO_IMPORT_MEMBER_NODE
                    : from->member_type == READOSM_MEMBER_WAY ? GEO_IMPORT_MEMBER_WAY
                                                              : GEO_IMPORT_MEMBER_OTHER,
            .id = from->id,
            .role = from->role == NULL ? "" : from->role};
    }
    return true;
}

static int on_relation(const void *user, const readosm_relation *relation)
{
    const struct handle *handle = user;
    struct state *state = handle->state;
    seen(state, "relation", relation->id);
    state->source->report->counts[GEO_IMPORT_RELATIONS_READ]++;
    struct geo_import_tags tags;
    if (copy_tags(state, relation->tags, relation->tag_count, &tags) &&
        copy_members(state, relation)) {
        const struct geo_import_members members = {.items = state->members.items,
                                                   .count = state->members.count};
        state->status = geo_import_source_relation(state->source, members, tags);
    }
    return answer(state);
}

static const char *reason_of(int code)
{
    switch (code) {
    case READOSM_FILE_NOT_FOUND:
        return "cannot open the file";
    case READOSM_XML_ERROR:
        return "the XML is broken or breaks off";
    case READOSM_INVALID_PBF_HEADER:
        return "not an OSM PBF file";
    case READOSM_UNZIP_ERROR:
        return "a block cannot be unpacked";
    case READOSM_READ_ERROR:
        return "a block cannot be read";
    default:
        return "the file cannot be read";
    }
}

static enum geo_status parse(struct state *state, const char *path)
{
    const struct handle handle = {.state = state};
    struct geo_import_report *report = state->source->report;
    const char *name = state->source->options->input_path;
    const void *file = NULL;
    int code = readosm_open(path, &file);
    if (code == READOSM_OK) {
        code = readosm_parse(file, &handle, on_node, on_way, on_relation);
    }
    if (file != NULL) {
        (void)readosm_close(file);
    }
    if (state->status != GEO_OK) {
        return state->status;
    }
    if (code == READOSM_INSUFFICIENT_MEMORY) {
        return GEO_NO_MEMORY;
    }
    if (code != READOSM_OK && state->last_kind != NULL) {
        return geo_import_report_fail(report, GEO_BAD_INPUT, "%s: %s after %s %" PRId64, name,
                                      reason_of(code), state->last_kind, state->last_id);
    }
    if (code != READOSM_OK) {
        return geo_import_report_fail(report, GEO_BAD_INPUT, "%s: %s", name, reason_of(code));
    }
    return GEO_OK;
}

enum geo_status geo_import_osm_read(struct geo_import_source *source, const char *path)
{
    struct state state = {.source = source,
                          .tags = GEO_IMPORT_LIST_OF(struct geo_import_tag),
                          .ids = GEO_IMPORT_LIST_OF(int64_t),
                          .members = GEO_IMPORT_LIST_OF(struct geo_import_member),
                          .status = GEO_OK};
    const enum geo_status status = parse(&state, path);
    geo_import_list_finish(&state.tags);
    geo_import_list_finish(&state.ids);
    geo_import_list_finish(&state.members);
    return status;
}
