#include "engine/host/config.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/host/calendar.h"
#include <uv.h>

#include "engine/host/config_policy.h"

#define LINE_MAX_BYTES 2048u

enum option_kind { OPTION_NUMBER, OPTION_TEXT, OPTION_CHOICE };

struct option {
    const char *name;
    enum option_kind kind;
    size_t offset;
    size_t size; /* of a text */
    const char *initial;
    uint32_t min, max;   /* of a number */
    const char *choices; /* "a|b|c" */
    const char *help;
};

#define TEXT(field, initial, help)                                                                 \
    {                                                                                              \
#field, OPTION_TEXT, offsetof(struct config, field), sizeof((struct config *)0)->field,    \
            initial, 0, 0, NULL, help                                                              \
    }
#define NUMBER(field, initial, min, max, help)                                                     \
    {                                                                                              \
#field, OPTION_NUMBER, offsetof(struct config, field), 0, initial, min, max, NULL, help    \
    }
#define CHOICE(field, initial, choices, help)                                                      \
    {                                                                                              \
#field, OPTION_CHOICE, offsetof(struct config, field), sizeof((struct config *)0)->field,  \
            initial, 0, 0, choices, help                                                           \
    }

static const struct option options[] = {
    TEXT(address, "127.0.0.1",
         "where to listen; 0.0.0.0 for every network (then use a certificate)"),
    NUMBER(port, "8135", 0, 65535, "0: any free one"),
    TEXT(data, "data", "directory of journal, history, identities and snapshots"),
    TEXT(map, "",
         "map file made by `kuaifan import`; empty: straight lines, and every ETA says so"),
    TEXT(web, "", "directory of the built pages; empty: none are served"),
    TEXT(certificate, "", "PEM certificate chain; with key: HTTPS"),
    TEXT(key, "", "PEM private key of the certificate"),
    TEXT(public_url, "",
         "how people reach this server, for links; empty: made of address and port"),
    CHOICE(mode, "auto", "auto|recommend", "auto orders at once, recommend waits for one key"),
    TEXT(policy, "mutual-aid",
         "what 1-3-5 means in this city: mutual-aid, echelon, place-class, or a file (POLICY.md)"),
    CHOICE(emergency_kinds, "none", "none|car|station|car+station",
           "units whose way is reckoned as an emergency car's: sirens, no forbidden turns"),
    CHOICE(log_level, "info", "debug|info|warning|error", "how much is logged"),
    TEXT(time_zone, "Asia/Shanghai", "IANA name, printed on every report"),
    TEXT(day_starts, "00:00", "day boundary of reports, HH:MM"),
    TEXT(shifts, "08:00,20:00", "when the shifts of reports begin: up to six HH:MM, rising"),
    TEXT(gateway_url, "",
         "SMS, voice or push gateway for orders that are not delivered; empty: none"),
    TEXT(gateway_secret_file, "", "file with the secret, 32 to 256 bytes, shared with the gateway"),
    TEXT(gateway_ca, "", "PEM certificates that the gateway's is checked by; empty: the machine's"),
    NUMBER(gateway_attempts, "8", 1, 30, "tries before an order counts as failed at the gateway"),
    NUMBER(gateway_timeout_ms, "5000", 100, 60000, "a try that takes longer has failed"),
    NUMBER(units_max, "20000", 1, 50000, "units in the roster"),
    NUMBER(circles_max, "1000", 1, 5000, "circles in the roster"),
    NUMBER(incidents_max, "20000", 1, 100000, "incidents open or within the reopen window"),
    NUMBER(reports_max, "0", 0, 300000, "reports of those incidents; 0: twice incidents_max"),
    NUMBER(assignments_max, "60000", 1, 300000, "orders of those incidents"),
    NUMBER(alarms_max, "10000", 1, 100000, "open alarms"),
    NUMBER(areas_max, "2000", 0, 5000, "beats and grids in the roster"),
    NUMBER(area_points_max, "65536", 1024, 1000000,
           "corners of all district borders; as many again of beats and grids"),
    NUMBER(connections_max, "12000", 16, 100000, "open connections; more are refused"),
    NUMBER(sessions_max, "11000", 8, 100000, "WebSocket sessions"),
    NUMBER(queue_soft_bytes, "262144", 4096, 67108864, "per connection: above, positions wait"),
    NUMBER(queue_hard_bytes, "1048576", 16384, 268435456, "per connection: above, it is closed"),
    NUMBER(queue_age_ms, "10000", 500, 120000, "oldest waiting message; longer, it is closed"),
    NUMBER(resume_bytes, "16777216", 65536, 1073741824,
           "recent events kept for reconnecting pages"),
    NUMBER(commands_keep, "262144", 1024, 4194304, "commands whose first answer is remembered"),
    NUMBER(session_hours, "12", 1, 720, "a login lasts this long"),
    NUMBER(snapshot_events, "100000", 100, 10000000, "events between snapshots"),
    NUMBER(snapshot_minutes, "10", 1, 1440, "minutes between snapshots"),
    NUMBER(coverage_gap_s, "120", 0, 86400,
           "a circle's tier that nobody could reach in time for so long is an alarm; 0: never"),
    NUMBER(learn_samples_min, "50", 1, 10000,
           "200 m stretches driven before a class's speed in an hour is proposed"),
    NUMBER(settle_ms, "30000", 0, 600000, "after a start \"no unit\" is not said before"),
    NUMBER(disk_guard_mb, "512", 0, 1048576,
           "free disk below which history closes; below twice of it photos are not taken"),
    NUMBER(photo_bytes_max, "4194304", 65536, 16777216, "of one photo; larger ones are refused"),
};
#define OPTION_COUNT (sizeof options / sizeof options[0])

