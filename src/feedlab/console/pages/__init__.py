"""One file a page. Each registers itself over an :class:`~feedlab.console.client.ApiClient`."""
