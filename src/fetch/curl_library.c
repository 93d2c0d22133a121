#include "fetch/curl_library.h"

#include <errno.h>
#include <stddef.h>

#include "base/library.h"
#include "base/scope.h"

/* CURLOPT_QUICK_EXIT is the youngest of what is used. */
#define OLDEST_VERSION	    0x075700
#define OLDEST_VERSION_TEXT "7.87.0"

#define SONAME_OPENSSL "libcurl.so.4"
#define SONAME_GNUTLS  "libcurl-gnutls.so.4"

LIBRARY_NOTE(note, "[{\"feature\":\"network\",\"description\":\"http, https and gs URLs\","
		   "\"priority\":\"required\",\"soname\":[\"" SONAME_OPENSSL "\",\"" SONAME_GNUTLS
		   "\"]}]");

static const char *const sonames[] = { SONAME_OPENSSL, SONAME_GNUTLS, NULL };

static const struct library_symbol symbols[] = {
#define SYMBOL(member)                                                                             \
	{                                                                                          \
		"curl_" #member, offsetof(struct curl_library, member)                             \
	}
	SYMBOL(global_init),	     SYMBOL(global_cleanup), SYMBOL(version_info),
	SYMBOL(easy_init),	     SYMBOL(easy_cleanup),   SYMBOL(easy_setopt),
	SYMBOL(easy_getinfo),	     SYMBOL(easy_header),    SYMBOL(easy_strerror),
	SYMBOL(slist_append),	     SYMBOL(slist_free_all), SYMBOL(multi_init),
	SYMBOL(multi_cleanup),	     SYMBOL(multi_setopt),   SYMBOL(multi_add_handle),
	SYMBOL(multi_remove_handle), SYMBOL(multi_perform),  SYMBOL(multi_poll),
	SYMBOL(multi_info_read),
#undef SYMBOL
};
_Static_assert(ARRAY_SIZE(symbols) * sizeof(void *) == sizeof(struct curl_library),
	       "every function is looked up");

static int refuse(struct error *err, const char *why)
{
	return error_set(err, ERROR_UNSUPPORTED, ELIBACC,
			 "cannot use the network: %s; install libcurl (" SONAME_OPENSSL ")", why);
}

int curl_library_load(struct curl_library *ret, struct error *err)
{
	struct curl_library library;
	AUTO(error_done) struct error problem = ERROR_INIT;

	if (library_load(sonames, symbols, ARRAY_SIZE(symbols), &library, &problem) < 0)
		return refuse(err, problem.text);
	if (library.version_info(CURLVERSION_NOW)->version_num < OLDEST_VERSION)
		return refuse(err, "libcurl is older than " OLDEST_VERSION_TEXT);
	if (library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return refuse(err, "libcurl does not start");
	*ret = library;
	return 0;
}

void curl_library_done(const struct curl_library *library)
{
	library->global_cleanup();
}
