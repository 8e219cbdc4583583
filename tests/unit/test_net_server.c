/* Starting, limits, time-outs, TLS, rubbish and stopping. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/net_given.h"

static struct ws_client client;
static struct ws_answer answer;
static char directory[64];
static char certificate[96];
static char key[96];

static void set_up(void)
{
    client = (struct ws_client){.fd = -1};
    net_given_defaults();
}

static void tear_down(void)
{
    ws_client_answer_free(&answer);
    ws_client_close(&client);
    net_given_stop();
}

TestSuite(net_server, .init = set_up, .fini = tear_down, .timeout = 60);

/* What starting answers, and that a failed start leaves the loop clean. */
static enum status try_start(char error[256])
{
    static const struct net_handlers none;
    uv_loop_t loop;
    struct net_server *server = NULL;
    uv_loop_init(&loop);
    const enum status status = net_server_create(&loop, &given.config, &none, NULL, &server, error);
    cr_expect(server == NULL);
    cr_expect(eq(int, uv_loop_close(&loop), 0));
    return status;
}

Test(net_server, takes_a_free_port_and_says_which)
{
    net_given_start();
    cr_expect(ne(u16, net_server_port(given.server), 0));
}

Test(net_server, listens_on_ipv6)
{
    given.config.address = "::1";
    net_given_start();
    cr_expect(ne(u16, net_server_port(given.server), 0));
}

Test(net_server, says_that_a_port_is_in_use)
{
    char error[256];
    net_given_start();
    given.config.port = net_server_port(given.server);
    cr_expect(eq(int, try_start(error), STATUS_BUSY));
    cr_expect(strstr(error, "is already in use") != NULL);
    char port[16];
    snprintf(port, sizeof port, "%u", given.config.port);
    cr_expect(strstr(error, port) != NULL);
}

Test(net_server, says_what_is_wrong_with_the_address)
{
    char error[256];
    given.config.address = "localhost.invalid";
    cr_expect(eq(int, try_start(error), STATUS_BAD_INPUT));
    cr_expect(eq(str, error, "localhost.invalid is not an IPv4 or IPv6 address"));
    given.config.address = "192.0.2.1"; /* nobody's, RFC 5737 */
    cr_expect(eq(int, try_start(error), STATUS_BAD_INPUT));
    cr_expect(strstr(error, "cannot listen on 192.0.2.1") != NULL);
}

Test(net_server, says_that_the_web_root_is_missing)
{
    char error[256];
    given.config.web_root = "/nowhere/web";
    cr_expect(eq(int, try_start(error), STATUS_BAD_INPUT));
    cr_expect(strstr(error, "the web root /nowhere/web cannot be opened") != NULL);
}

static void run_command(const char *text)
{
    cr_assert(system(text) == 0, "%s", text); // NOLINT(cert-env33-c): fixed text and our own path
}

static void write_certificate(const char *name)
{
    char command[512];
    snprintf(command, sizeof command,
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
             "-subj /CN=%s -keyout %s -out %s 2>/dev/null",
             name, key, certificate);
    run_command(command);
}

static void given_certificate(void)
{
    snprintf(directory, sizeof directory, "/tmp/net_server_XXXXXX");
    cr_assert(mkdtemp(directory) != NULL);
    snprintf(certificate, sizeof certificate, "%s/cert.pem", directory);
    snprintf(key, sizeof key, "%s/key.pem", directory);
    write_certificate("localhost");
    given.config.certificate_path = certificate;
    given.config.key_path = key;
}

static void remove_certificate(void)
{
    unlink(certificate);
    unlink(key);
    rmdir(directory);
}

Test(net_server, says_what_is_wrong_with_a_certificate)
{
    char error[256];
    given_certificate();
    given.config.certificate_path = "/nowhere/cert.pem";
    cr_expect(eq(int, try_start(error), STATUS_BAD_INPUT));
    cr_expect(strstr(error, "the certificate /nowhere/cert.pem cannot be used: ") != NULL, "%s",
              error);
    given.config.certificate_path = certificate;
    given.config.key_path = "/nowhere/key.pem";
    cr_expect(eq(int, try_start(error), STATUS_BAD_INPUT));
    cr_expect(strstr(error, "the key /nowhere/key.pem cannot be used: ") != NULL, "%s", error);
    given.config.key_path = certificate;
    cr_expect(eq(int, try_start(error), STATUS_BAD_INPUT));
    given.config.key_path = NULL;
    cr_expect(eq(int, try_start(error), STATUS_BAD_INPUT));
    cr_expect(strstr(error, "only the certificate is given") != NULL);
    remove_certificate();
}

