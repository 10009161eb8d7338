"""What the business modules do."""
