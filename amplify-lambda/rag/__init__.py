"""Documents made ready for retrieval: text out of uploads, cut into chunks, sent on."""
