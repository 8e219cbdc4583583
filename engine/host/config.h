#ifndef ENGINE_HOST_CONFIG_H
#define ENGINE_HOST_CONFIG_H

#include <stddef.h>

#include "engine/core/engine.h"

/* What an operator may set: a file of `name = value` lines, environment variables KUAIFAN_NAME,
 * flags
 * --name VALUE; the later wins. Every value is checked, every error says where and what is allowed.
 */

#define CONFIG_PATH_SIZE 512u

struct config {
    char address[64];
    uint32_t port;
    char data[CONFIG_PATH_SIZE];        /* directory: journal, history, identities, snapshots */
    char map[CONFIG_PATH_SIZE];         /* .kfmap, "": straight lines */
    char web[CONFIG_PATH_SIZE];         /* directory of the built pages, "": none */
    char certificate[CONFIG_PATH_SIZE]; /* PEM, with `key`: HTTPS */
    char key[CONFIG_PATH_SIZE];
    char public_url[CONFIG_PATH_SIZE]; /* how people reach it, for the set-up link; "": derived */
    char mode[CODE_SIZE];              /* auto, recommend */
    char policy[CONFIG_PATH_SIZE];     /* a preset's name, or a file (docs/POLICY.md) */
    struct policy policy_data;         /* what it says */
    char emergency_kinds[CODE_SIZE];   /* none, car, station, car+station */
    char log_level[CODE_SIZE];
    char time_zone[NAME_SIZE];                  /* IANA name, printed on every report */
    char day_starts[CODE_SIZE];                 /* "00:00" */
    char shifts[NAME_SIZE];                     /* "08:00,20:00": when they begin */
    char gateway_url[CONFIG_PATH_SIZE];         /* of the second channel, "": none */
    char gateway_secret_file[CONFIG_PATH_SIZE]; /* what both sides sign with */
    char gateway_ca[CONFIG_PATH_SIZE];          /* PEM, "": the machine's own */
    uint32_t gateway_attempts, gateway_timeout_ms;
    uint32_t units_max, circles_max, incidents_max, reports_max, assignments_max, alarms_max;
    uint32_t area_points_max, areas_max;
    uint32_t connections_max, sessions_max;
    uint32_t queue_soft_bytes, queue_hard_bytes, queue_age_ms;
    uint32_t resume_bytes;
    uint32_t commands_keep;
    uint32_t session_hours; /* a login lasts this long */
    uint32_t snapshot_events, snapshot_minutes;
    uint32_t coverage_gap_s;
    uint32_t learn_samples_min;
    uint32_t settle_ms;     /* "no unit" is not said before this has passed after a start */
    uint32_t disk_guard_mb; /* below this much free disk history closes, dispatch goes on */
    uint32_t photo_bytes_max;
};

/* Defaults, then file (may be NULL), environment and flags. `argv` holds only flags ("--port",
 * "80"). STATUS_BAD_INPUT: `error` is one sentence that names place, value and what is allowed. */
MUST_CHECK enum status config_load(struct config *config, const char *file_path,
                                   char *const environment[], int argc, char *const argv[],
                                   char error[512]);

/* "name = value  # help" lines of every option, for `kuaifan help config` and OPERATIONS.md. */
size_t config_describe(char *text, size_t size);

/* What the core is made with; `map` may be NULL. */
struct engine_config config_engine(const struct config *config, const struct geo_map *map);
struct engine_limits config_limits(const struct config *config);

#endif
