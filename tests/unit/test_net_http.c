/* Requests and replies: what the house sees, what is refused, what survives a rude client. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "engine/net/net_private.h"
#include "tests/support/net_given.h"

static struct ws_client client;
static struct ws_answer answer;

static void set_up(void)
{
    client = (struct ws_client){.fd = -1};
    net_given_defaults();
    net_given_start();
    net_given_client(&client);
}

static void tear_down(void)
{
    ws_client_answer_free(&answer);
    ws_client_close(&client);
    net_given_stop();
}

TestSuite(net_http, .init = set_up, .fini = tear_down, .timeout = 60);

static void ask(const char *method, const char *path, const char *headers, const char *body)
{
    ws_client_answer_free(&answer);
    cr_assert(ws_client_request(&client, method, path, headers, body, &answer), "%s %s", method,
              path);
}

static void reconnect(void)
{
    ws_client_close(&client);
    net_given_client(&client);
}

/* Send bytes as they are on a fresh connection; the status of the answer, 0: none. */
static int send_bytes(const char *bytes, size_t size)
{
    reconnect();
    ws_client_answer_free(&answer);
    cr_assert(ws_client_write(&client, bytes, size));
    return ws_client_answer(&client, false, &answer) ? answer.status : 0;
}

static int send_raw(const char *text)
{
    return send_bytes(text, strlen(text));
}

static void send_later(const char *path)
{
    char text[128];
    snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path);
    cr_assert(ws_client_write(&client, text, strlen(text)));
    cr_assert(net_given_until(&given.requests_count, 1));
}

static void expect_header(const char *name, const char *value)
{
    const char *got = ws_client_header(&answer, name);
    cr_assert(got != NULL, "no %s", name);
    cr_expect(strcmp(got, value) == 0, "%s: %s", name, got);
}

Test(net_http, hands_on_the_whole_request)
{
    ask("POST", "/v1/echo?a=1&b=x%26y",
        "Authorization: Bearer abc\r\nIdempotency-Key: 0197-key \r\nContent-Type: "
        "application/json\r\n"
        "Accept: */*\r\nOrigin: http://localhost\r\nIf-None-Match: \"v1\"\r\n",
        "{\"type\":\"fire\"}");
    cr_expect(eq(int, answer.status, 200));
    cr_expect(eq(str, (char *)answer.body,
                 "POST|/v1/echo|a=1&b=x%26y|Bearer abc|0197-key|application/json|*/*|"
                 "http://localhost|\"v1\"|{\"type\":\"fire\"}"));
    cr_expect(eq(str, given.last_peer, "127.0.0.1"));
}

Test(net_http, leaves_what_is_absent_empty)
{
    ask("GET", "/v1/echo", NULL, NULL);
    cr_expect(eq(str, (char *)answer.body, "GET|/v1/echo||||||||"));
}

Test(net_http, takes_all_the_methods_it_names)
{
    ask("PUT", "/v1/echo", NULL, "p");
    cr_expect(eq(str, (char *)answer.body, "PUT|/v1/echo||||||||p"));
    ask("DELETE", "/v1/echo", NULL, NULL);
    cr_expect(eq(str, (char *)answer.body, "DELETE|/v1/echo||||||||"));
    ask("POST", "/v1/echo", NULL, "");
    cr_expect(eq(str, (char *)answer.body, "POST|/v1/echo||||||||"));
    ask("PUT", "/v1/echo", NULL, "");
    cr_expect(eq(str, (char *)answer.body, "PUT|/v1/echo||||||||"));
    ask("HEAD", "/v1/echo", NULL, NULL);
    cr_expect(eq(int, answer.status, 200));
    expect_header("Content-Length", "21");
    cr_expect(eq(sz, answer.body_size, 0));
    ask("DELETE", "/v1/echo", NULL, "with a body");
    cr_expect(eq(str, (char *)answer.body, "DELETE|/v1/echo||||||||with a body"));
    cr_expect(eq(u32, given.requests_count, 6)); /* all on one connection */
}

Test(net_http, refuses_other_methods)
{
    ask("PATCH", "/v1/echo", NULL, "x");
    cr_expect(eq(int, answer.status, 405));
    cr_expect(strstr((char *)answer.body, "\"code\":\"method_not_allowed\"") != NULL);
    expect_header("Allow", "GET, HEAD, POST, PUT, DELETE");
    ask("OPTIONS", "/v1/echo", NULL, NULL);
    cr_expect(eq(int, answer.status, 405));
    ask("POST", "/index.html", NULL, "x");
    cr_expect(eq(int, answer.status, 405));
    expect_header("Allow", "GET, HEAD");
    cr_expect(eq(u32, given.requests_count, 0));
}

