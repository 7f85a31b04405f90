"""Drives the kernel as nbclient, Jupyter Server and consoles do, by jupyter_client,
and prints what came of it as JSON."""
import json

from jupyter_client.manager import start_new_kernel

WAIT = 60
manager, client = start_new_kernel(kernel_name="mlsysim", startup_timeout=WAIT)  # waits for kernel_info, beats and iopub
told = {"ready": client.is_alive()}


def run(code, **how):
    """The reply to a cell, and its outputs up to idle."""
    outputs = []
    reply = client.execute_interactive(code, timeout=WAIT, output_hook=outputs.append, **how)["content"]
    return reply, [o["content"] for o in outputs if o["msg_type"] not in ("status", "execute_input")]


try:
    run("x := 41\nserver := SingleNode{Model: Llama3_8B, Hardware: H100}")
    told["result"] = run("x + 1", store_history=False, stop_on_error=False)[1][0]["data"]["text/plain"]
    told["silent"] = run("fmt.Println(x)", silent=True, store_history=False)[1]
    told["hidden count"] = run("x", store_history=False)[0]["execution_count"]

    running = client.execute("for {\n}")
    while client.get_iopub_msg(timeout=WAIT)["msg_type"] != "execute_input":
        pass
    completing = client.complete("server.Bat", 10)  # while the cell runs
    manager.interrupt_kernel()  # by message, as the kernelspec asks
    replies = {}
    while len(replies) < 2:
        reply = client.get_shell_msg(timeout=WAIT)
        replies[reply["parent_header"]["msg_id"]] = reply["content"]
    told["interrupted"] = replies[running]["ename"]
    told["matches"] = replies[completing]["matches"]
    while client.get_iopub_msg(timeout=WAIT)["content"].get("execution_state") != "idle":
        pass
    told["kept"] = run("x")[1][0]["data"]["text/plain"]
    told["input"] = run(
        'fmt.Println("hello, " + Input("who? "))', allow_stdin=True, stdin_hook=lambda _: client.input("Ada"))[1][0]["text"]

    manager.restart_kernel(now=False)  # shutdown_request with restart, and a new process
    client.wait_for_ready(timeout=WAIT)
    told["forgotten"] = run("x", stop_on_error=False)[0]["ename"]
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=False)
told["ended"] = not manager.is_alive()
print(json.dumps(told))
