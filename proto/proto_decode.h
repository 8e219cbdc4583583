#ifndef PROTO_PROTO_DECODE_H
#define PROTO_PROTO_DECODE_H

#include "proto/proto_error.h"

/* What a client says, bytes to structs. Refuses what docs/PROTOCOL.md does not allow, with the
 * place.
 *
 * Every decoder answers true and fills the result, or answers false and fills the error; then the
 * result holds nothing to be used (but proto_message's id). Texts are NUL-terminated valid UTF-8,
 * enums are in range, places valid. Members that were left out have the value said beside them. The
 * input is bytes with a size, no NUL needed. Nothing is kept. */

/* ---- Commands (section 5) ---- */

struct proto_report_create {
    enum proto_channel channel; /* PROTO_CHANNEL_API */
    enum proto_incident_type type;
    uint32_t priority; /* 1..4; 0: not said */
    struct proto_place at;
    enum proto_crs crs;               /* PROTO_CRS_WGS84 */
    int64_t occurred_ms, received_ms; /* PROTO_NEVER */
    bool drill;                       /* false */
    bool merge;                       /* true */
    char address[PROTO_ADDRESS_SIZE]; /* "" */
    char caller[PROTO_NAME_SIZE];     /* "" */
    char phone[PROTO_PHONE_SIZE];     /* "" */
    char note[PROTO_NOTE_SIZE];       /* "" */
};

struct proto_incident_order {
    uint32_t incident_id, generation;
    uint32_t unit_count; /* 1..PROTO_ORDER_UNITS_MAX */
    struct {
        char unit[PROTO_CODE_SIZE];
        enum proto_tier tier;
        uint32_t victim_id; /* 0: the unit must be free */
    } units[PROTO_ORDER_UNITS_MAX];
    char note[PROTO_NOTE_SIZE]; /* "" */
};

struct proto_incident_update {
    uint32_t incident_id, generation;
    bool has_place, has_address, has_type, has_priority; /* at least one */
    struct proto_place at;
    enum proto_crs crs;               /* PROTO_CRS_WGS84 */
    char address[PROTO_ADDRESS_SIZE]; /* may be "" with has_address: taken away */
    enum proto_incident_type type;
    uint32_t priority; /* 1..4 */
};

/* incident.recommend: only the id. incident.note: note, not empty. incident.cancel: reason, note.
 * incident.close: reason, clear_all, note. Reasons are those that people give, see §7. */
struct proto_incident_act {
    uint32_t incident_id;
    enum proto_reason reason;
    bool clear_all;             /* false */
    char note[PROTO_NOTE_SIZE]; /* "" */
};

struct proto_assignment_update {
    uint32_t assignment_id;
    enum proto_assignment_state state; /* delivered .. cleared, declined */
    enum proto_reason reason;          /* PROTO_REASON_NONE; of a decline never NONE */
    int64_t device_ms;                 /* PROTO_NEVER */
    char note[PROTO_NOTE_SIZE];        /* "" */
};

struct proto_assignment_recall {
    uint32_t assignment_id;
    enum proto_reason reason; /* PROTO_REASON_NONE */
};

struct proto_unit_duty_set {
    char unit[PROTO_CODE_SIZE]; /* "": the unit that asks */
    enum proto_duty duty;
    enum proto_reason reason; /* PROTO_REASON_NONE */
    uint16_t people;
    bool has_people;
    bool has_equipment, has_crew, has_device; /* never with duty off */
    uint32_t equipment;                       /* bits by enum proto_equipment */
    char crew[PROTO_CREW_SIZE];
    char device[PROTO_DEVICE_SIZE];
};

/* alarm.ack: alarm_id. */
struct proto_alarm_act {
    uint32_t alarm_id;
    enum proto_reason reason;
    int64_t until_ms;
    char note[PROTO_NOTE_SIZE]; /* "" */
};

struct proto_assignment_support {
    uint32_t assignment_id;
    char note[PROTO_NOTE_SIZE]; /* "" */
};

struct proto_incident_warn {
    uint32_t incident_id;
    enum proto_warn_level level;
    char text[PROTO_NOTE_SIZE]; /* not empty */
};

struct proto_notice_update {
    uint32_t assignment_id;
    uint32_t number;               /* of the notice that was seen, from 1 */
    enum proto_notice_state state; /* delivered, acknowledged */
    int64_t device_ms;             /* PROTO_NEVER */
};

