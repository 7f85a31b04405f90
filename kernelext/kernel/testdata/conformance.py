"""The tests of jupyter_kernel_test, each with a real feature behind it.

    python conformance.py -v
"""
import unittest

import jupyter_kernel_test


class KernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "mlsysim"
    language_name = "go"
    file_extension = ".go"

    code_hello_world = 'fmt.Println("hello, world")'
    # a variable that a function never reads: the cell runs, with a warning
    code_stderr = "func f() int {\n\tspare := 2\n\treturn 1\n}"
    completion_samples = [
        {"text": "hardwar", "matches": {"hardware", "HardwareNamed"}},
        {"text": "hardware.H100_N", "matches": {"H100_NVL"}},
        {"text": "H100.Mem", "matches": {"Memory"}},
        {"text": "Llama3_70", "matches": {"Llama3_70B"}},
        {"text": "fmt.Print", "matches": {"Print", "Printf", "Println"}},
        {"text": "SingleNode{Eff", "matches": {"Efficiency"}},
        {"text": "my_chip := H100\nmy_c", "matches": {"my_chip"}},
    ]
    complete_code_samples = ["1", "x := 1", "for i := range 3 {\n}", "%%\nfmt.Println(1)", "func f() int { return 1 }"]
    incomplete_code_samples = ["for i := range 3 {", "fmt.Println(", "x :=", "s := `raw"]
    invalid_code_samples = ["x := )", "}", 'fmt.Println("open)']
    code_page_something = "SingleNode?"
    code_generate_error = "80*GB + 3*Second"
    code_execute_result = [
        {"code": "1 + 1", "result": "2"},
        {"code": "80*GB + 1*GB", "result": "81 GB"},
        {"code": "Evaluate(Llama3_8B, H100)", "mime": "text/html"},
    ]
    code_display_data = [
        {"code": "Show(3 * GB)", "mime": "text/plain"},
        {"code": 'Show(Sweep(SingleNode{Model: Llama3_8B, Hardware: H100}, "Batch", Pow2(1, 8)))', "mime": "text/html"},
        {"code": 'Answer("q1", 3 * GB)', "mime": "application/vnd.mlsysim.record+json"},
    ]
    code_history_pattern = "1 +*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "SingleNode"
    code_clear_output = "fmt.Println(1)\nClearOutput()\nfmt.Println(2)"


class IopubWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "mlsysim"
    support_iopub_welcome = True


del jupyter_kernel_test.KernelTests, jupyter_kernel_test.IopubWelcomeTests

if __name__ == "__main__":
    unittest.main()
