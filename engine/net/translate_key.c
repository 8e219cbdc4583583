#include "engine/net/translate_key.h"

#include <assert.h>
#include <string.h>

/* Two lanes of 64 bits: FNV-1a, and the same with another start and an odd multiplier (the golden
 * ratio). Against accident: who has an account cannot gain by a collision but his own refusal. */
struct hash {
    uint64_t a, b;
};

static void hash_bytes(struct hash *hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++) {
        hash->a = (hash->a ^ at[i]) * UINT64_C(0x100000001b3);
        hash->b = (hash->b ^ at[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash->b ^= hash->b >> 29;
    }
}

static void hash_text(struct hash *hash, const char *text)
{
    hash_bytes(hash, text, strlen(text) + 1); /* the NUL parts one text from the next */
}

static void hash_number(struct hash *hash, int64_t value)
{
    const uint64_t bits = (uint64_t)value;
    uint8_t bytes[8];
    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(bits >> (8 * i));
    }
    hash_bytes(hash, bytes, sizeof bytes);
}

static const struct hash hash_start = {.a = UINT64_C(0xcbf29ce484222325),
                                       .b = UINT64_C(0x243f6a8885a308d3)};

static uint64_t hash_mix(uint64_t value)
{
    value ^= value >> 33;
    value *= UINT64_C(0xff51afd7ed558ccd); /* the finalizer of MurmurHash3 */
    value ^= value >> 33;
    value *= UINT64_C(0xc4ceb9fe1a85ec53);
    return value ^ value >> 33;
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

static bool uuid_read(const char *text, uint8_t id[COMMAND_ID_SIZE])
{
    if (strlen(text) != 36) {
        return false;
    }
    uint32_t count = 0;
    uint8_t any = 0;
    for (uint32_t i = 0; i < 36;) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i] != '-') {
                return false;
            }
            i++;
            continue;
        }
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        id[count] = (uint8_t)(high * 16 + low);
        any |= id[count];
        count++;
        i += 2;
    }
    assert(count == COMMAND_ID_SIZE);
    return any != 0; /* all zero is the engine's own */
}

void translate_key_id(const char *actor, const char *key, uint8_t id[COMMAND_ID_SIZE])
{
    assert(key[0] != '\0');
    if (uuid_read(key, id)) {
        return;
    }
    struct hash hash = hash_start;
    hash_text(&hash, actor);
    hash_text(&hash, key);
    const uint64_t lanes[2] = {hash_mix(hash.a), hash_mix(hash.b)};
    for (unsigned i = 0; i < COMMAND_ID_SIZE; i++) {
        id[i] = (uint8_t)(lanes[i / 8] >> (8 * (i % 8)));
    }
    id[6] = (uint8_t)((id[6] & 0x0fu) | 0x80u); /* RFC 9562: version 8, our own form */
    id[8] = (uint8_t)((id[8] & 0x3fu) | 0x80u);
}

static void hash_place(struct hash *hash, struct proto_place at)
{
    hash_number(hash, at.lat_e7);
    hash_number(hash, at.lon_e7);
}

static void hash_report(struct hash *hash, const struct proto_report_create *report)
{
    hash_number(hash, (int64_t)report->channel);
    hash_number(hash, (int64_t)report->type);
    hash_number(hash, report->priority);
    hash_place(hash, report->at);
    hash_number(hash, (int64_t)report->crs);
    hash_number(hash, report->occurred_ms);
    hash_number(hash, report->received_ms);
    hash_number(hash, report->drill);
    hash_number(hash, report->merge);
    hash_text(hash, report->address);
    hash_text(hash, report->caller);
    hash_text(hash, report->phone);
    hash_text(hash, report->note);
}

static void hash_order(struct hash *hash, const struct proto_incident_order *order)
{
    hash_number(hash, order->incident_id);
    hash_number(hash, order->generation);
    for (uint32_t i = 0; i < order->unit_count; i++) {
        hash_text(hash, order->units[i].unit);
        hash_number(hash, (int64_t)order->units[i].tier);
        hash_number(hash, order->units[i].victim_id);
    }
    hash_text(hash, order->note);
}

