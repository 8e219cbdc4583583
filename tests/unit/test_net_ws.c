/* Sessions: the handshake's checks, messages in every shape, closing. */
#define _GNU_SOURCE /* memmem */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/net_given.h"

static struct ws_client client;

static void set_up(void)
{
    client = (struct ws_client){.fd = -1};
    net_given_defaults();
    net_given_start();
}

static void tear_down(void)
{
    ws_client_close(&client);
    net_given_stop();
}

TestSuite(net_ws, .init = set_up, .fini = tear_down, .timeout = 60);

static void expect_message(enum ws_opcode opcode, const void *bytes, size_t size)
{
    struct ws_message message;
    cr_assert(ws_client_receive(&client, &message));
    cr_expect(eq(int, (int)message.opcode, (int)opcode));
    cr_assert(eq(sz, message.size, size));
    cr_expect(memcmp(message.bytes, bytes, size) == 0);
    ws_client_message_free(&message);
}

static void expect_close(uint16_t code)
{
    struct ws_message message;
    cr_assert(ws_client_receive(&client, &message));
    cr_expect(eq(int, (int)message.opcode, (int)WS_CLOSE));
    cr_expect(eq(u16, message.close_code, code));
    ws_client_message_free(&message);
}

static char *pattern(size_t size)
{
    char *text = malloc(size + 1);
    for (size_t i = 0; i < size; i++) {
        text[i] = (char)('0' + i % 75);
    }
    text[size] = '\0';
    return text;
}

Test(net_ws, echoes_a_text)
{
    net_given_session(&client);
    cr_assert(ws_client_send_text(&client, "hello"));
    expect_message(WS_TEXT, "hello", 5);
    cr_expect(eq(str, given.last_peer, "127.0.0.1"));
    cr_expect(eq(u64, net_server_counters(given.server)->sessions_open, 1));
}

Test(net_ws, echoes_binary_and_empty_messages)
{
    net_given_session(&client);
    cr_assert(ws_client_send_frame(&client, true, WS_BINARY, "\0\xff\x01", 3));
    expect_message(WS_BINARY, "\0\xff\x01", 3);
    cr_assert(ws_client_send_frame(&client, true, WS_TEXT, "", 0));
    expect_message(WS_TEXT, "", 0);
}

Test(net_ws, accepts_a_client_that_names_no_protocol)
{
    net_given_client(&client);
    cr_assert(eq(int, ws_client_upgrade(&client, ""), 101));
    cr_assert(ws_client_send_text(&client, "plain"));
    expect_message(WS_TEXT, "plain", 5);
}

Test(net_ws, refuses_an_unknown_protocol_with_400)
{
    net_given_client(&client);
    cr_expect(
        eq(int, ws_client_upgrade(&client, "Sec-WebSocket-Protocol: chat, superchat\r\n"), 400));
    cr_expect(ws_client_wait_end(&client));
    cr_expect(eq(u64, net_server_counters(given.server)->refused, 1));
    cr_expect(eq(u32, given.sessions_count, 0));
}

Test(net_ws, finds_its_protocol_among_others)
{
    net_given_client(&client);
    cr_expect(eq(
        int, ws_client_upgrade(&client, "Sec-WebSocket-Protocol: chat, kuaifan.v1+json\r\n"), 101));
}

Test(net_ws, refuses_a_page_of_another_site_with_403)
{
    net_given_client(&client);
    cr_expect(eq(int, ws_client_upgrade(&client, "Origin: https://evil.example\r\n"), 403));
    cr_expect(eq(u32, given.sessions_count, 0));
}

Test(net_ws, refuses_a_null_origin)
{
    net_given_client(&client);
    cr_expect(eq(int, ws_client_upgrade(&client, "Origin: null\r\n"), 403));
}

Test(net_ws, accepts_its_own_pages)
{
    net_given_client(&client);
    cr_expect(eq(int, ws_client_upgrade(&client, "Origin: http://LOCALHOST\r\n"), 101));
}

