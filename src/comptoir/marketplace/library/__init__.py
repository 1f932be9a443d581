"""After the payment: what a buyer has, and the download."""
