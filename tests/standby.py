"""A tlsca that has been started already: it forks for each command, so that a test of what commands do need not wait for each to load.

`python standby.py SOCKET PROGRAM` loads what any command may load, writes PROGRAM and says so by a line; each connection to SOCKET is
then one command. What it is run with comes with it: words, environment, directory, umask, signals that are ignored, and every open
file. PROGRAM asks for it, and is in its caller's eyes the command itself: signals reach the command, and its end is the program's. With
STANDBY_ON_ITS_TERMINAL in the environment, standard input becomes the command's controlling terminal.
Whoever looks at how tlsca starts, at its locale or at its terminal, starts it in earnest.
"""

import atexit
import contextlib
import fcntl
import gc
import importlib
import io
import marshal
import os
import pkgutil
import random
import selectors
import signal
import socket
import sys
import termios
import threading
import time
import traceback
from pathlib import Path

from tlsca.authority import keeping, safekeeping
from tlsca.pki import bundle, pkcs8
from tlsca.store.vault import KdfParameters

CLIENT = """
import _signal as signal, _socket, marshal, os, sys

SIGNALS = signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2
files = []
for name in os.listdir("/proc/self/fd"):
    try:
        os.fstat(int(name))
        files.append(int(name))
    except OSError:
        pass  # the one that the list was read from
umask = os.umask(0)
os.umask(umask)
ignored = [one for one in SIGNALS if signal.getsignal(one) is signal.SIG_IGN]
told = marshal.dumps((sys.argv, dict(os.environb), os.getcwd(), umask, ignored, files))
server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
server.connect({path!r})
descriptors = b"".join(one.to_bytes(4, sys.byteorder) for one in files)
server.sendmsg([len(told).to_bytes(8, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptors)])
server.sendall(told)
child = int.from_bytes(server.recv(8, _socket.MSG_WAITALL), "big")
for one in SIGNALS:
    if child:
        signal.signal(one, lambda number, _frame: os.kill(child, number))
status = server.recv(8, _socket.MSG_WAITALL)
code = os.waitstatus_to_exitcode(int.from_bytes(status, "big")) if status else 1
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
os._exit(code)
"""
_ROOMS = ("cli", "authority", "store", "probe", "pki")
_OUT_OF_THE_WAY = 256
_FILES = 253  # as many as go with one message: SCM_MAX_FD
_CHEAP = KdfParameters(memory_kib=64, passes=1, lanes=1)


def load() -> None:
    """Load what a command may load, and take away what tests do not want: passphrases that are dear to try."""
    for room in _ROOMS:
        package = importlib.import_module(f"tlsca.{room}")
        for found in pkgutil.walk_packages(package.__path__, f"tlsca.{room}."):
            importlib.import_module(found.name)
    for name in ("tlsca.__main__", "tlsca.starting"):
        importlib.import_module(name)
    keeping.create_store.__kwdefaults__["parameters"] = safekeeping.RECOMMENDED = _CHEAP
    pkcs8.ROUNDS = bundle.PKCS12_ROUNDS = 1000


def write_client(program: Path, path: str) -> None:
    program.write_text(f"#!{sys.executable} -IS\n{CLIENT.format(path=path)}")
    program.chmod(0o755)


def serve(path: str) -> None:
    """Run a command for each connection, until standard input ends."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen(64)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin, selectors.EVENT_READ)
        selector.register(listening, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    return end_all(selector)
                if key.fileobj is listening:
                    begin(listening.accept()[0], selector)
                else:
                    end(key, selector)


def begin(connection: socket.socket, selector: selectors.BaseSelector) -> None:
    """Fork the command that a connection asks for; wait for its end, and for that of whoever asked."""
    size, files, _, _ = socket.recv_fds(connection, 8, _FILES)
    told = connection.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL)
    child = os.fork()
    if child == 0:
        become(files, *marshal.loads(told))  # noqa: S302 -- nobody else gets at the socket
    for one in files:
        os.close(one)
    with contextlib.suppress(OSError):  # it is gone already, which is seen in a moment
        connection.sendall(child.to_bytes(8, "big"))
    ended = os.pidfd_open(child)
    selector.register(ended, selectors.EVENT_READ, (child, connection, ended))
    selector.register(connection, selectors.EVENT_READ, (child, connection, ended))


def end(key: selectors.SelectorKey, selector: selectors.BaseSelector) -> None:
    """Tell whoever asked how the command ended; end it where that one is gone."""
    child, connection, ended = key.data
    if connection not in selector.get_map():
        return  # both came at once
    if key.fileobj is connection:
        signal.pidfd_send_signal(ended, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    selector.unregister(ended)
    selector.unregister(connection)
    os.close(ended)
    with contextlib.suppress(OSError):  # it is gone
        connection.sendall(status.to_bytes(8, "big"))
    connection.close()


def end_all(selector: selectors.BaseSelector) -> None:
    for key in list(selector.get_map().values()):
        if key.data and key.fileobj is key.data[1]:
            end(key, selector)


def become(files, argv, environment, directory, umask, ignored, places) -> None:
    """Be a command from its start to its end, and nothing of what forked it."""
    os.setsid()
    high = [fcntl.fcntl(one, fcntl.F_DUPFD, _OUT_OF_THE_WAY) for one in files]
    os.closerange(0, _OUT_OF_THE_WAY)
    for one, place in zip(high, places, strict=True):
        os.dup2(one, place)
        os.close(one)
    os.chdir(directory)
    os.umask(umask)
    os.environb.clear()
    os.environb.update(environment)
    time.tzset()
    random.seed()
    for one in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(one, signal.SIG_IGN if one in ignored else signal.SIG_DFL)
    if os.environ.pop("STANDBY_ON_ITS_TERMINAL", ""):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        ignored = ()
    signal.signal(signal.SIGINT, signal.SIG_IGN if signal.SIGINT in ignored else signal.default_int_handler)
    sys.argv = argv
    unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8")  # noqa: SIM115 -- it has no path, and is open to the end
    sys.stdout = sys.__stdout__ = opened(1, "strict", unbuffered=unbuffered)
    sys.stderr = sys.__stderr__ = opened(2, "backslashreplace", unbuffered=unbuffered)
    os._exit(run())


def opened(descriptor: int, errors: str, *, unbuffered: bool) -> io.TextIOWrapper:
    """A stream as Python opens it at its start."""
    binary = open(descriptor, "wb", buffering=0 if unbuffered else -1)  # noqa: SIM115 -- likewise
    by_line = descriptor == 2 or os.isatty(descriptor)
    return io.TextIOWrapper(binary, "utf-8", errors, line_buffering=by_line, write_through=unbuffered)


def run() -> int:
    """Run the command, let everything end that ends with an interpreter, and return its status."""
    status = 1
    try:
        importlib.import_module("tlsca.__main__").main()
    except SystemExit as ended:
        status = ended.code or 0
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:  # noqa: BLE001 -- this is where nobody catches any more
        traceback.print_exc()
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    return status


if __name__ == "__main__":
    load()
    gc.collect()
    gc.freeze()
    write_client(Path(sys.argv[2]), sys.argv[1])
    serve(sys.argv[1])
