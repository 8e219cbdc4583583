#ifndef ENGINE_SIM_SIM_WORLD_H
#define ENGINE_SIM_SIM_WORLD_H

#include <jansson.h>
#include <stdio.h>
#include <uv.h>

#include "engine/core/prng.h"
#include "engine/host/map_file.h"
#include "engine/sim/sim_http.h"
#include "engine/sim/sim_ledger.h"
#include "engine/sim/sim_roads.h"
#include "engine/sim/sim_socket.h"

/* One simulated city: its units, its dispatcher, its callers. Shared by simulate.c (life cycle),
 * sim_unit.c (one unit) and sim_caller.c (reports, and closing what is done). */

#define SIM_KEY_SIZE    48u
#define SIM_CODE_SIZE   16u
#define SIM_TOKEN_SIZE  64u
#define SIM_TEXT_SIZE   1024u
#define SIM_PENDING_MAX 8u   /* of one unit */
#define SIM_RESEND_MS   5000 /* no answer for so long: the same command again */

struct sim_options {
    const char *url, *ca_path, *map_path, *admin, *leave, *replay_path;
    double rate;      /* reports a second */
    uint32_t seconds; /* 0: until it is stopped */
    uint32_t units_max;
    uint32_t seed;
    uint32_t orders_each;  /* with check: how many orders a report must have, 0: any */
    bool load;             /* acknowledge at once, clear after 10 s, places that never merge */
    bool check;            /* hold the ledger against the record at the end */
    double speed;          /* of a replay */
    const char *disk_path; /* measure fdatasync beside the run in this directory */
    const char *type;      /* of every report, NULL: any */
};

/* sim_options.c: the command line; an error is said on stderr, with the usage. */
bool sim_options_read(int argc, char *argv[], struct sim_options *options);
void sim_options_usage(FILE *file);

/* A command that is not answered yet: sent again with the same key until it is. */
struct sim_pending {
    uint32_t id; /* 0: free */
    uint32_t assignment_id;
    int64_t sent_ms;
    char state[16];
    char text[SIM_TEXT_SIZE];
};

enum sim_step { SIM_REST, SIM_ACK, SIM_GO, SIM_DRIVE, SIM_WORK };

struct sim_unit {
    struct sim_world *world;
    struct sim_socket *socket;
    char code[SIM_CODE_SIZE];
    char token[SIM_TOKEN_SIZE];
    enum geo_profile profile;
    bool fixed;     /* a post or a station: stays where it is */
    bool is_post;   /* guards a key place */
    bool hands_off; /* drives and says where it is; a person gives the answers */
    bool on_duty, authenticated;
    struct geo_point home;
    struct sim_mover mover;
    bool on_road;
    uint32_t assignment_id, incident_id;
    struct geo_point target;
    int64_t travel_ms; /* what the order says */
    enum sim_step step;
    int64_t step_at_ms;
    uint32_t next_id;
    struct sim_pending pending[SIM_PENDING_MAX];
};

struct sim_open_report {
    uint32_t id;     /* of the message, 0: free */
    uint32_t number; /* in the ledger */
    int64_t sent_ms;
    char text[SIM_TEXT_SIZE];
};
#define SIM_OPEN_REPORTS_MAX 4096u
#define SIM_CLOSINGS_MAX     8192u

struct sim_closing {
    uint32_t incident_id; /* 0: free */
    int64_t at_ms;
};

struct sim_caller {
    struct sim_world *world;
    struct sim_socket *socket;
    char token[SIM_TOKEN_SIZE];
    bool authenticated;
    uint32_t next_id;
    struct sim_open_report *open; /* SIM_OPEN_REPORTS_MAX */
    struct sim_closing *closings; /* SIM_CLOSINGS_MAX */
    uint32_t open_count, closing_count;
    double owed; /* fractions of a report */
};

struct sim_world {
    struct sim_options options;
    uv_loop_t loop;
    uv_timer_t tick;
    uv_signal_t terminate, interrupt, time_up;
    struct map_file map_file;
    struct sim_roads *roads;
    struct prng prng;
    struct sim_http *http;
    struct sim_socket_pool *sockets;
    struct sim_ledger *ledger;
    struct sim_unit *units;
    uint32_t unit_count;
    struct sim_caller caller;
    struct sim_replay *replay;
    int64_t started_ms;
    uint32_t ticks;
    int64_t ticked_ms, called_ms; /* the fleet and the caller have lived up to here */
    bool callers_turn;
    bool draining, stopping;
    int64_t drained_ms;
    uint64_t positions_sent;
};

int64_t sim_world_ms(void); /* monotonic */
int64_t sim_world_us(void);
/* A fresh UUIDv7. */
void sim_world_key(struct sim_world *world, char key[SIM_KEY_SIZE]);

/* sim_unit.c */
void sim_unit_opened(struct sim_unit *unit);
void sim_unit_closed(struct sim_unit *unit);
void sim_unit_message(struct sim_unit *unit, const json_t *message);
void sim_unit_second(struct sim_unit *unit);              /* once a second: move and say where */
void sim_unit_act(struct sim_unit *unit, int64_t now_ms); /* whatever is due */
bool sim_unit_quiet(const struct sim_unit *unit);         /* no work, nothing unanswered */

/* sim_caller.c */
void sim_caller_opened(struct sim_caller *caller);
void sim_caller_closed(struct sim_caller *caller);
void sim_caller_message(struct sim_caller *caller, const json_t *message);
void sim_caller_report(struct sim_caller *caller, const char *type, struct geo_point at,
                       const char *note);
void sim_caller_act(struct sim_caller *caller, int64_t now_ms, int64_t passed_ms);
bool sim_caller_quiet(const struct sim_caller *caller);

/* sim_replay.c: real incidents from a CSV, by their times. */
struct sim_replay;
struct sim_replay *sim_replay_open(const char *path, const struct geo_map *map, char error[512]);
void sim_replay_close(struct sim_replay *replay);
/* The next report that is due at `passed_ms` of replayed time; false: none is. */
bool sim_replay_next(struct sim_replay *replay, int64_t passed_ms, const char **type,
                     struct geo_point *at, const char **note);
bool sim_replay_done(const struct sim_replay *replay);

#endif
