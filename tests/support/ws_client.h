#ifndef TESTS_SUPPORT_WS_CLIENT_H
#define TESTS_SUPPORT_WS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An HTTP and WebSocket client for tests, on a bare socket: it can do all that a good client never
 * does (half a frame, fragments of any size, silence, rubbish). Calls wait for at most
 * WS_CLIENT_WAIT_MS; meanwhile they run `pump`, so that a server in the same thread gets on. */
#define WS_CLIENT_WAIT_MS 20000

struct ws_client {
    int fd;     /* -1: not connected */
    bool ended; /* the other side closed */
    void *tls;
    uint8_t *input; /* received, not yet understood */
    size_t input_size, input_capacity;
    void (*pump)(void *context);
    void *pump_context;
};

enum ws_opcode { WS_CONTINUATION = 0, WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING, WS_PONG };

struct ws_message {
    enum ws_opcode opcode; /* WS_TEXT, WS_BINARY, WS_CLOSE, WS_PING or WS_PONG */
    uint8_t *bytes;        /* one more than size: a NUL; freed by ws_client_message_free() */
    size_t size;
    uint16_t close_code; /* of WS_CLOSE, 0: none given */
};

struct ws_answer {
    int status;    /* 0: no answer came */
    char *head;    /* all header lines */
    uint8_t *body; /* one more than size: a NUL */
    size_t body_size;
};

bool ws_client_connect(struct ws_client *client, uint16_t port, void (*pump)(void *context),
                       void *pump_context);
/* A small receive buffer, to be slow with; before connecting it would be honoured from the start.
 */
bool ws_client_connect_small(struct ws_client *client, uint16_t port, int receive_bytes,
                             void (*pump)(void *context), void *pump_context);
bool ws_client_start_tls(struct ws_client *client); /* any certificate is accepted */
void ws_client_close(struct ws_client *client);

bool ws_client_write(struct ws_client *client, const void *bytes, size_t size);
bool ws_client_write_text(struct ws_client *client, const char *text);
/* Wait for more input; false: the end, or nothing in time. */
bool ws_client_read(struct ws_client *client);
/* Whether the other side ends the connection in time; input before that is kept. */
bool ws_client_wait_end(struct ws_client *client);

/* One request and its answer; `headers` are whole lines or NULL. */
bool ws_client_request(struct ws_client *client, const char *method, const char *path,
                       const char *headers, const char *body, struct ws_answer *answer);
/* The next answer, for pipelined or hand-written requests; `is_head`: it has no body. */
bool ws_client_answer(struct ws_client *client, bool is_head, struct ws_answer *answer);
/* A header's value, or NULL; valid until the next call. */
const char *ws_client_header(const struct ws_answer *answer, const char *name);
void ws_client_answer_free(struct ws_answer *answer);

/* Upgrade at /v1/ws; answers the status, 101 when it worked. `headers`: whole lines or NULL. */
int ws_client_upgrade(struct ws_client *client, const char *headers);
bool ws_client_send_text(struct ws_client *client, const char *text);
bool ws_client_send_frame(struct ws_client *client, bool final, enum ws_opcode opcode,
                          const void *bytes, size_t size);
/* The frame's bytes, masked: for sending them in pieces. Freed by the caller. */
uint8_t *ws_client_frame(bool final, enum ws_opcode opcode, const void *bytes, size_t size,
                         size_t *frame_size);
/* The next whole message; fragments are put together and pings are not answered. */
bool ws_client_receive(struct ws_client *client, struct ws_message *message);
/* The next message if all of it is here already. */
bool ws_client_poll(struct ws_client *client, struct ws_message *message);
void ws_client_message_free(struct ws_message *message);

#endif
