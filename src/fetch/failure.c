#include "fetch/failure.h"

#include <errno.h>

#include "fetch/curl_library.h"

#define STATUS_SERVER_ERROR 500

struct failure failure_of_status(long status)
{
	static const struct {
		long status;
		struct failure failure;
	} rows[] = {
		{ 401, { ERROR_NETWORK_FINAL, EACCES, true, "give the credentials it asks for" } },
		{ 403, { ERROR_NETWORK_FINAL, EACCES, true, "check who may read it" } },
		{ 404, { ERROR_NOT_FOUND, ENOENT, true, "check the URL" } },
		{ 407, { ERROR_NETWORK_FINAL, EACCES, true, "give the proxy's credentials" } },
		{ 410, { ERROR_NETWORK_FINAL, EREMOTEIO, true, "it is gone: use another URL" } },
		{ 429,
		  { ERROR_NETWORK_FINAL, EREMOTEIO, true, "the server wants fewer requests" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].status == status)
			return rows[i].failure;
	return status >= STATUS_SERVER_ERROR
		       ? (struct failure){ ERROR_NETWORK, EREMOTEIO, false, "look at the server" }
		       : (struct failure){ ERROR_NETWORK_FINAL, EREMOTEIO, true, "check the URL" };
}

struct failure failure_of_code(int code)
{
	static const char trust[] = "check the clock, the host name and "
				    "ignition.security.tls.certificateAuthorities";
	static const struct {
		CURLcode code;
		struct failure failure;
	} rows[] = {
		{ CURLE_URL_MALFORMAT, { ERROR_INPUT, EINVAL, true, "check the URL" } },
		/* Also what libcurl says of an answer that is none. */
		{ CURLE_UNSUPPORTED_PROTOCOL,
		  { ERROR_NETWORK, EPROTO, false, "check that an HTTP server is there" } },
		{ CURLE_COULDNT_RESOLVE_HOST,
		  { ERROR_NETWORK, EHOSTUNREACH, false, "check the name and the DNS servers" } },
		{ CURLE_COULDNT_RESOLVE_PROXY,
		  { ERROR_NETWORK, EHOSTUNREACH, false, "check the proxy and the DNS servers" } },
		{ CURLE_COULDNT_CONNECT,
		  { ERROR_NETWORK, ECONNREFUSED, false, "check the address, route and server" } },
		{ CURLE_OPERATION_TIMEDOUT,
		  { ERROR_NETWORK, ETIMEDOUT, false, "check the route and the server" } },
		{ CURLE_PEER_FAILED_VERIFICATION, { ERROR_VERIFY, EBADMSG, false, trust } },
		{ CURLE_SSL_CACERT_BADFILE,
		  { ERROR_INPUT, EINVAL, true,
		    "check ignition.security.tls.certificateAuthorities" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if ((int)rows[i].code == code)
			return rows[i].failure;
	return (struct failure){ ERROR_NETWORK, EIO, false, "check the network and the server" };
}

const char *status_text(long status)
{
	static const struct {
		long status;
		const char *text;
	} rows[] = {
		{ 200, "OK" },
		{ 204, "No Content" },
		{ 206, "Partial Content" },
		{ 300, "Multiple Choices" },
		{ 301, "Moved Permanently" },
		{ 302, "Found" },
		{ 303, "See Other" },
		{ 304, "Not Modified" },
		{ 307, "Temporary Redirect" },
		{ 308, "Permanent Redirect" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" },
		{ 407, "Proxy Authentication Required" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 416, "Requested Range Not Satisfiable" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].status == status)
			return rows[i].text;
	return "";
}
