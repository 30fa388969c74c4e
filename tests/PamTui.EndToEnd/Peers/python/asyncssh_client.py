"""asyncssh_client.py PORT LOGIN KEY KNOWN_HOSTS FOLDER [HOST]: a command with input, a terminal, sftp; with HOST all of it behind a jump."""
import asyncio, sys, asyncssh

port, login, key, known, folder, *host = sys.argv[1:]


async def use(connection):
    result = await connection.run("cat; echo err >&2; exit 7", input="in\n")
    print(repr(result.stdout), repr(result.stderr), result.exit_status)
    result = await connection.run("kill -TERM $$")
    print(result.exit_signal[0])
    shell = await connection.create_process(term_type="xterm", term_size=(70, 20))
    shell.stdin.write("PS1=; stty -echo; echo size-$(stty size | tr ' ' x); exit 3\n")
    seen = await shell.stdout.read()
    await shell.wait()
    print("size-20x70" in seen, shell.exit_status)
    async with connection.start_sftp_client() as sftp:
        async with sftp.open(folder + "/file", "wb") as file:
            await file.write(b"x" * 3000000)
        async with sftp.open(folder + "/file", "rb") as file:
            print((await sftp.stat(folder + "/file")).size, await file.read() == b"x" * 3000000)
    results = await asyncio.gather(*(connection.run(f"echo {i}", check=True) for i in range(8)))
    print("".join(result.stdout.strip() for result in results))


async def main():
    outer = await asyncssh.connect("127.0.0.1", int(port), username=login, client_keys=[key], known_hosts=known, config=None, agent_path=None)
    async with outer:
        if not host:
            return await use(outer)
        async with asyncssh.connect(host[0], username="nobody", tunnel=outer, client_keys=None, known_hosts=None, config=None, agent_path=None) as inner:
            await use(inner)


asyncio.run(main())