static const struct option *find_option(const char *name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (strcmp(options[i].name, name) == 0) {
            return &options[i];
        }
    }
    return NULL;
}

static bool is_choice(const char *choices, const char *value)
{
    const size_t size = strlen(value);
    for (const char *at = choices; at != NULL; at = strchr(at, '|')) {
        at += *at == '|' ? 1 : 0;
        if (size > 0 && strncmp(at, value, size) == 0 && (at[size] == '|' || at[size] == '\0')) {
            return true;
        }
    }
    return false;
}

static enum status set_number(struct config *config, const struct option *option, const char *value,
                              const char *place, char error[512])
{
    char *end;
    errno = 0;
    const unsigned long long number = strtoull(value, &end, 10);
    if (!isdigit((unsigned char)value[0]) || *end != '\0' || errno != 0 || number < option->min ||
        number > option->max) {
        snprintf(error, 512, "%s: %s must be a whole number from %u to %u, not \"%.60s\"", place,
                 option->name, option->min, option->max, value);
        return STATUS_BAD_INPUT;
    }
    *(uint32_t *)(void *)((char *)config + option->offset) = (uint32_t)number;
    return STATUS_OK;
}

static enum status set_option(struct config *config, const struct option *option, const char *value,
                              const char *place, char error[512])
{
    if (option->kind == OPTION_NUMBER) {
        return set_number(config, option, value, place, error);
    }
    if (option->kind == OPTION_CHOICE && !is_choice(option->choices, value)) {
        snprintf(error, 512, "%s: %s must be one of %s, not \"%.60s\"", place, option->name,
                 option->choices, value);
        return STATUS_BAD_INPUT;
    }
    if (strlen(value) >= option->size) {
        snprintf(error, 512, "%s: %s is longer than %zu bytes", place, option->name,
                 option->size - 1);
        return STATUS_BAD_INPUT;
    }
    snprintf((char *)config + option->offset, option->size, "%s", value);
    return STATUS_OK;
}

/* Cuts blanks at both ends, in place. */
static char *trim(char *text)
{
    while (isspace((unsigned char)*text)) {
        text++;
    }
    size_t size = strlen(text);
    while (size > 0 && isspace((unsigned char)text[size - 1])) {
        text[--size] = '\0';
    }
    return text;
}

static enum status load_line(struct config *config, char *line, const char *place, char error[512])
{
    char *name = trim(line);
    if (*name == '\0' || *name == '#') {
        return STATUS_OK;
    }
    char *equals = strchr(name, '=');
    if (equals == NULL) {
        snprintf(error, 512, "%.384s: expected `name = value`, not \"%.60s\"", place, name);
        return STATUS_BAD_INPUT;
    }
    *equals = '\0';
    name = trim(name);
    const struct option *option = find_option(name);
    if (option == NULL) {
        snprintf(error, 512,
                 "%.384s: there is no option \"%.60s\"; `kuaifan help config` lists them", place,
                 name);
        return STATUS_BAD_INPUT;
    }
    return set_option(config, option, trim(equals + 1), place, error);
}

