#include "engine/sim/sim_http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define URL_SIZE    512u
#define HEADER_SIZE 256u
#define WAIT_S      30L
#define TOO_MANY    429 /* also of a polite client that checks thousands of incidents */
#define TRIES_MAX   100
#define PAUSE_US    100000

struct sim_http {
    CURL *curl;
    char url[URL_SIZE];
    char ca_path[URL_SIZE];
    char authorization[HEADER_SIZE];
};

struct answer {
    char *bytes;
    size_t size;
};

static size_t take(char *bytes, size_t one, size_t count, void *context)
{
    struct answer *answer = context;
    char *more = realloc(answer->bytes, answer->size + one * count + 1);
    if (more == NULL) {
        return 0;
    }
    memcpy(more + answer->size, bytes, one * count);
    answer->bytes = more;
    answer->size += one * count;
    return one * count;
}

struct sim_http *sim_http_create(const char *url, const char *ca_path)
{
    struct sim_http *http = calloc(1, sizeof *http);
    if (http == NULL) {
        return NULL;
    }
    http->curl = curl_easy_init();
    snprintf(http->url, sizeof http->url, "%s", url);
    snprintf(http->ca_path, sizeof http->ca_path, "%s", ca_path == NULL ? "" : ca_path);
    if (http->curl == NULL) {
        free(http);
        return NULL;
    }
    return http;
}

void sim_http_destroy(struct sim_http *http)
{
    if (http != NULL) {
        curl_easy_cleanup(http->curl);
        free(http);
    }
}

void sim_http_login(struct sim_http *http, const char *token)
{
    snprintf(http->authorization, sizeof http->authorization, "Authorization: Bearer %s", token);
}

static struct curl_slist *make_headers(const struct sim_http *http, const char *body,
                                       const char *key)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    if (http->authorization[0] != '\0') {
        headers = curl_slist_append(headers, http->authorization);
    }
    if (body != NULL) {
        headers = curl_slist_append(headers, "Content-Type: application/json");
    }
    if (key != NULL) {
        char line[HEADER_SIZE];
        snprintf(line, sizeof line, "Idempotency-Key: %s", key);
        headers = curl_slist_append(headers, line);
    }
    return headers;
}

static json_t *ask_once(struct sim_http *http, const char *path, const char *body, const char *key,
                        long *status)
{
    char url[URL_SIZE * 2];
    snprintf(url, sizeof url, "%s%s", http->url, path);
    struct answer answer = {0};
    struct curl_slist *headers = make_headers(http, body, key);
    curl_easy_reset(http->curl);
    curl_easy_setopt(http->curl, CURLOPT_URL, url);
    curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(http->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(http->curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(http->curl, CURLOPT_TIMEOUT, WAIT_S);
    curl_easy_setopt(http->curl, CURLOPT_NOSIGNAL, 1L);
    if (http->ca_path[0] != '\0') {
        curl_easy_setopt(http->curl, CURLOPT_CAINFO, http->ca_path);
    }
    if (body != NULL) {
        curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, body);
    }
    *status = 0;
    json_t *json = NULL;
    if (curl_easy_perform(http->curl) == CURLE_OK) {
        curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, status);
        json = answer.size == 0 ? NULL : json_loadb(answer.bytes, answer.size, 0, NULL);
    }
    curl_slist_free_all(headers);
    free(answer.bytes);
    return json;
}

json_t *sim_http_ask(struct sim_http *http, const char *path, const char *body, const char *key,
                     long *status)
{
    json_t *answer = ask_once(http, path, body, key, status);
    for (int i = 1; *status == TOO_MANY && i < TRIES_MAX; i++) {
        json_decref(answer);
        usleep(PAUSE_US);
        answer = ask_once(http, path, body, key, status);
    }
    return answer;
}
