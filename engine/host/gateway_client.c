#include "engine/host/gateway_client.h"

#include <assert.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_BYTES_MAX (64u << 10) /* nobody reads it; more than this is no gateway's answer */
#define POLL_MS          1000
#define HEADER_SIZE      192u

struct message_list {
    struct gateway_message *first, *last;
};

/* One request on its way; the thread's. */
struct transfer {
    CURL *curl; /* NULL: free */
    struct curl_slist *headers;
    struct gateway_message *message;
    size_t answer_bytes;
};

struct gateway_client {
    struct gateway_client_config config;
    uv_async_t async;
    pthread_t thread;
    bool started;
    CURLM *multi;
    struct transfer transfers[GATEWAY_PARALLEL_MAX];
    pthread_mutex_t lock; /* guards the rest */
    struct message_list waiting, finished;
    bool stopping;
};

static void push(struct message_list *list, struct gateway_message *message)
{
    message->next = NULL;
    if (list->last == NULL) {
        list->first = message;
    } else {
        list->last->next = message;
    }
    list->last = message;
}

static struct gateway_message *pop(struct message_list *list)
{
    struct gateway_message *message = list->first;
    if (message != NULL) {
        list->first = message->next;
        list->last = list->first == NULL ? NULL : list->last;
    }
    return message;
}

static void message_free(struct gateway_message *message)
{
    free(message->body);
    free(message);
}

/* ---- On the thread ---- */

static size_t count_answer(const char *bytes, size_t one, size_t count, void *context)
{
    (void)bytes;
    struct transfer *transfer = context;
    transfer->answer_bytes += one * count;
    return transfer->answer_bytes > ANSWER_BYTES_MAX ? 0 : one * count;
}

static void finish_message(struct gateway_client *client, struct gateway_message *message)
{
    pthread_mutex_lock(&client->lock);
    push(&client->finished, message);
    pthread_mutex_unlock(&client->lock);
    uv_async_send(&client->async);
}

static struct curl_slist *make_headers(const struct gateway_message *message)
{
    char line[HEADER_SIZE];
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    snprintf(line, sizeof line, "Idempotency-Key: %s", message->key);
    headers = curl_slist_append(headers, line);
    snprintf(line, sizeof line, "Kuaifan-Signature: %s", message->signature);
    return curl_slist_append(headers, line);
}

static bool begin_transfer(struct gateway_client *client, struct transfer *transfer,
                           struct gateway_message *message)
{
    CURL *curl = curl_easy_init();
    if (curl == NULL) {
        return false;
    }
    *transfer =
        (struct transfer){.curl = curl, .headers = make_headers(message), .message = message};
    curl_easy_setopt(curl, CURLOPT_URL, client->config.url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer->headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, message->body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)message->size);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, count_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)client->config.timeout_ms);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "kuaifan");
    if (client->config.ca_path[0] != '\0') {
        curl_easy_setopt(curl, CURLOPT_CAINFO, client->config.ca_path);
    }
    if (curl_multi_add_handle(client->multi, curl) != CURLM_OK) {
        curl_slist_free_all(transfer->headers);
        curl_easy_cleanup(curl);
        *transfer = (struct transfer){.curl = NULL};
        return false;
    }
    return true;
}

static void end_transfer(struct gateway_client *client, struct transfer *transfer)
{
    curl_multi_remove_handle(client->multi, transfer->curl);
    curl_easy_cleanup(transfer->curl);
    curl_slist_free_all(transfer->headers);
    *transfer = (struct transfer){.curl = NULL};
}

static struct gateway_message *take_waiting(struct gateway_client *client)
{
    pthread_mutex_lock(&client->lock);
    struct gateway_message *message = pop(&client->waiting);
    pthread_mutex_unlock(&client->lock);
    return message;
}

static void begin_waiting(struct gateway_client *client)
{
    for (uint32_t i = 0; i < GATEWAY_PARALLEL_MAX; i++) {
        struct transfer *transfer = &client->transfers[i];
        struct gateway_message *message = transfer->curl == NULL ? take_waiting(client) : NULL;
        if (message != NULL && !begin_transfer(client, transfer, message)) {
            snprintf(message->error, sizeof message->error, "not enough memory");
            finish_message(client, message);
        }
    }
}