static enum status check_line(const char *line, size_t size, const char *place, char error[512])
{
    if (size >= LINE_MAX_BYTES) {
        snprintf(error, 512, "%.384s: the line is too long", place);
        return STATUS_BAD_INPUT;
    }
    if (memchr(line, '\0', size) != NULL) {
        snprintf(error, 512, "%.384s: the line has a zero byte; the file is damaged", place);
        return STATUS_BAD_INPUT;
    }
    return STATUS_OK;
}

static enum status load_file(struct config *config, const char *path, char error[512])
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        snprintf(error, 512, "%.400s: %s", path, uv_strerror(-errno));
        return STATUS_BAD_INPUT;
    }
    char *line = NULL;
    size_t room = 0;
    ssize_t size = 0;
    enum status status = STATUS_OK;
    for (int number = 1; status == STATUS_OK && (size = getline(&line, &room, file)) >= 0;
         number++) {
        char place[384];
        snprintf(place, sizeof place, "%.360s:%d", path, number);
        status = check_line(line, (size_t)size, place, error);
        if (status == STATUS_OK) {
            const bool is_marked = number == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0;
            status = load_line(config, is_marked ? line + 3 : line, place, error);
        }
    }
    if (status == STATUS_OK && !feof(file)) { /* a directory, a bad disk: not an empty file */
        snprintf(error, 512, "%.400s: %s", path, uv_strerror(-errno));
        status = STATUS_BAD_INPUT;
    }
    free(line);
    fclose(file);
    return status;
}

static enum status load_environment(struct config *config, char *const environment[],
                                    char error[512])
{
    static const char prefix[] = "KUAIFAN_";
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char name[64];
        size_t used = (size_t)snprintf(name, sizeof name, "%s%s", prefix, options[i].name);
        for (size_t at = 0; at < used; at++) {
            name[at] = (char)toupper((unsigned char)name[at]);
        }
        for (char *const *entry = environment; *entry != NULL; entry++) {
            if (strncmp(*entry, name, used) != 0 || (*entry)[used] != '=') {
                continue;
            }
            const enum status status =
                set_option(config, &options[i], *entry + used + 1, name, error);
            if (status != STATUS_OK) {
                return status;
            }
        }
    }
    return STATUS_OK;
}

