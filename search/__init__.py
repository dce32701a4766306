"""Finding and reusing (tìm kiếm và tái sử dụng kết quả)."""
