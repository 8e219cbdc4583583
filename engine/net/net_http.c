#include "engine/net/net_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* From libwebsockets' header table to a request that the house can trust: one text block, decoded
 * path, bounded body. */

#define BODY_CAPACITY_FIRST 4096u
#define LENGTH_DIGITS_MAX   15u /* of Content-Length: fits size_t and is far past any limit */
#define READ_AWAY_FACTOR    16  /* of the limit: a larger body is not even read away */
#define IDEMPOTENCY_KEY     "idempotency-key:"
#define SIGNATURE           "kuaifan-signature:"

static const struct {
    enum lws_token_indexes token;
    const char *name;
} methods[] = {
    {WSI_TOKEN_GET_URI, "GET"},         {WSI_TOKEN_HEAD_URI, "HEAD"},
    {WSI_TOKEN_POST_URI, "POST"},       {WSI_TOKEN_PUT_URI, "PUT"},
    {WSI_TOKEN_DELETE_URI, "DELETE"},   {WSI_TOKEN_PATCH_URI, "PATCH"},
    {WSI_TOKEN_OPTIONS_URI, "OPTIONS"},
};

static const enum lws_token_indexes kept_headers[] = {WSI_TOKEN_HTTP_AUTHORIZATION,
                                                      WSI_TOKEN_HTTP_CONTENT_TYPE,
                                                      WSI_TOKEN_HTTP_IF_NONE_MATCH,
                                                      WSI_TOKEN_HTTP_ACCEPT,
                                                      WSI_TOKEN_ORIGIN,
                                                      WSI_TOKEN_HTTP_ACCEPT_ENCODING};

static const struct net_problem too_large = {413, PROTO_TOO_LARGE,
                                             "the body is larger than allowed", NULL};
static const struct net_problem pipelined = {
    503, PROTO_BUSY, "send a request with a body after the answer to the one before",
    "Retry-After: 0\r\n"};

/* A block that texts are put into one after the other; sized beforehand, so it never fills. */
struct text_block {
    char *at;
    size_t left;
};

static const char *put_text(struct text_block *block, const char *text, size_t size)
{
    assert(size < block->left);
    char *start = block->at;
    memcpy(start, text, size);
    start[size] = '\0';
    block->at += size + 1;
    block->left -= size + 1;
    return start;
}

static const char *put_header(struct text_block *block, struct lws *wsi,
                              enum lws_token_indexes token)
{
    char *start = block->at;
    const int size = lws_hdr_copy(wsi, start, (int)block->left, token);
    if (size <= 0) {
        return put_text(block, "", 0);
    }
    block->at += (size_t)size + 1;
    block->left -= (size_t)size + 1;
    return start;
}

/* A header that libwebsockets has no token for. */
static const char *put_custom(struct text_block *block, struct lws *wsi, const char *name)
{
    char *start = block->at;
    const int size = lws_hdr_custom_copy(wsi, start, (int)block->left, name, (int)strlen(name));
    if (size <= 0) {
        return put_text(block, "", 0);
    }
    block->at += (size_t)size + 1;
    block->left -= (size_t)size + 1;
    for (char *end = start + size; end > start && (end[-1] == ' ' || end[-1] == '\t'); end--) {
        end[-1] = '\0';
    }
    return start;
}

/* libwebsockets has decoded and split the query; encode its parts again, so that a '&' inside of a
 * value stays inside. */
static const char *put_query(struct text_block *block, struct net_connection *connection)
{
    char *start = block->at;
    char *part = (char *)connection->server->scratch;
    for (int i = 0;; i++) {
        const int size = lws_hdr_copy_fragment(connection->wsi, part, (int)NET_BATCH_BYTES,
                                               WSI_TOKEN_HTTP_URI_ARGS, i);
        if (size < 0) {
            break;
        }
        assert(block->left > 3 * (size_t)size + 2);
        if (i > 0) {
            *block->at++ = '&';
            block->left--;
        }
        const size_t written = net_text_encode_query(part, (size_t)size, block->at);
        block->at += written;
        block->left -= written;
    }
    *block->at++ = '\0';
    block->left--;
    return start;
}

