#include <assert.h>
#include <errno.h>
#include <expat.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "geo/import/geo_import_osm.h"
#include "geo/import/geo_import_read.h"

/* OSM XML (OSM wiki, "OSM XML") by expat. Unknown elements and attributes are passed over, as the
 * format asks; what is marked as deleted is none of the city. */

#define CHUNK_SIZE 262144

enum kind { KIND_NONE, KIND_NODE, KIND_WAY, KIND_RELATION };

/* Text of the element that is open: offsets, since `chars` moves while it grows. */
struct spoken_tag {
    size_t key, value;
};

struct spoken_member {
    struct geo_import_member member;
    size_t role;
};

struct reader {
    struct geo_import_osm osm;
    XML_Parser parser;
    const char *path;
    struct geo_import_list chars;   /* char */
    struct geo_import_list tags;    /* struct spoken_tag */
    struct geo_import_list members; /* struct spoken_member */
    unsigned depth;
    enum kind kind; /* of the element that is open */
    bool is_deleted;
    int64_t id;
    struct geo_point point;
    enum geo_status status;
};

static const char *const kind_names[] = {"", "node", "way", "relation"};

/* One XML attribute list, as expat gives it: name, value, name, value, NULL. */
static const char *attribute(const XML_Char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        if (strcmp(attributes[i], name) == 0) {
            return attributes[i + 1];
        }
    }
    return NULL;
}

static void stop(struct reader *reader, enum geo_status status)
{
    reader->status = status;
    (void)XML_StopParser(reader->parser, XML_FALSE);
}

/* "city.osm:12:7", the place of what is read now. */
static void where(const struct reader *reader, char *out, size_t size)
{
    (void)snprintf(out, size, "%s:%lu:%lu", reader->path,
                   (unsigned long)XML_GetCurrentLineNumber(reader->parser),
                   (unsigned long)XML_GetCurrentColumnNumber(reader->parser) + 1);
}

static void refuse(struct reader *reader, const char *element, const char *name, const char *value)
{
    char at[GEO_IMPORT_ERROR_SIZE];
    where(reader, at, sizeof at);
    struct geo_import_report *report = reader->osm.source->report;
    const char *outer = kind_names[reader->kind];
    const bool is_inner = strcmp(outer, element) != 0;
    char owner[64] = "";
    if (is_inner) {
        (void)snprintf(owner, sizeof owner, "%s %" PRId64 ": ", outer, reader->id);
    }
    stop(reader, value == NULL ? geo_import_report_fail(report, GEO_BAD_INPUT, "%s: %s%s has no %s",
                                                        at, owner, element, name)
                               : geo_import_report_fail(report, GEO_BAD_INPUT,
                                                        "%s: %s%s: %s \"%.40s\" is no number", at,
                                                        owner, element, name, value));
}

static bool read_id(struct reader *reader, const XML_Char **attributes, const char *element,
                    const char *name, int64_t *out)
{
    const char *text = attribute(attributes, name);
    char *end = NULL;
    errno = 0;
    const long long value = text == NULL ? 0 : strtoll(text, &end, 10);
    if (text == NULL || end == text || *end != '\0' || errno != 0) {
        refuse(reader, element, name, text);
        return false;
    }
    *out = value;
    return true;
}

static bool read_degrees(struct reader *reader, const XML_Char **attributes, const char *name,
                         double *out)
{
    const char *text = attribute(attributes, name);
    char *end = NULL;
    *out = text == NULL ? 0.0 : strtod(text, &end);
    if (text == NULL || end == text || *end != '\0') {
        refuse(reader, kind_names[KIND_NODE], name, text);
        return false;
    }
    return true;
}

static void read_point(struct reader *reader, const XML_Char **attributes)
{
    double lat = 0.0;
    double lon = 0.0;
    if (!read_degrees(reader, attributes, "lat", &lat) ||
        !read_degrees(reader, attributes, "lon", &lon) ||
        geo_import_source_point(lat, lon, &reader->point)) {
        return;
    }
    char at[GEO_IMPORT_ERROR_SIZE];
    where(reader, at, sizeof at);
    stop(reader, geo_import_osm_no_place(&reader->osm, at, reader->id, lat, lon));
}

