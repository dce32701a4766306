"""From image to text (nhận dạng văn bản); knows nothing of dossiers."""
