"""Facts, figures and tables, and the pages that show them."""
