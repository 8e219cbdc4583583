#include "tests/support/ws_client.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ_BYTES 65536u
#define KEY        "dGhlIHNhbXBsZSBub25jZQ==" /* RFC 6455 1.3 */
#define ACCEPT     "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Let the server work, and wait a moment for the socket; false: the deadline has passed. */
static bool wait_for(struct ws_client *client, short events, int64_t deadline)
{
    struct pollfd entry = {.fd = client->fd, .events = events};
    for (;;) {
        if (client->pump != NULL) {
            client->pump(client->pump_context);
        }
        if (poll(&entry, 1, client->pump == NULL ? 100 : 1) > 0) {
            return true;
        }
        if (now_ms() > deadline) {
            return false;
        }
    }
}

bool ws_client_connect_small(struct ws_client *client, uint16_t port, int receive_bytes,
                             void (*pump)(void *context), void *pump_context)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    *client = (struct ws_client){.pump = pump, .pump_context = pump_context};
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (client->fd < 0) {
        return false;
    }
    if (receive_bytes > 0) {
        setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    }
    const int on = 1;
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(client->fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(client->fd);
        client->fd = -1;
        return false;
    }
    fcntl(client->fd, F_SETFL, O_NONBLOCK);
    return true;
}

bool ws_client_connect(struct ws_client *client, uint16_t port, void (*pump)(void *context),
                       void *pump_context)
{
    return ws_client_connect_small(client, port, 0, pump, pump_context);
}

bool ws_client_start_tls(struct ws_client *client)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *tls = SSL_new(context);
    SSL_CTX_free(context); /* `tls` keeps it */
    SSL_set_fd(tls, client->fd);
    client->tls = tls;
    const int64_t deadline = now_ms() + WS_CLIENT_WAIT_MS;
    for (;;) {
        const int result = SSL_connect(tls);
        if (result == 1) {
            return true;
        }
        const int reason = SSL_get_error(tls, result);
        if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE) {
            return false;
        }
        if (!wait_for(client, reason == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline)) {
            return false;
        }
    }
}

void ws_client_close(struct ws_client *client)
{
    SSL_free(client->tls);
    if (client->fd >= 0) {
        close(client->fd);
    }
    free(client->input);
    *client = (struct ws_client){.fd = -1};
}

/* How many went; 0: try again; -1: broken. */
static ssize_t write_some(struct ws_client *client, const uint8_t *bytes, size_t size)
{
    if (client->tls != NULL) {
        size_t done = 0;
        return SSL_write_ex(client->tls, bytes, size, &done) == 1 ? (ssize_t)done : 0;
    }
    const ssize_t sent = send(client->fd, bytes, size, MSG_NOSIGNAL);
    return sent < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : sent;
}

bool ws_client_write(struct ws_client *client, const void *bytes, size_t size)
{
    const int64_t deadline = now_ms() + WS_CLIENT_WAIT_MS;
    size_t done = 0;
    while (done < size) {
        if (!wait_for(client, POLLOUT, deadline)) {
            return false;
        }
        const ssize_t sent = write_some(client, (const uint8_t *)bytes + done, size - done);
        if (sent < 0) {
            return false;
        }
        done += (size_t)sent;
    }
    return true;
}

bool ws_client_write_text(struct ws_client *client, const char *text)
{
    return ws_client_write(client, text, strlen(text));
}

static ssize_t read_some(struct ws_client *client, uint8_t *bytes, size_t size)
{
    if (client->tls != NULL) {
        size_t done = 0;
        const int result = SSL_read_ex(client->tls, bytes, size, &done);
        if (result == 1) {
            return (ssize_t)done;
        }
        return SSL_get_error(client->tls, result) == SSL_ERROR_WANT_READ ? 0 : -1;
    }
    const ssize_t got = recv(client->fd, bytes, size, 0);
    if (got < 0) {
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    }
    return got == 0 ? -1 : got;
}

/* Take what the kernel has; false: nothing was there. */
static bool take_input(struct ws_client *client)
{
    if (client->input_capacity - client->input_size < READ_BYTES) {
        client->input_capacity = client->input_capacity * 2 + READ_BYTES;
        client->input = realloc(client->input, client->input_capacity);
        assert(client->input != NULL);
    }
    const ssize_t got = read_some(client, client->input + client->input_size, READ_BYTES);
    if (got < 0) {
        client->ended = true;
        return false;
    }
    client->input_size += (size_t)got;
    return got > 0;
}