static void end_finished(struct gateway_client *client)
{
    int left = 0;
    CURLMsg *said = curl_multi_info_read(client->multi, &left);
    while (said != NULL) {
        assert(said->msg == CURLMSG_DONE);
        struct transfer *transfer = NULL;
        long status = 0;
        const CURLcode code = said->data.result;
        curl_easy_getinfo(said->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        curl_easy_getinfo(said->easy_handle, CURLINFO_RESPONSE_CODE, &status);
        struct gateway_message *message = transfer->message;
        message->status = code == CURLE_OK ? (int)status : 0;
        snprintf(message->error, sizeof message->error, "%s",
                 code == CURLE_OK ? "" : curl_easy_strerror(code));
        end_transfer(client, transfer);
        finish_message(client, message);
        said = curl_multi_info_read(client->multi, &left);
    }
}

static bool is_stopping(struct gateway_client *client)
{
    pthread_mutex_lock(&client->lock);
    const bool stopping = client->stopping;
    pthread_mutex_unlock(&client->lock);
    return stopping;
}

static void *work(void *argument)
{
    struct gateway_client *client = argument;
    while (!is_stopping(client)) {
        int running = 0;
        begin_waiting(client);
        curl_multi_perform(client->multi, &running);
        end_finished(client);
        curl_multi_poll(client->multi, NULL, 0, POLL_MS, NULL);
    }
    for (uint32_t i = 0; i < GATEWAY_PARALLEL_MAX; i++) {
        struct transfer *transfer = &client->transfers[i];
        if (transfer->curl != NULL) {
            message_free(transfer->message);
            end_transfer(client, transfer);
        }
    }
    return NULL;
}

/* ---- On the loop ---- */

static void say_finished(uv_async_t *async)
{
    struct gateway_client *client = async->data;
    pthread_mutex_lock(&client->lock);
    struct message_list finished = client->finished;
    client->finished = (struct message_list){NULL, NULL};
    pthread_mutex_unlock(&client->lock);
    struct gateway_message *message = pop(&finished);
    while (message != NULL) {
        client->config.answered(client->config.context, message);
        message_free(message);
        message = pop(&finished);
    }
}

enum status gateway_client_create(uv_loop_t *loop, const struct gateway_client_config *config,
                                  struct gateway_client **out)
{
    *out = NULL;
    struct gateway_client *client = calloc(1, sizeof *client);
    if (client == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(client);
        return STATUS_NO_MEMORY;
    }
    client->config = *config;
    client->async.data = client;
    client->multi = curl_multi_init();
    if (client->multi == NULL || uv_async_init(loop, &client->async, say_finished) != 0) {
        curl_multi_cleanup(client->multi);
        free(client);
        return STATUS_NO_MEMORY;
    }
    pthread_mutex_init(&client->lock, NULL);
    *out = client; /* from here on the loop has its handle: stop and destroy end it */
    if (pthread_create(&client->thread, NULL, work, client) != 0) {
        return STATUS_NO_MEMORY;
    }
    client->started = true;
    return STATUS_OK;
}

void gateway_client_send(struct gateway_client *client, struct gateway_message *message)
{
    pthread_mutex_lock(&client->lock);
    push(&client->waiting, message);
    pthread_mutex_unlock(&client->lock);
    curl_multi_wakeup(client->multi);
}

void gateway_client_stop(struct gateway_client *client)
{
    if (client == NULL) {
        return;
    }
    if (client->started) {
        pthread_mutex_lock(&client->lock);
        client->stopping = true;
        pthread_mutex_unlock(&client->lock);
        curl_multi_wakeup(client->multi);
        pthread_join(client->thread, NULL);
        client->started = false;
    }
    uv_close((uv_handle_t *)&client->async, NULL);
}

void gateway_client_destroy(struct gateway_client *client)
{
    if (client == NULL) {
        return;
    }
    assert(!client->started);
    struct gateway_message *message = pop(&client->waiting);
    while (message != NULL) {
        message_free(message);
        message = pop(&client->waiting);
    }
    message = pop(&client->finished);
    while (message != NULL) {
        message_free(message);
        message = pop(&client->finished);
    }
    curl_multi_cleanup(client->multi);
    pthread_mutex_destroy(&client->lock);
    free(client);
}
