#ifndef GEO_IMPORT_GEO_IMPORT_REPORT_H
#define GEO_IMPORT_GEO_IMPORT_REPORT_H

#include "geo/import/geo_import.h"

/* Write the sentence into report->error (the first one stays) and answer `status`. */
enum geo_status geo_import_report_fail(struct geo_import_report *report, enum geo_status status,
                                       const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a call that failed just now: "PATH: cannot open: No such file or directory". Answers
 * GEO_IO. */
enum geo_status geo_import_report_io(struct geo_import_report *report, const char *path,
                                     const char *what);

/* Tell the progress callback, if there is one. */
void geo_import_report_say(const struct geo_import_options *options, const char *phase,
                           uint64_t done, uint64_t total);

#endif