struct proto_unit_panic {
    char unit[PROTO_CODE_SIZE]; /* "": the unit that asks */
    bool has_place;
    struct proto_place at;
    int64_t device_ms; /* PROTO_NEVER */
};

struct proto_panic_close {
    char unit[PROTO_CODE_SIZE];
    enum proto_reason reason;
    char note[PROTO_NOTE_SIZE]; /* "" */
};

struct proto_assignment_par {
    uint32_t assignment_id;
    int64_t device_ms; /* PROTO_NEVER */
};

/* incident.hold: reason, review_ms, note. incident.release, incident.claim: note. incident.reopen:
 * reason, note. */
struct proto_incident_life {
    uint32_t incident_id;
    enum proto_reason reason;
    int64_t review_ms;
    char note[PROTO_NOTE_SIZE]; /* "" */
};

struct proto_incident_merge {
    uint32_t incident_id, into_id;
    bool move;                  /* false */
    char note[PROTO_NOTE_SIZE]; /* "" */
};

struct proto_incident_hand_over {
    uint32_t incident_id;
    char to[PROTO_USER_SIZE];   /* "": nobody */
    char note[PROTO_NOTE_SIZE]; /* "" */
};

/* report.link: incident. report.split: nothing else. report.answer: note. */
struct proto_report_act {
    uint32_t report_id, incident_id;
    char note[PROTO_NOTE_SIZE]; /* "" */
};

struct proto_assignment_reassign {
    uint32_t assignment_id, incident_id, generation;
    enum proto_tier tier; /* PROTO_TIER_COUNT: the one it has */
};

struct proto_milestone_correct {
    uint32_t assignment_id;
    enum proto_assignment_state milestone; /* delivered .. cleared */
    int64_t corrected_ms;
    char note[PROTO_NOTE_SIZE]; /* not empty */
};

struct proto_incident_refer {
    uint32_t incident_id, generation;
    char centre[PROTO_CODE_SIZE];
    char note[PROTO_NOTE_SIZE]; /* "" */
};

struct proto_referral_update {
    uint32_t referral_id, version;
    enum proto_referral_state state; /* not sent */
    enum proto_reason reason;        /* PROTO_REASON_NONE; of returned and refused never NONE */
    char units[PROTO_ADDRESS_SIZE];  /* of lent, not empty; else "" */
    char note[PROTO_NOTE_SIZE];      /* of feedback not empty */
};

struct proto_checkpoint_sign {
    char checkpoint[PROTO_CODE_SIZE];
    char unit[PROTO_CODE_SIZE]; /* "": the unit that asks */
    enum proto_visit visit;     /* signed, scanned */
    int64_t device_ms;          /* PROTO_NEVER */
};

/* Of no message: PUT /v1/incidents/{id}/photos/{key} has it in path, query and body. */
struct proto_incident_photo {
    uint32_t incident_id;
    uint32_t assignment_id; /* 0: not said */
    enum proto_photo_media media;
    uint32_t size; /* bytes */
    uint8_t hash[PROTO_PHOTO_HASH_SIZE];
    int64_t device_ms; /* PROTO_NEVER */
    bool of_record;    /* the host's: incident and order were found */
};

struct proto_command {
    enum proto_op op; /* >= PROTO_OP_REPORT_CREATE */
    char key[PROTO_KEY_SIZE];
    union {
        struct proto_report_create report;
        struct proto_incident_order order;
        struct proto_incident_update update;
        struct proto_incident_act act; /* recommend, note, cancel, close */
        struct proto_assignment_update assignment;
        struct proto_assignment_recall recall;
        struct proto_unit_duty_set duty;
        struct proto_alarm_act alarm; /* ack, shelve */
        struct proto_assignment_support support;
        struct proto_incident_warn warn;
        struct proto_notice_update notice;
        struct proto_unit_panic panic;
        struct proto_panic_close panic_close;
        struct proto_assignment_par par;
        struct proto_incident_life life; /* hold, release, reopen, claim */
        struct proto_incident_merge merge;
        struct proto_incident_hand_over hand_over;
        struct proto_report_act about_report; /* link, split, answer */
        struct proto_assignment_reassign reassign;
        struct proto_milestone_correct correct;
        struct proto_incident_refer refer;
        struct proto_referral_update referral;
        struct proto_checkpoint_sign sign;
        struct proto_incident_photo photo;
    };
};

/* ---- The session's own messages (section 6) ---- */

struct proto_auth {
    char token[PROTO_TOKEN_SIZE];
    char client[PROTO_NAME_SIZE]; /* "" */
};

