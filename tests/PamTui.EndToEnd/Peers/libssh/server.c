/* server PORT HOST_KEY USER_KEY.pub SFTP_SERVER: an SSH server by libssh, a process a connection, for whoever holds the one key:
   commands, shells with and without a terminal, the subsystem sftp, exit status. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static ssh_key user_key;
static const char *sftp_server;

static struct {
    ssh_session session;
    ssh_channel channel;
    ssh_event event;
    int signed_in;
    int has_pty;
    struct winsize size;
    pid_t child;
    int in, out, err; /* the child's standard streams, ours of them */
} now = { .in = -1, .out = -1, .err = -1 };

static int on_key(ssh_session session, const char *user, struct ssh_key_struct *key, char state, void *data)
{
    (void)session, (void)user, (void)data;
    if (ssh_key_cmp(key, user_key, SSH_KEY_CMP_PUBLIC) != 0)
        return SSH_AUTH_DENIED;
    if (state == SSH_PUBLICKEY_STATE_VALID)
        now.signed_in = 1;
    return state == SSH_PUBLICKEY_STATE_NONE || state == SSH_PUBLICKEY_STATE_VALID ? SSH_AUTH_SUCCESS : SSH_AUTH_DENIED;
}

static int start(const char *program, char *const arguments[])
{
    int in[2], out[2], err[2], terminal = -1;
    if (now.child)
        return SSH_ERROR;
    if (now.has_pty) {
        now.child = forkpty(&terminal, NULL, NULL, &now.size);
    } else {
        if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
            return SSH_ERROR;
        now.child = fork();
        if (now.child == 0) {
            dup2(in[0], 0);
            dup2(out[1], 1);
            dup2(err[1], 2);
        }
    }
    if (now.child == 0) {
        execv(program, arguments);
        _exit(127);
    }
    if (now.child < 0)
        return SSH_ERROR;
    if (now.has_pty) {
        now.in = now.out = terminal;
    } else {
        close(in[0]), close(out[1]), close(err[1]);
        now.in = in[1], now.out = out[0], now.err = err[0];
    }
    return SSH_OK;
}

static int on_pty(ssh_session s, ssh_channel c, const char *term, int columns, int rows, int x, int y, void *data)
{
    (void)s, (void)c, (void)x, (void)y, (void)data;
    setenv("TERM", term, 1);
    now.has_pty = 1;
    now.size = (struct winsize){ .ws_col = columns, .ws_row = rows };
    return 0;
}

static int on_resize(ssh_session s, ssh_channel c, int columns, int rows, int x, int y, void *data)
{
    (void)s, (void)c, (void)x, (void)y, (void)data;
    now.size = (struct winsize){ .ws_col = columns, .ws_row = rows };
    return now.has_pty && now.child ? ioctl(now.in, TIOCSWINSZ, &now.size) : 0;
}

static int on_exec(ssh_session s, ssh_channel c, const char *command, void *data)
{
    (void)s, (void)c, (void)data;
    return start("/bin/sh", (char *[]){ "sh", "-c", (char *)command, NULL });
}

static int on_shell(ssh_session s, ssh_channel c, void *data)
{
    (void)s, (void)c, (void)data;
    return start("/bin/sh", (char *[]){ "sh", NULL });
}

static int on_subsystem(ssh_session s, ssh_channel c, const char *name, void *data)
{
    (void)s, (void)c, (void)data;
    return strcmp(name, "sftp") ? SSH_ERROR : start(sftp_server, (char *[]){ (char *)sftp_server, NULL });
}

static void end_input(void)
{
    if (now.in >= 0 && !now.has_pty) {
        close(now.in);
        now.in = -1;
    }
}

static int on_data(ssh_session s, ssh_channel c, void *bytes, uint32_t length, int is_stderr, void *data)
{
    (void)s, (void)c, (void)is_stderr, (void)data;
    ssize_t count = now.in < 0 ? (ssize_t)length : write(now.in, bytes, length);
    if (count < 0 && errno == EPIPE)
        end_input();
    return count < 0 ? (int)length : (int)count;
}

static void on_eof(ssh_session s, ssh_channel c, void *data)
{
    (void)s, (void)c, (void)data;
    end_input();
}