static size_t block_size(struct lws *wsi, size_t path_size)
{
    size_t size = path_size + 1;
    size += 3 * (size_t)lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_URI_ARGS) + 64;
    for (size_t i = 0; i < sizeof kept_headers / sizeof kept_headers[0]; i++) {
        size += (size_t)lws_hdr_total_length(wsi, kept_headers[i]) + 2;
    }
    const int key_size = lws_hdr_custom_length(wsi, IDEMPOTENCY_KEY, (int)strlen(IDEMPOTENCY_KEY));
    const int signature_size = lws_hdr_custom_length(wsi, SIGNATURE, (int)strlen(SIGNATURE));
    return size + (key_size > 0 ? (size_t)key_size : 0) + 2 +
           (signature_size > 0 ? (size_t)signature_size : 0) + 2;
}

static const char *method_of(struct lws *wsi)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (lws_hdr_total_length(wsi, methods[i].token) > 0) {
            return methods[i].name;
        }
    }
    return "";
}

static struct net_exchange *exchange_create(struct net_connection *connection, const char *path,
                                            size_t path_size)
{
    struct lws *wsi = connection->wsi;
    struct net_exchange *exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL) {
        return NULL;
    }
    struct text_block block = {.left = block_size(wsi, path_size)};
    exchange->text = malloc(block.left);
    if (exchange->text == NULL) {
        free(exchange);
        return NULL;
    }
    block.at = exchange->text;
    exchange->request = (struct net_request){.id = net_connection_next_id(connection),
                                             .method = method_of(wsi),
                                             .peer = connection->peer};
    struct net_request *request = &exchange->request;
    request->path = put_text(&block, path, path_size);
    request->query = put_query(&block, connection);
    request->authorization = put_header(&block, wsi, WSI_TOKEN_HTTP_AUTHORIZATION);
    request->content_type = put_header(&block, wsi, WSI_TOKEN_HTTP_CONTENT_TYPE);
    request->if_none_match = put_header(&block, wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH);
    request->accept = put_header(&block, wsi, WSI_TOKEN_HTTP_ACCEPT);
    request->origin = put_header(&block, wsi, WSI_TOKEN_ORIGIN);
    exchange->accept_encoding = put_header(&block, wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING);
    request->idempotency_key = put_custom(&block, wsi, IDEMPOTENCY_KEY);
    request->signature = put_custom(&block, wsi, SIGNATURE);
    exchange->is_head = strcmp(request->method, "HEAD") == 0;
    return exchange;
}

static bool is_for_handler(const char *path)
{
    return net_text_starts(path, "/v1/") || net_text_starts(path, "/tiles/") ||
           strcmp(path, "/healthz") == 0 || strcmp(path, "/metrics") == 0;
}

static bool is_method_for_handler(const char *method)
{
    return strcmp(method, "PATCH") != 0 && strcmp(method, "OPTIONS") != 0;
}

static void dispatch(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    const struct net_request *request = &connection->exchange->request;
    const bool is_read =
        strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;

    net_connection_set_phase(connection, NET_HANDLED);
    server->counters.requests++;
    lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0);
    lws_rx_flow_control(connection->wsi, 0); /* what is pipelined behind it can wait */
    if (is_for_handler(request->path)) {
        if (!is_method_for_handler(request->method)) {
            net_reply_problem(connection, &(struct net_problem){405, PROTO_METHOD_NOT_ALLOWED,
                                                                "this method is never used here",
                                                                "Allow: GET, HEAD, POST, PUT, "
                                                                "DELETE\r\n"});
            return;
        }
        server->handlers.request(server->context, request);
        return;
    }
    if (!is_read) {
        net_reply_problem(connection, &(struct net_problem){405, PROTO_METHOD_NOT_ALLOWED,
                                                            "this page can only be read",
                                                            "Allow: GET, HEAD\r\n"});
        return;
    }
    if (!net_static_serve(connection)) {
        net_reply_problem(
            connection, &(struct net_problem){404, PROTO_NOT_FOUND, "there is no such page", NULL});
    }
}

