"""A scan's way in (tiếp nhận bản quét): formats, gate, pipeline."""