static int raw_upgrade(const char *request)
{
    struct ws_answer answer;
    net_given_client(&client);
    cr_assert(ws_client_write(&client, request, strlen(request)));
    const int status = ws_client_answer(&client, false, &answer) ? answer.status : 0;
    ws_client_answer_free(&answer);
    cr_expect(ws_client_wait_end(&client));
    ws_client_close(&client);
    return status;
}

Test(net_ws, refuses_upgrades_that_are_not_its_own)
{
#define HANDSHAKE "Connection: Upgrade\r\nHost: localhost\r\nSec-WebSocket-Version: 13\r\n"
#define KEY       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    cr_expect(eq(int,
                 raw_upgrade("GET /other HTTP/1.1\r\nUpgrade: websocket\r\n" HANDSHAKE KEY "\r\n"),
                 404));
    cr_expect(eq(int,
                 raw_upgrade("POST /v1/ws HTTP/1.1\r\nUpgrade: websocket\r\n" HANDSHAKE KEY "\r\n"),
                 404));
    cr_expect(eq(int, raw_upgrade("GET /v1/ws HTTP/1.1\r\nUpgrade: websocket\r\n" HANDSHAKE "\r\n"),
                 426));
    cr_expect(eq(int,
                 raw_upgrade("GET /v1/ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Host: localhost\r\nSec-WebSocket-Version: 8\r\n" KEY "\r\n"),
                 426));
    cr_expect(eq(
        int,
        raw_upgrade("GET /v1/ws HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n" HANDSHAKE
                    "\r\n"),
        400));
    cr_expect(eq(u32, given.sessions_count, 0));
}

/* libwebsockets 4.1.6 answers 403 by itself, then calls on with freed headers (NN-2025-0102). */
Test(net_ws, survives_an_unknown_upgrade)
{
    cr_expect(
        eq(int, raw_upgrade("GET /v1/ws HTTP/1.1\r\nUpgrade: foo\r\n" HANDSHAKE KEY "\r\n"), 403));
    cr_expect(eq(int,
                 raw_upgrade("GET / HTTP/1.1\r\nUpgrade: foo\r\n" HANDSHAKE KEY
                             "\r\nGET / HTTP/1.1\r\n\r\n"),
                 403));
    net_given_session(&client);
    cr_assert(ws_client_send_text(&client, "still here"));
    expect_message(WS_TEXT, "still here", 10);
}

/* 126 and 65536 change the length's encoding, 2048 is one read, 16384 a read buffer. */
Test(net_ws, puts_fragments_of_every_size_together)
{
    static const size_t pieces[] = {1, 7, 125, 126, 2047, 2048, 2049, 4096, 16384, 65535, 65536};
    net_given_stop();
    given.config.limits.message_bytes_max = 1u << 20;
    given.config.limits.queue_hard_bytes = 2u << 20;
    net_given_start();
    net_given_session(&client);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        const size_t size = pieces[i] < 100 ? 3000 : 1u << 20;
        char *text = pattern(size);
        for (size_t at = 0; at < size; at += pieces[i]) {
            const size_t part = size - at < pieces[i] ? size - at : pieces[i];
            cr_assert(ws_client_send_frame(&client, at + part == size,
                                           at == 0 ? WS_TEXT : WS_CONTINUATION, text + at, part));
        }
        expect_message(WS_TEXT, text, size);
        free(text);
    }
    cr_expect(eq(u32, given.messages_count, 11));
    cr_expect(net_server_counters(given.server)->partial_receives > 1000);
}

Test(net_ws, takes_a_frame_that_comes_byte_by_byte)
{
    net_given_session(&client);
    size_t size = 0;
    uint8_t *frame = ws_client_frame(true, WS_TEXT, "one by one, sixteen", 19, &size);
    for (size_t i = 0; i < size; i++) {
        cr_assert(ws_client_write(&client, frame + i, 1));
        net_given_turn(2);
    }
    free(frame);
    expect_message(WS_TEXT, "one by one, sixteen", 19);
    cr_expect(eq(u32, given.messages_count, 1));
}

