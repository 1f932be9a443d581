"""Where the rooms are put together: settings, routes, and the list of products."""
