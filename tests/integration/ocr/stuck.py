"""What a child does that hangs in the middle of its answer; run by the pool's tests."""

import os
import struct
import sys
import time


def answer_half() -> None:
    """Announce a thousand bytes on the pipe, send a few, and never go on."""
    os.write(int(sys.argv[1]), struct.pack("!i", 1000) + b"half")
    time.sleep(300)
