/* A broadcast to many WebSocket clients: delay from net_server_send() to the client's read, and the
 * server thread's CPU time per message. Clients are one thread of bare sockets in this process.
 *
 *   bench_fanout [clients [messages a second [seconds [bytes]]]] */
#define _GNU_SOURCE /* RUSAGE_THREAD */
#include <inttypes.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "engine/net/net_server.h"

#define READ_BYTES   65536u
#define HEADER_BYTES 4u /* of a frame of 126 to 65535 bytes */

static const char upgrade[] =
    "GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

struct receiver {
    int fd;
    uint32_t have;
    bool upgraded;
    uint8_t input[READ_BYTES];
};

static struct {
    uint32_t clients, rate, seconds, bytes;
    struct net_server *server;
    uint64_t *sessions;
    uint32_t sessions_count;
    uint32_t rounds_left;
    uv_timer_t timer;
    struct rusage began, ended;
    uint16_t port;
    double *delays_ms; /* by the client thread */
    uint32_t delays_count, delays_max;
} bench;

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static double cpu_s(const struct rusage *usage)
{
    return (double)usage->ru_utime.tv_sec + (double)usage->ru_stime.tv_sec +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

static void take_frames(struct receiver *receiver)
{
    const size_t size = HEADER_BYTES + bench.bytes;
    size_t at = 0;
    if (!receiver->upgraded) {
        const uint8_t *end = memmem(receiver->input, receiver->have, "\r\n\r\n", 4);
        if (end == NULL) {
            return;
        }
        receiver->upgraded = true;
        at = (size_t)(end - receiver->input) + 4;
    }
    for (; receiver->have - at >= size; at += size) {
        uint64_t sent_ns = 0;
        memcpy(&sent_ns, receiver->input + at + HEADER_BYTES, sizeof sent_ns);
        if (bench.delays_count < bench.delays_max) {
            bench.delays_ms[bench.delays_count++] = (double)(now_ns() - sent_ns) / 1e6;
        }
    }
    memmove(receiver->input, receiver->input + at, receiver->have - at);
    receiver->have -= (uint32_t)at;
}

/* All clients; ends when the server has closed every one. */
static void *run_clients(void *context)
{
    (void)context;
    struct receiver *receivers = calloc(bench.clients, sizeof *receivers);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(bench.port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int epoll = epoll_create1(0);
    for (uint32_t i = 0; i < bench.clients; i++) {
        receivers[i].fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(receivers[i].fd, (struct sockaddr *)&address, sizeof address) != 0 ||
            write(receivers[i].fd, upgrade, sizeof upgrade - 1) < 0) {
            perror("bench_fanout: client");
            exit(1);
        }
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &receivers[i]};
        epoll_ctl(epoll, EPOLL_CTL_ADD, receivers[i].fd, &event);
    }
    uint32_t open = bench.clients;
    while (open > 0) {
        struct epoll_event events[256];
        const int count = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < count; i++) {
            struct receiver *receiver = events[i].data.ptr;
            const ssize_t got =
                read(receiver->fd, receiver->input + receiver->have, READ_BYTES - receiver->have);
            if (got <= 0) {
                close(receiver->fd);
                open--;
                continue;
            }
            receiver->have += (uint32_t)got;
            take_frames(receiver);
        }
    }
    close(epoll);
    free(receivers);
    return NULL;
}

static void on_timer(uv_timer_t *timer)
{
    if (bench.rounds_left == 0) {
        getrusage(RUSAGE_THREAD, &bench.ended);
        uv_timer_stop(timer);
        uv_close((uv_handle_t *)timer, NULL);
        net_server_stop(bench.server, 4001, "done");
        return;
    }
    bench.rounds_left--;
    uint8_t *bytes = calloc(1, bench.bytes);
    const uint64_t sent_ns = now_ns();
    memcpy(bytes, &sent_ns, sizeof sent_ns);
    struct net_frame *frame = net_frame_create(bytes, bench.bytes, true);
    for (uint32_t i = 0; i < bench.sessions_count; i++) {
        net_server_send(bench.server, bench.sessions[i], frame, NET_FACT);
    }
    net_frame_release(frame);
    free(bytes);
}

