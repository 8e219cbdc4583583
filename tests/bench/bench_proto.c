/* What the wire costs: one incident, one assignment, one frame of 2,000 positions written, one
 * report read. Prints nanoseconds for each and bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/unit/proto_fixtures.h"

#define ROUNDS    200000u
#define POSITIONS 2000u

static struct proto_buffer buffer;

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void print(const char *what, int64_t started_ns, uint32_t rounds, size_t bytes)
{
    printf("%-44s %8.0f ns %8zu bytes\n", what, (double)(now_ns() - started_ns) / rounds, bytes);
}

static void encode_events(void)
{
    struct proto_event opened = {.kind = PROTO_EVENT_INCIDENT_OPENED,
                                 .seq = 4711,
                                 .at_ms = NOW,
                                 .actor = "system",
                                 .source = PROTO_SOURCE_SYSTEM,
                                 .incident = &incident};
    int64_t started_ns = now_ns();
    for (uint32_t i = 0; i < ROUNDS; i++) {
        proto_buffer_clear(&buffer);
        proto_encode_event(&buffer, &opened);
    }
    print("encode incident.opened", started_ns, ROUNDS, buffer.size);
    struct proto_event sent = opened;
    sent.kind = PROTO_EVENT_ASSIGNMENT_SENT;
    sent.sent.assignment = &assignment;
    sent.sent.order = &order;
    started_ns = now_ns();
    for (uint32_t i = 0; i < ROUNDS; i++) {
        proto_buffer_clear(&buffer);
        proto_encode_event(&buffer, &sent);
    }
    print("encode assignment.sent with its order", started_ns, ROUNDS, buffer.size);
}

static void encode_positions(void)
{
    const int64_t started_ns = now_ns();
    for (uint32_t i = 0; i < ROUNDS / POSITIONS; i++) {
        proto_buffer_clear(&buffer);
        const size_t start = proto_positions_begin(&buffer, NOW);
        for (uint32_t k = 0; k < POSITIONS; k++) {
            const struct proto_position position = {
                .index = k, .at = unit.at, .heading_deg = k % 360, .speed_kmh = k % 100};
            proto_positions_add(&buffer, &position);
        }
        proto_positions_end(&buffer, start);
    }
    print("encode a frame of 2,000 positions", started_ns, ROUNDS / POSITIONS, buffer.size);
}

static void decode_messages(void)
{
    static const char *const texts[] = {
        "{\"id\":7,\"op\":\"report.create\",\"key\":\"0190163d-8694-739b-aea5-966c26f8ad91\","
        "\"type\":\"fire\",\"lat\":22.5176,\"lon\":113.3927,\"channel\":\"phone\",\"address\":"
        "\"中山市石岐区孙文东路1号\",\"caller\":\"李女士\",\"phone\":\"13800000000\"}",
        "{\"op\":\"position\",\"fixes\":[{\"lat\":22.5176,\"lon\":113.3927,\"at_ms\":1763932271000,"
        "\"heading\":90,\"speed_kmh\":40,\"accuracy_m\":8}]}"};
    static const char *const names[] = {"decode report.create", "decode position with one fix"};
    static struct proto_message message;
    struct proto_error error;
    for (uint32_t k = 0; k < 2; k++) {
        const size_t size = strlen(texts[k]);
        const int64_t started_ns = now_ns();
        for (uint32_t i = 0; i < ROUNDS; i++) {
            if (!proto_decode_message(texts[k], size, &message, &error)) {
                printf("refused: %s\n", error.detail);
                abort();
            }
        }
        print(names[k], started_ns, ROUNDS, size);
    }
}

int main(void)
{
    encode_events();
    encode_positions();
    decode_messages();
    proto_buffer_finish(&buffer);
    return 0;
}