static struct ssh_channel_callbacks_struct channel_calls = {
    .channel_data_function = on_data,
    .channel_eof_function = on_eof,
    .channel_pty_request_function = on_pty,
    .channel_pty_window_change_function = on_resize,
    .channel_shell_request_function = on_shell,
    .channel_exec_request_function = on_exec,
    .channel_subsystem_request_function = on_subsystem,
};

static ssh_channel on_open(ssh_session session, void *data)
{
    (void)data;
    if (now.channel)
        return NULL; /* one session a connection, like `MaxSessions 1` */
    now.channel = ssh_channel_new(session);
    ssh_callbacks_init(&channel_calls);
    ssh_set_channel_callbacks(now.channel, &channel_calls);
    return now.channel;
}

/* What the child says, one piece; 0 when the stream is over. */
static int forward(int *from, int is_stderr)
{
    char piece[32768];
    uint32_t room = ssh_channel_window_size(now.channel);
    struct pollfd ready = { .fd = *from, .events = POLLIN };
    if (*from < 0)
        return 0;
    if (room == 0 || poll(&ready, 1, 0) <= 0)
        return 1;
    ssize_t count = read(*from, piece, room < sizeof piece ? room : sizeof piece);
    if (count <= 0) {
        if (!now.has_pty)
            close(*from);
        *from = -1;
        return 0;
    }
    (is_stderr ? ssh_channel_write_stderr : ssh_channel_write)(now.channel, piece, count);
    return 1;
}

static void serve(ssh_bind listener, ssh_session session)
{
    struct ssh_server_callbacks_struct calls = { .auth_pubkey_function = on_key, .channel_open_request_session_function = on_open };
    int status = 0, over = 0;
    ssh_bind_free(listener);
    now.session = session;
    ssh_callbacks_init(&calls);
    ssh_set_server_callbacks(session, &calls);
    ssh_set_auth_methods(session, SSH_AUTH_METHOD_PUBLICKEY);
    if (ssh_handle_key_exchange(session) != SSH_OK) {
        fprintf(stderr, "key exchange: %s\n", ssh_get_error(session));
        exit(1);
    }
    now.event = ssh_event_new();
    ssh_event_add_session(now.event, session);
    while (!over && ssh_event_dopoll(now.event, now.child ? 5 : 1000) != SSH_ERROR && !(ssh_get_status(session) & (SSH_CLOSED | SSH_CLOSED_ERROR))) {
        if (now.child) {
            int out = forward(&now.out, 0), err = forward(&now.err, 1);
            over = !out && !err;
        }
    }
    if (over) {
        waitpid(now.child, &status, 0);
        ssh_channel_request_send_exit_status(now.channel, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
        ssh_channel_send_eof(now.channel);
        ssh_channel_close(now.channel);
        for (int i = 0; i < 100 && !(ssh_get_status(session) & (SSH_CLOSED | SSH_CLOSED_ERROR)); i++)
            ssh_event_dopoll(now.event, 50);
    }
    exit(0);
}

int main(int count, char **arguments)
{
    if (count != 5)
        return 2;
    signal(SIGPIPE, SIG_IGN);
    ssh_bind listener = ssh_bind_new();
    ssh_bind_options_set(listener, SSH_BIND_OPTIONS_BINDADDR, "127.0.0.1");
    ssh_bind_options_set(listener, SSH_BIND_OPTIONS_BINDPORT_STR, arguments[1]);
    ssh_bind_options_set(listener, SSH_BIND_OPTIONS_HOSTKEY, arguments[2]);
    sftp_server = arguments[4];
    if (ssh_pki_import_pubkey_file(arguments[3], &user_key) != SSH_OK || ssh_bind_listen(listener) != SSH_OK) {
        fprintf(stderr, "%s\n", ssh_get_error(listener));
        return 1;
    }
    puts("listening");
    fflush(stdout);
    for (;;) {
        ssh_session session = ssh_new();
        if (ssh_bind_accept(listener, session) != SSH_OK)
            return 1;
        if (fork() == 0)
            serve(listener, session);
        ssh_silent_disconnect(session); /* the child has it */
        ssh_free(session);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
    }
}
