"""What the bytes of a slip leave on paper, and its picture: for previews, for the page, for the model of a printer."""
