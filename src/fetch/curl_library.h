/*
 * curl_library - libcurl, loaded at the first use of the network.
 *
 * Owns: which functions of it are used, and from which files they come.  A process that fetches
 * nothing does not pay for libcurl and what that needs; a note in the program tells packagers and
 * initramfs builders that it is wanted (the ELF dlopen metadata of systemd's uapi group).
 */
#ifndef SLIPWAY_FETCH_CURL_LIBRARY_H
#define SLIPWAY_FETCH_CURL_LIBRARY_H

/* The checks of arguments are macros around the functions of a linked library. */
#define CURL_DISABLE_TYPECHECK

#include <curl/curl.h>

#include "base/error.h"

/* The macros of the same purpose for those without those checks. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

struct curl_library {
	CURLcode (*global_init)(long flags);
	void (*global_cleanup)(void);
	curl_version_info_data *(*version_info)(CURLversion age);
	CURL *(*easy_init)(void);
	void (*easy_cleanup)(CURL *easy);
	CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
	CURLcode (*easy_getinfo)(CURL *easy, CURLINFO info, ...);
	CURLHcode (*easy_header)(CURL *easy, const char *name, size_t index, unsigned origin,
				 int request, struct curl_header **ret);
	const char *(*easy_strerror)(CURLcode code);
	struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
	void (*slist_free_all)(struct curl_slist *list);
	CURLM *(*multi_init)(void);
	CURLMcode (*multi_cleanup)(CURLM *multi);
	CURLMcode (*multi_setopt)(CURLM *multi, CURLMoption option, ...);
	CURLMcode (*multi_add_handle)(CURLM *multi, CURL *easy);
	CURLMcode (*multi_remove_handle)(CURLM *multi, CURL *easy);
	CURLMcode (*multi_perform)(CURLM *multi, int *ret_running);
	CURLMcode (*multi_poll)(CURLM *multi, struct curl_waitfd *extra, unsigned extra_count,
				int timeout_ms, int *ret_count);
	CURLMsg *(*multi_info_read)(CURLM *multi, int *ret_left);
};

/**
 * curl_library_load - find the library and its functions; ended by curl_library_done().
 *
 * It stays in memory: its resolver threads may outlive a fetch.
 *
 * Return: 0; -ELIBACC (ERROR_UNSUPPORTED) when it is missing or too old.
 */
int curl_library_load(struct curl_library *ret, struct error *err);
void curl_library_done(const struct curl_library *library);

#endif
