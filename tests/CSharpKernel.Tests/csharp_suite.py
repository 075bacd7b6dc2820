"""Jupyter's own test suite for kernels (jupyter_kernel_test), for the C# kernel. Argument: a folder with its kernelspec."""

import kernel_suite


class CSharpKernelTests(kernel_suite.KernelSuite):
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


kernel_suite.main()
