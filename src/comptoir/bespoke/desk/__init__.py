"""The expert's desk: the queue, one order, the word on a content."""
