#include "engine/net/net_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The certificate: checked before libwebsockets sees it, and taken anew while the server runs,
 * because it is valid for weeks and the process for years. */

static void say(char error[256], const char *what, const char *path)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    snprintf(error, 256, "the %s %.120s cannot be used: %s", what, path,
             reason == NULL ? "unreadable" : reason);
    ERR_clear_error();
}

/* Both files in a context of their own: a key that does not fit its certificate is found here. */
static enum status read_files(const char *certificate, const char *key, SSL_CTX **out,
                              char error[256])
{
    SSL_CTX *probe = SSL_CTX_new(TLS_server_method());
    if (probe == NULL) {
        snprintf(error, 256, "OpenSSL could not start");
        return STATUS_NO_MEMORY;
    }
    if (SSL_CTX_use_certificate_chain_file(probe, certificate) != 1) {
        say(error, "certificate", certificate);
    } else if (SSL_CTX_use_PrivateKey_file(probe, key, SSL_FILETYPE_PEM) != 1) {
        say(error, "key", key); /* also when it is another certificate's */
    } else {
        *out = probe;
        return STATUS_OK;
    }
    SSL_CTX_free(probe);
    return STATUS_BAD_INPUT;
}

enum status net_tls_check(const struct net_config *config, char error[256])
{
    if ((config->certificate_path == NULL) != (config->key_path == NULL)) {
        snprintf(error, 256, "TLS needs a certificate and its key, only the %s is given",
                 config->certificate_path == NULL ? "key" : "certificate");
        return STATUS_BAD_INPUT;
    }
    if (config->certificate_path == NULL) {
        return STATUS_OK;
    }
    SSL_CTX *probe = NULL;
    const enum status status =
        read_files(config->certificate_path, config->key_path, &probe, error);
    SSL_CTX_free(probe);
    return status;
}

bool net_tls_remember(struct net_server *server, const struct net_config *config)
{
    server->certificate_path = strdup(config->certificate_path);
    server->key_path = strdup(config->key_path);
    return server->certificate_path != NULL && server->key_path != NULL;
}

static int64_t end_of(const X509 *certificate)
{
    int days = 0;
    int seconds = 0;
    ASN1_TIME *origin = ASN1_TIME_set(NULL, 0);
    const bool good = origin != NULL &&
                      ASN1_TIME_diff(&days, &seconds, origin, X509_get0_notAfter(certificate)) == 1;
    ASN1_TIME_free(origin);
    return good ? ((int64_t)days * 86400 + seconds) * 1000 : 0;
}

/* The three at once: no connection meets a certificate with the key of another. */
static bool take_over(SSL_CTX *tls, SSL_CTX *probe, bool *is_new)
{
    X509 *certificate = SSL_CTX_get0_certificate(probe);
    const X509 *before = SSL_CTX_get0_certificate(tls);
    STACK_OF(X509) *chain = NULL;
    *is_new = before == NULL || X509_cmp(certificate, before) != 0;
    return SSL_CTX_get0_chain_certs(probe, &chain) == 1 &&
           SSL_CTX_use_cert_and_key(tls, certificate, SSL_CTX_get0_privatekey(probe), chain, 1) ==
               1;
}

enum status net_tls_renew(struct net_server *server, bool *is_new, int64_t *ends_ms,
                          char error[256])
{
    *is_new = false;
    error[0] = '\0';
    if (server->tls == NULL) {
        return STATUS_NOT_FOUND;
    }
    SSL_CTX *probe = NULL;
    enum status status = read_files(server->certificate_path, server->key_path, &probe, error);
    if (status != STATUS_OK) {
        return status;
    }
    if (take_over(server->tls, probe, is_new)) {
        *ends_ms = end_of(SSL_CTX_get0_certificate(probe));
    } else {
        say(error, "certificate", server->certificate_path);
        status = STATUS_BAD_INPUT;
    }
    SSL_CTX_free(probe);
    return status;
}
