/* client PORT LOGIN KEY KNOWN_HOSTS FOLDER: a command with input and exit status, a terminal, sftp, by libssh. */
#include <fcntl.h>
#include <libssh/libssh.h>
#include <libssh/sftp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ssh_session session;

static void check(int ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "%s: %s\n", what, ssh_get_error(session));
        exit(1);
    }
}

static ssh_channel open_channel(void)
{
    ssh_channel channel = ssh_channel_new(session);
    check(channel != NULL && ssh_channel_open_session(channel) == SSH_OK, "open");
    return channel;
}

/* Reads one stream of the channel to its end. */
static size_t read_all(ssh_channel channel, int is_stderr, char *text, size_t room)
{
    size_t length = 0;
    int count;
    while (length + 1 < room && (count = ssh_channel_read(channel, text + length, room - 1 - length, is_stderr)) > 0)
        length += count;
    text[length] = 0;
    return length;
}

static void command(void)
{
    char out[4096], err[4096];
    ssh_channel channel = open_channel();
    check(ssh_channel_request_exec(channel, "cat; echo err >&2; exit 7") == SSH_OK, "exec");
    check(ssh_channel_write(channel, "in\n", 3) == 3, "write");
    check(ssh_channel_send_eof(channel) == SSH_OK, "eof");
    read_all(channel, 0, out, sizeof out);
    read_all(channel, 1, err, sizeof err);
    printf("%s%s%d\n", out, err, ssh_channel_get_exit_status(channel));
    ssh_channel_close(channel);
    ssh_channel_free(channel);
}

static void terminal(void)
{
    static const char typed[] = "PS1=; stty -echo; echo size-$(stty size | tr ' ' x); exit 3\n";
    char seen[65536];
    ssh_channel channel = open_channel();
    check(ssh_channel_request_pty_size(channel, "xterm", 70, 20) == SSH_OK, "pty");
    check(ssh_channel_request_shell(channel) == SSH_OK, "shell");
    check(ssh_channel_write(channel, typed, sizeof typed - 1) > 0, "type");
    read_all(channel, 0, seen, sizeof seen);
    printf("%s %d\n", strstr(seen, "size-20x70") ? "size" : seen, ssh_channel_get_exit_status(channel));
    ssh_channel_free(channel);
}

static void files(const char *folder)
{
    enum { SIZE = 3000000, STEP = 30000 };
    char path[4096], *data = malloc(SIZE), *back = malloc(SIZE);
    memset(data, 'x', SIZE);
    snprintf(path, sizeof path, "%s/libssh", folder);
    sftp_session sftp = sftp_new(session);
    check(sftp != NULL && sftp_init(sftp) == SSH_OK, "sftp");
    sftp_file file = sftp_open(sftp, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    check(file != NULL, "create");
    for (size_t at = 0; at < SIZE; at += STEP)
        check(sftp_write(file, data + at, STEP) == STEP, "write");
    check(sftp_close(file) == SSH_OK, "close");
    file = sftp_open(sftp, path, O_RDONLY, 0);
    check(file != NULL, "open");
    size_t length = 0;
    ssize_t count;
    while (length < SIZE && (count = sftp_read(file, back + length, SIZE - length < STEP ? SIZE - length : STEP)) > 0)
        length += count;
    printf("%zu %s\n", length, memcmp(data, back, SIZE) ? "differs" : "same");
    sftp_close(file);
    sftp_free(sftp);
}

int main(int count, char **arguments)
{
    ssh_key key;
    int port, no = 0;
    if (count != 6)
        return 2;
    port = atoi(arguments[1]);
    session = ssh_new();
    ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no);
    ssh_options_set(session, SSH_OPTIONS_HOST, "127.0.0.1");
    ssh_options_set(session, SSH_OPTIONS_PORT, &port);
    ssh_options_set(session, SSH_OPTIONS_USER, arguments[2]);
    ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, arguments[4]);
    check(ssh_connect(session) == SSH_OK, "connect");
    check(ssh_session_is_known_server(session) == SSH_KNOWN_HOSTS_OK, "host key");
    check(ssh_pki_import_privkey_file(arguments[3], NULL, NULL, NULL, &key) == SSH_OK, "key");
    check(ssh_userauth_publickey(session, NULL, key) == SSH_AUTH_SUCCESS, "sign in");
    command();
    terminal();
    files(arguments[5]);
    ssh_disconnect(session);
    return 0;
}
