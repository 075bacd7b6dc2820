"""What all runs of Jupyter's own test suite for kernels (jupyter_kernel_test) have in common. The script's argument: a folder with the kernelspec."""

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


class KernelSuite(jupyter_kernel_test.KernelTests):
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



def main(skipped=0):
    """Runs the tests of the script. A skipped test is one that it forgot to feed, but for as many as it says."""
    result = unittest.main(exit=False, verbosity=2).result
    sys.stderr.flush()
    # The interpreter's own teardown of zmq sockets is not what is tested here.
    os._exit(0 if result.wasSuccessful() and len(result.skipped) == skipped and result.testsRun else 1)