Test(net_server, speaks_tls)
{
    given_certificate();
    net_given_start();
    remove_certificate();
    net_given_client(&client);
    cr_assert(ws_client_start_tls(&client));
    given.large_bytes = 300000;
    cr_assert(ws_client_request(&client, "GET", "/v1/large", NULL, NULL, &answer));
    cr_expect(eq(sz, answer.body_size, 300000));
    ws_client_answer_free(&answer);
    cr_assert(ws_client_request(&client, "POST", "/v1/echo", NULL, "body", &answer));
    cr_expect(eq(int, answer.status, 200));
    cr_assert(eq(int, ws_client_upgrade(&client, NULL), 101));
    char *text = malloc(50001);
    memset(text, 't', 50000);
    text[50000] = '\0';
    cr_assert(ws_client_send_text(&client, text));
    struct ws_message message;
    cr_assert(ws_client_receive(&client, &message));
    cr_expect(eq(sz, message.size, 50000));
    ws_client_message_free(&message);
    free(text);
}

static enum status renew(bool *is_new, char error[256])
{
    int64_t ends_ms = 0;
    return net_server_renew_certificate(given.server, is_new, &ends_ms, error);
}

/* A connection of its own: the name of the certificate that it is shown. */
static void expect_shown(const char *name)
{
    char shown[64] = "";
    struct ws_client other = {.fd = -1};
    net_given_client(&other);
    cr_assert(ws_client_start_tls(&other));
    X509 *peer = SSL_get1_peer_certificate(other.tls);
    cr_assert(peer != NULL);
    X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, shown, sizeof shown);
    X509_free(peer);
    ws_client_close(&other);
    cr_expect(eq(int, strcmp(shown, name), 0), "%s", shown);
}

Test(net_server, a_certificate_that_was_renewed_is_shown_without_a_restart)
{
    bool is_new = true;
    char error[256];
    given_certificate();
    net_given_start();
    net_given_client(&client);
    cr_assert(ws_client_start_tls(&client));
    cr_expect(eq(int, renew(&is_new, error), STATUS_OK));
    cr_expect(not(is_new));

    write_certificate("next.localhost");
    cr_expect(eq(int, renew(&is_new, error), STATUS_OK));
    cr_expect(is_new);
    expect_shown("next.localhost");
    cr_assert(ws_client_request(&client, "GET", "/v1/echo", NULL, NULL, &answer));
    cr_expect(eq(int, answer.status, 200), "who is connected stays so");
    remove_certificate();
}

Test(net_server, half_a_renewal_leaves_the_certificate_before_it)
{
    bool is_new = true;
    char error[256];
    char command[512];
    given_certificate();
    net_given_start();
    snprintf(command, sizeof command, "cp %s %s.before", key, key);
    run_command(command);
    write_certificate("next.localhost");
    snprintf(command, sizeof command, "mv %s.before %s", key, key);
    run_command(command); /* the new certificate with the old key */
    cr_expect(eq(int, renew(&is_new, error), STATUS_BAD_INPUT));
    cr_expect(not(is_new));
    cr_expect(strstr(error, "cannot be used: ") != NULL, "%s", error);
    expect_shown("localhost");
    remove_certificate();
}

Test(net_server, says_when_a_certificate_ends)
{
    bool is_new = false;
    int64_t ends_ms = 0;
    char error[256];
    given_certificate();
    net_given_start();
    cr_expect(
        eq(int, net_server_renew_certificate(given.server, &is_new, &ends_ms, error), STATUS_OK));
    remove_certificate();

    struct tm end = {0};
    net_given_client(&client);
    cr_assert(ws_client_start_tls(&client));
    X509 *peer = SSL_get1_peer_certificate(client.tls);
    cr_expect(eq(int, ASN1_TIME_to_tm(X509_get0_notAfter(peer), &end), 1));
    X509_free(peer);
    cr_expect(eq(i64, ends_ms, (int64_t)timegm(&end) * 1000));
}

Test(net_server, a_plain_server_has_no_certificate_to_renew)
{
    bool is_new = true;
    char error[256];
    net_given_start();
    cr_expect(eq(int, renew(&is_new, error), STATUS_NOT_FOUND));
    cr_expect(not(is_new));
}

