"""One file a trade. Each service is one visible line in `edge.daemon.build`."""
