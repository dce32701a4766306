"""Every way in: HTTP, pages, worker, command line; the only place that chooses parts."""
