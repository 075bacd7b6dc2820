# The other side of checkpoints.py: makes ipykernel work in a process that was forked from it, where its threads are not and
# its sockets are another's. What the user has of it stays: the shell, the kernel's object with its comms, the output streams.
import atexit
import gc
import logging
import traceback


def take_over(line, request):
    app = application()
    State.takes_over = (line, request['after_root'])
    # At once, so that whoever loses patience knows whom to end.
    send(line, {'process': os.getpid()})
    # The frames below are the checkpoint's, once more for every checkpoint made after going back to another.
    depth = len(traceback.extract_stack())
    sys.setrecursionlimit(sys.getrecursionlimit() + depth - State.depth)
    State.depth = depth
    try:
        revive(app, request['connection'])
    except Exception as error:
        send(line, {'error': '%s: %s' % (type(error).__name__, error)})
        raise
    threading.Thread(target=end_with_root, daemon=True).start()
    app.io_loop.asyncio_loop.add_reader(line, os._exit, 1)
    send(line, {'ready': True})
    try:
        app.io_loop.start()
    except KeyboardInterrupt:
        pass
    atexit._run_exitfuncs()
    os._exit(0)


def end_with_root():
    os.read(State.life[0], 1)
    os._exit(1)


def revive(app, connection):
    import zmq
    from tornado import ioloop
    kernel, shell = app.kernel, app.shell
    State.kept.append([dict(app._trait_values), dict(kernel._trait_values), *shared(zmq.Context, zmq.Socket)])
    asyncio._set_running_loop(None)
    asyncio.set_event_loop(asyncio.new_event_loop())
    zmq.Context._instance = None
    app.session.pid = os.getpid()
    for name, value in connection.items():
        setattr(app, name, value)
    revive_sockets(app)
    for name in ('stdout', 'stderr'):
        revive_stream(getattr(sys, name), name, app.iopub_thread)
    for publisher in (app.displayhook, shell.displayhook, shell.display_pub):
        publisher.pub_socket = app.iopub_socket
    revive_kernel(app, kernel)
    revive_history(shell.history_manager)
    app.init_signal()
    app.control_thread.start()
    kernel.start()
    app.io_loop = ioloop.IOLoop.current()


def shared(*kinds):
    # Sockets and contexts would wait for threads that are not here; tasks, of which the loops know, complain when they go.
    yield from [thing for thing in gc.get_objects() if issubclass(type(thing), kinds)]
    for name in ('_all_tasks', '_scheduled_tasks', '_eager_tasks'):
        yield from list(getattr(asyncio.tasks, name, ()))


def revive_sockets(app):
    tornado = logging.getLogger('tornado')
    handlers = list(tornado.handlers)
    atexit.unregister(app.close)
    app.context = None
    app.init_sockets()
    app.init_heartbeat()
    tornado.handlers[:] = handlers
    app._ports = {name: getattr(app, name + '_port') for name in ('shell', 'iopub', 'stdin', 'hb', 'control')}


def revive_kernel(app, kernel):
    from zmq.eventloop.zmqstream import ZMQStream
    for name in ('control_thread', 'iopub_thread', 'iopub_socket', 'stdin_socket', 'debug_shell_socket'):
        setattr(kernel, name, getattr(app, name))
    kernel.shell_stream = ZMQStream(app.shell_socket)
    kernel.control_stream = ZMQStream(app.control_socket, app.control_thread.io_loop)
    kernel.debugpy_stream = ZMQStream(app.debugpy_socket, app.control_thread.io_loop)
    kernel.control_queue = type(kernel.control_queue)()
    kernel._aborting = False
    kernel.record_ports({name + '_port': port for name, port in app._ports.items()})
    if hasattr(kernel, 'debugger'):
        kernel.debugger = type(kernel.debugger)(
            kernel.log, kernel.debugpy_stream, kernel._publish_debug_event, kernel.debug_shell_socket, kernel.session, kernel.debug_just_my_code)


def revive_stream(stream, name, thread):
    from ipykernel.iostream import OutStream
    if not isinstance(stream, OutStream):
        return
    stream.pub_thread, stream._io_loop, stream._master_pid = thread, thread.io_loop, os.getpid()
    stream._buffer_lock = threading.RLock()
    stream._flush_pending = stream._subprocess_flush_pending = False
    if getattr(stream, '_original_stdstream_copy', None) is not None:
        number = {'stdout': 1, 'stderr': 2}[name]
        os.dup2(stream._original_stdstream_copy, number)
        os.close(stream._original_stdstream_copy)
        os.close(stream._fid)
        setattr(sys, name, getattr(sys, '__%s__' % name))
        try:
            stream._setup_stream_redirects(name)
        finally:
            setattr(sys, name, stream)


def revive_history(history):
    import sqlite3
    from IPython.core.history import HistorySavingThread
    if history is None:
        return
    history.save_flag = threading.Event()
    history.db_input_cache_lock, history.db_output_cache_lock = threading.Lock(), threading.Lock()
    if not history.enabled or str(history.hist_file) == ':memory:':
        return
    State.kept.append([history.db, history.save_thread])
    history.db = sqlite3.connect(str(history.hist_file), **history.connection_options)
    try:
        # A session of its own, for its lines are not those that ran in the one before.
        history.db.execute('PRAGMA busy_timeout = 1000')
        history.new_session()
    except sqlite3.Error:
        pass
    history.save_thread = HistorySavingThread(history)
    history.save_thread.start()
