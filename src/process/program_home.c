/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program_home.c - HOME from the container's own passwd file
 *
 * getpwuid(3) would load the name services that /etc/nsswitch.conf of the image names: code of the
 * image in our process.  So the file is read here, in pieces and by a small state machine: a line
 * may be of any length, and nothing is allocated.
 */
#include "base/auto.h"
#include "base/decimal.h"
#include "base/retry.h"
#include "process/program.h"
#include "sys/path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { PASSWD_MAX = 1 << 20, FIELD_UID = 2, FIELD_HOME = 5 };

struct passwd_reader {
	uid_t wanted;
	unsigned field;
	char uid[12];
	size_t uid_length, home_length;
	bool valid; /* both fields fit and hold no odd characters */
	char home[4096];
};

static void line_begin(struct passwd_reader *reader)
{
	reader->field = 0;
	reader->uid_length = 0;
	reader->home_length = 0;
	reader->valid = true;
}

static void take_uid(struct passwd_reader *reader, char c)
{
	if (reader->uid_length + 1 >= sizeof reader->uid)
		reader->valid = false;
	else
		reader->uid[reader->uid_length++] = c;
}

static void take_home(struct passwd_reader *reader, char c)
{
	if ((unsigned char)c < ' ' || c == 0x7f || reader->home_length + 1 >= sizeof reader->home)
		reader->valid = false;
	else
		reader->home[reader->home_length++] = c;
}

/* True when the line that ends here is the user's and names a home. */
static bool line_end(struct passwd_reader *reader)
{
	uint32_t uid;

	reader->uid[reader->uid_length] = '\0';
	reader->home[reader->home_length] = '\0';
	return reader->field >= FIELD_HOME && reader->valid && parse_u32(reader->uid, &uid) &&
	       uid == reader->wanted && reader->home[0] == '/';
}

static bool take_char(struct passwd_reader *reader, char c)
{
	if (c == '\n') {
		if (line_end(reader))
			return true;
		line_begin(reader);
	} else if (c == ':') {
		reader->field++;
	} else if (reader->field == FIELD_UID) {
		take_uid(reader, c);
	} else if (reader->field == FIELD_HOME) {
		take_home(reader, c);
	}
	return false;
}

static bool home_read(int fd, struct passwd_reader *reader)
{
	char buf[4096];
	size_t total = 0;
	ssize_t n;

	line_begin(reader);
	while (total < PASSWD_MAX) {
		n = retry(read(fd, buf, sizeof buf));
		if (n <= 0)
			return n == 0 && line_end(reader);
		total += (size_t)n;
		for (ssize_t i = 0; i < n; i++)
			if (take_char(reader, buf[i]))
				return true;
	}
	return false;
}

/* in_root_open() follows no link of procfs: /etc/passwd could be one that leads to a descriptor
 * which we hand on to the program. */
static int regular_open(int root, int flags)
{
	struct error ignored;
	struct stat st;
	auto_fd int fd = in_root_open(root, "/etc/passwd", flags, &ignored);

	if (fd < 0 || retry(fstat(fd, &st)) < 0 || !S_ISREG(st.st_mode))
		return -1;
	return take_fd(&fd);
}

/* The image may have a fifo or a device here, and to open one has effects.  So it is opened with
 * O_PATH first, and looked at; then the path is opened once more.  (/proc/self/fd/N would lead to
 * what was looked at, but in this root /proc may be anything.) */
static int passwd_open(void)
{
	auto_fd int root = retry(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
	auto_fd int found = root < 0 ? -1 : regular_open(root, O_PATH);

	return found < 0 ? -1 : regular_open(root, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

int program_home(struct program *program, uid_t uid, struct error *err)
{
	struct passwd_reader reader = { .wanted = uid };
	auto_fd int fd = -1;

	(void)err; /* nothing here can stop a container: without an answer HOME is "/" */
	if (!program->home_missing)
		return 0;
	fd = passwd_open();
	if (fd < 0 || !home_read(fd, &reader))
		memcpy(reader.home, "/", 2);
	memcpy(program->home, "HOME=", 5);
	memcpy(program->home + 5, reader.home, strlen(reader.home) + 1);
	program->envp[program->n_env++] = program->home;
	program->envp[program->n_env] = NULL;
	program->home_missing = false;
	return 0;
}