bool ws_client_read(struct ws_client *client)
{
    const int64_t deadline = now_ms() + WS_CLIENT_WAIT_MS;
    while (!client->ended) {
        if (take_input(client)) {
            return true;
        }
        if (!client->ended && !wait_for(client, POLLIN, deadline)) {
            return false;
        }
    }
    return false;
}

bool ws_client_wait_end(struct ws_client *client)
{
    while (ws_client_read(client)) {
    }
    return client->ended;
}

static void drop_input(struct ws_client *client, size_t size)
{
    assert(size <= client->input_size);
    memmove(client->input, client->input + size, client->input_size - size);
    client->input_size -= size;
}

static uint8_t *copy(const uint8_t *bytes, size_t size)
{
    uint8_t *result = malloc(size + 1);
    assert(result != NULL);
    if (size > 0) {
        memcpy(result, bytes, size);
    }
    result[size] = '\0';
    return result;
}

const char *ws_client_header(const struct ws_answer *answer, const char *name)
{
    static _Thread_local char value[1024];
    const size_t name_size = strlen(name);
    for (const char *at = answer->head; at != NULL && *at != '\0';) {
        if (strncasecmp(at, name, name_size) == 0 && at[name_size] == ':') {
            at += name_size + 1;
            at += strspn(at, " ");
            snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\r"), at);
            return value;
        }
        at = strchr(at, '\n');
        at = at == NULL ? NULL : at + 1;
    }
    return NULL;
}

static size_t head_end(const struct ws_client *client)
{
    for (size_t i = 3; i < client->input_size; i++) {
        if (memcmp(client->input + i - 3, "\r\n\r\n", 4) == 0) {
            return i + 1;
        }
    }
    return 0;
}

bool ws_client_answer(struct ws_client *client, bool is_head, struct ws_answer *answer)
{
    *answer = (struct ws_answer){0};
    while (head_end(client) == 0) {
        if (!ws_client_read(client)) {
            return false;
        }
    }
    const size_t head_size = head_end(client);
    answer->head = (char *)copy(client->input, head_size);
    drop_input(client, head_size);
    answer->status = (int)strtol(answer->head + strlen("HTTP/1.1 "), NULL, 10);
    const char *length = ws_client_header(answer, "Content-Length");
    const size_t size = is_head || length == NULL ? 0 : strtoull(length, NULL, 10);
    while (client->input_size < size) {
        if (!ws_client_read(client)) {
            return false;
        }
    }
    answer->body = copy(client->input, size);
    answer->body_size = size;
    drop_input(client, size);
    return true;
}

void ws_client_answer_free(struct ws_answer *answer)
{
    free(answer->head);
    free(answer->body);
    *answer = (struct ws_answer){0};
}

bool ws_client_request(struct ws_client *client, const char *method, const char *path,
                       const char *headers, const char *body, struct ws_answer *answer)
{
    char head[8192];
    char length[64] = "";
    if (body != NULL) {
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", strlen(body));
    }
    const int size = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s\r\n",
                              method, path, headers == NULL ? "" : headers, length);
    assert(size > 0);
    assert((size_t)size < sizeof head);
    *answer = (struct ws_answer){0};
    return ws_client_write(client, head, (size_t)size) &&
           (body == NULL || ws_client_write(client, body, strlen(body))) &&
           ws_client_answer(client, strcmp(method, "HEAD") == 0, answer);
}

int ws_client_upgrade(struct ws_client *client, const char *headers)
{
    struct ws_answer answer = {0};
    char head[2048];
    const int size =
        snprintf(head, sizeof head,
                 "GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                 "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: " KEY "\r\n%s\r\n",
                 headers == NULL ? "Sec-WebSocket-Protocol: kuaifan.v1+json\r\n" : headers);
    int status = 0;
    if (ws_client_write(client, head, (size_t)size) && ws_client_answer(client, false, &answer)) {
        const char *accept = ws_client_header(&answer, "Sec-WebSocket-Accept");
        const bool is_right = accept != NULL && strcmp(accept, ACCEPT) == 0;
        status = answer.status == 101 && !is_right ? -1 : answer.status;
    }
    ws_client_answer_free(&answer);
    return status;
}

