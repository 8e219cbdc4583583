#ifndef ENGINE_NET_HTTP_API_QUERY_H
#define ENGINE_NET_HTTP_API_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "lat=31.2&q=%E8%B7%AF" taken apart. Pure. */

enum http_api_query { HTTP_API_QUERY_OK, HTTP_API_QUERY_MISSING, HTTP_API_QUERY_BAD };

/* The first parameter of that name, decoded, NUL-terminated. BAD: it does not fit, a percent sign
 * goes wrong, or it is not plain UTF-8. */
enum http_api_query http_api_query_text(const char *query, const char *name, char *out,
                                        size_t out_size);
/* Degrees in decimal notation as ten-millionths; BAD: beyond +-limit degrees too. */
enum http_api_query http_api_query_e7(const char *query, const char *name, int32_t limit,
                                      int32_t *e7);
enum http_api_query http_api_query_number(const char *query, const char *name, uint32_t min,
                                          uint32_t max, uint32_t *value);
/* Digits of a number up to `end`; false: none, or above max. */
bool http_api_query_digits(const char **text, uint32_t max, uint32_t *value);

#endif
