#ifndef ENGINE_STORE_HISTORY_PATROL_H
#define ENGINE_STORE_HISTORY_PATROL_H

#include "engine/store/history_reader.h"

/* Patrols in the record: what had to be visited since when, who was there, and what was named.
 *
 * A question is several calls; all of them look up to the same event, so that they agree. */
struct history_patrol_span {
    int64_t from_ms, to_ms; /* [from, to) */
    uint64_t seq;           /* nothing newer than this event */
};

/* The newest event of the record; 0 and TIME_NEVER: it is empty. */
MUST_CHECK enum status history_patrol_newest(struct history_reader *reader, uint64_t *seq,
                                             int64_t *at_ms, char error[256]);

/* A checkpoint as it was from that time on. */
struct history_checkpoint {
    uint32_t checkpoint, circle; /* indices; CIRCLE_NONE */
    int64_t from_ms;
    char code[CODE_SIZE], name[NAME_SIZE];
    uint8_t district;
    char circle_code[CODE_SIZE], circle_name[NAME_SIZE];     /* as they are now; "" */
    char district_code[CODE_SIZE], district_name[NAME_SIZE]; /* likewise */
    uint16_t from_min, to_min;
    uint32_t every_min;  /* 0: nobody has to */
    uint32_t stop_count; /* of a route, whose visits are rounds; 0: it is a place */
};
/* By checkpoint, each from its first put on. */
typedef bool history_checkpoint_take(void *context, const struct history_checkpoint *checkpoint);
MUST_CHECK enum status history_patrol_checkpoints(struct history_reader *reader, uint64_t seq,
                                                  history_checkpoint_take *take, void *context,
                                                  char error[256]);

struct history_visit {
    uint32_t checkpoint, unit_id;
    int64_t seen_ms; /* when it was last seen there, or signed */
    enum visit visit;
    bool is_again; /* it stays on: the same arrival was a visit already */
    bool is_near;  /* a fix says so too; of one that was signed by a fix of then */
};
/* By checkpoint and time. */
typedef bool history_visit_take(void *context, const struct history_visit *visit);
MUST_CHECK enum status history_patrol_visits(struct history_reader *reader,
                                             const struct history_patrol_span *span,
                                             history_visit_take *take, void *context,
                                             char error[256]);

/* What was named as overdue: by checkpoint and time. */
typedef bool history_miss_take(void *context, uint32_t checkpoint, int64_t due_ms);
MUST_CHECK enum status history_patrol_misses(struct history_reader *reader,
                                             const struct history_patrol_span *span,
                                             history_miss_take *take, void *context,
                                             char error[256]);

/* A unit's code and name; "": it is not known. */
MUST_CHECK enum status history_patrol_unit(struct history_reader *reader, uint32_t unit_id,
                                           char code[CODE_SIZE], char name[NAME_SIZE],
                                           char error[256]);

#endif