Test(net_http, answers_404_as_a_problem)
{
    ask("GET", "/nothing/here", NULL, NULL);
    cr_expect(eq(int, answer.status, 404));
    expect_header("Content-Type", "application/problem+json");
    cr_expect(strstr((char *)answer.body, "\"status\":404,\"code\":\"not_found\"") != NULL);
}

Test(net_http, protects_every_answer)
{
    ask("GET", "/v1/echo", NULL, NULL);
    expect_header("X-Content-Type-Options", "nosniff");
    expect_header("Referrer-Policy", "no-referrer");
    expect_header("Cache-Control", "no-store");
    ask("GET", "/nothing", NULL, NULL);
    expect_header("X-Content-Type-Options", "nosniff");
}

Test(net_http, answers_pipelined_requests_in_order)
{
    char all[4096] = "";
    size_t size = 0;
    for (int i = 0; i < 20; i++) {
        size += (size_t)snprintf(all + size, sizeof all - size,
                                 "GET /v1/echo?n=%d HTTP/1.1\r\nHost: a\r\n\r\n", i);
    }
    cr_assert(ws_client_write(&client, all, size));
    for (int i = 0; i < 20; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "GET|/v1/echo|n=%d|||||||", i);
        ws_client_answer_free(&answer);
        cr_assert(ws_client_answer(&client, false, &answer), "answer %d", i);
        cr_expect(eq(str, (char *)answer.body, expected));
    }
}

/* libwebsockets 4.1.6 would hand over the second head as its own body, then turn for ever. */
Test(net_http, a_pipelined_body_is_refused_before_it_is_misread)
{
    char all[4096] = "";
    size_t size = 0;
    for (int i = 0; i < 20; i++) {
        size += (size_t)snprintf(
            all + size, sizeof all - size,
            "POST /v1/echo?n=%d HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", i);
    }
    cr_assert(ws_client_write(&client, all, size));
    cr_assert(ws_client_answer(&client, false, &answer));
    cr_expect(eq(str, (char *)answer.body, "POST|/v1/echo|n=0|||||||abc"));
    ws_client_answer_free(&answer);
    cr_assert(ws_client_answer(&client, false, &answer));
    cr_expect(eq(int, answer.status, 503));
    cr_expect(ws_client_wait_end(&client));
    cr_expect(eq(u32, given.requests_count, 1));
    reconnect();
    ask("GET", "/v1/echo", NULL, NULL);
    cr_expect(eq(int, answer.status, 200));
}

Test(net_http, many_bodies_one_after_the_other_keep_their_connection)
{
    for (int i = 0; i < 50; i++) {
        ask("POST", "/v1/echo", NULL, i % 2 == 0 ? "even" : "odd one");
        cr_assert(eq(int, answer.status, 200));
        cr_expect(net_text_ends((char *)answer.body, i % 2 == 0 ? "|even" : "|odd one"));
        ask("GET", "/v1/echo", NULL, NULL);
        cr_assert(eq(int, answer.status, 200));
    }
    cr_expect(eq(u64, net_server_counters(given.server)->connections, 1));
}

Test(net_http, pipelined_requests_wait_for_a_late_answer)
{
    static const char text[] = "GET /v1/later HTTP/1.1\r\nHost: a\r\n\r\n"
                               "GET /v1/echo HTTP/1.1\r\nHost: a\r\n\r\n";
    cr_assert(ws_client_write_text(&client, text));
    cr_assert(net_given_until(&given.requests_count, 1));
    net_given_turn(30);
    cr_expect(eq(u32, given.requests_count, 1));
    net_server_reply(given.server, given.later_id, &(struct net_response){.status = 202});
    cr_assert(ws_client_answer(&client, false, &answer));
    cr_expect(eq(int, answer.status, 202));
    ws_client_answer_free(&answer);
    cr_assert(ws_client_answer(&client, false, &answer));
    cr_expect(eq(int, answer.status, 200));
}

Test(net_http, a_late_answer_to_a_posted_request_arrives)
{
    static const char text[] = "POST /v1/later HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
    cr_assert(ws_client_write_text(&client, text));
    cr_assert(net_given_until(&given.requests_count, 1));
    net_given_turn(30);
    net_server_reply(given.server, given.later_id,
                     &(struct net_response){.status = 201, .extra_headers = "Location: /v1/x\r\n"});
    cr_assert(ws_client_answer(&client, false, &answer));
    cr_expect(eq(int, answer.status, 201));
    expect_header("Location", "/v1/x");
    ask("POST", "/v1/echo", NULL, "ho");
    cr_expect(eq(str, (char *)answer.body, "POST|/v1/echo||||||||ho"));
}

