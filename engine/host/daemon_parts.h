#ifndef ENGINE_HOST_DAEMON_PARTS_H
#define ENGINE_HOST_DAEMON_PARTS_H

#include <stdatomic.h>
#include <uv.h>

#include "engine/host/clock.h"
#include "engine/host/config.h"
#include "engine/host/dispatch.h"
#include "engine/host/drawings.h"
#include "engine/host/gateway.h"
#include "engine/host/history_worker.h"
#include "engine/host/identities.h"
#include "engine/host/learned.h"
#include "engine/host/map_file.h"
#include "engine/host/roads.h"
#include "engine/host/speeds.h"
#include "engine/host/traffic.h"
#include "engine/host/worker.h"
#include "engine/net/api.h"

/* The parts of one running engine, for the modules of engine/host that wire them together.
 * Everything here belongs to the loop thread. */

#define ROUTE_TICKETS ((uint64_t)1 << 62) /* tickets from here on are the host's own routes' */
#define PENDING_MAX   64u                 /* host routes that wait for a command at once */

struct pending_route {
    uint64_t ticket; /* 0: free */
    uint64_t request_id;
    uint32_t added, updated;
    bool is_receipt;
    bool is_drawing;
};

/* A copy of the journal on its way, then of the logins and of the photos (backup.c). */
struct backup_state {
    struct worker_job photos; /* first */
    struct daemon *daemon;
    uint64_t request_id;
    bool running;
    bool started, whole; /* the writer's while a step runs */
    atomic_bool stops;   /* the photos' */
    uint64_t seq;        /* of the last event that it has */
    enum status photos_status;
    uint32_t photos_linked;
    char error[256];
    char path[CONFIG_PATH_SIZE + 64];
    char people_path[CONFIG_PATH_SIZE + 64]; /* of the logins, beside it */
};

/* States kept for looking back, made one by one (past_keeper.c). */
struct past_part {
    struct worker_job job; /* first */
    struct past_marks marks;
    struct worker *worker;
    struct daemon *daemon;
    bool is_running, is_swept;
    atomic_bool stops;
    enum status status, said; /* of the last try; of what the log was told */
    uint64_t seq;
    uint32_t removed;
    char error[256];
};

/* Closures and speeds in force (traffic_routes.c, speed_routes.c). */
#define TRAFFIC_WAITING_MAX 16u
struct traffic_waiting {
    uint64_t ticket; /* of the audit; 0: free */
    uint64_t request_id;
    uint64_t changes; /* answered when so many are saved */
    bool audited, of_speeds;
};
struct traffic_part {
    struct traffic *state;   /* NULL: no map */
    uint64_t changes, saved; /* since the start */
    uint64_t speed_changes, speeds_saved;
    bool saving;
    struct speeds speeds; /* accepted (speed_routes.c) */
    struct geo_pace pace; /* the roads go by it */
    uint32_t hour;        /* of the city's clock, until hour_ends_ms */
    int64_t hour_ends_ms;
    struct traffic_waiting waiting[TRAFFIC_WAITING_MAX];
};

/* The certificate as it was read last (certificate.c). */
struct certificate_part {
    int64_t ends_ms;   /* 0: there is none */
    int64_t warned_ms; /* when `trouble` was said last */
    uint32_t warnings;
    char trouble[512]; /* "": none */
};

/* The drawings of the circles (drawing_routes.c). */
struct drawing_part {
    struct drawings *list;
    struct drawing_change *change; /* one at a time; NULL: none */
};

struct daemon {
    const struct config *config;
    uv_loop_t loop;
    uv_prepare_t prepare;
    uv_check_t check;
    uv_timer_t wake, positions, minute;
    uv_signal_t terminate, interrupt;
    bool has_handles;

    struct clock_state clock;
    int64_t now_ms;
    bool clock_is_read;
    int64_t clock_said_ms; /* how far away the wall was when the log said so; 0: it is not */
    int64_t zone_minute;   /* when the zone was looked at last */

