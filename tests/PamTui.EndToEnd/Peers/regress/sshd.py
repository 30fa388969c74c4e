#!/usr/bin/env python3
"""Stands where OpenSSH's regression scripts expect sshd, and joins what comes to the gateway under test.

  sshd.py -t|-T …                    the check of a configuration that is not ours
  sshd.py -i -f CONFIG               stdin and stdout are the connection (inetd)
  sshd.py -f CONFIG [-o OPTION] …    a daemon on the Port of CONFIG, its number in PidFile

The gateway's address is GATEWAY_PORT on loopback. As sshd does, -i ends with 255 when the server refused before the
first key exchange. With GATEWAY_DATA and GATEWAY_PID set, what CONFIG names as TrustedUserCAKeys and RevokedKeys is put
into the gateway's files trusted_user_cas and revoked_keys first, and the gateway reads them again.
"""
import glob, os, signal, socket, sys, threading, time

arguments = sys.argv[1:]


def gateway():
    return socket.create_connection(("127.0.0.1", int(os.environ["GATEWAY_PORT"])))


def setting(name, otherwise=None):
    with open(arguments[arguments.index("-f") + 1]) as config:
        for line in config:
            words = line.split()
            if words and words[0].lower() == name:
                return words[1]
    if otherwise is None:
        sys.exit(f"no {name} in the configuration")
    return otherwise


def times_reloaded():
    return sum(open(log).read().count("are loaded again") for log in glob.glob(os.environ["GATEWAY_DATA"] + "/gateway*.log"))


def adopt():
    before, changed = times_reloaded(), False
    for name, file in ("trustedusercakeys", "trusted_user_cas"), ("revokedkeys", "revoked_keys"):
        with open(setting(name, os.devnull)) as config, open(os.path.join(os.environ["GATEWAY_DATA"], file), "r+") as ours:
            lines = config.read()
            if lines != ours.read():
                ours.seek(0)
                ours.truncate()
                ours.write(lines)
                changed = True
    if changed:
        os.kill(int(os.environ["GATEWAY_PID"]), signal.SIGHUP)
        until = time.monotonic() + 20
        while times_reloaded() == before:
            if time.monotonic() > until:
                sys.exit("the gateway did not take the new keys")
            time.sleep(0.05)


def carry(read_from, write_to, peer, head=None):
    """From one descriptor to the other until its end; the peer's socket learns of the end."""
    try:
        while data := os.read(read_from, 65536):
            if head is not None and len(head) < 4096:
                head.extend(data)
            view = memoryview(data)
            while view:
                view = view[os.write(write_to, view):]
    except OSError:
        pass
    try:
        peer.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def inetd():
    if "GATEWAY_DATA" in os.environ:
        adopt()
    peer, said = gateway(), bytearray()
    threading.Thread(target=carry, args=(0, peer.fileno(), peer), daemon=True).start()
    carry(peer.fileno(), 1, peer, said)
    line, _, packets = bytes(said).partition(b"\n")
    # uint32 packet_length, byte padding_length, byte message number: 1 is DISCONNECT, 20 KEXINIT.
    kexinit = line.startswith(b"SSH-2.0-") and len(packets) > 5 and packets[5] == 20
    os._exit(0 if kexinit else 255)


def serve(client):
    peer = gateway()
    for a, b in ((client, peer), (peer, client)):
        threading.Thread(target=lambda a=a, b=b: carry(a.fileno(), b.fileno(), b), daemon=True).start()


def daemon():
    pid_file = setting("pidfile")
    listener = socket.create_server(("127.0.0.1", int(setting("port"))))
    if os.fork() > 0:
        os._exit(0)
    os.setsid()
    with open(os.devnull, "r+") as null:
        for descriptor in (0, 1, 2):
            os.dup2(null.fileno(), descriptor)

    def stop(*_):
        os.unlink(pid_file)
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    with open(pid_file + ".new", "w") as file:
        file.write(f"{os.getpid()}\n")
    os.rename(pid_file + ".new", pid_file)
    keep = []
    while True:
        client, _ = listener.accept()
        keep.append(client)
        serve(client)


if "-t" in arguments or "-T" in arguments:
    sys.exit(0)
elif "-i" in arguments:
    inetd()
else:
    daemon()
