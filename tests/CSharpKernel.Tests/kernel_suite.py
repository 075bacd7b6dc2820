"""Jupyter's own test suite for kernels (jupyter_kernel_test), for the C# kernel. Argument: a folder with its kernelspec."""

import os
import sys
import unittest

os.environ["JUPYTER_PATH"] = sys.argv.pop(1)

import jupyter_kernel_test  # noqa: E402
from jupyter_client.utils import run_sync  # noqa: E402

PATIENCE = 60
jupyter_kernel_test.TIMEOUT = PATIENCE


class CSharpKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "csharp"
    language_name = "C#"
    file_extension = ".cs"

    code_hello_world = 'Console.WriteLine("hello, world");'
    code_stderr = 'Console.Error.WriteLine("oops");'
    completion_samples = [
        {"text": "Console.WriteL", "matches": {"WriteLine"}},
        {"text": "DayOfWeek.We", "matches": {"Wednesday"}},
    ]
    complete_code_samples = ["1 + 1", "var x = 1;", "int F() => 1;", "// nothing", 'Console.Write("a")']
    incomplete_code_samples = ["if (true) {", "int F(", 'var s = """', "class C\n{"]
    invalid_code_samples = ["int x = ;", "}", "int = 1;"]
    code_page_something = "?Console.WriteLine"
    code_generate_error = 'throw new Exception("no");'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": '"a" + 1', "result": '"a1"'},
        {"code": "new[] { new { N = 1 } }", "mime": "text/html"},
    ]
    code_display_data = [
        {"code": 'HTML("<b>x</b>").Display();', "mime": "text/html"},
        {"code": 'SVG("<svg/>").Display();', "mime": "image/svg+xml"},
        {"code": 'new Image(Convert.FromBase64String("iVBORw0KGgo=")).Display();', "mime": "image/png"},
    ]
    code_history_pattern = "6*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.Sqrt"
    code_clear_output = "ClearOutput();"

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
# A skipped test is one that this file forgot to feed. The interpreter's own teardown of zmq sockets is not what is tested here.
os._exit(0 if result.wasSuccessful() and not result.skipped and result.testsRun else 1)