Test(net_ws, takes_many_messages_in_one_write)
{
    uint8_t all[4096];
    size_t size = 0;
    net_given_session(&client);
    for (int i = 0; i < 100; i++) {
        size_t frame_size = 0;
        uint8_t *frame = ws_client_frame(true, WS_TEXT, "{\"op\":\"ping\"}", 13, &frame_size);
        memcpy(all + size, frame, frame_size);
        size += frame_size;
        free(frame);
    }
    cr_assert(ws_client_write(&client, all, size));
    for (int i = 0; i < 100; i++) {
        expect_message(WS_TEXT, "{\"op\":\"ping\"}", 13);
    }
    cr_expect(eq(u32, given.messages_count, 100));
}

Test(net_ws, lets_a_ping_come_between_fragments)
{
    net_given_session(&client);
    cr_assert(ws_client_send_frame(&client, false, WS_TEXT, "half ", 5));
    cr_assert(ws_client_send_frame(&client, true, WS_PING, "are you there", 13));
    expect_message(WS_PONG, "are you there", 13);
    cr_assert(ws_client_send_frame(&client, true, WS_CONTINUATION, "and half", 8));
    expect_message(WS_TEXT, "half and half", 13);
}

Test(net_ws, takes_a_message_of_exactly_the_limit)
{
    char *text = pattern(65536);
    net_given_session(&client);
    cr_assert(ws_client_send_frame(&client, true, WS_TEXT, text, 65536));
    expect_message(WS_TEXT, text, 65536);
    free(text);
}

Test(net_ws, closes_4501_at_one_byte_too_many)
{
    char *text = pattern(65537);
    net_given_session(&client);
    cr_assert(ws_client_send_frame(&client, true, WS_TEXT, text, 65537));
    free(text);
    expect_close(4501);
    cr_expect(eq(u32, given.messages_count, 0));
    cr_expect(eq(u64, net_server_counters(given.server)->bad_messages, 1));
}

Test(net_ws, closes_4501_when_fragments_add_up_to_too_much)
{
    char *text = pattern(20000);
    net_given_session(&client);
    for (int i = 0; i < 4; i++) {
        cr_assert(
            ws_client_send_frame(&client, false, i == 0 ? WS_TEXT : WS_CONTINUATION, text, 20000));
    }
    free(text);
    expect_close(4501);
}

/* Its length alone is enough: no byte of it is waited for or stored. */
Test(net_ws, closes_4501_at_an_announced_giant)
{
    static const uint8_t giant[] = {0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff,
                                    0xff, 0xff, 1,    2,    3,    4,    'x'};
    net_given_session(&client);
    cr_assert(ws_client_write(&client, giant, sizeof giant));
    expect_close(4501);
}

static void expect_refused_text(const char *text, size_t size)
{
    net_given_session(&client);
    cr_assert(ws_client_send_frame(&client, true, WS_TEXT, text, size));
    expect_close(1007);
    ws_client_close(&client);
}

Test(net_ws, closes_1007_at_text_that_is_not_utf8)
{
    expect_refused_text("\xff", 1);
    expect_refused_text("ok \xc3", 4);          /* ends in the middle */
    expect_refused_text("\xed\xa0\x80", 3);     /* a surrogate */
    expect_refused_text("\xc0\xaf", 2);         /* overlong */
    expect_refused_text("\xf4\x90\x80\x80", 4); /* past U+10FFFF */
    cr_expect(eq(u32, given.messages_count, 0));
    cr_expect(eq(u64, net_server_counters(given.server)->bad_messages, 5));
}