Test(net_http, an_answer_to_a_vanished_client_is_dropped)
{
    send_later("/v1/later");
    const uint64_t id = given.later_id;
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ws_client_close(&client);
    net_given_turn(30);
    net_server_reply(given.server, id, &(struct net_response){.status = 200});
    net_given_client(&client); /* takes the slot that became free */
    net_server_reply(given.server, id, &(struct net_response){.status = 200});
    ask("GET", "/v1/echo", NULL, NULL);
    cr_expect(eq(int, answer.status, 200));
    net_server_reply(given.server, id, &(struct net_response){.status = 500});
    ask("GET", "/v1/echo", NULL, NULL);
    cr_expect(eq(int, answer.status, 200));
}

Test(net_http, an_answer_is_given_once)
{
    send_later("/v1/later");
    net_server_reply(given.server, given.later_id, &(struct net_response){.status = 200});
    net_server_reply(given.server, given.later_id, &(struct net_response){.status = 500});
    cr_assert(ws_client_answer(&client, false, &answer));
    cr_expect(eq(int, answer.status, 200));
    ask("GET", "/v1/echo", NULL, NULL);
    cr_expect(eq(int, answer.status, 200));
}

Test(net_http, writes_large_bodies_whole)
{
    static const size_t sizes[] = {0, 1, 4096, 65000, 65536, 65537, 1000000, 5000000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        given.large_bytes = sizes[i];
        ask("GET", "/v1/large", NULL, NULL);
        cr_assert(eq(sz, answer.body_size, sizes[i]));
        for (size_t j = 0; j < sizes[i]; j++) {
            cr_assert(answer.body[j] == 'a' + j % 26, "byte %zu of %zu", j, sizes[i]);
        }
    }
}

Test(net_http, a_client_that_leaves_in_a_large_body_costs_nothing)
{
    given.large_bytes = 5000000;
    send_later("/v1/large");
    net_given_turn(3);
    reconnect();
    ask("GET", "/v1/echo", NULL, NULL);
    cr_expect(eq(int, answer.status, 200));
}

Test(net_http, takes_a_body_of_exactly_the_limit)
{
    char *body = malloc(65537);
    memset(body, 'b', 65536);
    body[65536] = '\0';
    ask("POST", "/v1/echo", NULL, body);
    cr_expect(eq(int, answer.status, 200));
    cr_expect(eq(sz, answer.body_size, 65536 + strlen("POST|/v1/echo||||||||")));
    free(body);
}

Test(net_http, answers_413_to_one_byte_more_and_goes_on)
{
    char *body = malloc(65538);
    memset(body, 'b', 65537);
    body[65537] = '\0';
    ask("POST", "/v1/echo", NULL, body);
    free(body);
    cr_expect(eq(int, answer.status, 413));
    cr_expect(strstr((char *)answer.body, "\"code\":\"too_large\"") != NULL);
    cr_expect(eq(u32, given.requests_count, 0));
    ask("GET", "/v1/echo", NULL, NULL); /* the rest of the body was read away */
    cr_expect(eq(int, answer.status, 200));
}

Test(net_http, keeps_no_more_of_a_body_than_its_reader_wants)
{
    given.body_max = 1000;
    char body[1002];
    memset(body, 'b', 1001);
    body[1000] = '\0';
    ask("POST", "/v1/echo", NULL, body);
    cr_expect(not(given.is_dropped));
    body[1000] = 'b';
    body[1001] = '\0';
    ask("POST", "/v1/echo", NULL, body);
    cr_expect(given.is_dropped);
    cr_expect(eq(u32, given.requests_count, 2)); /* the reader says what is wrong with it */
    cr_expect(eq(sz, answer.body_size, strlen("POST|/v1/echo||||||||")));
}

Test(net_http, answers_411_without_a_length)
{
    static const char none[] = "POST /v1/echo HTTP/1.1\r\nHost: a\r\n\r\n";
    static const char chunked[] =
        "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
        "\r\n3\r\nabc\r\n0\r\n\r\n";
    static const char both[] = "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    cr_expect(eq(int, send_raw(none), 411));
    cr_expect(eq(int, send_raw(chunked), 411));
    cr_expect(eq(int, send_raw(both), 411));
    cr_expect(ws_client_wait_end(&client)); /* nothing behind an ambiguous length is read */
    cr_expect(eq(u32, given.requests_count, 0));
}