Test(net_server, a_plain_client_of_a_tls_port_harms_nobody)
{
    given_certificate();
    net_given_start();
    remove_certificate();
    net_given_client(&client);
    cr_assert(ws_client_write_text(&client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    cr_expect(ws_client_wait_end(&client));
    ws_client_close(&client);
    net_given_client(&client);
    cr_assert(ws_client_start_tls(&client));
    cr_assert(ws_client_request(&client, "GET", "/v1/echo", NULL, NULL, &answer));
    cr_expect(eq(int, answer.status, 200));
}

Test(net_server, tells_503_to_one_connection_too_many)
{
    struct ws_client others[4];
    given.config.limits.connections_max = 4;
    net_given_start();
    for (size_t i = 0; i < 4; i++) {
        net_given_session(&others[i]);
    }
    net_given_client(&client);
    cr_assert(ws_client_request(&client, "GET", "/v1/echo", NULL, NULL, &answer));
    cr_expect(eq(int, answer.status, 503));
    cr_expect(ws_client_wait_end(&client));
    ws_client_close(&client);
    net_given_client(&client);
    cr_expect(eq(int, ws_client_upgrade(&client, NULL), 503));
    ws_client_close(&client);
    ws_client_close(&others[0]);
    cr_assert(net_given_until(&given.closed_count, 1));
    net_given_turn(20);
    net_given_session(&client); /* there is room again */
    for (size_t i = 1; i < 4; i++) {
        ws_client_close(&others[i]);
    }
}

Test(net_server, a_flood_of_connections_past_the_limit_is_survived)
{
    enum { FLOOD = 100 };
    struct ws_client others[FLOOD];
    given.config.limits.connections_max = 2;
    net_given_start();
    for (size_t i = 0; i < FLOOD; i++) {
        net_given_client(&others[i]);
        net_given_turn(2);
    }
    cr_expect(net_server_counters(given.server)->connections_open <= 2 + 32);
    cr_expect(net_server_counters(given.server)->refused > 0);
    for (size_t i = 0; i < FLOOD; i++) {
        ws_client_close(&others[i]);
    }
    net_given_turn(100);
    net_given_client(&client);
    cr_assert(ws_client_request(&client, "GET", "/v1/echo", NULL, NULL, &answer));
    cr_expect(eq(int, answer.status, 200));
}

Test(net_server, ends_connections_that_never_ask)
{
    given.config.limits.request_ms_max = 300;
    net_given_start();
    net_given_client(&client);
    cr_expect(ws_client_wait_end(&client));
    ws_client_close(&client);
    net_given_client(&client);
    cr_assert(ws_client_write_text(&client, "GET /v1/echo HTT"));
    cr_expect(ws_client_wait_end(&client));
    cr_expect(eq(u64, net_server_counters(given.server)->timeouts, 2));
}

Test(net_server, answers_408_to_a_body_that_never_comes)
{
    static const char half[] =
        "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf";
    given.config.limits.request_ms_max = 300;
    net_given_start();
    net_given_client(&client);
    cr_assert(ws_client_write_text(&client, half));
    cr_assert(ws_client_answer(&client, false, &answer));
    cr_expect(eq(int, answer.status, 408));
    cr_expect(ws_client_wait_end(&client));
    cr_expect(eq(u32, given.requests_count, 0));
}

static void begin_long_body(size_t size)
{
    char head[96];
    snprintf(head, sizeof head, "POST /v1/later HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n",
             size);
    given.config.limits.request_ms_max = 300;
    net_given_start();
    net_given_client(&client);
    cr_assert(ws_client_write_text(&client, head));
}

Test(net_server, a_body_over_a_slow_link_has_the_time_that_it_takes)
{
    static char part[2048]; /* half a second's worth, every fifth of one */
    memset(part, 'x', sizeof part);
    begin_long_body(6 * sizeof part);
    for (uint32_t i = 0; i < 6; i++) {
        cr_assert(ws_client_write(&client, part, sizeof part));
        net_given_pump_ms(200);
    }
    cr_assert(net_given_until(&given.requests_count, 1));
}

Test(net_server, much_of_a_body_at_once_earns_no_silence_after_it)
{
    static char part[16384]; /* four seconds' worth */
    memset(part, 'x', sizeof part);
    begin_long_body(sizeof part + 4);
    cr_assert(ws_client_write(&client, part, sizeof part));
    net_given_pump_ms(900);
    cr_expect(eq(u64, net_server_counters(given.server)->timeouts, 1));
    cr_assert(ws_client_answer(&client, false, &answer));
    cr_expect(eq(int, answer.status, 408));
    cr_expect(eq(u32, given.requests_count, 0));
}

Test(net_server, a_late_answer_is_waited_for_longer_than_a_request)
{
    given.config.limits.request_ms_max = 200;
    net_given_start();
    net_given_client(&client);
    cr_assert(ws_client_write_text(&client, "GET /v1/later HTTP/1.1\r\nHost: a\r\n\r\n"));
    cr_assert(net_given_until(&given.requests_count, 1));
    net_given_pump_ms(600);
    net_server_reply(given.server, given.later_id, &(struct net_response){.status = 202});
    cr_assert(ws_client_answer(&client, false, &answer));
    cr_expect(eq(int, answer.status, 202));
}

Test(net_server, stops_with_requests_and_half_requests_in_hand)
{
    struct ws_client half;
    net_given_start();
    net_given_session(&client);
    net_given_client(&half);
    cr_assert(ws_client_write_text(
        &half, "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"));
    net_given_turn(10);
    net_given_stop();
    cr_expect(eq(u32, given.closed_count, 1));
    ws_client_close(&half);
}

Test(net_server, answers_what_it_has_in_hand_before_it_stops)
{
    net_given_start();
    net_given_client(&client);
    cr_assert(ws_client_write_text(&client, "GET /v1/later HTTP/1.1\r\nHost: a\r\n\r\n"));
    cr_assert(net_given_until(&given.requests_count, 1));
    net_server_stop(given.server, 4001, "bye");
    net_given_turn(5);
    net_server_reply(given.server, given.later_id, &(struct net_response){.status = 202});
    cr_assert(ws_client_answer(&client, false, &answer));
    cr_expect(eq(int, answer.status, 202));
    cr_expect(strcmp(ws_client_header(&answer, "Connection"), "close") == 0);
    ws_client_close(&client);
    uv_run(&given.loop, UV_RUN_DEFAULT);
    net_server_finish(given.server);
    given.server = NULL;
    cr_expect(eq(int, uv_loop_close(&given.loop), 0));
}

Test(net_server, a_stopping_port_is_free_at_once)
{
    net_given_start();
    net_given_session(&client);
    const uint16_t port = net_server_port(given.server);
    net_server_stop(given.server, 4001, "bye");
    struct ws_client late;
    cr_expect(not(ws_client_connect(&late, port, NULL, NULL)));
    ws_client_close(&client);
    uv_run(&given.loop, UV_RUN_DEFAULT);
    net_server_finish(given.server);
    given.server = NULL;
    cr_expect(eq(int, uv_loop_close(&given.loop), 0));
}

static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* Pieces of good requests and frames, cut and shuffled with noise, cut off anywhere. */
static size_t write_rubbish(uint64_t *state, uint8_t *out, size_t capacity)
{
    static const char *const pieces[] = {"GET /v1/echo HTTP/1.1\r\n",
                                         "POST /v1/echo HTTP/1.1\r\n",
                                         "Host: a\r\n",
                                         "\r\n",
                                         "Content-Length: 5\r\n",
                                         "Content-Length: 0\r\n",
                                         "hello",
                                         "Upgrade: websocket\r\n",
                                         "Upgrade: foo\r\n",
                                         "Connection: Upgrade\r\n",
                                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                                         "Sec-WebSocket-Version: 13\r\n",
                                         "GET /v1/ws HTTP/1.1\r\n",
                                         "/../",
                                         "%2e%2e",
                                         "%0a",
                                         "%00",
                                         "?a=b&c",
                                         "Transfer-Encoding: chunked\r\n",
                                         "HEAD / HTTP/1.1\r\n",
                                         "\x81\x85\x01\x02\x03\x04hello",
                                         "\x88\x80\x01\x01\x01\x01",
                                         "\x89\x80\x01\x01\x01\x01",
                                         "\xff\xff\xff\xff",
                                         "Connection: close\r\n",
                                         " ",
                                         ":",
                                         "PUT /v1/later HTTP/1.1\r\n",
                                         "Expect: 100-continue\r\n",
                                         "Origin: null\r\n"};
    size_t size = 0;
    const uint32_t count = 1 + next_random(state) % 14;
    for (uint32_t i = 0; i < count; i++) {
        const char *piece = pieces[next_random(state) % (sizeof pieces / sizeof pieces[0])];
        const size_t length = strlen(piece);
        if (size + length > capacity) {
            break;
        }
        memcpy(out + size, piece, length);
        size += length;
    }
    if (next_random(state) % 4 == 0 && size > 0) {
        out[next_random(state) % size] = (uint8_t)next_random(state);
    }
    return size;
}

Test(net_server, survives_seeded_rubbish_on_many_connections)
{
    uint64_t state = 99;
    net_given_start();
    for (int round = 0; round < 1500; round++) {
        uint8_t bytes[2048];
        struct ws_client rude;
        net_given_client(&rude);
        const size_t size = write_rubbish(&state, bytes, sizeof bytes);
        const size_t cut = size == 0 ? 0 : next_random(&state) % size;
        (void)ws_client_write(&rude, bytes, cut);
        net_given_turn(next_random(&state) % 4);
        if (!rude.ended) {
            (void)ws_client_write(&rude, bytes + cut, size - cut);
        }
        net_given_turn(next_random(&state) % 8);
        ws_client_close(&rude);
        if (round % 100 != 0) {
            continue;
        }
        ws_client_answer_free(&answer);
        net_given_client(&client);
        cr_assert(ws_client_request(&client, "POST", "/v1/echo", NULL, "fine", &answer),
                  "seed 99, round %d", round);
        cr_assert(eq(int, answer.status, 200));
        ws_client_close(&client);
    }
    net_given_turn(200);
    cr_expect(eq(u64, net_server_counters(given.server)->connections_open, 0));
}
