"""Files attached to records: content by digest, rights those of the record, served so that nothing in them runs."""
