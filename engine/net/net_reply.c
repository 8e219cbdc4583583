#include "engine/net/net_private.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a browser may do with our pages: nothing from outside, nothing inline. */
#define CONTENT_SECURITY_POLICY                                                                    \
    "Content-Security-Policy: default-src 'self'; script-src 'self'; worker-src 'self'; "          \
    "style-src 'self'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; "                  \
    "frame-ancestors 'none'\r\n"
#define HEAD_BYTES_MAX    4096u /* our own part: about 800 bytes */
#define PROBLEM_BYTES_MAX 1024u

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

static const char *reason_of(int status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].status == status) {
            return reasons[i].reason;
        }
    }
    return "Other";
}

/* NULL: no memory. The caller frees it. */
static char *write_head(const struct net_response *response, bool ends_connection, size_t *size)
{
    const char *extra = response->extra_headers == NULL ? "" : response->extra_headers;
    const char *type = response->content_type == NULL ? "" : response->content_type;
    const bool has_length = response->status != 204 && response->status != 304;
    char length[64] = "";
    if (has_length) {
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", response->body_size);
    }
    const size_t capacity = HEAD_BYTES_MAX + strlen(extra) + strlen(type);
    char *head = malloc(capacity);
    if (head == NULL) {
        return NULL;
    }
    const int written = snprintf(
        head, capacity,
        "HTTP/1.1 %d %s\r\n%s%s%s%sX-Content-Type-Options: nosniff\r\n"
        "Referrer-Policy: no-referrer\r\n%s%s%s%s\r\n",
        response->status, reason_of(response->status),
        type[0] == '\0' ? "" : "Content-Type: ", type, type[0] == '\0' ? "" : "\r\n", length,
        net_text_headers_have(extra, "Cache-Control") ? "" : "Cache-Control: no-store\r\n",
        net_text_starts(type, "text/html") ? CONTENT_SECURITY_POLICY : "",
        ends_connection ? "Connection: close\r\n" : "", extra);
    assert(written > 0);
    assert((size_t)written < capacity);
    *size = (size_t)written;
    return head;
}

void net_reply_exchange_free(struct net_connection *connection)
{
    struct net_exchange *exchange = connection->exchange;
    if (exchange == NULL) {
        return;
    }
    free(exchange->text);
    free(exchange->body);
    free(exchange->head);
    free(exchange->reply_owned);
    free(exchange);
    connection->exchange = NULL;
}

/* Point the exchange at the body to send; false: no memory. */
static bool take_body(struct net_exchange *exchange, const struct net_response *response,
                      uint8_t *owned)
{
    exchange->reply_owned = owned;
    exchange->reply = owned;
    exchange->reply_size = response->body_size;
    if (exchange->is_head || response->body_size == 0) {
        exchange->reply_size = 0;
        return true;
    }
    if (owned != NULL) {
        return true;
    }
    if (response->body_borrowed) {
        exchange->reply = response->body;
        return true;
    }
    exchange->reply_owned = malloc(response->body_size);
    if (exchange->reply_owned == NULL) {
        return false;
    }
    memcpy(exchange->reply_owned, response->body, response->body_size);
    exchange->reply = exchange->reply_owned;
    return true;
}

void net_reply_submit(struct net_connection *connection, const struct net_response *response,
                      uint8_t *owned)
{
    struct net_exchange *exchange = connection->exchange;
    assert(exchange != NULL);
    assert(exchange->head == NULL);
    assert(response->body != NULL || response->body_size == 0 || owned != NULL);

    /* While such a reply waits for the socket, libwebsockets would read the next request. */
    const bool is_long = exchange->length > 0 && response->body_size > NET_BODY_REPLY_MAX;
    exchange->ends_connection =
        exchange->ends_connection || is_long || connection->server->is_stopping;
    exchange->head = write_head(response, exchange->ends_connection, &exchange->head_size);
    if (!take_body(exchange, response, owned) || exchange->head == NULL) {
        net_connection_kill(connection); /* no memory for an answer is no answer */
        return;
    }
    net_connection_set_phase(connection, NET_REPLYING);
    lws_rx_flow_control(connection->wsi, 1); /* held back, it would hold back writing as well */
    lws_callback_on_writable(connection->wsi);
}

