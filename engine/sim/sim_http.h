#ifndef ENGINE_SIM_SIM_HTTP_H
#define ENGINE_SIM_SIM_HTTP_H

#include <jansson.h>
#include <stdbool.h>

/* Plain questions to the engine over HTTP (libcurl), one at a time: logins, devices, the check at
 * the end. What must be fast goes over WebSockets. */
struct sim_http;

struct sim_http *sim_http_create(const char *url, const char *ca_path /* NULL: the system's */);
void sim_http_destroy(struct sim_http *http);
void sim_http_login(struct sim_http *http, const char *token);

/* The answer as JSON (release it), or NULL; *status is the HTTP status, 0: no answer. `body` NULL:
 * GET. */
json_t *sim_http_ask(struct sim_http *http, const char *path, const char *body, const char *key,
                     long *status);

#endif