/* -1: not a number we take. */
static int64_t announced_length(struct lws *wsi)
{
    char text[LENGTH_DIGITS_MAX + 1];
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) == 0) {
        return 0;
    }
    const int size = lws_hdr_copy(wsi, text, (int)sizeof text, WSI_TOKEN_HTTP_CONTENT_LENGTH);
    int64_t length = 0;
    for (int i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        length = length * 10 + (text[i] - '0');
    }
    return size > 0 ? length : -1;
}

/* Answer why the request cannot be taken, or NULL. */
static const struct net_problem *find_problem(const struct net_connection *connection,
                                              int64_t length)
{
    static const struct net_problem surplus = {503, PROTO_BUSY, "too many connections",
                                               "Retry-After: 5\r\n"};
    static const struct net_problem stopping = {503, PROTO_BUSY, "the server is stopping",
                                                "Retry-After: 5\r\n"};
    static const struct net_problem bad_length = {400, PROTO_BAD_REQUEST,
                                                  "Content-Length is not one number", NULL};
    static const struct net_problem no_length = {411, PROTO_BAD_REQUEST,
                                                 "send the body with a Content-Length", NULL};
    static const struct net_problem version = {400, PROTO_BAD_REQUEST,
                                               "speak HTTP/1.1 and send a Host", NULL};
    static const struct net_problem upgrade = {
        426, PROTO_BAD_REQUEST, "this address is a WebSocket", "Upgrade: websocket\r\n"};
    struct lws *wsi = connection->wsi;
    const char *method = connection->exchange->request.method;
    const bool has_body =
        strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
    if (connection->is_surplus) {
        return &surplus;
    }
    if (connection->server->is_stopping) {
        return &stopping;
    }
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HOST) == 0) {
        return &version;
    }
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0) {
        return &no_length; /* and no smuggling of a second request behind an ambiguous length */
    }
    if (length < 0) {
        return &bad_length;
    }
    if (has_body && lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) == 0) {
        return &no_length;
    }
    if (strcmp(connection->exchange->request.path, NET_PATH) == 0) {
        return &upgrade;
    }
    return NULL;
}

/* 4.1.6 takes a decoded %0a in the path for the end of the line, and what follows for a header. A
 * line cut so has lost its version; with that demanded, nothing can be smuggled past a proxy. */
static bool has_version(struct lws *wsi)
{
    char version[16];
    const int size = lws_hdr_copy(wsi, version, (int)sizeof version, WSI_TOKEN_HTTP);
    return size == 8 && (strcmp(version, "HTTP/1.1") == 0 || strcmp(version, "HTTP/1.0") == 0);
}

static int write_continue(struct net_connection *connection)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    memcpy(connection->server->scratch, text, sizeof text - 1);
    const int written =
        lws_write(connection->wsi, connection->server->scratch, sizeof text - 1, LWS_WRITE_HTTP);
    return written < 0 ? -1 : 0;
}

/* Anybody may send a body, and what has come of it lies in memory until the rest has: whoever reads
 * it says beforehand how much that may be. */
static bool is_dropped(const struct net_connection *connection)
{
    const struct net_server *server = connection->server;
    const struct net_exchange *exchange = connection->exchange;
    if (!is_for_handler(exchange->request.path)) {
        return true;
    }
    return server->handlers.body_max != NULL &&
           exchange->length > server->handlers.body_max(server->context, &exchange->request);
}

static int begin_body(struct net_connection *connection)
{
    struct net_exchange *exchange = connection->exchange;
    const size_t max = connection->server->limits.body_bytes_max;
    exchange->is_too_large = exchange->length > max;
    const bool waits = lws_hdr_total_length(connection->wsi, WSI_TOKEN_HTTP_EXPECT) > 0;
    if (exchange->is_too_large && (waits || exchange->length / READ_AWAY_FACTOR > max)) {
        exchange->ends_connection = true;
        net_reply_problem(connection, &too_large);
        return 0;
    }
    exchange->request.body_is_dropped = is_dropped(connection);
    net_connection_set_phase(connection, NET_BODY);
    return waits ? write_continue(connection) : 0;
}

