"""Sealing and checking (ký số và kiểm tra chữ ký số); the only package that imports pyHanko."""
