"""The domain: what a digitised paper is and what may be done to it (hồ sơ số hoá)."""