static size_t write_problem(const struct net_problem *problem, char *text, size_t capacity)
{
    const int size =
        snprintf(text, capacity,
                 "{\"type\":\"about:blank\",\"status\":%d,\"code\":\"%s\",\"title\":\"%s\","
                 "\"detail\":\"%s\"%s}\n",
                 problem->status, proto_code_text(problem->code), proto_code_title(problem->code),
                 problem->detail, proto_code_retry(problem->code) ? ",\"retry\":true" : "");
    assert(size > 0);
    assert((size_t)size < capacity);
    return (size_t)size;
}

void net_reply_problem(struct net_connection *connection, const struct net_problem *problem)
{
    char text[PROBLEM_BYTES_MAX];
    const struct net_response response = {.status = problem->status,
                                          .content_type = "application/problem+json",
                                          .extra_headers = problem->extra_headers,
                                          .body = text,
                                          .body_size = write_problem(problem, text, sizeof text)};
    connection->server->counters.refused++;
    net_reply_submit(connection, &response, NULL);
}

int net_reply_refuse(struct net_connection *connection, const struct net_problem *problem)
{
    char text[PROBLEM_BYTES_MAX];
    const struct net_response response = {.status = problem->status,
                                          .content_type = "application/problem+json",
                                          .extra_headers = problem->extra_headers,
                                          .body_size = write_problem(problem, text, sizeof text)};
    connection->server->counters.refused++;
    size_t head_size = 0;
    char *head = write_head(&response, true, &head_size);
    if (head == NULL) {
        return -1;
    }
    uint8_t *scratch = connection->server->scratch;
    assert(head_size + response.body_size <= NET_BATCH_BYTES);
    memcpy(scratch, head, head_size);
    memcpy(scratch + head_size, text, response.body_size);
    free(head);
    const size_t size = head_size + response.body_size;
    connection->server->counters.bytes_out += size;
    if (lws_write(connection->wsi, scratch, size, LWS_WRITE_HTTP) < 0) {
        net_connection_kill(connection);
    }
    return -1; /* what is buffered is still flushed before it closes */
}

/* Copy the next piece of head and body into the scratch; 0: all is written. */
static size_t next_piece(const struct net_exchange *exchange, uint8_t *scratch)
{
    size_t size = 0;
    size_t at = exchange->written;
    if (at < exchange->head_size) {
        size = exchange->head_size - at;
        size = size < NET_BATCH_BYTES ? size : NET_BATCH_BYTES;
        memcpy(scratch, exchange->head + at, size);
        at += size;
    }
    assert(at >= exchange->head_size || size == NET_BATCH_BYTES);
    const size_t body_at = at >= exchange->head_size ? at - exchange->head_size : 0;
    const size_t body_left = exchange->reply_size - body_at;
    const size_t room = NET_BATCH_BYTES - size;
    const size_t part = body_left < room ? body_left : room;
    if (part > 0) {
        memcpy(scratch + size, exchange->reply + body_at, part);
    }
    return size + part;
}

/* Between requests libwebsockets keeps the table only where it holds bytes of the next one already.
 * It does not tell; but lws_hdr_custom_copy() ends the empty text where there is a table. */
static bool has_header_table(struct lws *wsi)
{
    char probe = 'x';
    (void)lws_hdr_custom_copy(wsi, &probe, 1, "x:", 2);
    return probe == '\0';
}

static int finish(struct net_connection *connection)
{
    const bool ends = connection->exchange->ends_connection;
    net_reply_exchange_free(connection);
    net_connection_set_phase(connection, NET_WAITING);
    connection->had_request = true;
    if (ends || lws_http_transaction_completed(connection->wsi)) {
        return -1;
    }
    connection->is_pipelined = has_header_table(connection->wsi);
    return 0;
}

int net_reply_writeable(struct net_connection *connection)
{
    struct net_exchange *exchange = connection->exchange;
    struct net_server *server = connection->server;
    if (connection->phase != NET_REPLYING) {
        return 0;
    }
    assert(exchange != NULL);
    size_t turn = 0;
    while (turn < NET_TURN_BYTES) {
        if (lws_partial_buffered(connection->wsi)) {
            return 0; /* libwebsockets comes back when it is gone */
        }
        const size_t size = next_piece(exchange, server->scratch);
        if (size == 0) {
            return finish(connection);
        }
        if (lws_write(connection->wsi, server->scratch, size, LWS_WRITE_HTTP) < 0) {
            return -1;
        }
        exchange->written += size;
        turn += size;
        server->counters.bytes_out += size;
        connection->phase_tick = server->tick;
    }
    lws_callback_on_writable(connection->wsi);
    return 0;
}