/* Whether libwebsockets will look for a body, wanted or not. */
static bool may_have_body(struct lws *wsi)
{
    return lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0 ||
           lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) > 0 ||
           lws_hdr_total_length(wsi, WSI_TOKEN_PUT_URI) > 0 ||
           lws_hdr_total_length(wsi, WSI_TOKEN_PATCH_URI) > 0;
}

int net_http_begin(struct net_connection *connection, const char *path, size_t path_size)
{
    static const struct net_problem bad_path = {400, PROTO_BAD_REQUEST,
                                                "the path is not plain text", NULL};
    if (connection->phase != NET_WAITING) {
        return -1;
    }
    assert(connection->exchange == NULL);
    if (connection->is_pipelined && may_have_body(connection->wsi)) {
        /* Head and body in its buffer together: 4.1.6 would hand over the head again as the body,
         * then turn for ever (lws_http_action). */
        return net_reply_refuse(connection, &pipelined);
    }
    if (!net_text_is_plain_path(path, path_size) || !has_version(connection->wsi)) {
        return net_reply_refuse(connection, &bad_path);
    }
    connection->exchange = exchange_create(connection, path, path_size);
    if (connection->exchange == NULL) {
        return -1;
    }
    struct net_exchange *exchange = connection->exchange;
    const int64_t length = announced_length(connection->wsi);
    const struct net_problem *problem = find_problem(connection, length);
    if (problem != NULL) {
        exchange->ends_connection = true;
        net_reply_problem(connection, problem);
        return 0;
    }
    if (length == 0) {
        dispatch(connection);
        return 0;
    }
    exchange->length = (size_t)length;
    return begin_body(connection);
}

static bool reserve_body(struct net_exchange *exchange, size_t size)
{
    if (size <= exchange->body_capacity) {
        return true;
    }
    size_t capacity = exchange->body_capacity == 0 ? BODY_CAPACITY_FIRST : exchange->body_capacity;
    while (capacity < size) {
        capacity *= 2; /* it grows with what has come, not with what was announced */
    }
    uint8_t *body = realloc(exchange->body, capacity);
    if (body == NULL) {
        return false;
    }
    exchange->body = body;
    exchange->body_capacity = capacity;
    return true;
}

int net_http_body(struct net_connection *connection, const uint8_t *bytes, size_t size)
{
    if (connection->phase != NET_BODY) {
        return 0; /* already refused */
    }
    struct net_exchange *exchange = connection->exchange;
    struct net_request *request = &exchange->request;
    connection->server->counters.bytes_in += size;
    if (size == 0) {
        return 0;
    }
    if (request->body_size + size > exchange->length) {
        return -1;
    }
    if (!exchange->is_too_large && !request->body_is_dropped) {
        if (!reserve_body(exchange, request->body_size + size)) {
            return -1;
        }
        memcpy(exchange->body + request->body_size, bytes, size);
    }
    request->body_size += size;
    return 0;
}

int net_http_body_end(struct net_connection *connection)
{
    if (connection->phase != NET_BODY) {
        return 0; /* libwebsockets says it again when more input waits behind it */
    }
    struct net_exchange *exchange = connection->exchange;
    if (exchange->request.body_size != exchange->length) {
        return -1;
    }
    if (exchange->is_too_large) {
        net_reply_problem(connection, &too_large);
        return 0;
    }
    exchange->request.body = exchange->body;
    dispatch(connection);
    return 0;
}

int net_http_garbage(struct net_connection *connection)
{
    return net_reply_refuse(connection, &(struct net_problem){400, PROTO_BAD_REQUEST,
                                                              "this is not an HTTP request", NULL});
}