static void on_opened(void *context, uint64_t session_id, const char *peer)
{
    (void)context;
    (void)peer;
    bench.sessions[bench.sessions_count++] = session_id;
    if (bench.sessions_count == bench.clients) {
        getrusage(RUSAGE_THREAD, &bench.began);
        uv_timer_start(&bench.timer, on_timer, 500, 1000 / bench.rate);
    }
}

static void on_closed(void *context, uint64_t session_id)
{
    (void)context;
    (void)session_id;
}

static void on_message(void *context, uint64_t session_id, const char *bytes, size_t size,
                       bool binary)
{
    (void)context;
    (void)session_id;
    (void)bytes;
    (void)size;
    (void)binary;
}

static void on_request(void *context, const struct net_request *request)
{
    (void)context;
    (void)request;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(void)
{
    const uint32_t sent = bench.clients * bench.rate * bench.seconds;
    const uint32_t n = bench.delays_count;
    qsort(bench.delays_ms, n, sizeof *bench.delays_ms, compare);
    printf("%u clients, %u messages/s of %u bytes, %u s: %u of %u received\n", bench.clients,
           bench.rate, bench.bytes, bench.seconds, n, sent);
    if (n > 0) {
        const double cpu = cpu_s(&bench.ended) - cpu_s(&bench.began);
        printf("delay ms: p50 %.3f  p99 %.3f  max %.3f;  server %.2f us CPU per message\n",
               bench.delays_ms[n / 2], bench.delays_ms[(uint64_t)n * 99 / 100],
               bench.delays_ms[n - 1], cpu * 1e6 / n);
    }
}

static uint32_t argument(int count, char **values, int index, uint32_t otherwise)
{
    return index < count ? (uint32_t)strtoul(values[index], NULL, 10) : otherwise;
}

int main(int count, char **values)
{
    static const struct net_handlers handlers = {
        .request = on_request, .opened = on_opened, .message = on_message, .closed = on_closed};
    char error[256];
    uv_loop_t loop;
    pthread_t clients;

    bench.clients = argument(count, values, 1, 1000);
    bench.rate = argument(count, values, 2, 10);
    bench.seconds = argument(count, values, 3, 4);
    bench.bytes = argument(count, values, 4, 300);
    if (bench.clients == 0 || bench.rate == 0 || bench.rate > 1000 || bench.bytes < 126 ||
        bench.bytes > 60000) {
        fprintf(stderr, "bench_fanout: clients > 0, 1..1000 messages/s, 126..60000 bytes\n");
        return 2;
    }
    bench.rounds_left = bench.rate * bench.seconds;
    bench.delays_max = bench.clients * bench.rounds_left;
    bench.delays_ms = calloc(bench.delays_max, sizeof *bench.delays_ms);
    bench.sessions = calloc(bench.clients, sizeof *bench.sessions);
    signal(SIGPIPE, SIG_IGN);
    const struct rlimit files = {.rlim_cur = 2 * bench.clients + 512,
                                 .rlim_max = 2 * bench.clients + 512};
    setrlimit(RLIMIT_NOFILE, &files); /* both ends are in this process */
    const struct net_config config = {.address = "127.0.0.1",
                                      .limits = {.connections_max = bench.clients,
                                                 .message_bytes_max = 65536,
                                                 .body_bytes_max = 65536,
                                                 .queue_soft_bytes = 262144,
                                                 .queue_hard_bytes = 1048576,
                                                 .queue_age_ms_max = 10000,
                                                 .request_ms_max = 10000,
                                                 .ping_ms = 20000,
                                                 .silent_ms_max = 35000}};
    uv_loop_init(&loop);
    uv_timer_init(&loop, &bench.timer);
    if (net_server_create(&loop, &config, &handlers, NULL, &bench.server, error) != STATUS_OK) {
        fprintf(stderr, "bench_fanout: %s\n", error);
        return 1;
    }
    bench.port = net_server_port(bench.server);
    pthread_create(&clients, NULL, run_clients, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    net_server_finish(bench.server);
    uv_loop_close(&loop);
    pthread_join(clients, NULL);
    report();
    free(bench.delays_ms);
    free(bench.sessions);
    return 0;
}