    struct map_file map_file;
    const struct geo_map *map; /* NULL: none */
    struct engine_config engine_config;
    struct engine *engine, *shadow;
    struct journal *journal; /* until the committer has it */
    char epoch[40];
    char snapshots[CONFIG_PATH_SIZE + 32];
    uint64_t snapshot_seq; /* of the one that was recovered from, 0: none */
    struct command_memory *memory;
    struct dispatch *dispatch;
    struct committer *committer;
    struct history_worker *history;
    struct identities *identities;
    struct worker *files;   /* writes the positions, the board and the closures */
    struct worker *photos;  /* writes those (photo_routes.c) */
    struct worker *backups; /* has the photos of one (backup.c) */
    struct roads *roads;    /* NULL: no map */
    struct traffic_part traffic;
    struct learned_part learned;
    struct gateway *gateway; /* NULL: no second channel */
    char gateway_secret[GATEWAY_SECRET_SIZE];
    uint64_t receipts, receipts_refused;
    uint64_t photos_stored, photos_failed; /* since the start */
    uint32_t uploads; /* photos in memory, on their way to the record or to the disk */
    struct api *api;
    struct net_server *server;

    struct drawing_part drawings;
    struct certificate_part certificate;
    struct backup_state backup;
    struct past_part past;
    struct pending_route pending[PENDING_MAX];
    uint64_t next_ticket;

    bool stopping, stopped, failed, disk_full, positions_saving, board_writing;
    int64_t woken_us; /* when this wake-up began */
    uint32_t busy_us_max;
    uint64_t alarms, positions_ignored;
    bool fullness_said[ENGINE_STORE_COUNT]; /* it is nearly full (fullness.c) */
    int exit_status;
};

/* The one reading of this wake-up. */
int64_t daemon_now(struct daemon *daemon);
void daemon_woken(uv_timer_t *timer);

/* daemon_start.c */
bool daemon_start_people(struct daemon *daemon); /* identities and history */
bool daemon_start_listen(struct daemon *daemon);
void daemon_start_policy(struct daemon *daemon);
void daemon_start_greet(
    struct daemon *daemon); /* the lines that the first start and every start print */

/* daemon_gateway.c: the second channel, if one is configured, and what its gateway says. */
bool daemon_gateway_start(struct daemon *daemon);
void daemon_gateway_request(struct daemon *daemon, const struct net_request *request,
                            const struct identity *by);
void daemon_gateway_answered(struct daemon *daemon, const struct pending_route *pending,
                             const struct api_answer *outcome);

/* daemon_stop.c: close the doors, let what was gathered reach the disk, stop the threads. */
void daemon_stop(struct daemon *daemon);
void daemon_stop_step(struct daemon *daemon);
void daemon_stop_finish(struct daemon *daemon);

/* positions.c: the last fix of every unit, saved every 5 s, so that mobile units are dispatchable
 * at once after a restart. Saving goes to a thread of its own: a sync of the disk takes as long as
 * the disk likes, and no order may wait for it. One save at a time. */
bool positions_load(struct daemon *daemon);
void positions_save(struct daemon *daemon);
void positions_save_last(struct daemon *daemon); /* at the end: blocks; the thread has stopped */

/* board_file.c: the board on the disk, for the hour when everything is down. */
void board_file_write(struct daemon *daemon);
void board_file_write_last(struct daemon *daemon); /* at the end, when the worker has stopped */

/* routes.c: HTTP routes that need more than the live state. */
bool routes_request(void *context, const struct net_request *request,
                    const struct identity *identity);
void routes_answered(struct daemon *daemon, uint64_t ticket, const struct api_answer *outcome);
/* The command's outcome is answered later; `pending` says how. False: busy, answered at once. */
bool routes_submit(struct daemon *daemon, struct command *command,
                   const struct pending_route *pending);

#endif
