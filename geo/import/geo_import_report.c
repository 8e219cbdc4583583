#include "geo/import/geo_import_report.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define GEO_IMPORT_COUNT_TEXT(name, text) text,
static const char *const count_names[] = {GEO_IMPORT_COUNT_LIST(GEO_IMPORT_COUNT_TEXT)};
#undef GEO_IMPORT_COUNT_TEXT
_Static_assert(sizeof count_names / sizeof count_names[0] == GEO_IMPORT_COUNT_COUNT,
               "one name a count");

const char *geo_import_report_count_name(enum geo_import_count count)
{
    assert(count < GEO_IMPORT_COUNT_COUNT);
    return count_names[count];
}

const char *geo_import_report_section_name(enum geo_section section)
{
    switch (section) {
    case GEO_SECTION_META:
        return "meta";
    case GEO_SECTION_NODE:
        return "node";
    case GEO_SECTION_EDGE:
        return "edge";
    case GEO_SECTION_SHAPE:
        return "shape";
    case GEO_SECTION_IN_FIRST:
        return "in_first";
    case GEO_SECTION_IN_ARC:
        return "in_arc";
    case GEO_SECTION_SNAP_FIRST:
        return "snap_first";
    case GEO_SECTION_SNAP_PIECE:
        return "snap_piece";
    case GEO_SECTION_SNAP_GRID:
        return "snap_grid";
    case GEO_SECTION_TEXT:
        return "text";
    case GEO_SECTION_NAME:
        return "name";
    case GEO_SECTION_NAME_KEY:
        return "name_key";
    case GEO_SECTION_TILE:
        return "tile";
    case GEO_SECTION_TILE_BODY:
        return "tile_body";
    case GEO_SECTION_CCH_RANK:
        return "cch_rank";
    case GEO_SECTION_CCH_ORDER:
        return "cch_order";
    case GEO_SECTION_CCH_UP_FIRST:
        return "cch_up_first";
    case GEO_SECTION_CCH_UP_HEAD:
        return "cch_up_head";
    case GEO_SECTION_CCH_EDGE:
        return "cch_edge";
    case GEO_SECTION_END:
        break;
    }
    return "unknown";
}

enum geo_status geo_import_report_fail(struct geo_import_report *report, enum geo_status status,
                                       const char *format, ...)
{
    assert(status != GEO_OK);
    if (report->error[0] == '\0') {
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(report->error, sizeof report->error, format, arguments);
        va_end(arguments);
    }
    return status;
}

enum geo_status geo_import_report_io(struct geo_import_report *report, const char *path,
                                     const char *what)
{
    char why[128] = "unknown reason";
    (void)strerror_r(errno, why, sizeof why);
    return geo_import_report_fail(report, GEO_IO, "%s: %s: %s", path, what, why);
}

void geo_import_report_say(const struct geo_import_options *options, const char *phase,
                           uint64_t done, uint64_t total)
{
    if (options->progress != NULL) {
        options->progress(options->progress_context, phase, done, total);
    }
}
