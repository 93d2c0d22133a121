#include "disk/fdisk_session.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* What libfdisk says may be long, and is said in full. */
#define MESSAGES_MAX ((size_t)64 << 10)

void fdisk_session_done(struct fdisk_session *session)
{
	if (session->context) {
		fdisk_deassign_device(session->context, /* nosync= */ 1);
		fdisk_unref_context(session->context);
	}
	text_done(&session->messages);
}

/* libfdisk would print these; questions are not asked, since dialogs are off. */
static int hear(struct fdisk_context *context, struct fdisk_ask *ask, void *data)
{
	struct fdisk_session *session = data;
	int type = fdisk_ask_get_type(ask);

	(void)context;
	if (type != FDISK_ASKTYPE_WARN && type != FDISK_ASKTYPE_WARNX)
		return 0;
	text_printf(&session->messages, "%s%s", session->messages.length ? "; " : "",
		    fdisk_ask_print_get_mesg(ask));
	return 0;
}

int fdisk_session_refuse(const struct fdisk_session *session, int r, struct error *err,
			 const char *what)
{
	if (session->messages.length)
		return error_set(err, ERROR_SYSTEM, -r, "%s: %s: %s", session->device, what,
				 text_str(&session->messages));
	return error_errno(err, -r, "%s: %s", session->device, what);
}

int fdisk_session_open(int fd, const char *device, uint32_t sector_bytes, struct fdisk_session *ret,
		       struct error *err)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL);

	*ret = (struct fdisk_session){
		.context = fdisk_new_context(),
		.device = device,
		.messages = TEXT_INIT(MESSAGES_MAX),
	};
	if (!ret->context || flags < 0 || fstat(fd, &st) < 0)
		return error_errno(err, errno, "open %s", device);
	fdisk_set_ask(ret->context, hear, ret);
	fdisk_disable_dialogs(ret->context, 1);
	if (S_ISREG(st.st_mode))
		fdisk_save_user_sector_size(ret->context, sector_bytes, sector_bytes);

	int r = fdisk_assign_device_by_fd(ret->context, fd, device,
					  (flags & O_ACCMODE) == O_RDONLY);

	return r < 0 ? fdisk_session_refuse(ret, r, err, "read the label") : 0;
}
