"""The console: pages for a browser, over the API and nothing else."""