/* Keep a text until the element ends. */
static bool keep(struct reader *reader, const char *text, size_t *offset)
{
    *offset = reader->chars.count;
    if (geo_import_list_append(&reader->chars, text, strlen(text) + 1) == NULL) {
        stop(reader, GEO_NO_MEMORY);
        return false;
    }
    return true;
}

static void open_element(struct reader *reader, enum kind kind, const XML_Char **attributes)
{
    const char *visible = attribute(attributes, "visible");
    const char *action = attribute(attributes, "action");
    reader->kind = kind;
    reader->is_deleted = (visible != NULL && strcmp(visible, "false") == 0) ||
                         (action != NULL && strcmp(action, "delete") == 0);
    reader->chars.count = 0;
    reader->tags.count = 0;
    reader->members.count = 0;
    geo_import_osm_clear(&reader->osm);
    if (read_id(reader, attributes, kind_names[kind], "id", &reader->id) && kind == KIND_NODE &&
        !reader->is_deleted) {
        read_point(reader, attributes);
    }
}

static void read_tag(struct reader *reader, const XML_Char **attributes)
{
    const char *key = attribute(attributes, "k");
    const char *value = attribute(attributes, "v");
    struct spoken_tag tag;
    if (key == NULL || value == NULL) {
        refuse(reader, "tag", key == NULL ? "k" : "v", NULL);
    } else if (keep(reader, key, &tag.key) && keep(reader, value, &tag.value) &&
               geo_import_list_append(&reader->tags, &tag, 1) == NULL) {
        stop(reader, GEO_NO_MEMORY);
    }
}

static void read_ref(struct reader *reader, const XML_Char **attributes)
{
    int64_t id = 0;
    if (read_id(reader, attributes, "nd", "ref", &id) &&
        geo_import_osm_id(&reader->osm, id) != GEO_OK) {
        stop(reader, GEO_NO_MEMORY);
    }
}

static void read_member(struct reader *reader, const XML_Char **attributes)
{
    const char *type = attribute(attributes, "type");
    const char *role = attribute(attributes, "role");
    struct spoken_member found;
    if (type == NULL) {
        refuse(reader, "member", "type", NULL);
        return;
    }
    found.member =
        (struct geo_import_member){.kind = strcmp(type, "node") == 0  ? GEO_IMPORT_MEMBER_NODE
                                           : strcmp(type, "way") == 0 ? GEO_IMPORT_MEMBER_WAY
                                                                      : GEO_IMPORT_MEMBER_OTHER};
    if (read_id(reader, attributes, "member", "ref", &found.member.id) &&
        keep(reader, role == NULL ? "" : role, &found.role) &&
        geo_import_list_append(&reader->members, &found, 1) == NULL) {
        stop(reader, GEO_NO_MEMORY);
    }
}

static enum kind kind_of(const char *name)
{
    for (enum kind kind = KIND_NODE; kind <= KIND_RELATION; kind++) {
        if (strcmp(name, kind_names[kind]) == 0) {
            return kind;
        }
    }
    return KIND_NONE;
}

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct reader *reader = context;
    const unsigned depth = reader->depth++;
    if (depth == 0 && strcmp(name, "osm") != 0) {
        char at[GEO_IMPORT_ERROR_SIZE];
        where(reader, at, sizeof at);
        stop(reader, geo_import_report_fail(reader->osm.source->report, GEO_BAD_INPUT,
                                            "%s: not OSM XML: it begins with <%.40s>", at, name));
    } else if (depth == 1) {
        const enum kind kind = kind_of(name);
        if (kind != KIND_NONE) {
            open_element(reader, kind, attributes);
        }
    } else if (depth == 2 && reader->kind != KIND_NONE) {
        if (strcmp(name, "tag") == 0) {
            read_tag(reader, attributes);
        } else if (strcmp(name, "nd") == 0 && reader->kind == KIND_WAY) {
            read_ref(reader, attributes);
        } else if (strcmp(name, "member") == 0 && reader->kind == KIND_RELATION) {
            read_member(reader, attributes);
        }
    }
}

