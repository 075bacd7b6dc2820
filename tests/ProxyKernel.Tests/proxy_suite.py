"""Jupyter's own test suite for kernels (jupyter_kernel_test), for the proxy with ipykernel below. Argument: a folder with its kernelspec."""

import kernel_suite


class ProxyTests(kernel_suite.KernelSuite):
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


# The one that is skipped is a history operation that is left out above.
kernel_suite.main(skipped=1)