Test(net_http, answers_400_to_a_length_that_is_none)
{
    static const char *const lengths[] = {
        "abc", "-1", "+3", "3,3", "0x10", "1 2", "99999999999999999999"};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        char text[256];
        const int size = snprintf(
            text, sizeof text, "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: %s\r\n\r\nabc",
            lengths[i]);
        cr_expect(eq(int, send_bytes(text, (size_t)size), 400), "%s", lengths[i]);
    }
    static const char twice[] = "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                                "Content-Length: 4\r\n\r\nabcd";
    cr_expect(eq(int, send_raw(twice), 400));
    cr_expect(eq(u32, given.requests_count, 0));
}

Test(net_http, answers_400_to_rubbish)
{
    static const char *const rubbish[] = {"\x16\x03\x01\x02", "hello\r\n\r\n", "\r\n\r\n\r\n",
                                          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                                          "BREW /v1/pot HTTP/1.1\r\n\r\n"};
    for (size_t i = 0; i < sizeof rubbish / sizeof rubbish[0]; i++) {
        const int status = send_raw(rubbish[i]);
        cr_expect(status == 400 || client.ended, "%zu: %d", i, status);
    }
    cr_expect(eq(int, send_raw("BREW /v1/pot HTTP/1.1\r\n\r\n"), 400));
    cr_expect(eq(int, send_raw("CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n"), 400));
    cr_expect(eq(u32, given.requests_count, 0));
}

Test(net_http, answers_400_without_a_host)
{
    cr_expect(eq(int, send_raw("GET /v1/echo HTTP/1.1\r\n\r\n"), 400));
}

Test(net_http, refuses_paths_that_are_not_plain)
{
    static const char *const paths[] = {"/v1/%00x",
                                        "/v1/a%0d%0aSet-Cookie:x",
                                        "/v1/a%0aContent-Length:5",
                                        "/v1/%ff",
                                        "/v1/a%5cb",
                                        "/v1/%zz",
                                        "/v1/a;b"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        char text[256];
        const int size =
            snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", paths[i]);
        const int status = send_bytes(text, (size_t)size);
        cr_expect(status == 400 || status == 403 || status == 0, "%zu: %d", i, status);
    }
    cr_expect(eq(u32, given.requests_count, 0));
}

Test(net_http, survives_heads_that_are_too_long)
{
    char *text = malloc(40000);
    memset(text, 'x', 40000);
    memcpy(text, "GET /", 5);
    int status = send_bytes(text, 40000);
    cr_expect(status == 0 || status >= 400, "%d", status);
    const int size = snprintf(text, 100, "GET /v1/echo HTTP/1.1\r\nHost: a\r\nX-Long: ");
    text[size] = 'x';
    status = send_bytes(text, 40000);
    cr_expect(status == 0 || status >= 400, "%d", status);
    free(text);
    cr_expect(eq(u32, given.requests_count, 0));
}

Test(net_http, says_continue_to_who_asks)
{
    static const char head[] = "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                               "Expect: 100-continue\r\n\r\n";
    cr_assert(ws_client_write_text(&client, head));
    cr_assert(ws_client_answer(&client, false, &answer));
    cr_expect(eq(int, answer.status, 100));
    cr_assert(ws_client_write_text(&client, "abc"));
    ws_client_answer_free(&answer);
    cr_assert(ws_client_answer(&client, false, &answer));
    cr_expect(eq(int, answer.status, 200));
}

Test(net_http, closes_for_http_1_0_and_for_who_asks)
{
    cr_expect(eq(int, send_raw("GET /v1/echo HTTP/1.0\r\nHost: a\r\n\r\n"), 200));
    cr_expect(ws_client_wait_end(&client));
    cr_expect(
        eq(int, send_raw("GET /v1/echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), 200));
    cr_expect(ws_client_wait_end(&client));
}

Test(net_http, takes_a_request_byte_by_byte)
{
    static const char text[] =
        "POST /v1/echo?q=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    for (size_t i = 0; i < sizeof text - 1; i++) {
        cr_assert(ws_client_write(&client, text + i, 1));
        net_given_turn(2);
    }
    cr_assert(ws_client_answer(&client, false, &answer));
    cr_expect(eq(str, (char *)answer.body, "POST|/v1/echo|q=1|||||||hello"));
}

Test(net_http, a_websocket_address_asks_for_the_upgrade)
{
    ask("GET", "/v1/ws", NULL, NULL);
    cr_expect(eq(int, answer.status, 426));
    expect_header("Upgrade", "websocket");
}

Test(net_http, a_half_closed_client_gets_its_answer)
{
    send_later("/v1/later");
    shutdown(client.fd, SHUT_WR);
    net_given_turn(20);
    net_server_reply(given.server, given.later_id, &(struct net_response){.status = 202});
    cr_assert(ws_client_answer(&client, false, &answer));
    cr_expect(eq(int, answer.status, 202));
}