Test(net_ws, takes_a_character_split_over_fragments)
{
    net_given_session(&client);
    cr_assert(ws_client_send_frame(&client, false, WS_TEXT, "\xe5\xbf", 2));
    cr_assert(ws_client_send_frame(&client, true, WS_CONTINUATION, "\xab", 1));
    expect_message(WS_TEXT, "\xe5\xbf\xab", 3);
}

Test(net_ws, closes_1002_at_frames_against_the_protocol)
{
    net_given_session(&client);
    cr_assert(ws_client_send_frame(&client, true, WS_CONTINUATION, "nothing to continue", 19));
    expect_close(1002);
    ws_client_close(&client);
    net_given_session(&client);
    cr_assert(ws_client_send_frame(&client, true, (enum ws_opcode)5, "unknown", 7));
    expect_close(1002);
    ws_client_close(&client);
    net_given_session(&client);
    cr_assert(ws_client_send_frame(&client, false, WS_PING, "split", 5));
    expect_close(1002);
}

Test(net_ws, answers_a_close_with_a_close)
{
    net_given_session(&client);
    cr_assert(ws_client_send_frame(&client, true, WS_CLOSE,
                                   "\x03\xe8"
                                   "done",
                                   6));
    expect_close(1000);
    cr_expect(ws_client_wait_end(&client));
    cr_expect(net_given_until(&given.closed_count, 1));
    cr_expect(not(net_given_send(given.sessions[0], "too late", NET_FACT)));
}

Test(net_ws, closes_with_the_code_and_reason_it_is_told)
{
    struct ws_message message;
    net_given_session(&client);
    cr_assert(net_given_send(given.sessions[0], "last words", NET_FACT));
    net_server_close(given.server, given.sessions[0], 4013, "retry_ms=500");
    cr_expect(not(net_given_send(given.sessions[0], "after the close", NET_FACT)));
    expect_message(WS_TEXT, "last words", 10);
    cr_assert(ws_client_receive(&client, &message));
    cr_expect(eq(u16, message.close_code, 4013));
    cr_expect(eq(str, (char *)message.bytes + 2, "retry_ms=500"));
    ws_client_message_free(&message);
}

Test(net_ws, tells_that_a_client_vanished)
{
    net_given_session(&client);
    ws_client_close(&client);
    cr_assert(net_given_until(&given.closed_count, 1));
    cr_expect(not(net_given_send(given.sessions[0], "nobody", NET_FACT)));
    cr_expect(eq(u64, net_server_counters(given.server)->sessions_open, 0));
}

Test(net_ws, an_old_id_never_reaches_a_new_session)
{
    net_given_session(&client);
    ws_client_close(&client);
    cr_assert(net_given_until(&given.closed_count, 1));
    net_given_turn(5);
    net_given_session(&client); /* in the same slot */
    cr_assert(eq(u32, given.sessions_count, 2));
    cr_expect(ne(u64, given.sessions[0], given.sessions[1]));
    cr_expect(not(net_given_send(given.sessions[0], "for the old one", NET_FACT)));
    net_server_close(given.server, given.sessions[0], 4000, "old");
    cr_assert(ws_client_send_text(&client, "me"));
    expect_message(WS_TEXT, "me", 2);
}

Test(net_ws, sends_long_messages_whole)
{
    static const size_t sizes[] = {0,     1,     125,   126,    61439, 61440,
                                   61441, 65535, 65536, 122880, 500000};
    net_given_session(&client);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *text = pattern(sizes[i]);
        cr_assert(net_given_send(given.sessions[0], text, NET_FACT));
        expect_message(WS_TEXT, text, sizes[i]);
        free(text);
    }
}

