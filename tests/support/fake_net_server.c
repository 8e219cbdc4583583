#include "tests/support/fake_net_server.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/net/net_queued.h"

#define SESSIONS_MAX 4096u
#define FRAMES_MAX   (1u << 20)
#define REPLIES_MAX  4096u

struct net_frame {
    uint32_t references;
    char *bytes;
    size_t size;
    bool binary;
    uint64_t made;
};

struct net_server {
    struct net_handlers handlers;
    void *context;
    struct fake_session sessions[SESSIONS_MAX]; /* by id */
    uint64_t session_last, request_last;
    struct fake_frame *frames;
    size_t frame_count, frames_max;
    struct fake_reply replies[REPLIES_MAX];
    size_t reply_count;
};

static uint64_t frames_made;

static char *copy(const void *bytes, size_t size)
{
    char *text = malloc(size + 1);
    assert(text != NULL);
    if (size > 0) {
        memcpy(text, bytes, size);
    }
    text[size] = '\0';
    return text;
}

struct net_frame *net_frame_create(const void *bytes, size_t size, bool binary)
{
    struct net_frame *frame = malloc(sizeof *frame);
    assert(frame != NULL);
    *frame = (struct net_frame){
        .references = 1, .bytes = copy(bytes, size), .size = size, .binary = binary};
    frame->made = ++frames_made;
    return frame;
}

struct net_frame *net_frame_retain(struct net_frame *frame)
{
    frame->references++;
    return frame;
}

void net_frame_release(struct net_frame *frame)
{
    if (frame == NULL || --frame->references > 0) {
        return;
    }
    free(frame->bytes);
    free(frame);
}

size_t net_frame_size(const struct net_frame *frame)
{
    return frame->size;
}

struct fake_session *fake_net_session(struct net_server *server, uint64_t session_id)
{
    assert(session_id > 0);
    assert(session_id <= server->session_last);
    return &server->sessions[session_id];
}

bool net_server_send(struct net_server *server, uint64_t session_id, struct net_frame *frame,
                     enum net_class class)
{
    struct fake_session *session = fake_net_session(server, session_id);
    if (!session->is_open || session->close_code != 0) {
        return false;
    }
    if (server->frame_count == server->frames_max) {
        server->frames_max = server->frames_max == 0 ? 256 : 2 * server->frames_max;
        assert(server->frames_max <= FRAMES_MAX);
        server->frames = realloc(server->frames, server->frames_max * sizeof *server->frames);
        assert(server->frames != NULL);
    }
    server->frames[server->frame_count++] =
        (struct fake_frame){.session_id = session_id,
                            .bytes = copy(frame->bytes, frame->size),
                            .size = frame->size,
                            .binary = frame->binary,
                            .class = class,
                            .made = frame->made};
    if (session->accumulate) {
        session->queued += frame->size;
    }
    return true;
}

void net_server_close(struct net_server *server, uint64_t session_id, uint16_t code,
                      const char *reason)
{
    struct fake_session *session = fake_net_session(server, session_id);
    if (session->close_code == 0) {
        session->close_code = code;
        strncpy(session->close_reason, reason, sizeof session->close_reason - 1);
    }
}

size_t net_queued_bytes(struct net_server *server, uint64_t session_id)
{
    return fake_net_session(server, session_id)->queued;
}

void net_server_reply(struct net_server *server, uint64_t request_id,
                      const struct net_response *response)
{
    assert(fake_net_reply(server, request_id) == NULL); /* one answer to one request */
    assert(server->reply_count < REPLIES_MAX);
    struct fake_reply *reply = &server->replies[server->reply_count++];
    *reply = (struct fake_reply){.request_id = request_id,
                                 .status = response->status,
                                 .body = copy(response->body, response->body_size),
                                 .body_size = response->body_size};
    if (response->content_type != NULL) {
        strncpy(reply->content_type, response->content_type, sizeof reply->content_type - 1);
    }
    if (response->extra_headers != NULL) {
        strncpy(reply->headers, response->extra_headers, sizeof reply->headers - 1);
    }
}

struct net_server *fake_net_create(const struct net_handlers *handlers, void *context)
{
    struct net_server *server = calloc(1, sizeof *server);
    assert(server != NULL);
    server->handlers = *handlers;
    server->context = context;
    return server;
}

void fake_net_destroy(struct net_server *server)
{
    if (server == NULL) {
        return;
    }
    for (size_t i = 0; i < server->frame_count; i++) {
        free(server->frames[i].bytes);
    }
    for (size_t i = 0; i < server->reply_count; i++) {
        free(server->replies[i].body);
    }
    free(server->frames);
    free(server);
}

uint64_t fake_net_open(struct net_server *server)
{
    const uint64_t id = ++server->session_last;
    assert(id < SESSIONS_MAX);
    server->sessions[id].is_open = true;
    server->handlers.opened(server->context, id, "192.0.2.1");
    return id;
}

void fake_net_say_bytes(struct net_server *server, uint64_t session_id, const char *bytes,
                        size_t size, bool binary)
{
    const struct fake_session *session = fake_net_session(server, session_id);
    if (!session->is_open || session->close_code != 0) {
        return; /* as the real one: nothing is taken from a session that is being closed */
    }
    char *exact = malloc(size == 0 ? 1 : size); /* no NUL to lean on */
    assert(exact != NULL);
    memcpy(exact, bytes, size);
    server->handlers.message(server->context, session_id, exact, size, binary);
    free(exact);
}

void fake_net_say(struct net_server *server, uint64_t session_id, const char *text)
{
    fake_net_say_bytes(server, session_id, text, strlen(text), false);
}

void fake_net_drop(struct net_server *server, uint64_t session_id)
{
    struct fake_session *session = fake_net_session(server, session_id);
    if (session->is_open) {
        session->is_open = false;
        server->handlers.closed(server->context, session_id);
    }
}

size_t fake_net_frame_count(const struct net_server *server)
{
    return server->frame_count;
}

const struct fake_frame *fake_net_frame(const struct net_server *server, size_t i)
{
    assert(i < server->frame_count);
    return &server->frames[i];
}

const struct fake_frame *fake_net_last(const struct net_server *server, uint64_t session_id)
{
    for (size_t i = server->frame_count; i > 0; i--) {
        if (server->frames[i - 1].session_id == session_id) {
            return &server->frames[i - 1];
        }
    }
    return NULL;
}

uint32_t fake_net_count_to(const struct net_server *server, uint64_t session_id)
{
    uint32_t count = 0;
    for (size_t i = 0; i < server->frame_count; i++) {
        count += server->frames[i].session_id == session_id;
    }
    return count;
}

uint64_t fake_net_request(struct net_server *server, struct net_request *request)
{
    request->id = ++server->request_last;
    server->handlers.request(server->context, request);
    return request->id;
}

const struct fake_reply *fake_net_reply(const struct net_server *server, uint64_t request_id)
{
    for (size_t i = 0; i < server->reply_count; i++) {
        if (server->replies[i].request_id == request_id) {
            return &server->replies[i];
        }
    }
    return NULL;
}