static void hash_update(struct hash *hash, const struct proto_incident_update *update)
{
    hash_number(hash, update->incident_id);
    hash_number(hash, update->generation);
    hash_number(hash, update->has_place | update->has_address << 1 | update->has_type << 2 |
                          update->has_priority << 3);
    if (update->has_place) {
        hash_place(hash, update->at);
        hash_number(hash, (int64_t)update->crs);
    }
    if (update->has_address) {
        hash_text(hash, update->address);
    }
    if (update->has_type) {
        hash_number(hash, (int64_t)update->type);
    }
    if (update->has_priority) {
        hash_number(hash, update->priority);
    }
}

/* Only what the operation has: the rest of the union is not the client's. */
static void hash_act(struct hash *hash, enum proto_op op, const struct proto_incident_act *act)
{
    hash_number(hash, act->incident_id);
    if (op == PROTO_OP_INCIDENT_CANCEL || op == PROTO_OP_INCIDENT_CLOSE) {
        hash_number(hash, (int64_t)act->reason);
    }
    if (op == PROTO_OP_INCIDENT_CLOSE) {
        hash_number(hash, act->clear_all);
    }
    if (op != PROTO_OP_INCIDENT_RECOMMEND) {
        hash_text(hash, act->note);
    }
}

uint64_t translate_key_fingerprint(const struct proto_command *command)
{
    struct hash hash = hash_start;
    hash_number(&hash, (int64_t)command->op);
    switch (command->op) {
    case PROTO_OP_REPORT_CREATE:
        hash_report(&hash, &command->report);
        break;
    case PROTO_OP_INCIDENT_ORDER:
        hash_order(&hash, &command->order);
        break;
    case PROTO_OP_INCIDENT_UPDATE:
        hash_update(&hash, &command->update);
        break;
    case PROTO_OP_INCIDENT_RECOMMEND:
    case PROTO_OP_INCIDENT_NOTE:
    case PROTO_OP_INCIDENT_CANCEL:
    case PROTO_OP_INCIDENT_CLOSE:
        hash_act(&hash, command->op, &command->act);
        break;
    case PROTO_OP_ASSIGNMENT_UPDATE:
        hash_number(&hash, command->assignment.assignment_id);
        hash_number(&hash, (int64_t)command->assignment.state);
        hash_number(&hash, (int64_t)command->assignment.reason);
        hash_number(&hash, command->assignment.device_ms);
        hash_text(&hash, command->assignment.note);
        break;
    case PROTO_OP_ASSIGNMENT_RECALL:
        hash_number(&hash, command->recall.assignment_id);
        hash_number(&hash, (int64_t)command->recall.reason);
        break;
    case PROTO_OP_UNIT_DUTY:
        hash_text(&hash, command->duty.unit);
        hash_number(&hash, (int64_t)command->duty.duty);
        hash_number(&hash, (int64_t)command->duty.reason);
        hash_number(&hash, command->duty.has_people ? command->duty.people : -1);
        hash_number(&hash, command->duty.has_equipment ? (int64_t)command->duty.equipment : -1);
        hash_number(&hash, command->duty.has_crew ? 1 : 0);
        hash_text(&hash, command->duty.crew);
        hash_number(&hash, command->duty.has_device ? 1 : 0);
        hash_text(&hash, command->duty.device);
        break;
    case PROTO_OP_ALARM_ACK:
        hash_number(&hash, command->alarm.alarm_id);
        break;
    case PROTO_OP_ALARM_SHELVE:
        hash_number(&hash, command->alarm.alarm_id);
        hash_number(&hash, (int64_t)command->alarm.reason);
        hash_number(&hash, command->alarm.until_ms);
        hash_text(&hash, command->alarm.note);
        break;
    case PROTO_OP_ASSIGNMENT_SUPPORT:
        hash_number(&hash, command->support.assignment_id);
        hash_text(&hash, command->support.note);
        break;
    case PROTO_OP_INCIDENT_WARN:
        hash_number(&hash, command->warn.incident_id);
        hash_number(&hash, (int64_t)command->warn.level);
        hash_text(&hash, command->warn.text);
        break;
    case PROTO_OP_NOTICE_UPDATE:
        hash_number(&hash, command->notice.assignment_id);
        hash_number(&hash, command->notice.number);
        hash_number(&hash, (int64_t)command->notice.state);
        hash_number(&hash, command->notice.device_ms);
        break;
    case PROTO_OP_UNIT_PANIC:
        hash_text(&hash, command->panic.unit);
        hash_number(&hash, command->panic.has_place);
        if (command->panic.has_place) {
            hash_place(&hash, command->panic.at);
        }
        hash_number(&hash, command->panic.device_ms);
        break;
    case PROTO_OP_PANIC_CLOSE:
        hash_text(&hash, command->panic_close.unit);
        hash_number(&hash, (int64_t)command->panic_close.reason);
        hash_text(&hash, command->panic_close.note);
        break;
    case PROTO_OP_ASSIGNMENT_PAR:
        hash_number(&hash, command->par.assignment_id);
        hash_number(&hash, command->par.device_ms);
        break;
    case PROTO_OP_INCIDENT_HOLD:
    case PROTO_OP_INCIDENT_RELEASE:
    case PROTO_OP_INCIDENT_REOPEN:
    case PROTO_OP_INCIDENT_CLAIM:
        hash_number(&hash, command->life.incident_id);
        hash_number(&hash, (int64_t)command->life.reason);
        hash_number(&hash, command->life.review_ms);
        hash_text(&hash, command->life.note);
        break;
    case PROTO_OP_INCIDENT_MERGE:
        hash_number(&hash, command->merge.incident_id);
        hash_number(&hash, command->merge.into_id);
        hash_number(&hash, command->merge.move);
        hash_text(&hash, command->merge.note);
        break;
    case PROTO_OP_INCIDENT_HAND_OVER:
        hash_number(&hash, command->hand_over.incident_id);
        hash_text(&hash, command->hand_over.to);
        hash_text(&hash, command->hand_over.note);
        break;
    case PROTO_OP_REPORT_LINK:
    case PROTO_OP_REPORT_SPLIT:
    case PROTO_OP_REPORT_ANSWER:
        hash_number(&hash, command->about_report.report_id);
        hash_number(&hash, command->about_report.incident_id);
        hash_text(&hash, command->about_report.note);
        break;
    case PROTO_OP_ASSIGNMENT_REASSIGN:
        hash_number(&hash, command->reassign.assignment_id);
        hash_number(&hash, command->reassign.incident_id);
        hash_number(&hash, command->reassign.generation);
        hash_number(&hash, (int64_t)command->reassign.tier);
        break;
    case PROTO_OP_MILESTONE_CORRECT:
        hash_number(&hash, command->correct.assignment_id);
        hash_number(&hash, (int64_t)command->correct.milestone);
        hash_number(&hash, command->correct.corrected_ms);
        hash_text(&hash, command->correct.note);
        break;
    case PROTO_OP_INCIDENT_REFER:
        hash_number(&hash, command->refer.incident_id);
        hash_number(&hash, command->refer.generation);
        hash_text(&hash, command->refer.centre);
        hash_text(&hash, command->refer.note);
        break;
    case PROTO_OP_REFERRAL_UPDATE:
        hash_number(&hash, command->referral.referral_id);
        hash_number(&hash, command->referral.version);
        hash_number(&hash, (int64_t)command->referral.state);
        hash_number(&hash, (int64_t)command->referral.reason);
        hash_text(&hash, command->referral.units);
        hash_text(&hash, command->referral.note);
        break;
    case PROTO_OP_CHECKPOINT_SIGN:
        hash_text(&hash, command->sign.checkpoint);
        hash_text(&hash, command->sign.unit);
        hash_number(&hash, (int64_t)command->sign.visit);
        hash_number(&hash, command->sign.device_ms);
        break;
    case PROTO_OP_INCIDENT_PHOTO: /* the hash says all of the file */
        hash_number(&hash, command->photo.incident_id);
        hash_number(&hash, command->photo.assignment_id);
        hash_bytes(&hash, command->photo.hash, sizeof command->photo.hash);
        hash_number(&hash, command->photo.device_ms);
        break;
    case PROTO_OP_AUTH:
    case PROTO_OP_SUB:
    case PROTO_OP_UNSUB:
    case PROTO_OP_PING:
    case PROTO_OP_POSITION:
    case PROTO_OP_COUNT:
        assert(false); /* not commands */
        break;
    }
    return hash_mix(hash.a ^ hash_mix(hash.b));
}
