"""The terminal's own page: views, actions, who may see and do them, and the stream that keeps a page live."""
