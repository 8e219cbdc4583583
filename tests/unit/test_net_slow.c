/* Bounded queues: what a slow client loses, and that nobody else does. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/net_given.h"

#define FRAME_BYTES 1000u

static struct ws_client slow;
static struct ws_client quick;

static void set_up(void)
{
    slow = (struct ws_client){.fd = -1};
    quick = (struct ws_client){.fd = -1};
    net_given_defaults();
    given.config.limits.queue_soft_bytes = 20000;
    given.config.limits.queue_hard_bytes = 60000;
    net_given_start();
}

static void tear_down(void)
{
    ws_client_close(&slow);
    ws_client_close(&quick);
    net_given_stop();
}

TestSuite(net_slow, .init = set_up, .fini = tear_down, .timeout = 60);

/* One that takes what fits into a small kernel buffer, then nothing. */
static uint64_t given_stalled(void)
{
    cr_assert(
        ws_client_connect_small(&slow, net_server_port(given.server), 4096, net_given_pump, NULL));
    cr_assert(eq(int, ws_client_upgrade(&slow, NULL), 101));
    return given.sessions[given.sessions_count - 1];
}

static uint64_t given_quick(void)
{
    net_given_session(&quick);
    return given.sessions[given.sessions_count - 1];
}

static bool send_numbered(uint64_t session, uint32_t number, enum net_class class, uint64_t key)
{
    char text[FRAME_BYTES];
    memset(text, '.', sizeof text);
    snprintf(text, sizeof text, "%s %u ", class == NET_FACT ? "fact" : "position", number);
    struct net_frame *frame = net_frame_create(text, sizeof text, false);
    net_frame_set_key(frame, key);
    const bool sent = net_server_send(given.server, session, frame, class);
    net_frame_release(frame);
    return sent;
}

/* Send facts until the kernel takes no more and the queue starts to fill. */
static uint32_t fill_kernel(uint64_t session)
{
    uint32_t sent = 0;
    uint64_t before = 0;
    do {
        before = net_server_counters(given.server)->frames_out;
        cr_assert(send_numbered(session, sent++, NET_FACT, 0));
        net_given_turn(2);
    } while (net_server_counters(given.server)->frames_out > before);
    return sent;
}

static uint32_t number_in(const struct ws_message *message, const char *kind)
{
    cr_assert(memcmp(message->bytes, kind, strlen(kind)) == 0);
    return (uint32_t)strtoul((const char *)message->bytes + strlen(kind), NULL, 10);
}

Test(net_slow, a_full_queue_closes_4008_and_keeps_every_fact_before)
{
    const uint64_t session = given_stalled();
    uint32_t sent = fill_kernel(session);
    while (send_numbered(session, sent, NET_FACT, 0)) {
        sent++;
        cr_assert(sent < 100000);
    }
    cr_expect(eq(u64, net_server_counters(given.server)->evicted, 1));
    cr_expect(not(send_numbered(session, sent, NET_FACT, 0)));
    struct ws_message message;
    uint32_t expected = 0;
    for (;;) { /* it wakes up in time to hear why */
        cr_assert(ws_client_receive(&slow, &message));
        if (message.opcode == WS_CLOSE) {
            break;
        }
        cr_expect(eq(u32, number_in(&message, "fact"), expected)); /* no gap */
        expected++;
        ws_client_message_free(&message);
    }
    cr_expect(eq(u16, message.close_code, 4008));
    ws_client_message_free(&message);
    cr_expect(expected < sent);
}

Test(net_slow, a_stalled_client_is_cut_off_though_it_never_becomes_writeable)
{
    const uint64_t session = given_stalled();
    uint32_t sent = fill_kernel(session);
    while (send_numbered(session, sent, NET_FACT, 0)) {
        sent++;
    }
    cr_assert(net_given_until(&given.closed_count, 1));
    cr_expect(eq(u64, net_server_counters(given.server)->sessions_open, 0));
}

Test(net_slow, a_queue_too_old_is_cut_off_though_it_is_short)
{
    net_given_stop();
    given.config.limits.queue_age_ms_max = 300;
    net_given_start();
    const uint64_t session = given_stalled();
    given.sessions_count = 0;
    (void)fill_kernel(session);
    cr_assert(net_given_until(&given.closed_count, 1));
    cr_expect(eq(u64, net_server_counters(given.server)->evicted, 1));
}