uint8_t *ws_client_frame(bool final, enum ws_opcode opcode, const void *bytes, size_t size,
                         size_t *frame_size)
{
    static const uint8_t mask[4] = {0x12, 0x34, 0x56, 0x78};
    uint8_t *frame = malloc(size + 14);
    assert(frame != NULL);
    size_t at = 0;
    frame[at++] = (uint8_t)((final ? 0x80u : 0u) | (unsigned)opcode);
    if (size < 126) {
        frame[at++] = (uint8_t)(0x80u | size);
    } else if (size < 65536) {
        frame[at++] = 0x80u | 126u;
        frame[at++] = (uint8_t)(size >> 8);
        frame[at++] = (uint8_t)size;
    } else {
        frame[at++] = 0x80u | 127u;
        for (int shift = 56; shift >= 0; shift -= 8) {
            frame[at++] = (uint8_t)((uint64_t)size >> shift);
        }
    }
    memcpy(frame + at, mask, sizeof mask);
    at += sizeof mask;
    for (size_t i = 0; i < size; i++) {
        frame[at + i] = ((const uint8_t *)bytes)[i] ^ mask[i % 4];
    }
    *frame_size = at + size;
    return frame;
}

bool ws_client_send_frame(struct ws_client *client, bool final, enum ws_opcode opcode,
                          const void *bytes, size_t size)
{
    size_t frame_size = 0;
    uint8_t *frame = ws_client_frame(final, opcode, bytes, size, &frame_size);
    const bool sent = ws_client_write(client, frame, frame_size);
    free(frame);
    return sent;
}

bool ws_client_send_text(struct ws_client *client, const char *text)
{
    return ws_client_send_frame(client, true, WS_TEXT, text, strlen(text));
}

/* A frame's header at `at`: its size, or 0 when it is not here yet. */
static size_t frame_header(const struct ws_client *client, size_t at, size_t *payload)
{
    const uint8_t *bytes = client->input + at;
    const size_t left = client->input_size - at;
    if (left < 2) {
        return 0;
    }
    const size_t length = bytes[1] & 0x7fu;
    const size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (left < 2 + extra) {
        return 0;
    }
    *payload = extra == 0 ? length : 0;
    for (size_t i = 0; i < extra; i++) {
        *payload = *payload << 8 | bytes[2 + i];
    }
    return 2 + extra;
}

/* The message that starts the input, its fragments put together into `bytes`; answers how much of
 * the input it takes, 0: it is not all here. */
static size_t collect(const struct ws_client *client, uint8_t *bytes, size_t *size, uint8_t *opcode)
{
    size_t at = 0;
    *size = 0;
    for (;;) {
        size_t payload = 0;
        const size_t header = frame_header(client, at, &payload);
        if (header == 0 || client->input_size - at - header < payload) {
            return 0;
        }
        const uint8_t first = client->input[at];
        *opcode = (first & 0xfu) == WS_CONTINUATION ? *opcode : first & 0xfu;
        memcpy(bytes + *size, client->input + at + header, payload);
        *size += payload;
        at += header + payload;
        if ((first & 0x80u) != 0) {
            return at;
        }
    }
}

bool ws_client_poll(struct ws_client *client, struct ws_message *message)
{
    size_t size = 0;
    uint8_t opcode = 0;
    *message = (struct ws_message){0};
    uint8_t *bytes = malloc(client->input_size + 1);
    assert(bytes != NULL);
    const size_t taken = collect(client, bytes, &size, &opcode);
    if (taken == 0) {
        free(bytes);
        return false;
    }
    drop_input(client, taken);
    bytes[size] = '\0';
    *message = (struct ws_message){.opcode = (enum ws_opcode)opcode, .bytes = bytes, .size = size};
    if (opcode == WS_CLOSE && size >= 2) {
        message->close_code = (uint16_t)(bytes[0] << 8 | bytes[1]);
    }
    return true;
}

bool ws_client_receive(struct ws_client *client, struct ws_message *message)
{
    while (client->input_size == 0 || !ws_client_poll(client, message)) {
        *message = (struct ws_message){0};
        if (!ws_client_read(client)) {
            return false;
        }
    }
    return true;
}

void ws_client_message_free(struct ws_message *message)
{
    free(message->bytes);
    *message = (struct ws_message){0};
}