static enum geo_status hand_over(struct reader *reader)
{
    const char *text = reader->chars.items;
    const struct spoken_tag *tags = reader->tags.items;
    const struct spoken_member *members = reader->members.items;
    enum geo_status status = GEO_OK;
    for (size_t i = 0; i < reader->tags.count && status == GEO_OK; i++) {
        status = geo_import_osm_tag(&reader->osm, text + tags[i].key, text + tags[i].value);
    }
    for (size_t i = 0; i < reader->members.count && status == GEO_OK; i++) {
        struct geo_import_member member = members[i].member;
        member.role = text + members[i].role;
        status = geo_import_osm_member(&reader->osm, member);
    }
    if (status != GEO_OK) {
        return status;
    }
    switch (reader->kind) {
    case KIND_NODE:
        return geo_import_osm_node(&reader->osm, reader->id, reader->point);
    case KIND_WAY:
        return geo_import_osm_way(&reader->osm, reader->id);
    case KIND_RELATION:
        return geo_import_osm_relation(&reader->osm);
    case KIND_NONE:
        break;
    }
    return GEO_OK;
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
    (void)name;
    struct reader *reader = context;
    reader->depth--;
    if (reader->depth != 1 || reader->kind == KIND_NONE || reader->status != GEO_OK) {
        return;
    }
    const enum geo_status status = reader->is_deleted ? GEO_OK : hand_over(reader);
    reader->kind = KIND_NONE;
    if (status != GEO_OK) {
        stop(reader, status);
    }
}

static enum geo_status broken(const struct reader *reader)
{
    const enum XML_Error code = XML_GetErrorCode(reader->parser);
    if (code == XML_ERROR_NO_MEMORY) {
        return GEO_NO_MEMORY;
    }
    char at[GEO_IMPORT_ERROR_SIZE];
    where(reader, at, sizeof at);
    return geo_import_report_fail(reader->osm.source->report, GEO_BAD_INPUT,
                                  "%s: the XML is broken or breaks off: %s", at,
                                  XML_ErrorString(code));
}

static enum geo_status unreadable(const struct reader *reader, gzFile file)
{
    int code = Z_OK;
    const char *why = gzerror(file, &code);
    struct geo_import_report *report = reader->osm.source->report;
    if (code == Z_ERRNO) {
        return geo_import_report_io(report, reader->path, "cannot read");
    }
    if (code == Z_MEM_ERROR) {
        return GEO_NO_MEMORY;
    }
    return geo_import_report_fail(report, GEO_BAD_INPUT,
                                  "%s: the gzip data breaks off or is damaged after %lld bytes of "
                                  "plain text (%s)",
                                  reader->path, (long long)gztell(file), why);
}

static enum geo_status parse(struct reader *reader, gzFile file)
{
    for (;;) {
        void *chunk = XML_GetBuffer(reader->parser, CHUNK_SIZE);
        if (chunk == NULL) {
            return GEO_NO_MEMORY;
        }
        const int got = gzread(file, chunk, CHUNK_SIZE);
        int code = Z_OK;
        (void)gzerror(file, &code); /* a stream that breaks off gives its last bytes, and this */
        if (got < 0 || code != Z_OK) {
            return unreadable(reader, file);
        }
        const enum XML_Status answer = XML_ParseBuffer(reader->parser, got, got == 0);
        if (reader->status != GEO_OK) {
            return reader->status;
        }
        if (answer != XML_STATUS_OK) {
            return broken(reader);
        }
        if (got == 0) {
            return GEO_OK;
        }
    }
}

enum geo_status geo_import_xml_read(struct geo_import_source *source, const char *path)
{
    gzFile file = gzopen(path, "rb"); /* reads what is not gzipped as it is */
    if (file == NULL) {
        return geo_import_report_io(source->report, path, "cannot open");
    }
    struct reader reader = {.parser = XML_ParserCreate(NULL),
                            .path = path,
                            .chars = GEO_IMPORT_LIST_OF(char),
                            .tags = GEO_IMPORT_LIST_OF(struct spoken_tag),
                            .members = GEO_IMPORT_LIST_OF(struct spoken_member),
                            .status = GEO_OK};
    geo_import_osm_init(&reader.osm, source);
    enum geo_status status = GEO_NO_MEMORY;
    if (reader.parser != NULL) {
        XML_SetUserData(reader.parser, &reader);
        XML_SetElementHandler(reader.parser, on_start, on_end);
        status = parse(&reader, file);
        XML_ParserFree(reader.parser);
    }
    geo_import_osm_finish(&reader.osm);
    geo_import_list_finish(&reader.chars);
    geo_import_list_finish(&reader.tags);
    geo_import_list_finish(&reader.members);
    (void)gzclose_r(file);
    return status;
}