static enum status load_flags(struct config *config, int argc, char *const argv[], char error[512])
{
    for (int i = 0; i < argc; i += 2) {
        char name[64];
        snprintf(name, sizeof name, "%.60s", argv[i]);
        for (char *at = name; *at != '\0'; at++) {
            if (*at == '-' && at > name + 1) {
                *at = '_';
            }
        }
        const struct option *option = strncmp(name, "--", 2) == 0 ? find_option(name + 2) : NULL;
        if (option == NULL) {
            snprintf(error, 512, "there is no flag %.60s; `kuaifan help config` lists them",
                     argv[i]);
            return STATUS_BAD_INPUT;
        }
        if (i + 1 >= argc) {
            snprintf(error, 512, "%.60s needs a value", argv[i]);
            return STATUS_BAD_INPUT;
        }
        const enum status status = set_option(config, option, argv[i + 1], argv[i], error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

/* "HH:MM", 00:00 to 23:59. */
static bool is_clock_time(const char *text)
{
    static const char shape[] = "00:00";
    for (size_t i = 0; i < sizeof shape; i++) {
        const bool fits =
            shape[i] == '0' ? isdigit((unsigned char)text[i]) != 0 : text[i] == shape[i];
        if (!fits) {
            return false;
        }
    }
    return (text[0] - '0') * 10 + (text[1] - '0') < 24 && text[3] < '6';
}

/* A name of the IANA list: asked of the machine's own, where it has one. */
static bool is_time_zone(const char *name)
{
    static const char zones[] = "/usr/share/zoneinfo";
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    if (!isalpha((unsigned char)name[0]) || name[strspn(name, letters)] != '\0') {
        return false; /* also no dots: a name is no way out of that directory */
    }
    char path[sizeof zones + NAME_SIZE + 1];
    snprintf(path, sizeof path, "%s/%s", zones, name);
    return access(zones, X_OK) != 0 || access(path, R_OK) == 0;
}

static bool is_web_address(const char *text)
{
    const size_t scheme = strncmp(text, "https://", 8) == 0  ? 8
                          : strncmp(text, "http://", 7) == 0 ? 7
                                                             : 0;
    return scheme > 0 && text[scheme] != '\0' &&
           text[scheme + strcspn(text + scheme, " \t")] == '\0';
}

/* What no single option can see. */
static enum status check_together(const struct config *config, char error[512])
{
    if ((config->certificate[0] == '\0') != (config->key[0] == '\0')) {
        snprintf(error, 512, "certificate and key go together: one of them is not set");
    } else if ((config->gateway_url[0] == '\0') != (config->gateway_secret_file[0] == '\0')) {
        snprintf(error, 512,
                 "gateway_url and gateway_secret_file go together: one of them is not set");
    } else if (config->gateway_url[0] != '\0' && !is_web_address(config->gateway_url)) {
        snprintf(error, 512, "gateway_url must begin with https:// or http://, not \"%.60s\"",
                 config->gateway_url);
    } else if (config->queue_soft_bytes >= config->queue_hard_bytes) {
        snprintf(error, 512, "queue_soft_bytes must be below queue_hard_bytes");
    } else if (config->assignments_max < config->units_max) {
        snprintf(error, 512, "assignments_max must be at least units_max (%u)", config->units_max);
    } else if (config->reports_max != 0 && config->reports_max < config->incidents_max) {
        snprintf(error, 512, "reports_max must be 0 or at least incidents_max (%u)",
                 config->incidents_max);
    } else if (!is_clock_time(config->day_starts)) {
        snprintf(error, 512, "day_starts must be HH:MM, not \"%s\"", config->day_starts);
    } else if (!calendar_day_parse(config->day_starts, config->shifts, &(struct calendar_day){0})) {
        snprintf(error, 512, "shifts must be up to six times HH:MM, rising, not \"%s\"",
                 config->shifts);
    } else if (!is_time_zone(config->time_zone)) {
        snprintf(error, 512, "time_zone \"%s\" is no IANA time zone, e.g. Asia/Shanghai",
                 config->time_zone);
    } else if (config->data[0] == '\0') {
        snprintf(error, 512, "data must name a directory");
    } else {
        return STATUS_OK;
    }
    return STATUS_BAD_INPUT;
}

enum status config_load(struct config *config, const char *file_path, char *const environment[],
                        int argc, char *const argv[], char error[512])
{
    *config = (struct config){0};
    error[0] = '\0';
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const enum status initial =
            set_option(config, &options[i], options[i].initial, "default", error);
        assert(initial == STATUS_OK);
    }
    enum status status = file_path == NULL ? STATUS_OK : load_file(config, file_path, error);
    if (status == STATUS_OK) {
        status = load_environment(config, environment, error);
    }
    if (status == STATUS_OK) {
        status = load_flags(config, argc, argv, error);
    }
    if (status == STATUS_OK) {
        status = check_together(config, error);
    }
    return status == STATUS_OK ? config_policy_load(config->policy, &config->policy_data, error)
                               : status;
}

size_t config_describe(char *text, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < OPTION_COUNT && used < size; i++) {
        const struct option *option = &options[i];
        char range[96] = "";
        if (option->kind == OPTION_NUMBER) {
            snprintf(range, sizeof range, " (%u to %u)", option->min, option->max);
        } else if (option->kind == OPTION_CHOICE) {
            snprintf(range, sizeof range, " (%s)", option->choices);
        }
        const int wrote = snprintf(text + used, size - used, "%-18s = %-14s # %s%s\n", option->name,
                                   option->initial, option->help, range);
        used += wrote < 0 ? 0 : (size_t)wrote;
    }
    return used < size ? used : size - 1;
}

struct engine_limits config_limits(const struct config *config)
{
    return (struct engine_limits){.units_max = config->units_max,
                                  .circles_max = config->circles_max,
                                  .incidents_max = config->incidents_max,
                                  .reports_max = config->reports_max,
                                  .assignments_max = config->assignments_max,
                                  .alarms_max = config->alarms_max,
                                  .area_points_max = config->area_points_max,
                                  .areas_max = config->areas_max};
}

struct engine_config config_engine(const struct config *config, const struct geo_map *map)
{
    struct engine_config engine = {
        .limits = config_limits(config),
        .map = map,
        .searches = true,
        .mode = strcmp(config->mode, "recommend") == 0 ? DISPATCH_RECOMMEND : DISPATCH_AUTO};
    engine.policy = config->policy_data;
    engine.settle_ms = config->settle_ms;
    engine.gap_ms = config->coverage_gap_s * 1000u;
    engine.emergency_kinds =
        (strstr(config->emergency_kinds, "car") != NULL ? 1u << UNIT_CAR : 0u) |
        (strstr(config->emergency_kinds, "station") != NULL ? 1u << UNIT_STATION : 0u);
    return engine;
}
