"""A stock Jupyter client asks the tutor through the proxy kernel. Arguments: a folder with its kernelspec. The token is in LYCEUM_TOKEN."""

import json
import os
import sys
import traceback

os.environ["JUPYTER_PATH"] = sys.argv[1]

from jupyter_client.manager import start_new_kernel  # noqa: E402

PATIENCE = 60
manager, client = start_new_kernel(kernel_name="lyceum", startup_timeout=PATIENCE)
code = 0
try:
    client.execute_interactive("values = [1, 2, 3]\nprint(valeus)", timeout=PATIENCE, output_hook=lambda message: None)
    question = client.session.msg("llm_request", {"request": "Why does this fail?", "stream": True})
    client.shell_channel.send(question)
    pieces, kinds = "", []
    while True:
        message = client.get_iopub_msg(timeout=PATIENCE)
        if message["parent_header"].get("msg_id") == question["header"]["msg_id"]:
            kinds.append(message["msg_type"])
            pieces += message["content"]["text"] if message["content"].get("name") == "response_delta" else ""
            if message["content"].get("execution_state") == "idle":
                break
    reply = client.get_shell_msg(timeout=PATIENCE)
    while reply["msg_type"] != "llm_reply":
        reply = client.get_shell_msg(timeout=PATIENCE)
    print(json.dumps({"reply": reply["content"], "pieces": pieces, "kinds": kinds}))
except BaseException:
    traceback.print_exc()
    code = 1
client.stop_channels()
manager.shutdown_kernel(now=True)
sys.stdout.flush()
os._exit(code)
