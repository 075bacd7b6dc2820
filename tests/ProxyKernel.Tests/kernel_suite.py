"""Jupyter's own test suite for kernels (jupyter_kernel_test), for the proxy with ipykernel below. Argument: a folder with its kernelspec."""

import os
import sys
import unittest

os.environ["JUPYTER_PATH"] = sys.argv.pop(1)
# A history of its own, with nothing in it.
os.environ["IPYTHONDIR"] = os.path.join(os.environ["JUPYTER_PATH"], "ipython")

import jupyter_kernel_test  # noqa: E402
from jupyter_client.utils import run_sync  # noqa: E402

PATIENCE = 60
jupyter_kernel_test.TIMEOUT = PATIENCE


class ProxyTests(jupyter_kernel_test.KernelTests):
    kernel_name = "lyceum"
    language_name = "python"
    file_extension = ".py"

    code_hello_world = 'print("hello, world")'
    code_stderr = "import sys; print('oops', file=sys.stderr)"
    completion_samples = [{"text": "zi", "matches": {"zip"}}]
    complete_code_samples = ["1", "print('hello')", "def f(x):\n    return x\n\n"]
    incomplete_code_samples = ["def f(x):", "x = ["]
    invalid_code_samples = ["import = 7q"]
    code_page_something = "zip?"
    code_generate_error = "raise ValueError('no')"
    code_execute_result = [{"code": "6 * 7", "result": "42"}]
    code_display_data = [
        {"code": "from IPython.display import HTML, display; display(HTML('<b>x</b>'))", "mime": "text/html"},
        {"code": "from IPython.display import SVG, display; display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))", "mime": "image/svg+xml"},
    ]
    code_history_pattern = "6*7"
    # ipykernel numbers the running session 0 there, which the suite does not expect of any kernel.
    supported_history_operations = ("tail", "search")
    code_inspect_sample = "zip"
    code_clear_output = "from IPython.display import clear_output; clear_output()"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The suite gives an output a tenth of a second to arrive, which a busy machine may need longer for.
        get = cls.kc.iopub_channel.get_msg
        cls.kc.iopub_channel.get_msg = lambda timeout=None: get(timeout=PATIENCE)

    def execute_helper(self, code, **options):
        return super().execute_helper(code, **{"timeout": PATIENCE, **options})

    def flush_channels(self):
        """Reads up to the end of a request of our own, where the suite reads until nothing has come for a while."""
        request = self.kc.kernel_info()
        while self.kc.get_shell_msg(timeout=PATIENCE)["parent_header"].get("msg_id") != request:
            pass
        while True:
            message = run_sync(self.kc.iopub_channel.get_msg)()
            is_ours = message["parent_header"].get("msg_id") == request
            if is_ours and message["content"].get("execution_state") == "idle":
                return


result = unittest.main(exit=False, verbosity=2).result
sys.stderr.flush()
# A skipped test is one that this file forgot to feed, but for the one named above. The interpreter's own teardown of zmq sockets is not what is tested here.
os._exit(0 if result.wasSuccessful() and len(result.skipped) == 1 and result.testsRun else 1)
