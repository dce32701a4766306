"""One file per reader (bộ nhận dạng) behind `ocr.engine.OcrEngine`."""