Test(net_slow, others_get_everything_meanwhile)
{
    const uint64_t stalled = given_stalled();
    const uint64_t other = given_quick();
    bool alive = true;
    uint32_t seen = 0;
    for (uint32_t i = 0; i < 3000; i++) {
        alive = alive && send_numbered(stalled, i, NET_FACT, 0);
        cr_assert(send_numbered(other, i, NET_FACT, 0));
        if (i % 10 != 0) {
            continue;
        }
        while (seen < i) {
            struct ws_message message;
            cr_assert(ws_client_receive(&quick, &message));
            cr_assert(eq(u32, number_in(&message, "fact"), seen));
            seen++;
            ws_client_message_free(&message);
        }
    }
    cr_expect(not(alive));
    cr_expect(eq(u64, net_server_counters(given.server)->evicted, 1));
}

Test(net_slow, positions_are_dropped_over_the_soft_limit_and_facts_are_not)
{
    const uint64_t session = given_stalled();
    const uint32_t first = fill_kernel(session);
    for (uint32_t i = 0; i < 100; i++) {
        cr_assert(send_numbered(session, i, NET_POSITION, 0));
    }
    const uint64_t dropped = net_server_counters(given.server)->positions_dropped;
    cr_expect(dropped > 75);
    cr_expect(dropped < 100);
    for (uint32_t i = 0; i < 20; i++) {
        cr_assert(send_numbered(session, first + i, NET_FACT, 0)); /* over soft, under hard */
    }
    cr_expect(eq(u64, net_server_counters(given.server)->evicted, 0));
    uint32_t facts = 0;
    uint32_t positions = 0;
    while (facts < first + 20) {
        struct ws_message message;
        cr_assert(ws_client_receive(&slow, &message));
        if (message.bytes[0] == 'f') {
            cr_expect(eq(u32, number_in(&message, "fact"), facts));
            facts++;
        } else {
            cr_expect(eq(u32, number_in(&message, "position"), positions));
            positions++;
        }
        ws_client_message_free(&message);
    }
    cr_expect(eq(u64, 100 - dropped, positions));
}

Test(net_slow, a_newer_position_takes_the_place_of_a_waiting_one)
{
    const uint64_t session = given_stalled();
    const uint32_t facts = fill_kernel(session);
    for (uint32_t i = 0; i < 1000; i++) {
        cr_assert(send_numbered(session, i, NET_POSITION, 1 + i % 2));
    }
    cr_expect(eq(u64, net_server_counters(given.server)->positions_replaced, 998));
    cr_expect(eq(u64, net_server_counters(given.server)->positions_dropped, 0));
    uint32_t positions[4];
    uint32_t count = 0;
    for (uint32_t i = 0; i < facts + 2; i++) {
        struct ws_message message;
        cr_assert(ws_client_receive(&slow, &message));
        if (message.bytes[0] == 'p') {
            cr_assert(count < 4);
            positions[count++] = number_in(&message, "position");
        }
        ws_client_message_free(&message);
    }
    cr_expect(eq(u32, count, 2));
    cr_expect(eq(u32, positions[0], 998));
    cr_expect(eq(u32, positions[1], 999));
}

/* The frame is one for all: the memory of a broadcast does not grow with the clients. */
Test(net_slow, a_broadcast_frame_is_shared)
{
    const uint64_t first = given_stalled();
    const uint64_t second = given_quick();
    struct net_frame *frame = net_frame_create("to all", 6, false);
    cr_assert(net_server_send(given.server, first, frame, NET_FACT));
    cr_assert(net_server_send(given.server, second, frame, NET_FACT));
    net_frame_release(frame); /* both still have it */
    struct ws_message message;
    cr_assert(ws_client_receive(&quick, &message));
    cr_expect(eq(str, (char *)message.bytes, "to all"));
    ws_client_message_free(&message);
    cr_assert(ws_client_receive(&slow, &message));
    cr_expect(eq(str, (char *)message.bytes, "to all"));
    ws_client_message_free(&message);
}

/* Queued outside of any callback, it leaves within the same turn of the loop, before it sleeps. */
Test(net_slow, a_message_leaves_in_the_turn_it_was_sent)
{
    const uint64_t session = given_quick();
    net_given_turn(10);
    cr_assert(net_given_send(session, "now", NET_FACT));
    uv_run(&given.loop, UV_RUN_NOWAIT);
    cr_expect(eq(u64, net_server_counters(given.server)->frames_out, 1));
    cr_assert(ws_client_read(&quick));
    cr_expect(memcmp(quick.input, "\x81\x03now", 5) == 0);
}