struct proto_sub {
    enum proto_stream stream;
    bool has_since;
    char epoch[PROTO_EPOCH_SIZE]; /* of since */
    uint64_t seq;
};

struct proto_fix {
    struct proto_place at;
    enum proto_crs crs;                          /* PROTO_CRS_WGS84 */
    int64_t at_ms;                               /* the device's clock; PROTO_NEVER */
    uint32_t heading_deg, speed_kmh, accuracy_m; /* 0..359, 0..999, 0..65535; PROTO_NONE */
};

struct proto_position_report {
    uint32_t fix_count; /* 1..PROTO_FIXES_MAX, oldest first as sent; times are not compared */
    struct proto_fix fixes[PROTO_FIXES_MAX];
};

struct proto_message {
    bool has_id; /* also when the message was refused, if its id could be read */
    int64_t id;  /* 1..2^53; every message but `position` has one */
    enum proto_op op;
    union {
        struct proto_auth auth;
        struct proto_sub sub; /* unsub: only the stream */
        struct proto_position_report position;
        struct proto_command command; /* its op is the same */
    };
};

/* One text message of a WebSocket. */
PROTO_MUST_CHECK bool proto_decode_message(const char *text, size_t size,
                                           struct proto_message *message,
                                           struct proto_error *error);

/* ---- Bodies of HTTP requests (section 4) ---- */

/* Header Idempotency-Key of POST /v1/reports: key_missing if "" or NULL, key_invalid. */
PROTO_MUST_CHECK bool proto_decode_key(const char *text, char key[PROTO_KEY_SIZE],
                                       struct proto_error *error);
/* POST /v1/reports: report.create without op, id and key; command->key is "" for the caller. */
PROTO_MUST_CHECK bool proto_decode_report(const char *text, size_t size,
                                          struct proto_command *command, struct proto_error *error);
/* POST /v1/commands: a command with op and key, without id. */
PROTO_MUST_CHECK bool proto_decode_command(const char *text, size_t size,
                                           struct proto_command *command,
                                           struct proto_error *error);

/* Secrets: the caller wipes these when done. */
struct proto_login {
    bool is_device;
    char name[PROTO_USER_SIZE];         /* user name, or the unit's code */
    char password[PROTO_PASSWORD_SIZE]; /* or the device's secret */
};
PROTO_MUST_CHECK bool proto_decode_login(const char *text, size_t size, struct proto_login *login,
                                         struct proto_error *error);

struct proto_setup {
    char setup_token[PROTO_TOKEN_SIZE];
    char name[PROTO_USER_SIZE];
    char display[PROTO_NAME_SIZE];
    char password[PROTO_PASSWORD_SIZE]; /* 10..128 bytes */
};
PROTO_MUST_CHECK bool proto_decode_setup(const char *text, size_t size, struct proto_setup *setup,
                                         struct proto_error *error);

struct proto_user_create {
    char name[PROTO_USER_SIZE];
    char display[PROTO_NAME_SIZE];
    enum proto_role role;
    bool scope_city;
    uint32_t district_count; /* 1.. unless scope_city */
    char districts[PROTO_DISTRICTS_MAX][PROTO_CODE_SIZE];
    char unit[PROTO_CODE_SIZE]; /* of role unit; "" for every other */
    char password[PROTO_PASSWORD_SIZE];
};
PROTO_MUST_CHECK bool proto_decode_user(const char *text, size_t size,
                                        struct proto_user_create *user, struct proto_error *error);

struct proto_password {
    char password[PROTO_PASSWORD_SIZE];
};
PROTO_MUST_CHECK bool proto_decode_password(const char *text, size_t size,
                                            struct proto_password *password,
                                            struct proto_error *error);

struct proto_devices {
    uint32_t unit_count; /* 1..PROTO_DEVICES_MAX */
    char units[PROTO_DEVICES_MAX][PROTO_CODE_SIZE];
};
PROTO_MUST_CHECK bool proto_decode_devices(const char *text, size_t size,
                                           struct proto_devices *devices,
                                           struct proto_error *error);

/* POST /v1/receipts: a gateway says what became of an order. */
struct proto_receipt_said {
    uint32_t assignment_id;
    enum proto_receipt receipt; /* delivered, failed, answered */
};
PROTO_MUST_CHECK bool proto_decode_receipt(const char *text, size_t size,
                                           struct proto_receipt_said *said,
                                           struct proto_error *error);

#endif