/* Pings are answered between fragments of a long message: the stream must survive it. */
Test(net_ws, answers_pings_while_a_long_message_goes_out)
{
    char *text = pattern(700000);
    struct ws_message message;
    net_given_session(&client);
    cr_assert(net_given_send(given.sessions[0], text, NET_FACT));
    cr_assert(ws_client_send_frame(&client, true, WS_PING, "p", 1));
    size_t seen = 0;
    bool ponged = false;
    while (seen == 0 || !ponged) {
        cr_assert(ws_client_read(&client) || client.input_size > 0);
        ponged = ponged || memmem(client.input, client.input_size, "\x8a\x01p", 3) != NULL;
        seen = memmem(client.input, client.input_size, text + 699000, 1000) != NULL ? 1 : 0;
    }
    free(text);
    (void)message;
}

Test(net_ws, holds_back_input_while_paused)
{
    net_given_session(&client);
    net_server_pause(given.server, given.sessions[0], true);
    cr_assert(ws_client_send_text(&client, "one"));
    cr_assert(ws_client_send_text(&client, "two"));
    net_given_turn(50);
    cr_expect(eq(u32, given.messages_count, 0));
    cr_assert(net_given_send(given.sessions[0], "output goes on", NET_FACT));
    expect_message(WS_TEXT, "output goes on", 14);
    net_server_pause(given.server, given.sessions[0], false);
    expect_message(WS_TEXT, "one", 3);
    expect_message(WS_TEXT, "two", 3);
}

Test(net_ws, closes_4001_when_the_server_stops)
{
    net_given_session(&client);
    net_server_stop(given.server, 4001, "restart");
    expect_close(4001);
    ws_client_close(&client);
    uv_run(&given.loop, UV_RUN_DEFAULT);
    cr_expect(eq(u32, given.closed_count, 1));
    net_server_finish(given.server);
    given.server = NULL;
    cr_expect(eq(int, uv_loop_close(&given.loop), 0));
}

/* A seeded storm of fragments, cut anywhere: every message must come back as it was. */
Test(net_ws, random_fragments_come_back_as_whole_messages)
{
    const unsigned seed = 20260717;
    uint64_t state = seed;
    cr_log_info("seed %u", seed);
    net_given_session(&client);
    for (int round = 0; round < 200; round++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
        const size_t size = (state >> 33) % 9000;
        char *text = pattern(size);
        size_t at = 0;
        bool first = true;
        do {
            state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
            size_t part = (state >> 33) % 3000;
            part = part > size - at ? size - at : part;
            const bool last = at + part == size;
            cr_assert(ws_client_send_frame(&client, last, first ? WS_BINARY : WS_CONTINUATION,
                                           text + at, part));
            at += part;
            first = false;
            if (last) {
                break;
            }
        } while (true);
        expect_message(WS_BINARY, text, size);
        free(text);
    }
    cr_expect(eq(u32, given.messages_count, 200));
}

static void given_quick_silence(void)
{
    net_given_stop();
    given.config.limits.ping_ms = 200;
    given.config.limits.silent_ms_max = 600;
    net_given_start();
    given.sessions_count = 0;
    net_given_session(&client);
}

Test(net_ws, who_is_silent_is_asked_and_stays_while_it_answers)
{
    given_quick_silence();
    for (int i = 0; i < 5; i++) { /* longer than silence is borne */
        expect_message(WS_PING, "?", 1);
        cr_assert(ws_client_send_frame(&client, true, WS_PONG, "?", 1));
    }
    cr_expect(eq(u64, net_server_counters(given.server)->sessions_open, 1));
    cr_expect(eq(u64, net_server_counters(given.server)->timeouts, 0));
}

Test(net_ws, who_does_not_answer_is_asked_once_and_ended)
{
    given_quick_silence();
    expect_message(WS_PING, "?", 1);
    cr_expect(ws_client_wait_end(&client));
    struct ws_message message;
    cr_expect(not(ws_client_poll(&client, &message)), "one ping was enough");
    cr_assert(net_given_until(&given.closed_count, 1));
    cr_expect(eq(u64, net_server_counters(given.server)->timeouts, 1));
}
